"""Members of a combined classifier: what each has to do, and how much each counts."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.judging.calibration import CAUTION
from textransfer.sentiment.probabilities import logs, softmax

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

VECTORS, WORDS, STUDENT = "vectors", "words", "student"
"""Names of the members."""


class Member(Protocol):
    """A fitted classifier of texts that stands beside the network over vectors, with the same classes."""

    shares_: Floats
    """Share of each class in its labels, shape (C,)."""

    def probabilities(self, texts: CountedTexts) -> Floats:
        """Return the probability of each class, shape (n, C); where it knows nothing, their shares."""

    def without_each(self, words: list[str]) -> tuple[list[str], Floats]:
        """Return the distinct words of a text, (W,), and its probabilities without each, shape (W, C)."""

    def knows(self, word: str) -> bool:
        """Tell whether a word says something to it."""

    def knows_each(self, texts: CountedTexts) -> npt.NDArray[np.bool_]:
        """Tell which words of texts do, shape (V,)."""

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned."""


def mixed(parts: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """Return exp(sum a_k ln p_k), summing to 1 over the classes, from members' p_k of shape (n, C)."""
    return softmax(np.sum([a * logs(p) for p, a in zip(parts, weights, strict=True)], axis=0))


def best_weights(
    parts: Sequence[Floats], codes: Codes, usual: Sequence[float], of_texts: Floats | None = None
) -> list[float]:
    """Return the weights of members with the least log loss: the first above 0, the others from 0 on.

    Of probabilities, shape (n, C), for texts of the true classes `codes` that were not trained on. The
    weights are held near `usual`, by the weight of a few texts, so that few labels hardly move them. Each
    text counts as `of_texts`, (n,), says; by default all alike.
    """
    n_others = len(parts) - 1
    return weights_near(
        parts,
        codes,
        np.array([np.log(usual[0]), *usual[1:]]),
        is_logarithm=[True] + [False] * n_others,
        bounds=[(-3, 3)] + [(0, 5)] * n_others,
        shift=np.array([0.0] + [0.1] * n_others),
        caution=CAUTION,
        of_texts=of_texts,
    )


def weights_near(
    parts: Sequence[Floats],
    codes: Codes,
    centre: Floats,
    *,
    is_logarithm: Sequence[bool],
    bounds: Sequence[tuple[float, float]],
    shift: Floats | float = 0.0,
    caution: float,
    of_texts: Floats | None = None,
) -> list[float]:
    """Return the weights of members with the least log loss, each or its logarithm held near a centre, (K,).

    The squared distance from the centre weighs `caution` texts; the search begins `shift` beside it.
    """
    from scipy.optimize import minimize  # heavy, and for fits alone

    def weights_at(point: Floats) -> list[float]:
        return [float(weight) for weight in np.where(is_logarithm, np.exp(point), point)]

    def loss(point: Floats) -> float:
        distance = caution * ((point - centre) ** 2).sum() / len(codes)
        true = logs(mixed(parts, weights_at(point))[np.arange(len(codes)), codes])
        return float(distance - np.average(true, weights=of_texts))

    return weights_at(minimize(loss, centre + shift, method="L-BFGS-B", bounds=bounds).x)
