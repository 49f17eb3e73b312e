"""Accuracy while a classifier learns: its predictions on other texts, epoch by epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.training import Epoch

EPOCHS_A_DECADE = 8


@dataclass(frozen=True)
class CurvePoint:
    """What a classifier knew after an epoch.

    Parameters
    ----------
    epoch : int
        Passes over the labelled texts.
    seconds : float
        Spent on them, reading and averaging the texts included, predicting not.
    loss : float
        Mean loss over the labelled texts in that pass.
    probabilities : ndarray of float64, shape (n_test, C)
        For the test texts; columns as in `classes_`.
    """

    epoch: int
    seconds: float
    loss: float
    probabilities: npt.NDArray[np.float64]


def log_spaced(n_epochs: int) -> list[int]:
    """Return epochs from 1 to `n_epochs`, about eight a decade, both ends included."""
    n_points = max(2, round(EPOCHS_A_DECADE * np.log10(max(n_epochs, 1))) + 1)
    return sorted({int(epoch) for epoch in np.rint(np.geomspace(1, n_epochs, n_points))})


def learning_curve(
    classifier: SentimentClassifier,
    texts: Sequence[str],
    labels: Sequence[Any],
    test_texts: Sequence[str],
    *,
    epochs: Sequence[int] | None = None,
) -> Iterator[CurvePoint]:
    """Fit a classifier, and classify the test texts after some of the epochs.

    Parameters
    ----------
    classifier : SentimentClassifier
        Is fitted in place; nothing of the test texts enters it.
    texts, labels : sequences of length n
        What it is fitted on.
    test_texts : sequence of str
        What it is asked after each of `epochs`.
    epochs : sequence of int, optional
        By default `log_spaced`. The last epoch is always among the points.

    Yields
    ------
    CurvePoint
        If training stops early, the last point is the classifier at its best epoch, which it went back to.
    """
    wanted = set(log_spaced(classifier.epochs) if epochs is None else epochs)
    last: Epoch | None = None
    bags = None
    for epoch in classifier.iter_fit(texts, labels, epochs=wanted):
        bags = classifier.encode(test_texts) if bags is None else bags
        last = epoch
        if epoch.number in wanted and epoch.number < classifier.epochs:
            yield _point(epoch, classifier.predict_proba(bags))
    if last is not None and bags is not None:
        yield _point(last, classifier.predict_proba(bags))


def _point(epoch: Epoch, probabilities: npt.NDArray[np.float64]) -> CurvePoint:
    return CurvePoint(epoch.number, epoch.seconds, float(epoch.losses[0]), probabilities)
