"""A fitted classifier against labelled texts that it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from textransfer.amounts import agreeing
from textransfer.caching import cached_property
from textransfer.errors import ConfigError, CorpusError
from textransfer.records import Record, plain_value
from textransfer.sentiment.judging.calibration import (
    N_RELIABILITY_BINS,
    ReliabilityBin,
    brier_score,
    calibration_error,
    log_loss,
    reliability_bins,
)
from textransfer.sentiment.judging.trust import FEWEST_TEXTS, Answered, answered_above
from textransfer.sentiment.predictor import TextPredictor
from textransfer.text.reading.label_names import listed_labels, near_label, shown_label
from textransfer.text.reading.labelled import LabelledTexts, check_labelled
from textransfer.transfer.comparing.task import class_codes
from textransfer.transfer.evaluating.class_scores import (
    ClassScore,
    ConfusedPair,
    class_scores,
    confused_pairs,
    confusion_of,
)
from textransfer.transfer.inspection import Inspection, inspect
from textransfer.transfer.statistics.intervals import Interval, share_interval
from textransfer.transfer.statistics.macro_f1 import confusion_macro_f1

UnknownLabels = Literal["refuse", "wrong", "leave-out"]
UNKNOWN_LABELS: tuple[UnknownLabels, ...] = ("refuse", "wrong", "leave-out")
_LABELS_SHOWN = 5

Floats = npt.NDArray[np.float64]


class Classifier(Protocol):
    """What is evaluated: any classifier of texts, ours or one that scikit-learn made."""

    @property
    def classes_(self) -> npt.NDArray[Any]:
        """The labels, shape (C,)."""

    def predict_proba(self, texts: Any) -> Any:  # noqa: ANN401 - each says what it takes
        """Return the probability of each class, shape (n, C)."""


@dataclass(frozen=True)
class Calibration(Record):
    """Probabilities against what came true."""

    error: float
    """Expected calibration error: the mean gap between probability and accuracy, from 0 to 1."""
    log_loss: float
    """Mean of -ln p of the true class."""
    brier_score: float
    """Mean squared error of the probabilities, summed over classes; from 0 to 2."""
    bins: tuple[ReliabilityBin, ...]
    """Parts of equal size, the least sure texts first."""
    answered: tuple[Answered, ...]
    """What answering only above rising thresholds would buy."""


@dataclass(frozen=True)
class Abstention(Record):
    """What is left when texts that no class is sure of get no label."""

    threshold: float
    n_answered: int
    accuracy: Interval | None
    """On them; None if none is answered."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What `evaluate_classifier` returns."""

    source: str
    """Where the texts come from."""
    classes: tuple[str, ...]
    """Of the classifier, sorted; labels that it does not know behind them, if they count as wrong."""
    n_texts: int
    accuracy: Interval
    """Over texts: Wilson's."""
    macro_f1: Interval
    """Mean F1 of the classes that were met or predicted; bootstrap over texts."""
    largest_class: Interval
    """Accuracy of calling all texts by their most frequent label."""
    by_class: tuple[ClassScore, ...]
    confused: tuple[ConfusedPair, ...]
    """All pairs of classes that were confused, the most texts first."""
    calibration: Calibration | None
    """None with fewer than 30 texts."""
    n_without_known_words: int | None
    """Texts of which the classifier knows no word; None if it cannot tell."""
    unknown_labels: dict[str, int]
    """Labels that the classifier does not know, each with its number of texts."""
    n_left_out: int
    """Texts with such labels that are left out."""
    abstention: Abstention | None
    """If a threshold was given."""
    confusion: npt.NDArray[np.int64]
    """Texts by label (row) and predicted class (column), shape (C, C)."""

    classifier: Classifier
    labelled: LabelledTexts
    """The texts that were tested on."""
    probabilities: Floats
    """What the classifier says of them, shape (n, C)."""

    def __repr__(self) -> str:
        span = f"{self.accuracy.low:.3f} to {self.accuracy.high:.3f}"
        accuracy = f"accuracy {self.accuracy.estimate:.3f} ({span})"
        return f"<Evaluation: {self.n_texts:,} texts of {self.source}, {accuracy}>"

    @cached_property
    def inspection(self) -> Inspection:
        """Which words decide, and which mistakes are worth reading."""
        source = f"{self.n_texts:,} texts of {self.source}"
        return inspect(self.classifier, self.labelled, self.probabilities, source, self.classes)

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold; without the texts, and what each was called."""
        held = ("confusion", "classifier", "labelled", "probabilities")
        names = [field.name for field in fields(self) if field.name not in held]
        return {name: plain_value(getattr(self, name)) for name in names}


def evaluate_classifier(
    classifier: Classifier,
    labelled: LabelledTexts,
    *,
    abstain_below: float = 0.0,
    unknown_labels: UnknownLabels = "refuse",
    random_state: int = 0,
) -> Evaluation:
    """Test a fitted classifier on labelled texts.

    Parameters
    ----------
    classifier : fitted classifier
        Anything with `classes_` and `predict_proba`: what `load_classifier` or `classify` returns, or a
        pipeline of scikit-learn. Labels are compared as what they denote: 1, "1.0" and True may be one.
    labelled : LabelledTexts
        Texts that it was not trained on.
    abstain_below : float, default=0.0
        Texts of which no class is that probable are not answered, nor are, if it is above 0, texts without
        a known word; the result says how many are left, and how many of them are right.
    unknown_labels : {"refuse", "wrong", "leave-out"}, default="refuse"
        What becomes of texts whose label the classifier does not know: an error, counted as classified
        wrongly, or left out. Both are said in the result.
    random_state : int, default=0
        Seed of the bootstrap.

    Returns
    -------
    Evaluation
        Accuracy and macro-F1 with intervals, precision, recall and F1 by class, confused pairs, calibration.

    Raises
    ------
    ConfigError
        If an option is out of range.
    CorpusError
        If a label is unknown and `unknown_labels` is "refuse", or if all are.

    Examples
    --------
    >>> from textransfer import SentimentClassifier
    >>> texts, labels = ["a fine film", "a dull film"] * 6, ["good", "bad"] * 6
    >>> classifier = SentimentClassifier(vector_size=4).fit(texts, labels)
    >>> test = LabelledTexts(["fine", "dull", "a fine plot"], ["good", "bad", "bad"], "three texts")
    >>> evaluation = evaluate_classifier(classifier, test)
    >>> round(evaluation.accuracy.estimate, 3), [score.n_texts for score in evaluation.by_class]
    (0.667, [2, 1])
    """
    if not 0 <= abstain_below <= 1:
        raise ConfigError(f"abstain_below is {abstain_below}; expected a probability, from 0 to 1")
    if unknown_labels not in UNKNOWN_LABELS:
        raise ConfigError(
            f"unknown_labels is {unknown_labels!r}; expected one of {', '.join(UNKNOWN_LABELS)}"
        )
    check_labelled(labelled=labelled)
    if not hasattr(classifier, "predict_proba"):
        raise ConfigError(
            f"classifier is a {type(classifier).__name__}; expected a fitted one with predict_proba, such as "
            "load_classifier(folder)"
        )
    known = [str(name) for name in classifier.classes_]
    labelled = labelled.spelt_as(known)
    unknown = _unknown_labels(labelled, known)
    if unknown and (unknown_labels == "refuse" or sum(unknown.values()) == len(labelled)):
        raise CorpusError(_complaint(labelled, unknown, known))
    tested = labelled
    if unknown_labels == "leave-out":
        kept = [row for row, label in enumerate(labelled.labels) if label not in unknown]
        tested = LabelledTexts(
            [labelled.texts[row] for row in kept],
            [labelled.labels[row] for row in kept],
            labelled.source,
            places=[labelled.places[row] for row in kept] if labelled.places else [],
        )
    classes = (*known, *(unknown if unknown_labels == "wrong" else ()))
    truth = class_codes(tested.labels, classes)
    probabilities, has_known_word = _predictions(classifier, tested.texts)
    predicted = probabilities.argmax(axis=1)
    is_right = predicted == truth
    confusion = confusion_of(truth, predicted, len(classes))
    accuracy = share_interval(int(is_right.sum()), len(truth))
    abstention = None
    if abstain_below > 0:
        is_answered = (probabilities.max(axis=1) >= abstain_below) & (
            True if has_known_word is None else has_known_word
        )
        n_answered = int(is_answered.sum())
        right = share_interval(int(is_right[is_answered].sum()), n_answered) if n_answered else None
        abstention = Abstention(abstain_below, n_answered, right)
    return Evaluation(
        source=labelled.source,
        classes=classes,
        n_texts=len(truth),
        accuracy=accuracy,
        macro_f1=confusion_macro_f1(confusion, random_state).interval(accuracy),
        largest_class=share_interval(int(confusion.sum(axis=1).max()), len(truth)),
        by_class=class_scores(confusion, classes),
        confused=confused_pairs(confusion, classes),
        calibration=_calibration(probabilities, truth),
        n_without_known_words=None if has_known_word is None else int((~has_known_word).sum()),
        unknown_labels=unknown,
        n_left_out=len(labelled) - len(truth),
        abstention=abstention,
        confusion=confusion,
        classifier=classifier,
        labelled=tested,
        probabilities=probabilities,
    )


def _unknown_labels(labelled: LabelledTexts, known: Sequence[str]) -> dict[str, int]:
    """Return the labels that are no class of the classifier, sorted, each with its number of texts."""
    counts: dict[str, int] = {}
    for label in labelled.labels:
        counts[label] = counts.get(label, 0) + 1
    return {label: counts[label] for label in sorted(set(counts) - set(known))}


def _complaint(labelled: LabelledTexts, unknown: dict[str, int], known: Sequence[str]) -> str:
    """Say which labels are unknown, on how many texts, and which the classifier knows."""
    shown = ", ".join(f"{shown_label(label)} ({n:,})" for label, n in list(unknown.items())[:_LABELS_SHOWN])
    more = f" and {len(unknown) - _LABELS_SHOWN} more" if len(unknown) > _LABELS_SHOWN else ""
    names = listed_labels(known, _LABELS_SHOWN)
    pairs = [(label, near_label(label, known)) for label in unknown]
    near = "".join(
        f"; {shown_label(label)} is {shown_label(name)}?"
        for label, name in pairs[:_LABELS_SHOWN]
        if name is not None
    )
    n_texts = sum(unknown.values())
    if n_texts == len(labelled):
        return (
            f"{labelled.source}: no label is one of the {len(known)} that the classifier knows; found "
            f"{shown}{more}, expected {names}{near}: check which column has the labels, or rename them"
        )
    return (
        f"{labelled.source}: {n_texts:,} of {len(labelled):,} texts "
        f"{agreeing(n_texts, 'has a label', 'have labels')} that the classifier does not know: "
        f"{shown}{more}; expected {names}{near}: rename them, or let such texts count as wrong or be "
        'left out (unknown_labels="wrong" or unknown_labels="leave-out")'
    )


def _predictions(classifier: Classifier, texts: list[str]) -> tuple[Floats, npt.NDArray[np.bool_] | None]:
    """Return the probabilities of texts, and which of them have a known word, if the classifier can tell."""
    if not isinstance(classifier, TextPredictor):
        return np.asarray(classifier.predict_proba(texts), np.float64), None
    encode = getattr(classifier, "encode", None)  # so that texts are cut into words once
    encoded = texts if encode is None else encode(texts)
    return classifier.predict_proba(encoded), np.asarray(classifier.known_shares(encoded) > 0)


def _calibration(probabilities: Floats, truth: npt.NDArray[np.int64]) -> Calibration | None:
    """Hold probabilities against what came true; texts of unknown labels have the probability 0."""
    if len(truth) < FEWEST_TEXTS:
        return None
    is_known = truth < probabilities.shape[1]
    p, codes = probabilities[is_known], truth[is_known]
    return Calibration(
        error=calibration_error(probabilities, truth),
        log_loss=log_loss(p, codes),
        brier_score=brier_score(p, codes),
        bins=reliability_bins(probabilities, truth, N_RELIABILITY_BINS),
        answered=answered_above(probabilities, truth),
    )
