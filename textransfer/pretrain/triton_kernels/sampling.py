"""The Triton twin of `textransfer.randomness` and of the alias draw: equal integer by integer."""

import triton
import triton.language as tl

_WEYL = tl.constexpr(0x9E3779B97F4A7C15)
_MIX_1 = tl.constexpr(0xBF58476D1CE4E5B9)
_MIX_2 = tl.constexpr(0x94D049BB133111EB)
_LOW = tl.constexpr(0xFFFFFFFF)


@triton.jit
def random_bits(key, position):
    """Return the 64 random bits of each position (SplitMix64), as `randomness.integers` does."""
    z = key + (position.to(tl.uint64) + 1) * _WEYL
    z = (z ^ (z >> 30)) * _MIX_1
    z = (z ^ (z >> 27)) * _MIX_2
    return z ^ (z >> 31)


@triton.jit
def noise_words(alias_table, n_words, bits, mask):
    """Turn 64 random bits each into a noise word, as `AliasTable.words` does from its two columns."""
    column = ((bits >> 32) * n_words) >> 32
    entry = tl.load(alias_table + column.to(tl.int64), mask=mask, other=0).to(tl.uint64)
    return tl.where((bits & _LOW) < (entry >> 32), column, entry & _LOW).to(tl.int32)


@triton.jit
def row_offsets(words, PITCH: tl.constexpr):
    """Return where the rows of words begin in a matrix, counted in floats; beyond 2^31 from 17 M words on."""
    return words.to(tl.int64) * PITCH
