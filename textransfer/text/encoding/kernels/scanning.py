"""Cut UTF-8 text into words, number them: the compiled twin of `split_unicode(normalize(text))`.

`plan` says of each ASCII byte, `folds` of each code point below 65536, what it is: a letter or digit (the
code point of its normal form, 48 at least), or one of the signs below. See `text/encoding/letters.py`.
"""

import numpy as np

from textransfer.compiling import compiled
from textransfer.text.encoding.kernels.tables import SEED, finished, hashed, slot_of

SEPARATOR = 0
APOSTROPHE = 1
TAG = 2  # "<", which may begin an HTML line break
HARD = 3  # what it becomes depends on its neighbours: left to the definition
FIRST_LETTER = 48

_SPACE = 32
_SLASH = 47
_LESS = 60
_GREATER = 62


@compiled
def sign_at(data, i, plan, folds):
    """Return what the character at byte i is, and its length in bytes."""
    byte = data[i]
    if byte < 0x80:
        return np.int32(plan[byte]), 1
    if byte < 0xE0:
        return folds[(np.int32(byte & 0x1F) << 6) | (data[i + 1] & 0x3F)], 2
    if byte < 0xF0:
        code = (np.int32(byte & 0x0F) << 12) | (np.int32(data[i + 1] & 0x3F) << 6) | (data[i + 2] & 0x3F)
        return folds[code], 3
    return np.int32(HARD), 4


@compiled
def _is_space(byte):
    """Tell whether an ASCII byte is white space to Python's `re`."""
    return byte == _SPACE or 9 <= byte <= 13 or 28 <= byte <= 31


@compiled
def tag_end(data, i, end):
    """Return the end of the HTML line break at i; i if there is none; -1 if other than ASCII decides it."""
    for k in range(1, 3):
        if i + k >= end:
            return i
        if data[i + k] >= 0x80:
            return -1
        if data[i + k] | 32 != (98 if k == 1 else 114):  # b, r
            return i
    i_now = i + 3
    while i_now < end and _is_space(data[i_now]):
        i_now += 1
    if i_now < end and data[i_now] == _SLASH:
        i_now += 1
    if i_now < end and data[i_now] >= 0x80:
        return -1
    return i_now + 1 if i_now < end and data[i_now] == _GREATER else i


@compiled
def _is_cut(data, i, end, plan):
    """Tell whether text may be cut at a space: a letter follows, so no mark, word or tag spans it."""
    return data[i] == _SPACE and i + 1 < end and data[i + 1] < 0x80 and plan[data[i + 1]] >= FIRST_LETTER


@compiled
def find_hard(data, starts, ends, plan, folds, hard):
    """Find the pieces of documents that hold a hard character, cut at spaces.

    hard : int64 (n, 2), filled with from-to. Returns how many there are; those that do not fit in are lost.
    """
    n_found = 0
    for document in range(starts.size):
        end = ends[document]
        i = earliest = starts[document]
        while i < end:
            if data[i] < 0x80 and data[i] != _LESS:
                i += 1
                continue
            sign, size = sign_at(data, i, plan, folds)
            if sign != HARD and (sign != TAG or tag_end(data, i, end) >= 0):
                i += size
                continue
            piece = i
            while piece > earliest and not _is_cut(data, piece - 1, end, plan):
                piece -= 1
            while i < end and not _is_cut(data, i, end, plan):
                i += 1
            if n_found < len(hard):
                hard[n_found, 0] = piece
                hard[n_found, 1] = i
            n_found += 1
            earliest = i
    return n_found


