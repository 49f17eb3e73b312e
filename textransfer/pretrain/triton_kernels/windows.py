"""The fused training kernel: each program works through a stretch of text, one step a window.

A window is m centres c with input vectors u_c around one context, and K noise words shared by its pairs.
Let v_0 be the context's output vector and v_1..v_K those of the noise words; then, as small matrix products,

    x = U V'        scores, (m, 1+K)
    g = sig(x) - y  derivatives, y = 1 in column 0 and 0 elsewhere
    U += -rate g V      V += -rate g' U      both from the values before the step

U is taken a tile of ROWS centres at a time. One row of a matrix is read by neighbouring threads, past the
first-level cache, which would hide what other programs have added; changes are added where the matrices
lie, in the second-level cache, without order between programs (Recht et al. 2011, Hogwild).
"""

import triton
import triton.language as tl

from textransfer.pretrain.triton_kernels.sampling import noise_words, random_bits, row_offsets


@triton.jit
def _draw_targets(j, words, places, alias_table, numbers, n_words, N_NOISE, COLUMNS: tl.constexpr):
    """Return the context of window j and its noise words; columns beyond them repeat the context."""
    column = tl.arange(0, COLUMNS)
    is_noise = (column > 0) & (column <= N_NOISE)
    context = tl.load(words + j)
    position = tl.load(numbers + 3) + tl.load(places + j)
    key = random_bits(tl.load(numbers + 2).to(tl.uint64), position)
    noise = noise_words(alias_table, n_words, random_bits(key, column - 1), is_noise)
    return tl.where(is_noise, noise, context)


@triton.jit
def _loss_and_derivatives(x, is_label, is_active):
    """Return the summed loss of a tile of scores and the derivative of the loss by each of them."""
    e = tl.exp(-tl.abs(x))
    losses = tl.maximum(tl.where(is_label, -x, x), 0.0) + tl.log(1.0 + e)
    sigmoid = tl.where(x >= 0.0, 1.0, e) / (1.0 + e)
    g = tl.where(is_active, sigmoid - is_label.to(tl.float32), 0.0)
    return tl.sum(tl.where(is_active, losses, 0.0)), g


@triton.jit(do_not_specialize=["n_words"])
def train_windows(
    words,
    places,
    lows,
    highs,
    n_windows,
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
    n_windows : int32 (1,)
        How many of them to work on.
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
    N_NOISE, HAS_BIAS, IS_MEAN, IS_SKIPPING
        K, and the choices of `engines.cpu.Options`.
    ROWS, COLUMNS, WIDTH
        Powers of two from 16 on: centres a tile, at least 1 + K, at least PITCH.
    MOST_TILES
        Tiles of the largest window.
    PRECISION
        How the matrix units multiply: "ieee", "tf32" or "tf32x3".
    """
    program = tl.program_id(0)
    n = tl.load(n_windows)
    stretch = tl.cdiv(n, tl.num_programs(0))
    start = program * stretch
    stop = tl.minimum(start + stretch, n)
    scratch += program.to(tl.int64) * (MOST_TILES * ROWS * COLUMNS)

    row = tl.arange(0, ROWS)
    column = tl.arange(0, COLUMNS)
    d = tl.arange(0, WIDTH)
    tile = row[:, None] * COLUMNS + column[None, :]
    is_target = column <= N_NOISE
    is_label = (column == 0)[None, :]
    v_mask = is_target[:, None] & (d < PITCH)[None, :]
    loss = tl.zeros([], tl.float64)
    if start < stop:
        targets = _draw_targets(start, words, places, alias_table, numbers, n_words, N_NOISE, COLUMNS)
        for j in range(start, stop):
            # Drawn a window ahead: the draw's gather is under way while this window is worked on.
            ahead = tl.minimum(j + 1, n - 1)
            next_targets = _draw_targets(
                ahead, words, places, alias_table, numbers, n_words, N_NOISE, COLUMNS
            )
            low = tl.load(lows + j)
            m = tl.load(highs + j) - low - 1
            if m > 0:
                v_at = row_offsets(targets, PITCH)[:, None] + d[None, :]
                v = tl.load(out_vectors + v_at, mask=v_mask, other=0.0, cache_modifier=".cg")
                is_live = is_target
                if IS_SKIPPING:
                    is_live = is_target & ((column == 0) | (targets != tl.load(words + j)))
                bias = tl.zeros([COLUMNS], tl.float32)
                if HAS_BIAS:
                    bias = tl.load(out_bias + targets, mask=is_target, other=0.0, cache_modifier=".cg")
                    bias -= tl.load(log_counts + targets, mask=is_target, other=0.0)
                step = -rate
                if IS_MEAN:
                    step = -rate / m.to(tl.float32)

                last = m if MOST_TILES > 1 else ROWS  # known beforehand if one tile is all: no loop then
                v_change = tl.zeros([COLUMNS, WIDTH], tl.float32)
                bias_change = tl.zeros([COLUMNS], tl.float32)
                for first in range(0, last, ROWS):
                    is_center = first + row < m
                    neighbour = low + first + row
                    neighbour += (neighbour >= j).to(tl.int32)  # the context is no centre of its own window
                    center = tl.load(words + neighbour, mask=is_center, other=0)
                    u_at = row_offsets(center, PITCH)[:, None] + d[None, :]
                    u_mask = is_center[:, None] & (d < PITCH)[None, :]
                    u = tl.load(in_vectors + u_at, mask=u_mask, other=0.0, cache_modifier=".cg")
                    x = tl.dot(u, tl.trans(v), input_precision=PRECISION) + bias[None, :]
                    tile_loss, g = _loss_and_derivatives(x, is_label, is_center[:, None] & is_live[None, :])
                    loss += tile_loss.to(tl.float64)
                    g *= step
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
                        neighbour = low + first + row
                        neighbour += (neighbour >= j).to(tl.int32)
                        center = tl.load(words + neighbour, mask=is_center, other=0)
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
                tl.debug_barrier()  # the next window of this program sees all that this one has added
            targets = next_targets
    tl.store(losses + program, loss)
