"""What a classifier says of labelled texts that it was not fitted on: each fold by the others."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferWarning
from textransfer.sentiment.calibration import CAUTION, best_temperature
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.labels import learn_classes
from textransfer.sentiment.texts import Texts
from textransfer.sentiment.together import fit_together

N_FOLDS = 5
MANY_LABELS = 2000
"""With more labels one fold is enough: it holds hundreds of texts."""
FEW_LABELS = 100
"""With fewer labels the folds are drawn twice."""


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Predictions for labelled texts by classifiers that were fitted on the others.

    Parameters
    ----------
    positions : ndarray of int64, shape (m,)
        Of the texts; some stand twice where labels are few, some are absent where they are many.
    probabilities : ndarray of float64, shape (m, C)
        Of the classes.
    """

    positions: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]

    def means(self, n: int) -> npt.NDArray[np.float64]:
        """Return one row for each of n texts, shape (n, C); zeros for those that are absent."""
        sums = np.zeros((n, self.probabilities.shape[1]))
        np.add.at(sums, self.positions, self.probabilities)
        return np.asarray(sums / np.maximum(np.bincount(self.positions, minlength=n), 1)[:, None])


def splits_of(codes: npt.NDArray[np.int64]) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Return the positions that are fitted on and those that are predicted, fold by fold.

    There is none if a class has a single text.
    """
    n_folds = min(N_FOLDS, int(np.bincount(codes).min()))
    if n_folds < 2:
        return []
    splits: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
    for repeat in range(2 if len(codes) < FEW_LABELS else 1):
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=repeat)
        splits += list(folds.split(codes, codes))
    return splits[:1] if len(codes) > MANY_LABELS else splits


def out_of_fold(
    classifier: SentimentClassifier,
    texts: Texts,
    labels: Sequence[Any],
    sample_weight: Sequence[float] | None = None,
) -> "OutOfFold | None":
    """Predict labelled texts by cross-validation.

    Parameters
    ----------
    classifier : SentimentClassifier
        Gives the settings; is left as it is.
    texts, labels, sample_weight : sequences of length n
        What it would be fitted on.

    Returns
    -------
    OutOfFold or None
        None if a class has a single text. Texts of weight 0 are left out.
    """
    codes, answers = learn_classes(texts, labels)[1], np.asarray(labels)
    weights = np.ones(len(codes)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    counting = np.flatnonzero(weights > 0)
    splits = [(counting[kept], counting[held]) for kept, held in splits_of(codes[counting])]
    if not splits:
        return None
    positions = [held for _, held in splits]
    found: dict[int, npt.NDArray[np.float64]] = {}
    settings = classifier.get_params(deep=False)
    if isinstance(settings["vectors"], str | Path):
        settings["vectors"] = WordVectors.load(settings["vectors"])
    stages = fit_together(
        lambda place: SentimentClassifier(**settings),
        [[texts[i] for i in kept] for kept, _ in splits],
        [answers[kept].tolist() for kept, _ in splits],
        None if sample_weight is None else [weights[kept].tolist() for kept, _ in splits],
    )
    with warnings.catch_warnings():  # the fit itself has said it all
        warnings.simplefilter("ignore", TextransferWarning)
        for stage in stages:
            for place, fitted in stage.members:
                found[place] = fitted.predict_proba([texts[i] for i in positions[place]])
    return OutOfFold(np.concatenate(positions), np.concatenate([found[i] for i in range(len(splits))]))


def calibrate(
    classifier: SentimentClassifier,
    texts: Texts,
    labels: Sequence[Any],
    sample_weight: Sequence[float] | None = None,
) -> None:
    """Bring a fitted classifier's probabilities to the confidence that cross-validation bears out.

    Sets `out_of_fold_` and `temperature_`. The temperature is held near 1 where labels are few, and stays 1
    where a class has a single text.
    """
    classifier.out_of_fold_ = found = out_of_fold(classifier, texts, labels, sample_weight)
    if found is not None:
        codes = learn_classes(texts, labels)[1][found.positions]
        classifier.temperature_ = best_temperature(found.probabilities, codes, CAUTION)
        classifier.network_.temper(classifier.temperature_)


def label_doubts(found: OutOfFold, codes: npt.NDArray[np.int64]) -> list[tuple[int, int, float]]:
    """Return the labelled texts whose label looks wrong, the most doubtful first.

    A text is doubtful if another class is at least as probable as it usually is for texts of that class,
    while its own is the less probable of the two.

    Parameters
    ----------
    found : OutOfFold
        Of the labelled texts.
    codes : ndarray of int64, shape (n,)
        The classes they are labelled with.

    Returns
    -------
    list of (position, the class it looks like, its probability)

    References
    ----------
    Northcutt, Jiang, Chuang (2021), Confident learning: estimating uncertainty in dataset labels,
    section 3.1.
    """
    mean = found.means(len(codes))
    is_present = mean.any(axis=1)
    usual = np.array([mean[is_present & (codes == code), code].mean() for code in range(mean.shape[1])])
    reaches = np.where(mean >= usual, mean, 0)
    other = reaches.argmax(axis=1)
    rows = np.arange(len(codes))
    doubtful = np.flatnonzero((other != codes) & (reaches[rows, other] > mean[rows, codes]))
    order = doubtful[np.argsort(-(mean[doubtful, other[doubtful]] - mean[doubtful, codes[doubtful]]))]
    return [(int(i), int(other[i]), float(mean[i, other[i]])) for i in order]
