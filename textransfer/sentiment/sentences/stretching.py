"""How sentence vectors are stretched before they get unit length: along what few labels should look first."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.moments import DocumentMoments

Doubles = npt.NDArray[np.float64]

COMPONENT_POWER = 0.5
"""Power of the components' variances where labels do not tell which; see docs/design.md."""


@dataclass(frozen=True)
class Emphasis:
    """A polar direction of the corpus that counts more than the others."""

    direction: int
    """Row of `DocumentMoments.polar`."""
    strength: float
    """Mean square that is added along it, as a multiple of that of all stretched components together."""
    log_likelihood_ratio: float
    """How much better labels are explained with it than without; see `choose_emphasis`."""


def stretching_matrix(moments: DocumentMoments, power: float, emphasis: Emphasis | None = None) -> Doubles:
    """Return what multiplies centred sentence vectors, a symmetric matrix (D, D).

    Principal components of the corpus are multiplied by their variance to a power. An emphasis has a
    direction w, with a score w'y of mean square 1 over the corpus, of which so much is added that inner
    products become y'(M M + strength tr(M S M) w w')y.
    """
    variances, components = moments.components
    stretched = np.asarray((components * variances**power) @ components.T)
    if emphasis is None:
        return stretched
    direction = polar_direction(moments, emphasis.direction)
    added = emphasis.strength * spread(moments, power)
    squares, axes = np.linalg.eigh(stretched @ stretched + added * np.outer(direction, direction))
    return np.asarray((axes * np.sqrt(np.maximum(squares, 0))) @ axes.T)


def spread(moments: DocumentMoments, power: float) -> float:
    """Return tr(M S M): the mean square of stretched documents that had unit length."""
    variances, _ = moments.components
    return float((variances ** (1 + 2 * power)).sum())


def polar_direction(moments: DocumentMoments, row: int) -> Doubles:
    """Return a polar direction, (D,), with scores of mean square 1 over the corpus."""
    if moments.polar is None:
        raise ValueError("these moments have no polar direction")
    return np.asarray(moments.polar_units[row])
