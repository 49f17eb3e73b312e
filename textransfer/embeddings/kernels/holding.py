"""Which words and phrases texts hold, and the sums of their rows of numbers."""

import numpy as np

from textransfer.compiling import compiled, inlined
from textransfer.embeddings.kernels.halves import as_float, fetch, fetch_place, lowest

AHEAD = 8
"""Rows, or phrases, that are on their way from memory while one is dealt with."""
FIRST = np.uint64(1)
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
def _mark(row, bits, blocks):
    """Set the bit of a row, and that of the 64 bits it is in."""
    word = row >> 6
    bits[word] |= FIRST << np.uint64(row & 63)
    blocks[word >> 6] |= FIRST << np.uint64(word & 63)


@inlined
def _take(bits, blocks, rows, end):
    """Write the rows that are marked, rising, to rows[end:]; return their end, and leave no mark."""
    for block in range(blocks.size):
        words = blocks[block]
        if words == 0:
            continue
        blocks[block] = 0
        while words != 0:
            word = (block << 6) + lowest(words)
            words &= words - FIRST
            left = bits[word]
            bits[word] = 0
            while left != 0:
                rows[end] = (word << 6) + lowest(left)
                left &= left - FIRST
                end += 1
    return end


@compiled
def hold(ids, offsets, n_words, table, pairs, bits, blocks, rows, ends):
    """Write the distinct rows of each text, rising, to rows int32, and where they end to ends int64.

    Texts are ids int64 of words, ids[offsets[t]:offsets[t + 1]], -1 for a word that is none. A phrase has the
    key prefix * n_words + last, and the row n_words + its number in a table. rows has three places a word.
    For this function's own use are pairs, int32, as long as the longest text, and bits and blocks, uint64,
    all zero: a bit for each row, and one for each 64 of these.
    """
    end = 0
    mask = table.shape[0] - 1
    for text in range(offsets.size - 1):
        first, beyond = offsets[text], offsets[text + 1]
        for i in range(first, beyond):
            ahead = i + AHEAD
            if ahead < beyond:
                fetch_place(table, _place(ids[ahead - 1] * n_words + ids[ahead], mask))
            pair = NONE
            if ids[i] >= 0:
                _mark(ids[i], bits, blocks)
                if i > first and ids[i - 1] >= 0:
                    number = _find(ids[i - 1] * n_words + ids[i], table)
                    if number >= 0:
                        pair = n_words + number
                        _mark(pair, bits, blocks)
            pairs[i - first] = pair
        for i in range(first + 2, beyond):
            ahead = i + AHEAD
            if ahead < beyond and pairs[ahead - 1 - first] >= 0:
                fetch_place(table, _place(np.int64(pairs[ahead - 1 - first]) * n_words + ids[ahead], mask))
            pair = np.int64(pairs[i - 1 - first])
            if pair >= 0 and ids[i] >= 0:
                number = _find(pair * n_words + ids[i], table)
                if number >= 0:
                    _mark(n_words + number, bits, blocks)
        end = _take(bits, blocks, rows, end)
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
