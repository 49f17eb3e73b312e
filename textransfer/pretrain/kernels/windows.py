"""The fused kernel: one pass over text that draws windows and noise, and takes a step a window.

A window is m centres c with input vectors u_c around one context, and K noise words shared by its pairs.
Let v_0 be the context's output vector and v_1..v_K those of the noise words; then, as small matrix products,

    x = U V'        scores, (m, 1+K)
    g = sig(x) - y  derivatives, y = 1 in column 0 and 0 elsewhere
    U += -rate g V      V += -rate g' U      both from the values before the step

The 1+K output vectors stay in the nearest cache for the whole window, which is why sharing pays. `products`
has the first and the last line, for six output vectors at a time; `scores` has the second.
"""

from typing import NamedTuple

import numpy as np

from textransfer.compiling import compiled, inlined
from textransfer.pretrain.kernels.lanes import (
    LANES,
    constant,
    load,
    prefetch,
    row,
    store,
)
from textransfer.pretrain.kernels.products import GROUP, add_gradients, write_steps
from textransfer.pretrain.kernels.sampling import is_kept, noise_word, random_bits, reach_of_window
from textransfer.pretrain.kernels.scores import NEVER, new_tally, take_loss

LINE = 16
"""float32 numbers in a cache line."""


class Scratch(NamedTuple):
    """The working memory of one thread; arrays are a cache line longer than needed, to keep threads apart.

    With C centres at most, T targets padded to G groups, and S columns:

    words, places : kept words, and where they stand; centers : (C,), the window's; copies : (C, S), their
    vectors before the step; targets : (2, T), context and noise words of this window and the next; shifts :
    (2, G, LANES), what is added to their scores; signs : (G, LANES), see `scores`; steps : (G, C * LANES),
    the derivatives times minus the learning rate; tally : the latest losses, see `scores`; loss : (1,), the
    others; rows, rows_before : (T, S), copies of the output vectors, changed and not, if they are more than
    one group; row_places : (T,), 0, 1, 2, ...
    """

    words: np.ndarray
    places: np.ndarray
    centers: np.ndarray
    copies: np.ndarray
    targets: np.ndarray
    shifts: np.ndarray
    signs: np.ndarray
    steps: np.ndarray
    tally: np.ndarray
    loss: np.ndarray
    rows: np.ndarray
    rows_before: np.ndarray
    row_places: np.ndarray


