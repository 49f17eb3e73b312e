"""The training kernel by tiles: banded matrix products on the matrix units, one step a tile.

A tile is TILE consecutive kept words as contexts, with output vectors V, and the words that their windows
reach as centres, with input vectors U, CENTERS = TILE + 2 WINDOW of them; N noise words with output vectors
W serve all its pairs, each with weight K/N. With B the band, B_ij = 1 if centre i lies in the window of
context j, and c_in the pairs of centre i whose context is not noise word n,

    x = U V',  g = B (sig(x) - 1)            y = U W',  h = K/N c sig(y)
    U += -rate (g V + h W)      V += -rate g' U      W += -rate h' U      all from the values before
"""

import triton
import triton.language as tl

from textransfer.pretrain.triton_kernels.sampling import noise_words, random_bits, row_offsets


@triton.jit
def _sigmoid_and_softplus(x):
    """Return sig(x) and ln(1 + exp(x)), neither of which overflows."""
    e = tl.exp(-tl.abs(x))
    return tl.where(x >= 0.0, 1.0, e) / (1.0 + e), tl.maximum(x, 0.0) + tl.log(1.0 + e)


@triton.jit
def _rows(matrix, words, mask, PITCH: tl.constexpr, WIDTH: tl.constexpr):
    """Return where rows of a matrix lie, which of their places count, and what they hold."""
    d = tl.arange(0, WIDTH)
    at = matrix + row_offsets(words, PITCH)[:, None] + d[None, :]
    inside = mask[:, None] & (d < PITCH)[None, :]
    return at, inside, tl.load(at, mask=inside, other=0.0, cache_modifier=".cg")


@triton.jit(do_not_specialize=["n_words"])
def train_tiles(
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
    losses,
    rate,
    n_words,
    noise_weight,
    WINDOW: tl.constexpr,
    CENTERS: tl.constexpr,
    N_NOISE: tl.constexpr,
    COLUMNS: tl.constexpr,
    IS_NCE: tl.constexpr,
    IS_SKIPPING: tl.constexpr,
    IS_DAMPED: tl.constexpr,
    PITCH: tl.constexpr,
    WIDTH: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Train on the tiles of a block.

    Parameters
    ----------
    words, ..., n_words
        See `train_windows`.
    noise_weight : float
        K/N.
    CENTERS, COLUMNS
        Powers of two from 16 on: centres a tile, at least N_NOISE.
    N_NOISE
        N.
    """
    TILE: tl.constexpr = CENTERS - 2 * WINDOW
    program = tl.program_id(0)
    n = tl.load(n_windows)
    stretch = tl.cdiv(tl.cdiv(n, TILE), tl.num_programs(0))
    start = program * stretch
    stop = tl.minimum(start + stretch, tl.cdiv(n, TILE))
    row = tl.arange(0, CENTERS)
    column = tl.arange(0, COLUMNS)
    is_noise = column < N_NOISE
    loss = tl.zeros([], tl.float64)
    for tile in range(start, stop):
        first = tile * TILE
        i = first - WINDOW + row
        j = first + row
        is_context = (row < TILE) & (j < n)
        low = tl.load(lows + j, mask=is_context, other=0)
        high = tl.load(highs + j, mask=is_context, other=0)
        i_ = i[:, None]
        band = ((i_ >= low[None, :]) & (i_ < high[None, :]) & (i_ != j[None, :])).to(tl.float32)
        n_pairs = tl.sum(band, axis=1)
        if tl.sum(n_pairs) > 0.0:
            is_center = n_pairs > 0.0
            center = tl.load(words + i, mask=is_center, other=0)
            context = tl.load(words + j, mask=is_context, other=0)
            key = random_bits(
                tl.load(numbers + 2).to(tl.uint64), tl.load(numbers + 3) + tl.load(places + first)
            )
            noise = noise_words(alias_table, n_words, random_bits(key, column), is_noise)
            u_at, u_inside, u = _rows(in_vectors, center, is_center, PITCH, WIDTH)
            v_at, v_inside, v = _rows(out_vectors, context, is_context & (high - low > 1), PITCH, WIDTH)
            w_at, w_inside, w = _rows(out_vectors, noise, is_noise, PITCH, WIDTH)

            x = tl.dot(u, tl.trans(v), input_precision=PRECISION)
            y = tl.dot(u, tl.trans(w), input_precision=PRECISION)
            if IS_NCE:
                b = tl.load(out_bias + context, mask=is_context, other=0.0, cache_modifier=".cg")
                x += (b - tl.load(log_counts + context, mask=is_context, other=0.0))[None, :]
                b = tl.load(out_bias + noise, mask=is_noise, other=0.0, cache_modifier=".cg")
                y += (b - tl.load(log_counts + noise, mask=is_noise, other=0.0))[None, :]
            weights = tl.where(is_noise, noise_weight, 0.0)[None, :] * n_pairs[:, None]
            if IS_SKIPPING:
                is_hit = is_context[:, None] & (context[:, None] == noise[None, :]) & is_noise[None, :]
                hits = tl.dot(band, is_hit.to(tl.float32), input_precision=PRECISION)
                weights -= noise_weight * hits
            sigmoid, softplus = _sigmoid_and_softplus(-x)
            g = rate * tl.where(band > 0.0, sigmoid, 0.0)
            tile_loss = tl.sum(tl.where(band > 0.0, softplus, 0.0))
            sigmoid, softplus = _sigmoid_and_softplus(y)
            h = -rate * weights * sigmoid
            loss += (tile_loss + tl.sum(weights * softplus)).to(tl.float64)

            # One after the other, so that one set of changes at a time waits in registers.
            change = tl.dot(tl.trans(g), u, input_precision=PRECISION)
            bias_change = tl.sum(g, axis=0)
            if IS_DAMPED:
                damped = tl.load(out_damping + context, mask=is_context, other=0.0)
                change *= damped[:, None]
                bias_change *= damped
            tl.atomic_add(v_at, change, mask=v_inside, sem="relaxed")
            if IS_NCE:
                tl.atomic_add(out_bias + context, bias_change, mask=is_context, sem="relaxed")
            change = tl.dot(tl.trans(h), u, input_precision=PRECISION)
            bias_change = tl.sum(h, axis=0)
            if IS_DAMPED:
                damped = tl.load(out_damping + noise, mask=is_noise, other=0.0)
                change *= damped[:, None]
                bias_change *= damped
            tl.atomic_add(w_at, change, mask=w_inside, sem="relaxed")
            if IS_NCE:
                tl.atomic_add(out_bias + noise, bias_change, mask=is_noise, sem="relaxed")
            change = tl.dot(g, v, input_precision=PRECISION)
            change = tl.dot(h, w, change, input_precision=PRECISION)
            if IS_DAMPED:
                change *= tl.load(in_damping + center, mask=is_center, other=0.0)[:, None]
            tl.atomic_add(u_at, change, mask=u_inside, sem="relaxed")
            tl.debug_barrier()  # the next tile of this program sees all that this one has added
    tl.store(losses + program, loss)
