"""The fused kernel: one pass over text that draws windows and noise, and takes a step for a few of them.

An update is W windows in a row: in all m centres c with input vectors u_c around W contexts, and K noise
words shared by all pairs. Let v_1..v_W be the output vectors of the contexts and v_W+1..v_W+K those of the
noise words. Let w be 1 where a centre stands in the window around a context, and else 0; for noise words, in
how many of the windows it stands. Then, as small matrix products,

    x = U V'              scores, (m, W+K)
    g = w (sig(x) - y)    derivatives, y = 1 in the first W columns and 0 elsewhere
    U += -rate g V        V += -rate g' U      both from the values before the step

The W+K output vectors stay in the nearest cache for the whole update, and a centre meets the noise words once
for all its windows, which is why sharing pays. `products` has the first and the last line, for eight output
vectors at a time; `scores` has the second.
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
    start_of,
    store,
)
from textransfer.pretrain.kernels.products import BLOCK, ROWS, add_gradients, write_scores
from textransfer.pretrain.kernels.sampling import is_kept, noise_word, random_bits, reach_of_window
from textransfer.pretrain.kernels.scores import new_tally, take_loss, terms_to_steps

LINE = 16
"""float32 numbers in a cache line."""


class Scratch(NamedTuple):
    """The working memory of one thread; arrays are a cache line longer than needed, to keep threads apart.

    With C centres at most, T targets padded to B blocks, and S columns; a leading 2 is this update and the
    next:

    words, places : kept words, and where they stand; copies : (C, S), the centres' vectors before the step;
    targets : (2, T), contexts and noise words; centers : (2, C); n_centers, n_pairs : (2,); windows : (W, 2),
    from where to where each reaches; weights :
    (2, B, C * 8), see `scores`; weights_of : (B, 2^W * 8), by the set of windows that a centre stands in, as
    bits; weights_drawn : the same where some noise words equal contexts; shifts : (B, LANES), what is added
    to scores; signs : (B, LANES), see `scores`; steps : (B, C * 8), the derivatives times minus the learning
    rate; totals : (LANES,); tally : the latest losses; loss : (1,), the others; rows, rows_before : (T, S),
    copies of the output vectors, changed and not, if they are more than one block; row_places : (T,), 0, 1,
    2, ...
    """

    words: np.ndarray
    places: np.ndarray
    copies: np.ndarray
    targets: np.ndarray
    centers: np.ndarray
    n_centers: np.ndarray
    n_pairs: np.ndarray
    windows: np.ndarray
    weights: np.ndarray
    weights_of: np.ndarray
    weights_drawn: np.ndarray
    shifts: np.ndarray
    signs: np.ndarray
    steps: np.ndarray
    totals: np.ndarray
    tally: np.ndarray
    loss: np.ndarray
    rows: np.ndarray
    rows_before: np.ndarray
    row_places: np.ndarray


def new_scratch(n_tokens, options, size):
    """Return the working memory of one thread.

    It is made here and not in the kernel, which is compiled without reference counts: the counters of
    several threads would lie in the same cache lines, and cost a third of the speed.

    Parameters
    ----------
    n_tokens : int
        Most tokens that are trained at once.
    options : Options
    size : int
        Columns of the matrices.
    """
    group, n_noise = options.group, options.n_noise
    n_blocks = -(-(group + n_noise) // BLOCK)
    n_targets = n_blocks * BLOCK
    n_kept = n_tokens + 2 * options.window + LINE
    n_centers = 2 * options.window + group + 1
    sets = np.arange(2**group)
    weights_of = np.zeros((sets.size, n_targets), np.float32)
    for i in range(group):
        weights_of[:, i] = sets >> i & 1
        weights_of[:, group : group + n_noise] += weights_of[:, i, None]
    by_block = np.zeros((n_blocks, sets.size * BLOCK + LINE), np.float32)
    by_block[:, :-LINE] = weights_of.reshape(sets.size, n_blocks, BLOCK).swapaxes(0, 1).reshape(n_blocks, -1)
    signs = np.ones((n_blocks, ROWS, BLOCK), np.float32)
    signs[0, :, :group] = -1.0
    return Scratch(
        words=np.zeros(n_kept, np.int32),
        places=np.zeros(n_kept, np.int64),
        copies=np.zeros((n_centers, size), np.float32),
        targets=np.zeros((2, n_targets + LINE), np.int32),
        centers=np.zeros((2, n_centers + LINE), np.int32),
        n_centers=np.zeros(2 + LINE, np.int64),
        n_pairs=np.zeros(2 + LINE, np.int64),
        windows=np.zeros((group + LINE, 2), np.int64),
        weights=np.zeros((2, n_blocks, n_centers * BLOCK + LINE), np.float32),
        weights_of=by_block,
        weights_drawn=by_block.copy(),
        shifts=np.zeros((n_blocks, LANES), np.float32),
        signs=signs.reshape(n_blocks, LANES),
        steps=np.zeros((n_blocks, n_centers * BLOCK + LINE), np.float32),
        totals=np.zeros(LANES + LINE, np.float32),
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
def _size_of_group(places, middle, n_inside, options):
    """Return how many windows the update takes that begins with the one around a kept word."""
    size = 1
    stretch = places[middle] >> options.stretch_bits
    while (
        size < options.group
        and middle + size < n_inside
        and places[middle + size] >> options.stretch_bits == stretch
    ):
        size += 1
    return size


@inlined
def _draw_group(words, places, middle, size, n, matrices, draws, options, at, scratch):
    """List contexts, noise words, centres and weights of an update, and have its output vectors fetched."""
    targets = scratch.targets[at]
    for i in range(options.group):
        targets[i] = words[middle + (i if i < size else 0)]
        if i < size:
            _prefetch_row(matrices.out_vectors, targets[i])
    key = random_bits(draws.noise_key, places[middle])
    n_hits = 0
    for k in range(options.n_noise):
        word = noise_word(draws.noise, random_bits(key, k))
        targets[options.group + k] = word
        _prefetch_row(matrices.out_vectors, word)
        for i in range(size):
            n_hits += word == targets[i]
    for r in range(options.group + options.n_noise, targets.size - LINE):
        targets[r] = targets[0]
    if n_hits and options.is_skipping:
        _draw_weights(targets, size, options, scratch)
        _list_centers(places, middle, size, n, draws, options, at, scratch.weights_drawn, scratch)
    else:
        _list_centers(places, middle, size, n, draws, options, at, scratch.weights_of, scratch)


@inlined
def _draw_weights(targets, size, options, scratch):
    """Write weights by set of windows, without the windows whose context a noise word equals."""
    for k in range(options.n_noise):
        block, lane = divmod(options.group + k, BLOCK)
        for windows in range(1 << options.group):
            weight = np.float32(0.0)
            for i in range(size):
                is_skipped = targets[options.group + k] == targets[i]
                weight += np.float32((windows >> i & 1) and not is_skipped)
            scratch.weights_drawn[block, windows * BLOCK + lane] = weight


@inlined
def _list_centers(places, middle, size, n, draws, options, at, weights_of, scratch):
    """List the words that stand in some window, and the weights of their terms."""
    first, last = n, 0
    windows = scratch.windows
    for i in range(size):
        reach = options.window
        if options.is_shrinking:
            reach = reach_of_window(draws.window_key, places[middle + i], options.window)
        windows[i, 0] = max(0, middle + i - reach)
        windows[i, 1] = min(n, middle + i + reach + 1)
        first, last = min(first, windows[i, 0]), max(last, windows[i, 1])
    n_pairs = 0
    for i in range(size):
        n_pairs += windows[i, 1] - windows[i, 0] - 1
    centers, m = scratch.centers[at], 0
    for j in range(first, last):
        inside = 0
        for i in range(size):
            is_inside = windows[i, 0] <= j and j < windows[i, 1] and j != middle + i
            inside |= is_inside << i
        centers[m] = scratch.words[j]
        for block in range(scratch.steps.shape[0]):
            store(row(scratch.weights[at], block), m * BLOCK, load(row(weights_of, block), inside * BLOCK))
        m += inside != 0
    centers[m] = centers[0]  # to make up a pair, of no weight
    for block in range(scratch.steps.shape[0]):
        store(row(scratch.weights[at], block), m * BLOCK, load(row(weights_of, block), 0))
    scratch.n_centers[at], scratch.n_pairs[at] = m, n_pairs


@inlined
def _write_shifts(matrices, draws, options, targets, scratch):
    """Have b - ln(K q) added to the scores of NCE; the sign comes first, so it applies here too."""
    for r in range(options.group + options.n_noise):
        word = targets[r]
        block, lane = divmod(r, BLOCK)
        shift = scratch.signs[block, lane] * (matrices.out_bias[word] - draws.log_counts[word])
        for place in range(lane, LANES, BLOCK):
            scratch.shifts[block, place] = shift


@inlined
def _add_bias_gradients(m, matrices, options, targets, scratch):
    """Add the steps of all centres to the biases."""
    for block in range(scratch.steps.shape[0]):
        steps = row(scratch.steps, block)
        total = constant(np.float32(0.0))
        for j in range(0, m, ROWS):
            total = total + load(steps, j * BLOCK)
        store(start_of(scratch.totals), 0, total)
        for r in range(block * BLOCK, min((block + 1) * BLOCK, options.group + options.n_noise)):
            for place in range(r - block * BLOCK, LANES, BLOCK):
                matrices.out_bias[targets[r]] += scratch.totals[place]


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
def _step(at, rate, matrices, draws, options, scratch):
    """Take the step of one update; its loss goes to the tally."""
    u, v, targets = matrices.in_vectors, matrices.out_vectors, scratch.targets[at]
    m, centers = scratch.n_centers[at], scratch.centers[at]
    n_blocks = scratch.steps.shape[0]
    if options.has_bias:
        _write_shifts(matrices, draws, options, targets, scratch)
    if options.is_mean:
        rate /= np.float32(scratch.n_pairs[at])
    for block in range(n_blocks):
        steps, sign = row(scratch.steps, block), load(row(scratch.signs, block), 0)
        shift = load(row(scratch.shifts, block), 0)
        write_scores(u, centers, m, v, targets[block * BLOCK :], sign, shift, steps, scratch)
        weights, n = row(scratch.weights[at], block), (m + ROWS - 1) // ROWS
        terms_to_steps(steps, weights, n, constant(-rate) * sign, scratch.tally, scratch.loss)
    if n_blocks == 1:
        add_gradients(u, centers, m, v, targets, row(scratch.steps, 0), scratch)
    else:  # a block would see what another one has changed, if a word stands in both: so change copies
        _copy_rows(v, targets, scratch)
        for block in range(n_blocks):
            places = scratch.row_places[block * BLOCK :]
            add_gradients(u, centers, m, scratch.rows, places, row(scratch.steps, block), scratch)
        _add_changes(v, targets, scratch)
    if options.has_bias:
        _add_bias_gradients(m, matrices, options, targets, scratch)


@compiled
def train_windows(tokens, offsets, first, last, position, rate, matrices, draws, options, scratch):
    """Train on the windows around some tokens, a few of them a step.

    Parameters
    ----------
    tokens : ndarray of int32, shape (N,)
        Word ids of the documents.
    offsets : ndarray of int64, shape (n_documents + 1,)
        Document i is ``tokens[offsets[i]:offsets[i + 1]]``.
    first, last : int
        Train the windows around ``tokens[first:last]``; they see the rest of their documents too. Where a
        document is cut, an update has to begin: see `WindowSampler`.
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
    n_pairs, n_steps : int
    """
    rate = np.float32(rate)
    words, places = scratch.words, scratch.places
    scratch.loss[0] = 0.0
    n_pairs = n_steps = 0
    d = np.searchsorted(offsets, first, side="right") - 1
    while d < offsets.size - 1 and offsets[d] < last:
        begin, end = offsets[d], offsets[d + 1]
        low, high = max(begin, first), min(end, last)
        d += 1
        n, n_before, n_inside = _keep(
            tokens, begin, end, low, high, position, draws, options.window, words, places
        )
        if n < 2 or n_inside == n_before:  # noqa: PLR2004
            continue
        middle, at = n_before, 0
        size = _size_of_group(places, middle, n_inside, options)
        _draw_group(words, places, middle, size, n, matrices, draws, options, at, scratch)
        while middle < n_inside:
            following, next_size = middle + size, 0
            if following < n_inside:  # fetched while this update is worked on
                next_size = _size_of_group(places, following, n_inside, options)
                _draw_group(words, places, following, next_size, n, matrices, draws, options, 1 - at, scratch)
            for j in range(following + options.window, min(n, following + options.window + next_size)):
                _prefetch_row(matrices.in_vectors, words[j])
            _step(at, rate, matrices, draws, options, scratch)
            n_pairs += scratch.n_pairs[at]
            n_steps += 1
            middle, size, at = following, next_size, 1 - at
    return scratch.loss[0] + take_loss(scratch.tally), n_pairs, n_steps
