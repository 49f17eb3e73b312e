"""How likely labels are under sentence vectors: the measure by which settings of the encoder are chosen."""

import math

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

SIGNAL_SHARES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 0.97)
"""Shares of the labels' variance that sentence vectors may explain."""
MAX_TEXTS = 1000
"""Labelled texts that are asked, at most; with more, what they say does not change."""
SMALLEST_SHARE = 1e-12
"""Of the largest squared singular value: what is less is none."""


def log_evidence(vectors: Doubles, targets: Doubles) -> float:
    """Return the greatest log marginal likelihood over shares of signal, but for a constant.

    Labels are taken for a Gaussian process with the covariance q X X' + (1 - q) I, of vectors X, (n, D), and
    targets, (n, C). Columns of the targets depend on each other: C classes count as C - 1 columns.

    References
    ----------
    Rasmussen & Williams (2006), Gaussian processes for machine learning, equation 2.30.
    """
    n, n_classes = targets.shape
    squares, along = _along_components(vectors, targets)
    rest = max(float((targets**2).sum() - along.sum()), 0.0)
    n_rest = n - len(squares)
    evidence = []
    for share in SIGNAL_SHARES:
        noise = 1 - share
        variances = share * squares + noise
        misfit = (along / variances).sum() + rest / noise
        volume = np.log(variances).sum() + n_rest * math.log(noise)
        evidence.append(float(-0.5 * (misfit + n_classes * volume)))
    return float(max(evidence) * (n_classes - 1) / n_classes)


def _along_components(vectors: Doubles, targets: Doubles) -> tuple[Doubles, Doubles]:
    """Return the squared singular values of the vectors, and the squares that targets have along each."""
    n, size = vectors.shape
    if n <= size:
        squares, axes = np.linalg.eigh(vectors @ vectors.T)
        along = ((axes.T @ targets) ** 2).sum(axis=1)
    else:
        squares, axes = np.linalg.eigh(vectors.T @ vectors)
        along = ((axes.T @ (vectors.T @ targets)) ** 2).sum(axis=1)
    kept = squares > SMALLEST_SHARE * max(float(squares[-1]), 1e-300)
    squares, along = squares[kept], along[kept]
    return squares, along if n <= size else along / squares


def standard_targets(codes: npt.NDArray[np.int64], roots: Doubles) -> Doubles:
    """Return a column for each class that occurs, of mean 0 and mean square 1, each row times its root."""
    membership = (codes[:, None] == np.unique(codes)).astype(np.float64)
    shares = roots**2 / (roots**2).sum()
    membership -= shares @ membership
    return np.asarray(membership / np.sqrt(shares @ membership**2) * roots[:, None])


def asked_texts(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the positions of the texts that are asked: all, or 1,000 with the shares of the classes."""
    if len(codes) <= MAX_TEXTS:
        return np.arange(len(codes))
    by_class = np.argsort(codes, kind="stable")
    return np.sort(by_class[np.linspace(0, len(codes) - 1, MAX_TEXTS).astype(np.int64)])
