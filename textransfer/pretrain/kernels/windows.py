"""The fused kernel: one pass over text that draws windows and noise, and takes a step a window.

A window is m centres c with input vectors u_c around one context, and K noise words shared by its pairs.
Let v_0 be the context's output vector and v_1..v_K those of the noise words; then, as small matrix products,

    x = U V'        scores, (m, 1+K)
    g = sig(x) - y  derivatives, y = 1 in column 0 and 0 elsewhere
    U += -rate g V      V += -rate g' U      both from the values before the step

The 1+K output vectors stay in the nearest cache for the whole window, which is why sharing pays. They are
copied into a scratch whose rows are padded to a multiple of six, so that six dot products run together.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from textransfer.pretrain.kernels.compiling import COMPILED, FAST, LANES
from textransfer.pretrain.kernels.prefetch import prefetch_row
from textransfer.pretrain.kernels.sampling import is_kept, noise_word, random_bits, reach_of_window
from textransfer.pretrain.kernels.scores import scores_to_gradients


class Scratch(NamedTuple):
    """The working memory of one thread; arrays are a cache line longer than needed, to keep threads apart.

    words, places : kept words of a document, and where they stand; targets : context and noise words of this
    window and the next; rows, row_changes : their output vectors, and what the window does to them; centers,
    center_changes : the same for the centres; scores, labels, bits, powers : see `scores_to_gradients`;
    bias : what NCE adds to the scores.
    """

    words: np.ndarray
    places: np.ndarray
    targets: np.ndarray
    rows: np.ndarray
    row_changes: np.ndarray
    centers: np.ndarray
    center_changes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray
    bits: np.ndarray
    powers: np.ndarray
    bias: np.ndarray


GROUP = 6
"""Output vectors worked on together: enough independent sums to hide the latency of a multiply-add."""


def new_scratch(longest, window, n_noise, size):
    """Return the working memory of one thread.

    It is made here and not in the kernel, which is compiled without reference counts: the counters of
    several threads would lie in the same cache lines, and cost a third of the speed.

    Parameters
    ----------
    longest : int
        Words of the longest document.
    window : int
        Furthest neighbour.
    n_noise : int
        K.
    size : int
        D.
    """
    width = (n_noise + GROUP) // GROUP * GROUP  # 1 + K, rounded up
    n_centers = 2 * min(window, longest) + 2
    n_scores = (n_centers * width + LANES - 1) // LANES * LANES
    bits = np.zeros(n_scores + LANES, np.int32)
    return Scratch(
        words=np.zeros(longest + LANES, np.int32),
        places=np.zeros(longest + LANES, np.int64),
        targets=np.zeros((2, 1 + n_noise + LANES), np.int32),
        rows=np.zeros((width, size), np.float32),
        row_changes=np.zeros((width, size), np.float32),
        centers=np.zeros(n_centers + LANES, np.int32),
        center_changes=np.zeros((n_centers, size), np.float32),
        scores=np.zeros(n_scores + LANES, np.float32),
        labels=np.full(n_scores + LANES, -1.0, np.float32),
        bits=bits,
        powers=bits.view(np.float32),
        bias=np.zeros(width + LANES, np.float32),
    )


@njit(**COMPILED, fastmath=FAST)
def _twelve_dots(matrix, centers, j, rows, first, scores, width):
    """Write the products of centres j and j + 1 with six output vectors."""
    g, h = centers[j], centers[j + 1]
    s0 = s1 = s2 = s3 = s4 = s5 = np.float32(0.0)
    t0 = t1 = t2 = t3 = t4 = t5 = np.float32(0.0)
    for i in range(rows.shape[1]):
        x, y = matrix[g, i], matrix[h, i]
        a, b, c = rows[first, i], rows[first + 1, i], rows[first + 2, i]
        d, e, f = rows[first + 3, i], rows[first + 4, i], rows[first + 5, i]
        s0 += x * a
        s1 += x * b
        s2 += x * c
        s3 += x * d
        s4 += x * e
        s5 += x * f
        t0 += y * a
        t1 += y * b
        t2 += y * c
        t3 += y * d
        t4 += y * e
        t5 += y * f
    at = j * width + first
    scores[at], scores[at + 1], scores[at + 2] = s0, s1, s2
    scores[at + 3], scores[at + 4], scores[at + 5] = s3, s4, s5
    at += width
    scores[at], scores[at + 1], scores[at + 2] = t0, t1, t2
    scores[at + 3], scores[at + 4], scores[at + 5] = t3, t4, t5


@njit(**COMPILED, fastmath=FAST)
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
    is_first = first == 0  # then the changes still hold those of an earlier window
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
        before = np.float32(0.0) if is_first else center_changes[j, i]
        center_changes[j, i] = before + g0 * a + g1 * b + g2 * c + g3 * d + g4 * e + g5 * f
        before = np.float32(0.0) if is_first else center_changes[j + 1, i]
        center_changes[j + 1, i] = before + h0 * a + h1 * b + h2 * c + h3 * d + h4 * e + h5 * f


@njit(**COMPILED)
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


@njit(**COMPILED)
def _draw_targets(context, place, matrices, draws, n_noise, targets, at):
    """Write the context and its noise words to targets[at], and have their output vectors fetched."""
    key = random_bits(draws.noise_key, place)
    targets[at, 0] = context
    prefetch_row(matrices.out_vectors, context)
    for k in range(n_noise):
        word = noise_word(draws.accept, draws.alias, random_bits(key, k))
        targets[at, 1 + k] = word
        prefetch_row(matrices.out_vectors, word)


@njit(**COMPILED)
def _load_targets(at, matrices, draws, options, scratch):
    """Copy the output vectors of context and noise words into the scratch, and set their labels."""
    for r in range(1 + options.n_noise):
        word = scratch.targets[at, r]
        is_hit = options.is_skipping and r > 0 and word == scratch.targets[at, 0]
        scratch.labels[r] = np.float32(-1.0) if is_hit else np.float32(0.0)
        for i in range(scratch.rows.shape[1]):
            scratch.rows[r, i] = matrices.out_vectors[word, i]
            scratch.row_changes[r, i] = np.float32(0.0)
        if options.is_nce:
            scratch.bias[r] = matrices.out_bias[word] - draws.log_counts[word]
    scratch.labels[0] = np.float32(1.0)


@njit(**COMPILED)
def _list_centers(words, low, high, middle, centers):
    """List the centres of a window, and the last one again to make up a pair; return how many."""
    m = 0
    for j in range(low, high):
        if j != middle:
            centers[m] = words[j]
            m += 1
    centers[m] = centers[m - 1]
    return m


@njit(**COMPILED, fastmath=FAST)
def _step(m, at, rate, matrices, options, scratch):
    """Take the step of one window of m centres; return its summed loss."""
    centers, scores, labels = scratch.centers, scratch.scores, scratch.labels
    rows, row_changes, center_changes = scratch.rows, scratch.row_changes, scratch.center_changes
    width, size = rows.shape
    for j in range(0, m, 2):
        for first in range(0, width, GROUP):
            _twelve_dots(matrices.in_vectors, centers, j, rows, first, scores, width)
    for j in range(m):
        for r in range(width):
            labels[j * width + r] = labels[r]
            if options.is_nce:
                scores[j * width + r] += scratch.bias[r]
    n = (m * width + LANES - 1) // LANES * LANES
    for i in range(m * width, n):
        labels[i] = np.float32(-1.0)
        scores[i] = np.float32(0.0)
    loss = scores_to_gradients(scores, labels, scratch.bits, scratch.powers, n)
    step = -rate / np.float32(m) if options.is_mean else -rate
    for i in range(m * width):
        scores[i] *= step
    for i in range(m * width, (m + 1) * width):
        scores[i] = np.float32(0.0)  # the centre that only makes up a pair changes nothing

    for j in range(0, m, 2):
        for first in range(0, width, GROUP):
            _six_updates(
                matrices.in_vectors, centers, j, center_changes, rows, row_changes, first, scores, width
            )
    # Only now may the matrices change: a word can stand twice in a window, or be drawn twice as noise.
    for j in range(m):
        word = centers[j]
        for i in range(size):
            matrices.in_vectors[word, i] += center_changes[j, i]
    for r in range(1 + options.n_noise):
        word = scratch.targets[at, r]
        for i in range(size):
            matrices.out_vectors[word, i] += row_changes[r, i]
        if options.is_nce:
            for j in range(m):
                matrices.out_bias[word] += scores[j * width + r]
    return loss


@njit(**COMPILED)
def train_windows(tokens, offsets, position, rate, matrices, draws, options, scratch):
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
    scratch : Scratch
        From `new_scratch`, for this thread alone.

    Returns
    -------
    loss : float
        Summed over all pairs, float64.
    n_pairs, n_windows : int
    """
    step_rate = np.float32(rate)
    loss = 0.0
    n_pairs = 0
    n_windows = 0
    for d in range(offsets.size - 1):
        n = _keep(tokens, offsets[d], offsets[d + 1], position, draws, scratch.words, scratch.places)
        if n > 1:
            word, place = scratch.words[0], scratch.places[0]
            _draw_targets(word, place, matrices, draws, options.n_noise, scratch.targets, 0)
        for middle in range(n):
            reach = options.window
            if options.is_shrinking:
                reach = reach_of_window(draws.window_key, scratch.places[middle], options.window)
            low = max(0, middle - reach)
            high = min(n, middle + reach + 1)
            if high - low < 2:
                continue
            at = middle % 2
            if middle + 1 < n:  # fetched while this window is worked on
                word, place = scratch.words[middle + 1], scratch.places[middle + 1]
                _draw_targets(word, place, matrices, draws, options.n_noise, scratch.targets, 1 - at)
            if middle + options.window + 1 < n:
                prefetch_row(matrices.in_vectors, scratch.words[middle + options.window + 1])
            _load_targets(at, matrices, draws, options, scratch)
            m = _list_centers(scratch.words, low, high, middle, scratch.centers)
            loss += _step(m, at, step_rate, matrices, options, scratch)
            n_pairs += m
            n_windows += 1
    return loss, n_pairs, n_windows
