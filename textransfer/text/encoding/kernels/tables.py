"""A hash table of words as arrays: open addressing, linear probing, the words' UTF-8 end to end."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textransfer.compiling import compiled

SEED = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


class Table(NamedTuple):
    """Words in order of arrival.

    slots : int32, a power of two of them, at most half in use; 0 is empty, else a word's place + 1;
    hashes : uint64, by place; bounds : int64, word w is arena[bounds[w]:bounds[w + 1]]; arena : uint8.
    """

    slots: npt.NDArray[np.int32]
    hashes: npt.NDArray[np.uint64]
    bounds: npt.NDArray[np.int64]
    arena: npt.NDArray[np.uint8]


def empty_table(n_words: int, n_bytes: int) -> Table:
    """Return a table with space for so many words (a power of two) of so many bytes together."""
    return Table(
        np.zeros(2 * n_words, dtype=np.int32),
        np.empty(n_words, dtype=np.uint64),
        np.zeros(n_words + 1, dtype=np.int64),
        np.empty(n_bytes + 1, dtype=np.uint8),
    )


@compiled
def hashed(state, byte):
    """Add a byte to a hash (FNV-1a)."""
    return (state ^ np.uint64(byte)) * _PRIME


@compiled
def finished(state):
    """Spread a hash over all bits: slots are chosen by the lowest."""
    state = (state ^ (state >> _HALF)) * _MIX
    return state ^ (state >> _HALF)


@compiled
def hash_of(arena, start, end):
    """Return the hash of the word arena[start:end]."""
    state = SEED
    for i in range(start, end):
        state = hashed(state, arena[i])
    return finished(state)


@compiled
def slot_of(table, code, arena, start, end):
    """Return the slot that holds the word arena[start:end] of hash `code`, or the empty one for it."""
    mask = np.uint64(table.slots.size - 1)
    slot = code & mask
    while table.slots[slot] != 0:
        word = table.slots[slot] - 1
        if table.hashes[word] == code:
            first = table.bounds[word]
            size = table.bounds[word + 1] - first
            if size == end - start:
                i = 0
                while i < size and table.arena[first + i] == arena[start + i]:
                    i += 1
                if i == size:
                    return slot
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def fill_slots(slots, hashes, n_words):
    """Put words 0..n_words - 1, all different, into empty slots."""
    mask = np.uint64(slots.size - 1)
    for word in range(n_words):
        slot = hashes[word] & mask
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = word + 1


@compiled
def merge(table, n_words, arena, bounds, places):
    """Look up words, append the new ones; write each word's place, return how many words there are now.

    The table must have space for all of them: in slots, hashes, bounds and arena.
    """
    for word in range(places.size):
        start, end = bounds[word], bounds[word + 1]
        code = hash_of(arena, start, end)
        slot = slot_of(table, code, arena, start, end)
        if table.slots[slot] == 0:
            first = table.bounds[n_words]
            for i in range(end - start):
                table.arena[first + i] = arena[start + i]
            table.bounds[n_words + 1] = first + end - start
            table.hashes[n_words] = code
            n_words += 1
            table.slots[slot] = n_words
        places[word] = table.slots[slot] - 1
    return n_words


@compiled
def look_up(table, arena, bounds, places, hashes):
    """Write the place of each word, or -1 where it is not in the table; and its hash."""
    for word in range(places.size):
        start, end = bounds[word], bounds[word + 1]
        hashes[word] = hash_of(arena, start, end)
        places[word] = table.slots[slot_of(table, hashes[word], arena, start, end)] - 1


@compiled
def copy_words(arena, bounds, chosen, new_arena, new_bounds):
    """Copy the words at the places `chosen`; `new_arena` may be `arena` itself if the places rise."""
    top = 0
    new_bounds[0] = 0
    for i in range(chosen.size):
        start, end = bounds[chosen[i]], bounds[chosen[i] + 1]
        for k in range(start, end):
            new_arena[top] = arena[k]
            top += 1
        new_bounds[i + 1] = top
