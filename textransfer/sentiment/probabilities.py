"""Probabilities of classes, and their logarithms."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def softmax(logits: npt.NDArray[np.floating]) -> Floats:
    """Return exp(logits), (..., C), as shares of their sum over the classes."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float64)


def logs(probabilities: Floats) -> Floats:
    """Return ln p, finite for p = 0 too."""
    return np.asarray(np.log(np.maximum(probabilities, np.finfo(np.float64).tiny)))