@compiled
def _write(arena, top, code, state):
    """Append a code point as UTF-8; return the new end and the hash."""
    if code < 0x80:
        arena[top] = code
        return top + 1, hashed(state, code)
    if code < 0x800:
        first = 0xC0 | (code >> 6)
    else:
        first = 0xE0 | (code >> 12)
        middle = 0x80 | ((code >> 6) & 0x3F)
        arena[top + 1] = middle
    arena[top] = first
    state = hashed(state, first)
    top += 1
    if code >= 0x800:
        state = hashed(state, arena[top])
        top += 1
    last = 0x80 | (code & 0x3F)
    arena[top] = last
    return top + 1, hashed(state, last)


@compiled
def _enter(table, n_words, end, state):
    """Return the place of the word that ends the arena, and how many words there are with it."""
    start = table.bounds[n_words]
    code = finished(state)
    slot = slot_of(table, code, table.arena, start, end)
    if table.slots[slot] == 0:
        table.hashes[n_words] = code
        table.bounds[n_words + 1] = end
        n_words += 1
        table.slots[slot] = n_words
    return table.slots[slot] - 1, n_words


@compiled
def encode(data, starts, ends, pieces, known, known_ends, plan, folds, table, ids, token_ends):
    """Give the words of documents numbers, in order of first appearance.

    data : uint8, the documents data[starts[d]:ends[d]]; pieces : int64 (n, 2), parts of them that are not
    looked at; known : uint8, for each of these the words, a space between two, up to known_ends; table :
    empty, its arena as long as data and known together; ids : int32, filled; token_ends : int64, by document.

    Returns the number of tokens and of words, or -1 and what fits in if the table is too small for them.
    """
    arena = table.arena
    n_tokens = n_words = piece = 0
    i_known = 0
    for document in range(starts.size):
        i, end = starts[document], ends[document]
        while i < end:
            is_before_piece = piece < len(pieces) and pieces[piece, 0] < end
            stop = pieces[piece, 0] if is_before_piece else end
            while i < stop:
                sign, size = sign_at(data, i, plan, folds)
                if sign < FIRST_LETTER:
                    i = max(tag_end(data, i, end), i + 1) if sign == TAG else i + size
                    continue
                top, state = table.bounds[n_words], SEED
                while sign >= FIRST_LETTER:
                    top, state = _write(arena, top, sign, state)
                    i += size
                    while i < stop and data[i] < 0x80 and plan[data[i]] >= FIRST_LETTER:
                        arena[top] = plan[data[i]]
                        state = hashed(state, arena[top])
                        top += 1
                        i += 1
                    if i >= stop:
                        break
                    sign, size = sign_at(data, i, plan, folds)
                    if sign == APOSTROPHE and i + size < stop:
                        after, size_after = sign_at(data, i + size, plan, folds)
                        if after >= FIRST_LETTER:
                            top, state = _write(arena, top, 39, state)
                            i += size
                            sign, size = after, size_after
                if n_words == table.hashes.size:
                    return -1, n_words
                ids[n_tokens], n_words = _enter(table, n_words, top, state)
                n_tokens += 1
            if not is_before_piece:
                continue
            while i_known < known_ends[piece]:
                top, state = table.bounds[n_words], SEED
                while i_known < known_ends[piece] and known[i_known] != _SPACE:
                    arena[top] = known[i_known]
                    state = hashed(state, known[i_known])
                    top += 1
                    i_known += 1
                i_known += 1
                if n_words == table.hashes.size:
                    return -1, n_words
                ids[n_tokens], n_words = _enter(table, n_words, top, state)
                n_tokens += 1
            i_known = known_ends[piece]
            i = pieces[piece, 1]
            piece += 1
        token_ends[document] = n_tokens
    return n_tokens, n_words


@compiled
def count_words(ids, ends, counts, document_counts, latest):
    """Add to each word's count, and to the count of documents that hold it: int64 (V,).

    latest : int32 (V,), all -1, for this function's own use.
    """
    start = 0
    for document in range(ends.size):
        for i in range(start, ends[document]):
            word = ids[i]
            counts[word] += 1
            if latest[word] != document:
                latest[word] = document
                document_counts[word] += 1
        start = ends[document]
