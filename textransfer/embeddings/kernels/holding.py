"""Which words and phrases texts hold, and the sums of their vectors of half precision."""

import numpy as np

from textransfer.compiling import compiled, inlined

SIGN, SIZE = np.uint32(0x8000), np.uint32(0x7FFF)
"""Bits of a number of half precision: its sign, and the rest."""
LEAST_USUAL, INFINITE = np.uint32(0x0400), np.uint32(0x7C00)
"""The rest of the least number with a leading 1, and from which on none is finite."""
UP = np.uint32(13)
"""How far up the rest is in a float32."""
USUAL_EXPONENT, LEAST_EXPONENT = np.uint32(112 << 23), np.uint32(113 << 23)
"""What is added to the exponent there; and that of the least number with a leading 1."""


@inlined
def _place(key, mask):
    """Return where to look for a key, int64, in a table of mask + 1 places."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed ^ (mixed >> np.uint64(29))) & np.uint64(mask))


@compiled
def fill(keys, table):
    """Put the number of each of the distinct keys, int64, in an empty table, int32, of 2^k places."""
    mask = table.size - 1
    for number in range(keys.size):
        place = _place(keys[number], mask)
        while table[place] >= 0:
            place = (place + 1) & mask
        table[place] = number


@inlined
def _find(key, keys, table):
    mask = table.size - 1
    place = _place(key, mask)
    while table[place] >= 0:
        if keys[table[place]] == key:
            return table[place]
        place = (place + 1) & mask
    return -1


@inlined
def _sort(rows, start, end):
    """Bring rows[start:end] in rising order (Shell's method: texts hold few hundred)."""
    gap = 1
    while gap < (end - start) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(start + gap, end):
            value = rows[i]
            j = i
            while j - gap >= start and rows[j - gap] > value:
                rows[j] = rows[j - gap]
                j -= gap
            rows[j] = value
        gap //= 3


@compiled
def hold(ids, offsets, n_words, keys, table, seen, rows, ends):
    """Write the distinct rows of each text, rising, to rows int32, and where they end to ends int64.

    Texts are ids int64 of words, ids[offsets[t]:offsets[t + 1]]; a phrase has the key prefix * n_words +
    last, and the row n_words + its place among the keys, which a table numbers. seen, int32 by row, holds no
    number of a text. rows has three places a word.
    """
    end = 0
    for text in range(offsets.size - 1):
        start = end
        before = two_before = -1
        for i in range(offsets[text], offsets[text + 1]):
            word = ids[i]
            if seen[word] != text:
                seen[word] = text
                rows[end] = word
                end += 1
            pair = -1
            if before >= 0:
                number = _find(before * n_words + word, keys, table)
                if number >= 0:
                    pair = n_words + number
                    if seen[pair] != text:
                        seen[pair] = text
                        rows[end] = pair
                        end += 1
            if two_before >= 0:  # the pair before is a row, and may go on
                number = _find(two_before * n_words + word, keys, table)
                if number >= 0:
                    triple = n_words + number
                    if seen[triple] != text:
                        seen[triple] = text
                        rows[end] = triple
                        end += 1
            before = word
            two_before = pair
        _sort(rows, start, end)
        ends[text] = end


@compiled
def add_halves(halves, rows, ends, sums):
    """Add the rows of each text, uint16 (R, D) that are numbers of half precision, to sums float32 (n, D).

    The bits of a half, moved up, are a float32 but for an exponent that is 112 too small, which is added.
    Subnormal numbers get a leading 1, which is taken off again: as subnormal ones of a float32 they would be
    slow. Where a number is not finite, the sums of its text are NaN.
    """
    least = np.float32(2.0**-14)
    start = 0
    for text in range(ends.size):
        out = sums[text]
        largest = np.uint32(0)
        for i in range(start, ends[text]):
            row = halves[rows[i]]
            for d in range(out.size):
                half = np.uint32(row[d])  # without these casts integers have 64 bits, half as many at once
                size = np.uint32(half & SIZE)
                largest = np.uint32(max(largest, size))
                bits = np.uint32(size << UP)
                number = np.uint32(bits + USUAL_EXPONENT).view(np.float32)
                small = np.uint32(bits + LEAST_EXPONENT).view(np.float32) - least
                number = number if size >= LEAST_USUAL else small
                out[d] += -number if np.uint32(half & SIGN) else number
        if largest >= INFINITE:
            out[:] = np.nan
        start = ends[text]