def new_scratch(n_tokens, window, n_noise, size):
    """Return the working memory of one thread.

    It is made here and not in the kernel, which is compiled without reference counts: the counters of
    several threads would lie in the same cache lines, and cost a third of the speed.

    Parameters
    ----------
    n_tokens : int
        Most tokens that are trained at once.
    window : int
        Furthest neighbour.
    n_noise : int
        K.
    size : int
        Columns of the matrices.
    """
    n_groups = -(-(1 + n_noise) // GROUP)
    n_targets = n_groups * GROUP
    n_kept = n_tokens + 2 * window + LINE
    n_centers = 2 * window + 2
    signs = np.zeros((n_groups, LANES), np.float32)
    signs[:, :GROUP].flat[: 1 + n_noise] = 1.0
    shifts = np.where(signs == 0, NEVER, np.float32(0.0))
    signs[0, 0] = -1.0
    return Scratch(
        words=np.zeros(n_kept, np.int32),
        places=np.zeros(n_kept, np.int64),
        centers=np.zeros(n_centers + LINE, np.int32),
        copies=np.zeros((n_centers, size), np.float32),
        targets=np.zeros((2, n_targets + LINE), np.int32),
        shifts=np.stack([shifts, shifts]),
        signs=signs,
        steps=np.zeros((n_groups, n_centers * LANES + LINE), np.float32),
        tally=new_tally(),
        loss=np.zeros(1 + LINE, np.float64),
        rows=np.zeros((n_targets, size), np.float32),
        rows_before=np.zeros((n_targets, size), np.float32),
        row_places=np.arange(n_targets, dtype=np.int32),
    )


@inlined
def _prefetch_row(matrix, index):
    """Have a row fetched before it is needed."""
    start = row(matrix, index)
    for i in range(0, matrix.shape[1], LINE):
        prefetch(start, i)


@inlined
def _keep(tokens, begin, end, first, last, position, draws, window, words, places):
    """List the kept words of tokens[first:last], and up to `window` on either side within the document.

    Returns how many are listed, and which of them stand in tokens[first:last], from and to.
    """
    n_before = 0
    start = first
    while start > begin and n_before < window:
        start -= 1
        n_before += is_kept(draws.subsample_key, position + start, draws.keep[tokens[start]])
    n = 0
    n_inside = 0
    for i in range(start, end):
        if i >= last and n - n_inside >= window:
            break
        word = tokens[i]
        if is_kept(draws.subsample_key, position + i, draws.keep[word]):
            words[n] = word
            places[n] = position + i
            n += 1
            if i < last:
                n_inside = n
    return n, n_before, n_inside


@inlined
def _draw_targets(context, place, matrices, draws, options, at, scratch):
    """List the context and its noise words, and have their output vectors fetched."""
    key = random_bits(draws.noise_key, place)
    scratch.targets[at, 0] = context
    _prefetch_row(matrices.out_vectors, context)
    for k in range(options.n_noise):
        word = noise_word(draws.noise, random_bits(key, k))
        scratch.targets[at, 1 + k] = word
        is_skipped = options.is_skipping and word == context
        group = (1 + k) // GROUP
        scratch.shifts[at, group, 1 + k - group * GROUP] = NEVER if is_skipped else np.float32(0.0)
        _prefetch_row(matrices.out_vectors, word)


@inlined
def _list_centers(words, low, high, middle, centers):
    """List the centres of a window, and the last one again to make up a pair; return how many."""
    m = 0
    for j in range(low, high):
        if j != middle:
            centers[m] = words[j]
            m += 1
    centers[m] = centers[m - 1]
    return m


@inlined
def _add_bias_to_shifts(matrices, draws, options, at, scratch):
    """Have b - ln(K q) added to the scores of NCE; the sign comes first, so it applies here too."""
    scratch.shifts[at, 0, 0] = np.float32(0.0)
    for r in range(1 + options.n_noise):
        word = scratch.targets[at, r]
        group, lane = divmod(r, GROUP)
        shift = scratch.signs[group, lane] * (matrices.out_bias[word] - draws.log_counts[word])
        scratch.shifts[at, group, lane] += shift


@inlined
def _add_bias_gradients(m, matrices, options, at, scratch):
    """Add the steps of all centres to the biases."""
    for group in range(scratch.steps.shape[0]):
        steps = row(scratch.steps, group)
        total = constant(np.float32(0.0))
        for j in range(m):
            total = total + load(steps, j * LANES)
        store(steps, 0, total)
    for r in range(1 + options.n_noise):
        group, lane = divmod(r, GROUP)
        matrices.out_bias[scratch.targets[at, r]] += scratch.steps[group, lane]


@inlined
def _copy_rows(matrix, indices, scratch):
    """Copy rows twice: to be changed, and to know what has changed."""
    for r in range(scratch.rows.shape[0]):
        source, changing, before = row(matrix, indices[r]), row(scratch.rows, r), row(scratch.rows_before, r)
        for i in range(0, matrix.shape[1], LANES):
            values = load(source, i)
            store(changing, i, values)
            store(before, i, values)


@inlined
def _add_changes(matrix, indices, scratch):
    """Add what has changed in the copies to the rows they come from."""
    for r in range(scratch.rows.shape[0]):
        target, changed, before = row(matrix, indices[r]), row(scratch.rows, r), row(scratch.rows_before, r)
        for i in range(0, matrix.shape[1], LANES):
            store(target, i, load(target, i) + (load(changed, i) - load(before, i)))


@inlined
def _step(m, at, rate, matrices, draws, options, scratch):
    """Take the step of one window of m centres; its loss goes to the tally."""
    u, v, targets = matrices.in_vectors, matrices.out_vectors, scratch.targets[at]
    n_groups = scratch.steps.shape[0]
    if options.has_bias:
        _add_bias_to_shifts(matrices, draws, options, at, scratch)
    if options.is_mean:
        rate /= np.float32(m)
    for group in range(n_groups):
        write_steps(u, m, v, at, group, rate, scratch)
    if n_groups == 1:
        add_gradients(u, m, v, targets, 0, scratch)
    else:  # a group would see what another one has changed, if a word stands in both: so change copies
        _copy_rows(v, targets, scratch)
        for group in range(n_groups):
            add_gradients(u, m, scratch.rows, scratch.row_places, group, scratch)
        _add_changes(v, targets, scratch)
    if options.has_bias:
        _add_bias_gradients(m, matrices, options, at, scratch)


@compiled
def train_windows(tokens, offsets, first, last, position, rate, matrices, draws, options, scratch):
    """Train on the windows around some tokens, one step each.

    Parameters
    ----------
    tokens : ndarray of int32, shape (N,)
        Word ids of the documents.
    offsets : ndarray of int64, shape (n_documents + 1,)
        Document i is ``tokens[offsets[i]:offsets[i + 1]]``.
    first, last : int
        Train the windows around ``tokens[first:last]``; they see the rest of their documents too.
    position : int
        Position in the training run of the token with index 0.
    rate : float
        Learning rate.
    matrices : Matrices
        Changed in place, without locks: several threads may work on the same ones.
    draws : Draws
    options : Options
    scratch : Scratch
        From `new_scratch` for ``last - first`` tokens or more, for this thread alone.

    Returns
    -------
    loss : float
        Summed over all pairs, float64.
    n_pairs, n_windows : int
    """
    rate = np.float32(rate)
    words, places = scratch.words, scratch.places
    scratch.loss[0] = 0.0
    n_pairs = n_windows = 0
    d = np.searchsorted(offsets, first, side="right") - 1
    while d < offsets.size - 1 and offsets[d] < last:
        begin, end = offsets[d], offsets[d + 1]
        low, high = max(begin, first), min(end, last)
        d += 1
        n, n_before, n_inside = _keep(
            tokens, begin, end, low, high, position, draws, options.window, words, places
        )
        if n > 1 and n_inside > n_before:
            _draw_targets(words[n_before], places[n_before], matrices, draws, options, n_before % 2, scratch)
        for middle in range(n_before, n_inside):
            reach = options.window
            if options.is_shrinking:
                reach = reach_of_window(draws.window_key, places[middle], options.window)
            left = max(0, middle - reach)
            right = min(n, middle + reach + 1)
            if right - left < 2:
                continue
            if middle + 1 < n_inside:  # fetched while this window is worked on
                following = middle + 1
                _draw_targets(
                    words[following], places[following], matrices, draws, options, following % 2, scratch
                )
            if middle + options.window + 1 < n:
                _prefetch_row(matrices.in_vectors, words[middle + options.window + 1])
            m = _list_centers(words, left, right, middle, scratch.centers)
            _step(m, middle % 2, rate, matrices, draws, options, scratch)
            n_pairs += m
            n_windows += 1
    return scratch.loss[0] + take_loss(scratch.tally), n_pairs, n_windows
