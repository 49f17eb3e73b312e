"""The minibatch kernel: explicit pairs and noise words in, one step of gradient descent after the other.

All gradients of a step are taken at the same point, then applied: see `objectives.apply_step`, its slow
twin.
"""

import numpy as np

from textransfer.compiling import FAST, compiled_with
from textransfer.pretrain.kernels.lanes import LANES, constant, row
from textransfer.pretrain.kernels.scores import new_tally, take_loss, terms_to_steps


@compiled_with(nogil=True, fastmath=FAST, error_model="numpy")
def _score_pair(u, context, negatives, matrices, scores):
    """Write the scores u.v of the context and of each noise word."""
    for r in range(1 + negatives.size):
        v = matrices.out_vectors[context if r == 0 else negatives[r - 1]]
        total = np.float32(0.0)
        for i in range(u.size):
            total += u[i] * v[i]
        scores[r] = total


@compiled_with(nogil=True, fastmath=FAST, error_model="numpy")
def _write_changes(u, context, negatives, matrices, g, center_change, row_changes):
    """Write how the pair changes its centre and each of its output vectors."""
    for i in range(u.size):
        center_change[i] = np.float32(0.0)
    for r in range(1 + negatives.size):
        v = matrices.out_vectors[context if r == 0 else negatives[r - 1]]
        for i in range(u.size):
            center_change[i] += g[r] * v[i]
            row_changes[r, i] = g[r] * u[i]


@compiled_with(nogil=True, fastmath=FAST, error_model="numpy")
def _apply_changes(center, context, negatives, matrices, g, center_change, row_changes, has_bias):
    u = matrices.in_vectors[center]
    for i in range(u.size):
        u[i] += center_change[i]
    for r in range(1 + negatives.size):
        word = context if r == 0 else negatives[r - 1]
        v = matrices.out_vectors[word]
        for i in range(u.size):
            v[i] += row_changes[r, i]
        if has_bias:
            matrices.out_bias[word] += g[r]


@compiled_with(nogil=True, error_model="numpy")
def train_steps(
    centers,
    contexts,
    negatives,
    is_active,
    context_log_counts,
    noise_log_counts,
    offsets,
    rate,
    matrices,
    options,
):
    """Train on explicit updates.

    Parameters
    ----------
    centers, contexts : ndarray of int32, shape (B,)
    negatives : ndarray of int32, shape (B, K)
    is_active : ndarray of bool, shape (B, K)
    context_log_counts : ndarray of float32, shape (B,)
    noise_log_counts : ndarray of float32, shape (B, K)
    offsets : ndarray of int64, shape (S + 1,)
        Update i takes pairs ``offsets[i]:offsets[i + 1]``.
    rate : float
        Learning rate.
    matrices : Matrices
        Changed in place.
    options : Options

    Returns
    -------
    float
        The loss summed over all pairs, each taken before its own step; float64.
    """
    size = matrices.in_vectors.shape[1]
    width = 1 + negatives.shape[1]
    largest = 0
    for s in range(offsets.size - 1):
        largest = max(largest, offsets[s + 1] - offsets[s])
    scores = np.full((largest, (width + LANES - 1) // LANES * LANES), np.float32(0.0), np.float32)
    weights = np.zeros_like(scores)
    tally = new_tally()
    center_changes = np.empty((largest, size), np.float32)
    row_changes = np.empty((largest, width, size), np.float32)
    total = np.zeros(1, np.float64)
    for s in range(offsets.size - 1):
        start = offsets[s]
        m = offsets[s + 1] - start
        for j in range(m):
            p = start + j
            _score_pair(matrices.in_vectors[centers[p]], contexts[p], negatives[p], matrices, scores[j])
            if options.has_bias:
                scores[j, 0] += matrices.out_bias[contexts[p]] - context_log_counts[p]
                for k in range(width - 1):
                    scores[j, 1 + k] += matrices.out_bias[negatives[p, k]] - noise_log_counts[p, k]
            scores[j, 0] = -scores[j, 0]
            scores[j, width:] = np.float32(0.0)
            weights[j, 0] = np.float32(1.0)
            for k in range(width - 1):
                weights[j, 1 + k] = np.float32(is_active[p, k])
        step = np.float32(-rate / m) if options.is_mean else np.float32(-rate)
        n = m * scores.shape[1] // LANES
        terms_to_steps(row(scores, 0), row(weights, 0), n, constant(step), tally, total)
        for j in range(m):
            scores[j, 0] = -scores[j, 0]
        for j in range(m):
            p = start + j
            u = matrices.in_vectors[centers[p]]
            _write_changes(
                u, contexts[p], negatives[p], matrices, scores[j], center_changes[j], row_changes[j]
            )
        for j in range(m):
            p = start + j
            _apply_changes(
                centers[p],
                contexts[p],
                negatives[p],
                matrices,
                scores[j],
                center_changes[j],
                row_changes[j],
                options.has_bias,
            )
    return total[0] + take_loss(tally)
