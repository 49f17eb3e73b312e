"""Precision, recall and F1 by class, and the pairs of classes that are confused most."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.records import Record
from textransfer.transfer.statistics.intervals import Interval, share_interval

Confusion = npt.NDArray[np.int64]
"""Texts by label (row) and predicted class (column), shape (C, C)."""


@dataclass(frozen=True)
class ClassScore(Record):
    """How well a class is told from the others."""

    label: str
    n_texts: int
    """Texts with this label: its support."""
    n_predicted: int
    """Texts that were called so."""
    n_right: int
    """Texts that are both."""
    precision: Interval | None
    """Share of the texts called so that are; None if none was."""
    recall: Interval | None
    """Share of the texts with this label that were called so; None if there is none."""
    f1: float | None
    """2 n_right / (n_texts + n_predicted); None if both are 0."""


@dataclass(frozen=True)
class ConfusedPair(Record):
    """Texts of one class that were called another."""

    label: str
    predicted: str
    n_texts: int
    share: float
    """Of the texts with the label."""


def confusion_of(truth: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], n_classes: int) -> Confusion:
    """Count texts by the number of their class and of the one predicted, arrays of shape (n,)."""
    cells = np.bincount(truth * n_classes + predicted, minlength=n_classes * n_classes)
    return cells.reshape(n_classes, n_classes).astype(np.int64)


def class_scores(confusion: Confusion, classes: tuple[str, ...]) -> tuple[ClassScore, ...]:
    """Return the scores of each class, in the order of the classes; intervals are Wilson's."""
    n_true, n_predicted = confusion.sum(axis=1).tolist(), confusion.sum(axis=0).tolist()
    scores = []
    for label, n, called, right in zip(
        classes, n_true, n_predicted, confusion.diagonal().tolist(), strict=True
    ):
        scores.append(
            ClassScore(
                label=label,
                n_texts=n,
                n_predicted=called,
                n_right=right,
                precision=share_interval(right, called) if called else None,
                recall=share_interval(right, n) if n else None,
                f1=2 * right / (n + called) if n + called else None,
            )
        )
    return tuple(scores)


def confused_pairs(confusion: Confusion, classes: tuple[str, ...]) -> tuple[ConfusedPair, ...]:
    """Return all pairs of classes of which texts were confused, the most texts first, then by share."""
    n_true = confusion.sum(axis=1)
    wrong = confusion.copy()
    np.fill_diagonal(wrong, 0)
    rows, columns = np.nonzero(wrong)
    counts, totals = wrong[rows, columns], n_true[rows]
    order = np.lexsort((columns, rows, -counts / totals, -counts))
    return tuple(
        ConfusedPair(classes[rows[i]], classes[columns[i]], int(counts[i]), float(counts[i] / totals[i]))
        for i in order
    )
