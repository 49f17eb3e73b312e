"""Least squares over terms scaled by how much more often texts of one class hold them than others."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import softmax

from textransfer.sentiment.least_squares import LeastSquares, ScaledFeatures, sharpened, solve_each
from textransfer.sentiment.term_predictor import lengths

SMOOTHING = 1.0
"""Added to every count (the paper's alpha)."""
PENALTIES = (30.0, 100.0, 300.0)
"""Tried for labelled texts."""
N_ITERATIONS = 12
MOST_AT_ONCE = 8
"""Classes that are learned side by side: each has ratios of its own, which fill memory."""

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def ratio_weights(held: ScaledFeatures, answers: Floats, penalty: float) -> Floats:
    """Return weights of terms for each class against the others, shape (F, C).

    Of which terms n texts hold, ones, and of the probabilities of their classes, (n, C). For each class
    against the others, a term that n of its texts hold has the ratio r = ln((1 + n) / |1 + n|) - ln((1 + m) /
    |1 + m|), with m texts of the others and sums over terms; it counts r where a text holds it.

    References
    ----------
    Wang, Manning (2012), Baselines and bigrams: simple, good sentiment and topic classification, ACL, section
    2; with least squares in place of the support vector machine, and without its interpolation.
    """
    return _weights(held, count_ratios([held], [answers]), answers, [penalty])[0]


def unit_weights(held: ScaledFeatures, answers: Floats, squares: Floats, penalty: float) -> Floats:
    """Return what `ratio_weights` does, of texts that are divided by their lengths before.

    The square of a text's length is the sum of `squares`, (F,), over its terms.
    """
    by_length = sparse.diags_array(1 / lengths(held.features @ squares))
    scaled = sparse.csr_matrix(by_length @ held.features)
    unit = replace(held, features=scaled, transposed=sparse.csr_matrix(held.transposed @ by_length))
    return _weights(unit, count_ratios([held], [answers]), answers, [penalty])[0]


def count_ratios(held: Sequence[ScaledFeatures], answers: Sequence[Floats]) -> Floats:
    """Return the log-count ratio of each term, (F, C), in some texts and others together."""
    inside = outside = np.full((1, 1), SMOOTHING)
    for texts, own in zip(held, answers, strict=True):
        roots = 1.0 if texts.roots is None else texts.roots
        inside = inside + texts.transposed @ (roots * own)
        outside = outside + texts.transposed @ (roots * (1 - own))
    return np.asarray(np.log(inside / inside.sum(axis=0)) - np.log(outside / outside.sum(axis=0)))


def _weights(
    held: ScaledFeatures, ratios: Floats, answers: Floats, penalties: Sequence[float]
) -> list[Floats]:
    """Return the weights of terms with each penalty."""
    n_classes = answers.shape[1]
    first = 1 if n_classes == 2 else 0
    weights = [np.empty_like(ratios) for _ in penalties]
    for start in range(first, n_classes, MOST_AT_ONCE):
        columns = slice(start, start + MOST_AT_ONCE)
        own = ratios[:, columns]
        solved = solve_each(replace(held, scales=own), answers[:, columns], penalties, N_ITERATIONS)
        for whole, part in zip(weights, solved, strict=True):
            whole[:, columns] = own * part
    if n_classes == 2:
        for whole in weights:
            whole[:, 0] = -whole[:, 1]
    return weights


def fit(
    held: sparse.csr_matrix,
    codes: Codes,
    n_classes: int,
    folds: Sequence[Codes],
    weights: Floats | None = None,
) -> LeastSquares:
    """Learn classes, coded 0 to C - 1, from which terms texts hold, shape (n, F).

    As `least_squares.fit`, with ratios of their own for each fold.
    """
    targets = np.eye(n_classes)[codes]
    at = np.concatenate(folds)
    of_texts = None if weights is None else weights[at]
    scores: dict[float, list[Floats]] = {penalty: [] for penalty in PENALTIES}
    for fold in folds:
        is_kept = np.ones(len(codes), bool)
        is_kept[fold] = False
        own = None if weights is None else weights[is_kept]
        means = np.average(targets[is_kept], axis=0, weights=own)
        kept = ScaledFeatures.of(held[is_kept], own)
        ratios = count_ratios([kept], [targets[is_kept]])
        learned = _weights(kept, ratios, targets[is_kept], PENALTIES)
        for parts, each in zip(scores.values(), learned, strict=True):
            parts.append(held[fold] @ each + means)
    by_penalty = {penalty: np.concatenate(parts) for penalty, parts in scores.items()}
    losses = {penalty: sharpened(each, codes[at], of_texts) for penalty, each in by_penalty.items()}
    penalty = min(losses, key=lambda each: losses[each][0])
    sharpness = losses[penalty][1]
    solved = ratio_weights(ScaledFeatures.of(held, weights), targets, penalty)
    means = np.average(targets, axis=0, weights=weights)
    answers = np.asarray(softmax(sharpness * by_penalty[penalty], axis=1))
    return LeastSquares(sharpness * solved, sharpness * means, penalty, answers)
