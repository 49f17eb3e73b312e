"""How far a classifier's probabilities can be trusted, and what answering only when sure would buy."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.records import record_of
from textransfer.sentiment.judging.calibration import (
    N_RELIABILITY_BINS,
    ReliabilityBin,
    accuracy_by_coverage,
    calibration_error,
    reliability_bins,
    tempered,
)

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier
    from textransfer.sentiment.encoder_classifier import EncoderClassifier
    from textransfer.sentiment.tfidf import TfidfBaseline

THRESHOLDS = (0.6, 0.7, 0.8, 0.9, 0.95)
FEWEST_TEXTS = 30
"""With fewer texts neither a calibration error nor a share means anything."""


@dataclass(frozen=True)
class Answered:
    """What is left when texts below a probability are not answered: their share, and the accuracy on them."""

    threshold: float
    share: float
    accuracy: float


@dataclass(frozen=True)
class Trust:
    """Probabilities against what came true."""

    source: str
    """Which texts: "test texts" or "cross-validation"."""
    n_texts: int
    temperature: float
    """What the logits were divided by; 1 where weights of vectors and words do its work."""
    calibration_error: float
    """Mean gap between probability and accuracy, from 0 to 1."""
    answered: tuple[Answered, ...]
    """For rising thresholds, as long as any text is answered."""
    bins: tuple[ReliabilityBin, ...] = ()
    """Parts of equal size, the least sure texts first."""

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return record_of(self)


def trust_of(
    classifier: "SentimentClassifier | CombinedClassifier | TfidfBaseline | EncoderClassifier",
    codes: npt.NDArray[np.int64],
    test: tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]] | None = None,
) -> Trust | None:
    """Measure a fitted classifier's probabilities; None with fewer than 30 texts, or none held out.

    Codes, (n,), are the classes of the texts it was fitted on; `test` has probabilities, (m, C), and classes
    of test texts. Without them the cross-validated predictions are taken, which flatters a little: the one
    temperature, or the two weights, were fitted to them.
    """
    if test is not None:
        source, (probabilities, truth) = "test texts", test
    elif classifier.out_of_fold_ is not None:
        held_out, source = classifier.out_of_fold_, "cross-validation"
        rows = np.bincount(held_out.positions, minlength=len(codes)) > 0
        probabilities = tempered(held_out.means(len(codes))[rows], classifier.temperature_)
        truth = codes[rows]
    else:
        return None
    if len(truth) < FEWEST_TEXTS:
        return None
    return Trust(
        source=source,
        n_texts=len(truth),
        temperature=float(classifier.temperature_),
        calibration_error=calibration_error(probabilities, truth),
        answered=answered_above(probabilities, truth),
        bins=reliability_bins(probabilities, truth, N_RELIABILITY_BINS),
    )


def answered_above(
    probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.int64]
) -> tuple[Answered, ...]:
    """Return what answering only above each of `THRESHOLDS` would leave, as long as any text is answered."""
    confidence, share, accuracy = accuracy_by_coverage(probabilities, truth)
    answered = []
    for threshold in THRESHOLDS:
        n_above = int(np.count_nonzero(confidence >= threshold))
        if n_above:
            answered.append(Answered(threshold, float(share[n_above - 1]), float(accuracy[n_above - 1])))
    return tuple(answered)
