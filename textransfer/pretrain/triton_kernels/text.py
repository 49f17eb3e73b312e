"""Subsampling and windows on the device: which words are kept, and how far the window of each reaches."""

import triton
import triton.language as tl

from textransfer.pretrain.triton_kernels.sampling import random_bits


@triton.jit(do_not_specialize=["n_tokens"])
def mark_kept(tokens, keep, numbers, n_tokens, is_kept, BLOCK: tl.constexpr):
    """Write 1 for each token that survives the subsampling, 0 for the others.

    Parameters
    ----------
    tokens : int32 (N,)
    keep : int64 (V,)
        Out of 2^32, how often each word is kept.
    numbers : int64 (4,)
        The keys of the subsampling, window and noise streams, and the position of ``tokens[0]``.
    is_kept : int32 (N,)
        Written.
    """
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    is_inside = i < n_tokens
    key = tl.load(numbers).to(tl.uint64)
    position = tl.load(numbers + 3) + i
    word = tl.load(tokens + i, mask=is_inside, other=0)
    threshold = tl.load(keep + word.to(tl.int64), mask=is_inside, other=0).to(tl.uint64)
    tl.store(is_kept + i, ((random_bits(key, position) >> 32) < threshold).to(tl.int32), mask=is_inside)


@triton.jit(do_not_specialize=["n_tokens"])
def lay_windows(
    tokens,
    documents,
    offsets,
    n_before,
    numbers,
    n_tokens,
    words,
    places,
    lows,
    highs,
    WINDOW: tl.constexpr,
    IS_SHRINKING: tl.constexpr,
    BLOCK: tl.constexpr,
):
    """Move the kept words together, and write which of them the window of each one spans.

    Parameters
    ----------
    tokens : int32 (N,)
    documents : int64 (N,)
        The document of each token.
    offsets : int64 (n_documents + 1,)
        Where the documents begin.
    n_before : int32 (N + 1,)
        How many tokens before each one are kept.
    numbers : int64 (4,)
        See `mark_kept`.
    words, places : int32 (N,)
        Written for the kept words: which they are, and where in `tokens` they stood.
    lows, highs : int32 (N,)
        Written for the kept words: the window of the j-th one is ``words[lows[j]:highs[j]]``, j included.
    """
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    is_inside = i < n_tokens
    j = tl.load(n_before + i, mask=is_inside, other=0)
    is_kept = is_inside & (tl.load(n_before + i + 1, mask=is_inside, other=0) > j)
    document = tl.load(documents + i, mask=is_kept, other=0)
    first = tl.load(n_before + tl.load(offsets + document, mask=is_kept, other=0), mask=is_kept, other=0)
    last = tl.load(n_before + tl.load(offsets + document + 1, mask=is_kept, other=0), mask=is_kept, other=0)
    reach = tl.full([BLOCK], WINDOW, tl.int32)
    if IS_SHRINKING:
        bits = random_bits(tl.load(numbers + 1).to(tl.uint64), tl.load(numbers + 3) + i)
        reach = 1 + (((bits >> 32) * WINDOW) >> 32).to(tl.int32)
    tl.store(words + j, tl.load(tokens + i, mask=is_kept, other=0), mask=is_kept)
    tl.store(places + j, i, mask=is_kept)
    tl.store(lows + j, tl.maximum(first, j - reach), mask=is_kept)
    tl.store(highs + j, tl.minimum(last, j + reach + 1), mask=is_kept)
