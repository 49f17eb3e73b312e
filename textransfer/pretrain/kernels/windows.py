"""The fused kernel: one pass over text that draws windows and noise, and takes a step a window.

A window is m centres c with input vectors u_c around one context, and K noise words shared by its pairs.
Let v_0 be the context's output vector and v_1..v_K those of the noise words; then, as small matrix products,

    x = U V'        scores, (m, 1+K)
    g = sig(x) - y  derivatives, y = 1 in column 0 and 0 elsewhere
    U += -rate g V      V += -rate g' U      both from the values before the step

The 1+K output vectors stay in the nearest cache for the whole window, which is why sharing pays. They are
copied into a scratch whose rows are padded to a multiple of six, so that six dot products run together.
"""

from collections import namedtuple

import numpy as np
from numba import njit

from textransfer.pretrain.kernels.prefetch import prefetch_row
from textransfer.pretrain.kernels.sampling import is_kept, noise_word, random_bits, reach_of_window
from textransfer.pretrain.kernels.scores import FAST, scores_to_gradients

_Scratch = namedtuple("_Scratch", "rows row_changes centers center_changes scores labels bits powers bias")

GROUP = 6
"""Output vectors worked on together: enough independent sums to hide the latency of a multiply-add."""


@njit(nogil=True, cache=True)
def _new_scratch(n_centers, width, size):
    """Return the working memory of one thread."""
    bits = np.zeros(n_centers * width, np.int32)
    return _Scratch(
        np.zeros((width, size), np.float32),
        np.zeros((width, size), np.float32),
        np.zeros(n_centers, np.int32),
        np.zeros((n_centers, size), np.float32),
        np.zeros(n_centers * width, np.float32),
        np.full(n_centers * width, np.float32(-1.0), np.float32),  # the padding stays -1: left out
        bits,
        bits.view(np.float32),
        np.zeros(width, np.float32),
    )


# Rows are addressed as matrix[row, i], not taken out as matrix[row]: a view costs an atomic reference count.


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _six_dots(matrix, word, rows, first, scores, at):
    """Write the products of one centre with six output vectors to scores[at : at + 6]."""
    s0 = s1 = s2 = s3 = s4 = s5 = np.float32(0.0)
    for i in range(rows.shape[1]):
        x = matrix[word, i]
        s0 += x * rows[first, i]
        s1 += x * rows[first + 1, i]
        s2 += x * rows[first + 2, i]
        s3 += x * rows[first + 3, i]
        s4 += x * rows[first + 4, i]
        s5 += x * rows[first + 5, i]
    scores[at] = s0
    scores[at + 1] = s1
    scores[at + 2] = s2
    scores[at + 3] = s3
    scores[at + 4] = s4
    scores[at + 5] = s5


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _six_updates(matrix, centers, j, center_changes, rows, row_changes, first, scores, width):
    """Add what centres j and j + 1 and six output vectors do to each other to their changes.

    Two centres at a time halve the traffic on the changes of the output vectors; three vectors a loop
    are what the compiler keeps apart.
    """
    at = j * width + first
    g0, g1, g2 = scores[at], scores[at + 1], scores[at + 2]
    g3, g4, g5 = scores[at + 3], scores[at + 4], scores[at + 5]
    at += width
    h0, h1, h2 = scores[at], scores[at + 1], scores[at + 2]
    h3, h4, h5 = scores[at + 3], scores[at + 4], scores[at + 5]
    g, h = centers[j], centers[j + 1]
    size = rows.shape[1]
    for i in range(size):
        x = matrix[g, i]
        y = matrix[h, i]
        row_changes[first, i] += g0 * x + h0 * y
        row_changes[first + 1, i] += g1 * x + h1 * y
        row_changes[first + 2, i] += g2 * x + h2 * y
    for i in range(size):
        x = matrix[g, i]
        y = matrix[h, i]
        row_changes[first + 3, i] += g3 * x + h3 * y
        row_changes[first + 4, i] += g4 * x + h4 * y
        row_changes[first + 5, i] += g5 * x + h5 * y
    for i in range(size):
        a, b, c = rows[first, i], rows[first + 1, i], rows[first + 2, i]
        d, e, f = rows[first + 3, i], rows[first + 4, i], rows[first + 5, i]
        center_changes[j, i] += g0 * a + g1 * b + g2 * c + g3 * d + g4 * e + g5 * f
        center_changes[j + 1, i] += h0 * a + h1 * b + h2 * c + h3 * d + h4 * e + h5 * f


@njit(nogil=True, cache=True, error_model="numpy")
def _keep(tokens, start, stop, position, draws, words, places):
    """Write the kept words of a document and where they stand; return how many."""
    n = 0
    for i in range(start, stop):
        word = tokens[i]
        if is_kept(draws.subsample_key, position + i, draws.keep[word]):
            words[n] = word
            places[n] = position + i
            n += 1
    return n


@njit(nogil=True, cache=True, error_model="numpy")
def _draw_targets(context, place, matrices, draws, targets):
    """Write the context and its noise words to `targets`, and have their output vectors fetched."""
    key = random_bits(draws.noise_key, place)
    targets[0] = context
    prefetch_row(matrices.out_vectors, context)
    for k in range(targets.size - 1):
        word = noise_word(draws.accept, draws.alias, random_bits(key, k))
        targets[1 + k] = word
        prefetch_row(matrices.out_vectors, word)


