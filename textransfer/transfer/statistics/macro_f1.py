"""Macro-averaged F1 of predicted classes, with bootstrap intervals over test texts and training draws.

Texts and draws are resampled independently of each other (the pigeonhole bootstrap), with the same
resamples for every arm of one seed, so that the difference of two arms is paired. A bootstrap of a handful
of texts that were all predicted right has no width, so each side of an interval reaches at least as far as
that of the accuracy's interval, which never has zero width.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.randomness import Stream, generator
from textransfer.transfer.statistics.intervals import Floats, Interval

N_RESAMPLES = 1000
_RESAMPLES_AT_ONCE = 100

Codes = npt.NDArray[np.int64]


def macro_f1(truth: Codes, predicted: Codes, n_classes: int) -> Floats:
    """Return the mean over classes of F1 = 2 TP / (true + predicted), for each draw.

    Parameters
    ----------
    truth : ndarray of int64, shape (texts,)
        Class numbers from 0 to `n_classes` - 1.
    predicted : ndarray of int64, shape (draws, texts)
        What each draw predicted.
    n_classes : int
        Classes of the task. One that is neither among the truth nor predicted does not count.
    """
    return _weighted_macro_f1(truth, predicted, np.ones((1, len(truth)), np.float32), n_classes)[:, 0]


@dataclass(frozen=True, eq=False)
class MacroF1:
    """The macro-F1 of one arm, and what resampling makes of it."""

    by_draw: Floats
    """Shape (draws,)."""
    resamples: Floats
    """Means over resampled draws of resampled texts, shape (resamples,)."""

    def interval(self, accuracy: Interval) -> Interval:
        """Interval of the mean over the draws.

        The interval of the accuracy of the same arm gives the level, and the least reach of each side.

        References
        ----------
        Owen (2007), The pigeonhole bootstrap, Annals of Applied Statistics 1.
        """
        return _percentiles(float(self.by_draw.mean()), self.resamples, accuracy, 0.0)

    def difference(self, other: Self, accuracy: Interval) -> Interval:
        """Interval of this macro-F1 minus that of another arm, on the same draws and texts of one seed.

        As `interval`, with the interval of the difference of the accuracies.
        """
        estimate = float((self.by_draw - other.by_draw).mean())
        return _percentiles(estimate, self.resamples - other.resamples, accuracy, -1.0)


def resampled_macro_f1(truth: Codes, predicted: Codes, n_classes: int, random_state: int = 0) -> MacroF1:
    """Measure the macro-F1 of an arm with its resamples; arrays are those of `macro_f1`."""
    return MacroF1(
        macro_f1(truth, predicted, n_classes), _resampled(truth, predicted, n_classes, random_state)
    )


def confusion_macro_f1(confusion: Codes, random_state: int = 0) -> MacroF1:
    """Measure the macro-F1 of a single draw from its confusion, shape (C, C).

    The bootstrap of `resampled_macro_f1` in less time and memory: texts of one class that were called the
    same are alike, so that a resample is a multinomial draw of their numbers.
    """
    rows, columns = np.nonzero(confusion)
    counts, n_classes = confusion[rows, columns], len(confusion)
    resamples = generator(random_state, Stream.BOOTSTRAP).multinomial(
        counts.sum(), counts / counts.sum(), size=N_RESAMPLES
    )
    scores = np.empty(N_RESAMPLES + 1)
    for number, cells in enumerate([counts, *resamples]):
        both = np.bincount(rows, cells * (rows == columns), n_classes)
        either = np.bincount(rows, cells, n_classes) + np.bincount(columns, cells, n_classes)
        scores[number] = (2 * both / np.maximum(either, 1)).sum() / np.count_nonzero(either)
    return MacroF1(scores[:1], scores[1:])


def _weighted_macro_f1(
    truth: Codes, predicted: Codes, weights: npt.NDArray[np.float32], n_classes: int
) -> Floats:
    """Macro-F1 (draws, resamples) of texts that count as often as the weights (resamples, texts) say."""
    eye = np.eye(n_classes, dtype=np.float32)
    is_true = eye[truth]
    n_true = weights @ is_true
    scores = np.empty((len(predicted), len(weights)))
    for draw, guesses in enumerate(predicted):
        is_predicted = eye[guesses]
        n_both = weights @ (is_true * is_predicted)
        n_either = n_true + weights @ is_predicted
        f1 = 2 * n_both.astype(np.float64) / np.maximum(n_either, 1)
        scores[draw] = f1.sum(axis=1) / (n_either > 0).sum(axis=1)
    return scores


def _resampled(truth: Codes, predicted: Codes, n_classes: int, seed: int) -> Floats:
    """Mean macro-F1 over resampled draws of resampled texts, shape (resamples,)."""
    n_draws, n_texts = predicted.shape
    random = generator(seed, Stream.BOOTSTRAP)
    means = []
    for start in range(0, N_RESAMPLES, _RESAMPLES_AT_ONCE):
        size = min(_RESAMPLES_AT_ONCE, N_RESAMPLES - start)
        texts = _multiplicities(random, size, n_texts)
        draws = _multiplicities(random, size, n_draws)
        scores = _weighted_macro_f1(truth, predicted, texts, n_classes)
        means.append(np.einsum("rd,dr->r", draws.astype(np.float64), scores) / n_draws)
    return np.concatenate(means)


def _multiplicities(random: np.random.Generator, size: int, n: int) -> npt.NDArray[np.float32]:
    """How often each of n things is drawn in a sample of n with replacement, shape (size, n)."""
    drawn = random.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
    return np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float32)


def _percentiles(estimate: float, resamples: Floats, accuracy: Interval, least: float) -> Interval:
    tail = (1 - accuracy.level) / 2
    low, high = (float(end) for end in np.quantile(resamples, [tail, 1 - tail]))
    low = min(low, estimate - (accuracy.estimate - accuracy.low))
    high = max(high, estimate + (accuracy.high - accuracy.estimate))
    return Interval(estimate, max(low, least), min(high, 1.0), accuracy.level)
