"""Whether labels follow a direction along which the corpus spreads between two poles: by their likelihood."""

import math

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.moments import DocumentMoments
from textransfer.sentiment.sentences.stretching import (
    Doubles,
    Emphasis,
    polar_direction,
    spread,
    stretching_matrix,
)

N_LABELS = 32
"""Up to so many, a direction counts as much as all components together; with n labels, 32 / n of that."""
LEAST_RATIO = 3.0
"""Likelihood ratio from which a direction is taken, if there is one; with J to choose from, J times that."""
SIGNAL_SHARES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
"""Shares of the labels' variance that sentence vectors may explain."""


def choose_emphasis(
    documents: npt.NDArray[np.floating],
    moments: DocumentMoments,
    power: float,
    codes: npt.NDArray[np.int64],
    weights: npt.NDArray[np.floating] | None = None,
) -> Emphasis | None:
    """Return the emphasis under which labels are most likely; None if they are nearly as likely without.

    Labels are taken for a Gaussian process whose covariances are inner products of finished sentence
    vectors; of each set of vectors the best share of signal counts. The ratio of the likelihoods must exceed
    3 J where J directions may be chosen.

    Documents are labelled texts of the classes `codes` as centred sentence vectors, (n, D), which get unit
    length here; weights say how much each counts. For moments and power see `stretching_matrix`.

    References
    ----------
    Rasmussen & Williams (2006), Gaussian processes for machine learning, equation 2.30.
    """
    if not moments.n_polar or len(np.unique(codes)) < 2:
        return None
    plain = stretching_matrix(moments, power)
    squares = spread(moments, power)
    units = _unit(documents.astype(np.float64))
    stretched = units @ plain
    roots = np.ones(len(codes)) if weights is None else np.sqrt(weights / weights.mean())
    targets = standard_targets(codes, roots)
    alone = log_evidence(_unit(stretched) * roots[:, None], targets)
    strength = min(1.0, N_LABELS / len(codes))
    least = math.log(LEAST_RATIO * moments.n_polar)
    best = None
    for direction in range(moments.n_polar):
        along = units @ polar_direction(moments, direction) * math.sqrt(strength * squares)
        joined = _unit(np.column_stack([stretched, along]))
        gained = log_evidence(joined * roots[:, None], targets) - alone
        if gained > (least if best is None else best.log_likelihood_ratio):
            best = Emphasis(direction, strength, gained)
    return best


def _unit(vectors: Doubles) -> Doubles:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1))


def standard_targets(codes: npt.NDArray[np.int64], roots: Doubles) -> Doubles:
    """Return a column for each class that occurs, of mean 0 and mean square 1, each row times its root."""
    membership = (codes[:, None] == np.unique(codes)).astype(np.float64)
    shares = roots**2 / (roots**2).sum()
    membership -= shares @ membership
    return np.asarray(membership / np.sqrt(shares @ membership**2) * roots[:, None])


def log_evidence(vectors: Doubles, targets: Doubles) -> float:
    """Return the greatest log marginal likelihood over shares of signal, but for a constant.

    With the covariance q X X' + (1 - q) I. Columns of the targets depend on each other: C classes count as
    C - 1 columns.
    """
    n, n_classes = len(targets), int(targets.shape[1])
    axes, lengths, _ = np.linalg.svd(vectors, full_matrices=False)
    along = ((axes.T @ targets) ** 2).sum(axis=1)
    rest = max(float((targets**2).sum() - along.sum()), 0.0)
    n_rest = n - len(lengths)
    evidence = []
    for share in SIGNAL_SHARES:
        noise = 1 - share
        variances = share * lengths**2 + noise
        misfit = (along / variances).sum() + rest / noise
        volume = np.log(variances).sum() + n_rest * math.log(noise)
        evidence.append(float(-0.5 * (misfit + n_classes * volume)))
    return max(evidence) * (n_classes - 1) / n_classes