@njit(nogil=True, cache=True, error_model="numpy")
def _load_targets(targets, matrices, draws, options, scratch):
    """Copy the output vectors of context and noise words into the scratch, and set their labels."""
    for r in range(targets.size):
        word = targets[r]
        is_hit = options.is_skipping and r > 0 and word == targets[0]
        scratch.labels[r] = np.float32(-1.0) if is_hit else np.float32(0.0)
        for i in range(scratch.rows.shape[1]):
            scratch.rows[r, i] = matrices.out_vectors[word, i]
            scratch.row_changes[r, i] = np.float32(0.0)
        if options.is_nce:
            scratch.bias[r] = matrices.out_bias[word] - draws.log_counts[word]
    scratch.labels[0] = np.float32(1.0)


@njit(nogil=True, cache=True, error_model="numpy")
def _list_centers(words, low, high, middle, centers):
    """List the centres of a window, and the last one again to make up a pair; return how many."""
    m = 0
    for j in range(low, high):
        if j != middle:
            centers[m] = words[j]
            m += 1
    centers[m] = centers[m - 1]
    return m


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _step(m, targets, rate, matrices, options, scratch):
    """Take the step of one window of m centres; return its summed loss."""
    centers, scores, labels = scratch.centers, scratch.scores, scratch.labels
    rows, row_changes, center_changes = scratch.rows, scratch.row_changes, scratch.center_changes
    width, size = rows.shape
    for j in range(m):
        for first in range(0, width, GROUP):
            _six_dots(matrices.in_vectors, centers[j], rows, first, scores, j * width + first)
        for r in range(width):
            labels[j * width + r] = labels[r]
            if options.is_nce:
                scores[j * width + r] += scratch.bias[r]
    loss = scores_to_gradients(scores, labels, scratch.bits, scratch.powers, m * width)
    step = -rate / np.float32(m) if options.is_mean else -rate
    for i in range(m * width):
        scores[i] *= step
    for i in range(m * width, (m + 1) * width):
        scores[i] = np.float32(0.0)  # the centre that only makes up a pair changes nothing

    for j in range(0, m, 2):
        for i in range(size):
            center_changes[j, i] = np.float32(0.0)
            center_changes[j + 1, i] = np.float32(0.0)
        for first in range(0, width, GROUP):
            _six_updates(
                matrices.in_vectors, centers, j, center_changes, rows, row_changes, first, scores, width
            )
    # Only now may the matrices change: a word can stand twice in a window, or be drawn twice as noise.
    for j in range(m):
        word = centers[j]
        for i in range(size):
            matrices.in_vectors[word, i] += center_changes[j, i]
    for r in range(targets.size):
        word = targets[r]
        for i in range(size):
            matrices.out_vectors[word, i] += row_changes[r, i]
        if options.is_nce:
            for j in range(m):
                matrices.out_bias[word] += scores[j * width + r]
    return loss


@njit(nogil=True, cache=True, error_model="numpy")
def train_windows(tokens, offsets, position, rate, matrices, draws, options):
    """Train on some documents, one step a window.

    Parameters
    ----------
    tokens : ndarray of int32, shape (N,)
        Word ids of the documents.
    offsets : ndarray of int64, shape (n_documents + 1,)
        Document i is ``tokens[offsets[i]:offsets[i + 1]]``.
    position : int
        Position in the training run of the token with index 0.
    rate : float
        Learning rate.
    matrices : Matrices
        Changed in place, without locks: several threads may work on the same ones.
    draws : Draws
    options : Options

    Returns
    -------
    loss : float
        Summed over all pairs, float64.
    n_pairs, n_windows : int
    """
    longest = 0
    for d in range(offsets.size - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    words = np.empty(longest, np.int32)
    places = np.empty(longest, np.int64)
    width = (options.n_noise + GROUP) // GROUP * GROUP  # 1 + K, rounded up
    scratch = _new_scratch(2 * min(options.window, longest) + 1, width, matrices.in_vectors.shape[1])
    targets = np.empty(1 + options.n_noise, np.int32)
    upcoming = np.empty(1 + options.n_noise, np.int32)
    step_rate = np.float32(rate)
    loss = 0.0
    n_pairs = 0
    n_windows = 0
    for d in range(offsets.size - 1):
        n = _keep(tokens, offsets[d], offsets[d + 1], position, draws, words, places)
        if n > 1:
            _draw_targets(words[0], places[0], matrices, draws, upcoming)
        for middle in range(n):
            reach = options.window
            if options.is_shrinking:
                reach = reach_of_window(draws.window_key, places[middle], options.window)
            low = max(0, middle - reach)
            high = min(n, middle + reach + 1)
            if high - low < 2:
                continue
            targets, upcoming = upcoming, targets
            if middle + 1 < n:  # fetched while this window is worked on
                _draw_targets(words[middle + 1], places[middle + 1], matrices, draws, upcoming)
            if middle + options.window + 1 < n:
                prefetch_row(matrices.in_vectors, words[middle + options.window + 1])
            _load_targets(targets, matrices, draws, options, scratch)
            m = _list_centers(words, low, high, middle, scratch.centers)
            loss += _step(m, targets, step_rate, matrices, options, scratch)
            n_pairs += m
            n_windows += 1
    return loss, n_pairs, n_windows
