"""Which words and phrases texts hold, and the sums of their rows of numbers."""

import numpy as np

from textransfer.compiling import compiled, inlined
from textransfer.embeddings.kernels.halves import as_float, fetch, fetch_place

AHEAD = 8
"""Rows, or phrases, that are on their way from memory while one is dealt with."""
FEW = 64
"""Rows that are in order sooner by comparing them."""
NONE = -1


@inlined
def _place(key, mask):
    """Return where to look for a key, int64, in a table of mask + 1 places."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed ^ (mixed >> np.uint64(29))) & np.uint64(mask))


@compiled
def fill(keys, table):
    """Put each of the distinct keys, int64, and its number in an empty table, int64 (2^k, 2)."""
    mask = table.shape[0] - 1
    for number in range(keys.size):
        place = _place(keys[number], mask)
        while table[place, 1] >= 0:
            place = (place + 1) & mask
        table[place, 0] = keys[number]
        table[place, 1] = number


@inlined
def _find(key, table):
    """Return the number of a key, or -1."""
    mask = table.shape[0] - 1
    place = _place(key, mask)
    while table[place, 1] >= 0:
        if table[place, 0] == key:
            return table[place, 1]
        place = (place + 1) & mask
    return NONE


@inlined
def _sort_few(rows, start, end):
    """Bring rows[start:end] in rising order: Shell's method."""
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


@inlined
def _sort_many(rows, start, end, largest, other, counts):
    """Bring rows[start:end], of 0 to `largest`, in rising order: by their lowest byte, then by the next, ...

    other int32 has as many places, counts int32 256.
    """
    n = end - start
    shift = 0
    while largest >> shift:
        for digit in range(256):
            counts[digit] = 0
        for i in range(start, end):
            counts[(rows[i] >> shift) & 255] += 1
        before = np.int32(0)
        for digit in range(256):
            count = counts[digit]
            counts[digit] = before
            before += count
        for i in range(start, end):
            digit = (rows[i] >> shift) & 255
            other[counts[digit]] = rows[i]
            counts[digit] += 1
        for i in range(n):
            rows[start + i] = other[i]
        shift += 8


@compiled
def hold(ids, offsets, n_words, table, other, counts, rows, ends):
    """Write the distinct rows of each text, rising, to rows int32, and where they end to ends int64.

    Texts are ids int64 of words, ids[offsets[t]:offsets[t + 1]], -1 for a word that is none. A phrase has the
    key prefix * n_words + last, and the row n_words + its number in a table. rows has three places a word, as
    `other`, int32, has for the longest text; counts int32 (256,) is for this function's own use.
    """
    end = 0
    mask = table.shape[0] - 1
    largest = n_words + table.shape[0]
    for text in range(offsets.size - 1):
        first, beyond = offsets[text], offsets[text + 1]
        start = end
        for i in range(first, beyond):
            ahead = i + AHEAD
            if ahead < beyond:
                fetch_place(table, _place(ids[ahead - 1] * n_words + ids[ahead], mask))
            pair = NONE
            if ids[i] >= 0:
                rows[end] = ids[i]
                end += 1
                if i > first and ids[i - 1] >= 0:
                    number = _find(ids[i - 1] * n_words + ids[i], table)
                    if number >= 0:
                        pair = n_words + number
                        rows[end] = pair
                        end += 1
            other[i - first] = pair
        for i in range(first + 2, beyond):
            ahead = i + AHEAD
            if ahead < beyond and other[ahead - 1 - first] >= 0:
                fetch_place(table, _place(np.int64(other[ahead - 1 - first]) * n_words + ids[ahead], mask))
            pair = np.int64(other[i - 1 - first])
            if pair >= 0 and ids[i] >= 0:
                number = _find(pair * n_words + ids[i], table)
                if number >= 0:
                    rows[end] = n_words + number
                    end += 1
        if end - start > FEW:
            _sort_many(rows, start, end, largest, other, counts)
        else:
            _sort_few(rows, start, end)
        top = start
        for i in range(start, end):
            if i == start or rows[i] != rows[i - 1]:
                value = rows[i]
                rows[top] = value
                top += 1
        end = top
        ends[text] = end


@compiled
def add_halves(halves, rows, ends, sums):
    """Add the rows of each text, uint16 (R, D) that are numbers of half precision, to sums float32 (n, D).

    Where a number is not finite, neither are the sums of its text.
    """
    start = 0
    for text in range(ends.size):
        out = sums[text]
        for i in range(start, ends[text]):
            if i + AHEAD < rows.size:
                fetch(halves[rows[i + AHEAD]])
            row = halves[rows[i]]
            for d in range(out.size):
                out[d] += as_float(row[d])
        start = ends[text]


@compiled
def add_rows(numbers, rows, ends, sums):
    """Add the rows of each text, (R, D), to sums (n, D)."""
    start = 0
    for text in range(ends.size):
        out = sums[text]
        for i in range(start, ends[text]):
            if i + AHEAD < rows.size:
                fetch_place(numbers, rows[i + AHEAD])
            row = numbers[rows[i]]
            for d in range(out.size):
                out[d] += row[d]
        start = ends[text]


@compiled
def add_shares(numbers, shares, rows, ends, sums):
    """Add shares (M,) of the rows of each text, (R, D), to sums (n, D)."""
    start = 0
    for text in range(ends.size):
        out = sums[text]
        for i in range(start, ends[text]):
            if i + AHEAD < rows.size:
                fetch(numbers[rows[i + AHEAD]])
            row = numbers[rows[i]]
            share = shares[i]
            for d in range(out.size):
                out[d] += share * row[d]
        start = ends[text]
