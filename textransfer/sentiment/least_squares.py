"""Least squares with a penalty over sparse features, and its answers to texts that were held out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from textransfer.sentiment.judging.calibration import log_loss

PENALTIES = (0.1, 0.3, 1.0, 3.0)
"""Tried for texts of length 1."""
MOST_TEXTS_SOLVED_WHOLE = 2000
"""With more, their n x n products no longer fit a moment; then one fold is held out and iterations solve."""
MOST_TEXTS_AS_PRODUCTS = 256
"""With no more, products of texts are quicker than one by one with each term."""
N_ITERATIONS = 40
USUAL_SHARPNESS, CAUTION = 5.0, 1.0
"""What scores are multiplied by to become logits is held near this, by the weight of so many texts."""

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """A linear classifier, and its answers to texts that were held out."""

    weights: Floats
    """Of the features, the sharpness multiplied in, shape (F, C)."""
    intercepts: Floats
    """Shape (C,)."""
    penalty: float
    held_out: Floats
    """Probabilities of the texts of the folds, one fold after the other, by what was learned from the other
    texts, shape (m, C)."""


def fit(
    features: sparse.csr_matrix,
    codes: Codes,
    n_classes: int,
    folds: Sequence[Codes],
    weights: Floats | None = None,
) -> LeastSquares:
    """Learn classes, coded 0 to C - 1, from texts, shape (n, F).

    The penalty and the sharpness are those with the least log loss on the texts of each fold, places of
    texts, by what is learned from all others; of more than 2,000 texts, on those of the first fold alone.
    Where A are the products of the texts with the penalty on the diagonal, and a their solution, the errors
    of a fold left out are the solution of A^-1 within the fold, for a within it. The means of the targets
    are those of all. Where texts have weights above 0, shape (n,), their squared errors count as much: all is
    solved with rows multiplied by the roots of the weights.
    """
    targets = np.eye(n_classes)[codes]
    if len(codes) > MOST_TEXTS_SOLVED_WHOLE:
        return _fit_by_fold(features, codes, targets, folds[0], weights)
    means, roots = np.average(targets, axis=0, weights=weights), _roots(weights, len(codes))
    if weights is not None:
        features = sparse.csr_matrix(features.multiply(roots))
    products = (features @ features.T).toarray()
    values, basis = np.linalg.eigh(products)
    values = np.maximum(values, 0.0)
    held = np.concatenate(folds)
    inside, truth = basis.T @ (roots * (targets - means)), codes[held]
    of_texts = None if weights is None else weights[held]
    best: tuple[float, float, float, Floats, Floats] | None = None
    for penalty in PENALTIES:
        duals = basis @ (inside / (values + penalty)[:, None])
        parts = []
        for fold in folds:
            own = basis[fold]
            errors = np.linalg.solve((own / (values + penalty)) @ own.T, duals[fold])
            parts.append(targets[fold] - errors / roots[fold])
        scores = np.concatenate(parts)
        loss, sharpness = sharpened(scores, truth, of_texts)
        if best is None or loss < best[0]:
            best = loss, penalty, sharpness, duals, scores
    assert best is not None  # noqa: S101 - there are penalties
    _, penalty, sharpness, duals, scores = best
    solved = np.asarray(features.T @ duals)
    return LeastSquares(
        sharpness * solved, sharpness * means, penalty, np.asarray(softmax(sharpness * scores, axis=1))
    )


def _roots(weights: Floats | None, n: int) -> Floats:
    """Return the roots of weights brought to a mean of 1, shape (n, 1); ones if all texts count the same."""
    return np.ones((n, 1)) if weights is None else np.sqrt(weights / weights.mean())[:, None]


def _fit_by_fold(
    features: sparse.csr_matrix, codes: Codes, targets: Floats, held_out: Codes, weights: Floats | None
) -> LeastSquares:
    is_held = np.zeros(len(codes), bool)
    is_held[held_out] = True
    kept = ScaledFeatures.of(features[~is_held], None if weights is None else weights[~is_held])
    of_texts = None if weights is None else weights[held_out]
    best: tuple[float, float, float, Floats] | None = None
    for penalty in PENALTIES:
        solved, means = solve(kept, targets[~is_held], penalty)
        scores = features[held_out] @ solved + means
        loss, sharpness = sharpened(scores, codes[held_out], of_texts)
        if best is None or loss < best[0]:
            best = loss, penalty, sharpness, scores
    assert best is not None  # noqa: S101 - there are penalties
    _, penalty, sharpness, scores = best
    solved, means = solve(ScaledFeatures.of(features, weights), targets, penalty)
    answers = np.asarray(softmax(sharpness * scores, axis=1))
    return LeastSquares(sharpness * solved, sharpness * means, penalty, answers)


@dataclass(frozen=True, eq=False)
class ScaledFeatures:
    """Sparse features whose columns are scaled as they are multiplied, so that many fits share them."""

    features: sparse.csr_matrix
    """Shape (n, F)."""
    transposed: sparse.csr_matrix
    """The same, shape (F, n)."""
    scales: Floats | float = 1.0
    """Of the columns, shape (F, 1), or (F, C) where each of the targets has its own."""
    roots: Floats | None = None
    """What rows are multiplied by already, shape (n, 1), where texts count differently; targets too then."""

    @classmethod
    def of(cls, features: sparse.csr_matrix, weights: Floats | None = None) -> "ScaledFeatures":
        """Take features as they are, or with rows multiplied by the roots of the weights of texts."""
        if weights is None:
            return cls(features, features.T.tocsr())
        roots = _roots(weights, len(weights))
        weighted = sparse.csr_matrix(features.multiply(roots))
        return cls(weighted, weighted.T.tocsr(), roots=roots)


def solve(
    features: ScaledFeatures, targets: Floats, penalty: float, n_iterations: int = N_ITERATIONS
) -> tuple[Floats, Floats]:
    """Return weights, (F, C), and means of the targets by conjugate gradients, all columns side by side.

    The weights are those with the least |features w - (targets - means)|^2 + penalty |w|^2, the part of each
    text multiplied by its weight.
    """
    means, rest = _means_and_rest(features, targets)
    duals = np.zeros_like(rest)
    direction, size = rest.copy(), (rest**2).sum(axis=0)
    squares = features.scales**2
    for _ in range(n_iterations):
        image = features.features @ (squares * (features.transposed @ direction)) + penalty * direction
        step = size / np.maximum((direction * image).sum(axis=0), np.finfo(float).tiny)
        duals += step * direction
        rest = rest - step * image
        before, size = size, (rest**2).sum(axis=0)
        direction = rest + size / np.maximum(before, np.finfo(float).tiny) * direction
    return np.asarray(features.scales * (features.transposed @ duals)), means


def solve_each(
    features: ScaledFeatures, targets: Floats, penalties: Sequence[float], n_iterations: int = N_ITERATIONS
) -> list[Floats]:
    """Return the weights that `solve` finds with each penalty, (F, C) each.

    Of few texts the products of each two, (n, n) for each column of scales, are made once: iterations over
    these take the same steps in a moment.
    """
    n_texts = features.features.shape[0]
    if n_texts > MOST_TEXTS_AS_PRODUCTS:
        return [solve(features, targets, penalty, n_iterations)[0] for penalty in penalties]
    scales = np.broadcast_to(features.scales, (features.features.shape[1], targets.shape[1]))
    columns = range(targets.shape[1] if np.shape(features.scales)[1:] == targets.shape[1:] else 1)
    products = np.stack([_products(features.features, scales[:, column]) for column in columns])
    _, start = _means_and_rest(features, targets)
    rest = np.tile(start.T[None, :, :, None], (len(penalties), 1, 1, 1))  # penalties, columns, texts
    strengths = np.asarray(penalties)[:, None, None, None]
    duals, direction, size = np.zeros_like(rest), rest.copy(), _squares(rest)
    for _ in range(n_iterations):
        image = products @ direction + strengths * direction
        step = size / np.maximum((direction * image).sum(axis=2, keepdims=True), np.finfo(float).tiny)
        duals += step * direction
        rest = rest - step * image
        before, size = size, _squares(rest)
        direction = rest + size / np.maximum(before, np.finfo(float).tiny) * direction
    return [np.asarray(features.scales * (features.transposed @ own.T)) for own in duals[..., 0]]


def _products(features: sparse.csr_matrix, scales: Floats) -> Floats:
    """Return the products of each two texts whose columns are scaled, (n, n)."""
    scaled = features.copy()
    scaled.data = features.data * scales[features.indices]
    return np.asarray((scaled @ scaled.T).toarray())


def _squares(rest: Floats) -> Floats:
    return np.asarray((rest * rest).sum(axis=2, keepdims=True))


def _means_and_rest(features: ScaledFeatures, targets: Floats) -> tuple[Floats, Floats]:
    """Return the means of targets, (C,), and what is left of each text, by its weight, (n, C)."""
    if features.roots is None:
        means = targets.mean(axis=0)
        return means, targets - means
    means = np.average(targets, axis=0, weights=features.roots[:, 0] ** 2)
    return means, features.roots * (targets - means)


def sharpened(scores: Floats, codes: Codes, weights: Floats | None = None) -> tuple[float, float]:
    """Return the least log loss of softmax(sharpness scores), and the sharpness; texts may have weights."""
    usual = np.log(USUAL_SHARPNESS)

    def loss(log_sharpness: float) -> float:
        p = np.asarray(softmax(np.exp(log_sharpness) * scores, axis=1))
        return float(log_loss(p, codes, weights) + CAUTION * (log_sharpness - usual) ** 2 / len(codes))

    result = minimize_scalar(loss, bounds=(usual - 4, usual + 4), method="bounded")
    return float(result.fun), float(np.exp(result.x))
