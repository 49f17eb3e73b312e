"""Probabilities that mean what they say: how far off they are, and a temperature that mends it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.records import Record
from textransfer.sentiment.probabilities import logs, softmax

N_BINS = 15
N_RELIABILITY_BINS = 10
"""Of a chart: fewer, so that the share that is right in each is surer."""
HOTTEST = 20.0
"""Temperatures are looked for between 1/20 and 20."""

CAUTION = 8.0
"""Weight of ln(T)^2 by default, in texts; chosen on three data sets, see docs/design.md."""

Floats = npt.NDArray[np.float64]
"""Mostly probabilities of the classes of n texts, shape (n, C)."""
Codes = npt.NDArray[np.int64]
"""Their true classes, shape (n,)."""


@dataclass(frozen=True)
class ReliabilityBin(Record):
    """Texts of about the same confidence, which is the probability of the predicted class."""

    n_texts: int
    low: float
    """Confidence of the least sure of them."""
    high: float
    """Confidence of the surest."""
    confidence: float
    """Mean."""
    accuracy: float
    """Share of them that is right; the same as the confidence in a perfect classifier."""


def reliability_bins(probabilities: Floats, codes: Codes, n_bins: int = N_BINS) -> tuple[ReliabilityBin, ...]:
    """Sort texts by confidence, cut them into parts of equal size, and hold each against what came true."""
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == codes
    order = np.argsort(confidence, kind="stable")
    return tuple(
        ReliabilityBin(
            len(part),
            float(confidence[part[0]]),
            float(confidence[part[-1]]),
            float(confidence[part].mean()),
            float(is_right[part].mean()),
        )
        for part in np.array_split(order, n_bins)
        if len(part)
    )


def calibration_error(probabilities: Floats, codes: Codes, n_bins: int = N_BINS) -> float:
    """Return the expected calibration error: by how much confidence and accuracy differ, on average.

    Over `reliability_bins`. With few texts the error is overestimated, since the accuracy of each part is
    itself uncertain.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks, equation 3; there parts
    have equal width instead.
    """
    bins = reliability_bins(probabilities, codes, n_bins)
    return sum(part.n_texts * abs(part.confidence - part.accuracy) for part in bins) / len(codes)


def log_loss(probabilities: Floats, codes: Codes, weights: Floats | None = None) -> float:
    """Return the mean of -ln p of the true class, over texts that may have weights, shape (n,)."""
    return float(np.average(-logs(probabilities[np.arange(len(codes)), codes]), weights=weights))


def brier_score(probabilities: Floats, codes: Codes) -> float:
    """Return the mean over texts of the squared error of the probabilities, summed over classes; 0 to 2.

    References
    ----------
    Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather Review 78.
    """
    right = probabilities[np.arange(len(codes)), codes]
    return float(((probabilities**2).sum(axis=1) - 2 * right + 1).mean())


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Return softmax(logits / T) from softmax(logits); T above 1 makes probabilities more careful."""
    return softmax(logs(probabilities) / temperature)


def best_temperature(probabilities: Floats, codes: Codes, caution: float = 0.0) -> float:
    """Return the temperature with the least log loss of texts that were not trained on.

    Caution is the weight of ln(T)^2, in texts: it holds T near 1 where there are few.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks, section 4.2.
    """
    from scipy.optimize import minimize_scalar  # heavy, and for fits alone

    reach = float(np.log(HOTTEST))

    def loss(log_temperature: float) -> float:
        p = tempered(probabilities, float(np.exp(log_temperature)))
        return log_loss(p, codes) + caution * log_temperature**2 / len(codes)

    log_temperature = minimize_scalar(loss, bounds=(-reach, reach), method="bounded").x
    return float(np.exp(log_temperature))


def accuracy_by_coverage(probabilities: Floats, codes: Codes) -> tuple[Floats, Floats, Floats]:
    """Return thresholds of confidence from high to low, the share of texts at or above each, its accuracy."""
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    is_right = (probabilities.argmax(axis=1) == codes)[order]
    n_answered = np.arange(1, len(codes) + 1)
    return confidence[order], n_answered / len(codes), np.cumsum(is_right) / n_answered
