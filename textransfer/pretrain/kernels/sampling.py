"""The compiled twin of `textransfer.randomness` and of the alias draw: equal integer by integer."""

import numpy as np

from textransfer.compiling import inlined

_WEYL = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@inlined
def random_bits(key, position):
    """Return the 64 random bits of a position (SplitMix64), as `randomness.integers` does."""
    z = key + (np.uint64(position) + np.uint64(1)) * _WEYL
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@inlined
def noise_word(table, bits):
    """Turn 64 random bits into a noise word, as `AliasTable.words` does from its two columns."""
    column = ((bits >> _HALF) * np.uint64(table.size)) >> _HALF
    entry = table[column]
    return np.int32(column if (bits & _LOW) < (entry >> _HALF) else entry & _LOW)


@inlined
def reach_of_window(key, position, window):
    """Draw how far a window reaches, 1..window."""
    bits = random_bits(key, position) >> _HALF
    return np.int64(1) + np.int64((bits * np.uint64(window)) >> _HALF)


@inlined
def is_kept(key, position, threshold):
    """Tell whether the occurrence at a position survives the subsampling."""
    return (random_bits(key, position) >> _HALF) < threshold
