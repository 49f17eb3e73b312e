"""What a classifier says of labelled texts that it was not fitted on: each fold by the others."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from textransfer.errors import TextransferWarning
from textransfer.randomness import Purpose, library_seed
from textransfer.sentiment.labels import LabelList, WeightList, learn_classes
from textransfer.sentiment.sentences.lookup import LookedUpWords
from textransfer.sentiment.sentences.texts import Texts
from textransfer.sentiment.training.fit import Split
from textransfer.sentiment.training.fitting import checked_weights
from textransfer.sentiment.training.side_by_side import Trainable, fit_side_by_side

N_FOLDS = 5
MANY_LABELS = 2000
"""With more labels one fold is enough: it holds hundreds of texts."""
FEW_LABELS = 100
"""With fewer labels the folds are drawn twice."""


class Predictor(Trainable, Protocol):
    """A classifier that can be trained and then predicts."""

    def predict_proba(self, texts: Texts) -> npt.NDArray[np.float64]:
        """Return the probability of each class, shape (n, C)."""


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Predictions for labelled texts by classifiers that were fitted on the others."""

    positions: npt.NDArray[np.int64]
    """Of the texts, shape (m,); with few labels some stand twice, with many some are absent."""
    probabilities: npt.NDArray[np.float64]
    """Of the classes, shape (m, C)."""

    def means(self, n: int) -> npt.NDArray[np.float64]:
        """Return one row for each of n texts, shape (n, C); zeros for those that are absent."""
        sums = np.zeros((n, self.probabilities.shape[1]))
        np.add.at(sums, self.positions, self.probabilities)
        return np.asarray(sums / np.maximum(np.bincount(self.positions, minlength=n), 1)[:, None])


def splits_of(codes: npt.NDArray[np.int64], seed: int = 0) -> list[Split]:
    """Divide texts of classes `codes`, shape (n,), fold by fold; the seed decides which make a fold.

    There is no split if a class has a single text.
    """
    n_folds = min(N_FOLDS, int(np.bincount(codes).min()))
    if n_folds < 2:
        return []
    splits: list[Split] = []
    for repeat in range(2 if len(codes) < FEW_LABELS else 1):
        state = library_seed(seed, Purpose.CALIBRATION_FOLDS, repeat)
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=state)
        splits += [Split(kept, held_out) for kept, held_out in folds.split(codes, codes)]
    return splits[:1] if len(codes) > MANY_LABELS else splits


def out_of_fold(
    make: Callable[[], Predictor],
    texts: Texts,
    labels: LabelList,
    sample_weight: WeightList | None = None,
    *,
    seed: int = 0,
) -> OutOfFold | None:
    """Predict labelled texts by cross-validation of what `make` makes, an unfitted classifier.

    The seed decides which texts make a fold; those of weight 0 are left out. None if a class has a single
    text.
    """
    codes, answers = learn_classes(texts, labels)[1], np.asarray(labels)
    weights = np.ones(len(codes)) if sample_weight is None else checked_weights(sample_weight, len(codes))
    counting = np.flatnonzero(weights > 0)
    splits = splits_of(codes[counting], seed)
    if not splits:
        return None
    trained = [counting[split.trained] for split in splits]
    held_out = [counting[split.held_out] for split in splits]
    predictions: dict[int, npt.NDArray[np.float64]] = {}
    stages = fit_side_by_side(
        lambda fold: make(),
        [_some_of(texts, rows) for rows in trained],
        [answers[rows].tolist() for rows in trained],
        None if sample_weight is None else [weights[rows].tolist() for rows in trained],
    )
    with warnings.catch_warnings():  # the fit itself has said it all
        warnings.simplefilter("ignore", TextransferWarning)
        for stage in stages:
            for fold, fitted in stage.members:
                predictions[fold] = fitted.predict_proba(_some_of(texts, held_out[fold]))
    return OutOfFold(
        np.concatenate(held_out), np.concatenate([predictions[fold] for fold in range(len(splits))])
    )


def _some_of(texts: Texts, rows: npt.NDArray[np.int64]) -> Texts:
    return texts.take(rows) if isinstance(texts, LookedUpWords) else [texts[i] for i in rows]


class Estimator(Protocol):
    """A classifier without epochs."""

    def fit(self, texts: list[list[str]], labels: list[int], /) -> object:
        """Learn class numbers from lists of words."""

    def predict_proba(self, texts: list[list[str]], /) -> npt.NDArray[np.float64]:
        """Return the probability of each class, shape (n, C)."""


def held_out_by(
    make: Callable[[], Estimator],
    token_lists: Sequence[list[str]],
    codes: npt.NDArray[np.int64],
    *,
    seed: int = 0,
) -> OutOfFold | None:
    """Predict labelled texts as `out_of_fold` does, in the same folds, by estimators without epochs."""
    splits = splits_of(codes, seed)
    if not splits:
        return None
    probabilities = []
    for split in splits:
        estimator = make()
        estimator.fit([token_lists[i] for i in split.trained], codes[split.trained].tolist())
        probabilities.append(estimator.predict_proba([token_lists[i] for i in split.held_out]))
    return OutOfFold(np.concatenate([split.held_out for split in splits]), np.concatenate(probabilities))


def label_doubts(held_out: OutOfFold, codes: npt.NDArray[np.int64]) -> list[tuple[int, int, float]]:
    """Return the labelled texts whose label looks wrong, the most doubtful first.

    As (position, the class it looks like, its probability). A text is doubtful if another class is at least
    as probable as it usually is for texts of that class, while its own is the less probable of the two;
    codes, (n,), are the classes that the texts are labelled with.

    References
    ----------
    Northcutt, Jiang, Chuang (2021), Confident learning: estimating uncertainty in dataset labels,
    section 3.1.
    """
    mean = held_out.means(len(codes))
    is_present = mean.any(axis=1)
    usual = np.array([mean[is_present & (codes == code), code].mean() for code in range(mean.shape[1])])
    reaches = np.where(mean >= usual, mean, 0)
    other = reaches.argmax(axis=1)
    rows = np.arange(len(codes))
    doubtful = np.flatnonzero((other != codes) & (reaches[rows, other] > mean[rows, codes]))
    order = doubtful[np.argsort(-(mean[doubtful, other[doubtful]] - mean[doubtful, codes[doubtful]]))]
    return [(int(i), int(other[i]), float(mean[i, other[i]])) for i in order]
