"""The fused training kernel: each program works through a part of the text, a few windows a step.

An update is W windows in a row: in all m centres c with input vectors u_c around W contexts, and K noise
words shared by all pairs. Let v_1..v_W be the output vectors of the contexts and v_W+1..v_W+K those of the
noise words. Let w be 1 where a centre stands in the window around a context, and else 0; for noise words, in
how many of the windows it stands. Then, as small matrix products,

    x = U V'              scores, (m, W+K)
    g = w (sig(x) - y)    derivatives, y = 1 in the first W columns and 0 elsewhere
    U += -rate g V        V += -rate g' U      both from the values before the step

U is taken a tile of ROWS centres at a time. One row of a matrix is read by placeing threads, past the
first-level cache, which would hide what other programs have added; changes are added where the matrices
lie, in the second-level cache, without order between programs (Recht et al. 2011, Hogwild).
"""

import triton
import triton.language as tl

from textransfer.pretrain.triton_kernels.sampling import noise_words, random_bits, row_offsets


@triton.jit
def _draw_targets(
    j,
    size,
    words,
    places,
    alias_table,
    numbers,
    n_words,
    GROUP: tl.constexpr,
    N_NOISE: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    """Return contexts and noise words of windows j to j + size - 1; other columns hold context j."""
    column = tl.arange(0, COLUMNS)
    is_noise = (column >= GROUP) & (column < GROUP + N_NOISE)
    context = tl.load(words + j + tl.where(column < size, column, 0))
    position = tl.load(numbers + 3) + tl.load(places + j)
    key = random_bits(tl.load(numbers + 2).to(tl.uint64), position)
    noise = noise_words(alias_table, n_words, random_bits(key, column - GROUP), is_noise)
    return tl.where(is_noise, noise, context)


@triton.jit
def _span(j, size, lows, highs, GROUP: tl.constexpr):
    """Return from where to where the windows of an update reach, and how many pairs they have."""
    low, high = tl.load(lows + j), tl.load(highs + j)
    n_pairs = high - low - 1
    for i in tl.static_range(1, GROUP):
        if i < size:
            own_low, own_high = tl.load(lows + j + i), tl.load(highs + j + i)
            low, high = tl.minimum(low, own_low), tl.maximum(high, own_high)
            n_pairs += own_high - own_low - 1
    return low, high, n_pairs


@triton.jit
def _weights(
    centers,
    targets,
    is_noise,
    j,
    size,
    words,
    lows,
    highs,
    GROUP: tl.constexpr,
    IS_SKIPPING: tl.constexpr,
):
    """Return in how many windows of an update each centre meets each context or noise word, float32."""
    column = tl.arange(0, targets.shape[0])
    weights = tl.zeros([centers.shape[0], targets.shape[0]], tl.float32)
    for i in tl.static_range(GROUP):
        is_there = i < size
        window = j + tl.where(is_there, i, 0)
        is_inside = (centers >= tl.load(lows + window)) & (centers < tl.load(highs + window))
        is_inside &= (centers != window) & is_there
        meets = is_noise
        if IS_SKIPPING:
            meets = is_noise & (targets != tl.load(words + window))
        meets = meets | (column == i)
        weights += (is_inside[:, None] & meets[None, :]).to(tl.float32)
    return weights


@triton.jit
def _loss_and_derivatives(x, is_label, weights):
    """Return the summed loss of a tile of weighted scores and the derivative of the loss by each of them."""
    e = tl.exp(-tl.abs(x))
    losses = tl.maximum(tl.where(is_label, -x, x), 0.0) + tl.log(1.0 + e)
    sigmoid = tl.where(x >= 0.0, 1.0, e) / (1.0 + e)
    return tl.sum(weights * losses), weights * (sigmoid - is_label.to(tl.float32))


@triton.jit(do_not_specialize=["n_words"])
def train_windows(
    words,
    places,
    lows,
    highs,
    starts,
    n_steps,
    numbers,
    alias_table,
    log_counts,
    in_vectors,
    out_vectors,
    out_bias,
    in_damping,
    out_damping,
    scratch,
    losses,
    rate,
    n_words,
    GROUP: tl.constexpr,
    N_NOISE: tl.constexpr,
    HAS_BIAS: tl.constexpr,
    IS_MEAN: tl.constexpr,
    IS_SKIPPING: tl.constexpr,
    IS_DAMPED: tl.constexpr,
    PITCH: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    WIDTH: tl.constexpr,
    MOST_TILES: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Train on the windows of a block.

    Parameters
    ----------
    words, places, lows, highs : int32 (N,)
        From `lay_windows`.
    starts : int32 (N + 1,)
        The first window of each update, and after the last one where it ends.
    n_steps : int32 (1,)
        How many updates to take.
    numbers : int64 (4,)
        See `mark_kept`.
    alias_table : int64 (V,)
        See `noise_words`.
    log_counts : float32 (V,)
        ln of the expected count of each word among K noise words.
    in_vectors, out_vectors : float32 (V, PITCH)
        Changed. Columns from D on are zero and stay so.
    out_bias : float32 (V,)
        Changed by NCE.
    in_damping, out_damping : float32 (V,)
        What the changes of each row are multiplied with, if IS_DAMPED.
    scratch : float32 (programs, MOST_TILES * ROWS, COLUMNS)
        Working memory for windows of more than one tile.
    losses : float64 (programs,)
        Written: the summed loss of each program.
    rate : float
    n_words : int
        V.
    GROUP, N_NOISE, HAS_BIAS, IS_MEAN, IS_SKIPPING
        W, K, and the choices of `engines.cpu.Options`.
    ROWS, COLUMNS, WIDTH
        Powers of two from 16 on: centres a tile, at least W + K, at least PITCH.
    MOST_TILES
        Tiles of the largest update.
    PRECISION
        How the matrix units multiply: "ieee", "tf32" or "tf32x3".
    """
    program = tl.program_id(0)
    n = tl.load(n_steps)
    share = tl.cdiv(n, tl.num_programs(0))
    start = program * share
    stop = tl.minimum(start + share, n)
    scratch += program.to(tl.int64) * (MOST_TILES * ROWS * COLUMNS)

    row = tl.arange(0, ROWS)
    column = tl.arange(0, COLUMNS)
    d = tl.arange(0, WIDTH)
    tile = row[:, None] * COLUMNS + column[None, :]
    is_target = column < GROUP + N_NOISE
    is_noise = (column >= GROUP) & is_target
    is_label = (column < GROUP)[None, :]
    v_mask = is_target[:, None] & (d < PITCH)[None, :]
    loss = tl.zeros([], tl.float64)
    if start < stop:
        first_j = tl.load(starts + start)
        first_size = tl.load(starts + start + 1) - first_j
        targets = _draw_targets(
            first_j, first_size, words, places, alias_table, numbers, n_words, GROUP, N_NOISE, COLUMNS
        )
        for step in range(start, stop):
            j = tl.load(starts + step)
            size = tl.load(starts + step + 1) - j
            # Drawn an update ahead: the draw's gather is under way while this one is worked on.
            ahead = tl.minimum(step + 1, n - 1)
            next_j = tl.load(starts + ahead)
            next_size = tl.load(starts + ahead + 1) - next_j
            next_targets = _draw_targets(
                next_j, next_size, words, places, alias_table, numbers, n_words, GROUP, N_NOISE, COLUMNS
            )
            low, high, n_pairs = _span(j, size, lows, highs, GROUP)
            m = high - low
            if n_pairs > 0:
                v_at = row_offsets(targets, PITCH)[:, None] + d[None, :]
                v = tl.load(out_vectors + v_at, mask=v_mask, other=0.0, cache_modifier=".cg")
                bias = tl.zeros([COLUMNS], tl.float32)
                if HAS_BIAS:
                    bias = tl.load(out_bias + targets, mask=is_target, other=0.0, cache_modifier=".cg")
                    bias -= tl.load(log_counts + targets, mask=is_target, other=0.0)
                factor = -rate
                if IS_MEAN:
                    factor = -rate / n_pairs.to(tl.float32)

                last = m if MOST_TILES > 1 else ROWS  # known beforehand if one tile is all: no loop then
                v_change = tl.zeros([COLUMNS, WIDTH], tl.float32)
                bias_change = tl.zeros([COLUMNS], tl.float32)
                for first in range(0, last, ROWS):
                    is_center = first + row < m
                    place = low + first + row
                    center = tl.load(words + place, mask=is_center, other=0)
                    weights = _weights(
                        tl.where(is_center, place, -1),
                        targets,
                        is_noise,
                        j,
                        size,
                        words,
                        lows,
                        highs,
                        GROUP,
                        IS_SKIPPING,
                    )
                    u_at = row_offsets(center, PITCH)[:, None] + d[None, :]
                    u_mask = is_center[:, None] & (d < PITCH)[None, :]
                    u = tl.load(in_vectors + u_at, mask=u_mask, other=0.0, cache_modifier=".cg")
                    x = tl.dot(u, tl.trans(v), input_precision=PRECISION) + bias[None, :]
                    tile_loss, g = _loss_and_derivatives(x, is_label, weights)
                    loss += tile_loss.to(tl.float64)
                    g *= factor
                    v_change += tl.dot(tl.trans(g), u, input_precision=PRECISION)
                    bias_change += tl.sum(g, axis=0)
                    if MOST_TILES == 1:
                        u_change = tl.dot(g, v, input_precision=PRECISION)
                        if IS_DAMPED:
                            u_change *= tl.load(in_damping + center, mask=is_center, other=0.0)[:, None]
                        tl.atomic_add(in_vectors + u_at, u_change, mask=u_mask, sem="relaxed")
                    else:
                        tl.store(scratch + first * COLUMNS + tile, g)
                if MOST_TILES > 1:
                    # A word may stand in two tiles: no tile is changed before the last one was read.
                    tl.debug_barrier()
                    for first in range(0, last, ROWS):
                        is_center = first + row < m
                        place = low + first + row
                        center = tl.load(words + place, mask=is_center, other=0)
                        u_at = row_offsets(center, PITCH)[:, None] + d[None, :]
                        u_mask = is_center[:, None] & (d < PITCH)[None, :]
                        u_change = tl.dot(
                            tl.load(scratch + first * COLUMNS + tile), v, input_precision=PRECISION
                        )
                        if IS_DAMPED:
                            u_change *= tl.load(in_damping + center, mask=is_center, other=0.0)[:, None]
                        tl.atomic_add(in_vectors + u_at, u_change, mask=u_mask, sem="relaxed")
                if IS_DAMPED:
                    damped = tl.load(out_damping + targets, mask=is_target, other=0.0)
                    v_change *= damped[:, None]
                    bias_change *= damped
                tl.atomic_add(out_vectors + v_at, v_change, mask=v_mask, sem="relaxed")
                if HAS_BIAS:
                    tl.atomic_add(out_bias + targets, bias_change, mask=is_target, sem="relaxed")
                tl.debug_barrier()  # the next update of this program sees all that this one has added
            targets = next_targets
    tl.store(losses + program, loss)
