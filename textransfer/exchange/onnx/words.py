"""The words of texts within a graph: each is known by a number made of its characters.

ONNX has no operators for strings that all runtimes know. So a word comes as the code points of its
characters, and is known by the sum of each times a random odd number of 64 bits, its own for each place: two
words have the same with a probability of about 2^-63. Words of a vocabulary are told apart when the graph is
made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.errors import ConfigError
from textransfer.exchange.onnx.graph import GraphBuilder
from textransfer.randomness import Purpose, generator

LONGEST_WORD = 4096
"""Characters."""

Ids = npt.NDArray[np.int64]


def multipliers(n: int, seed: int) -> Ids:
    """Return random odd numbers, int64 (n,), the same each time."""
    draws = generator(seed, Purpose.HASHING).integers(-(2**63), 2**63 - 1, n, dtype=np.int64, endpoint=True)
    return np.asarray(draws | 1, np.int64)


OF_CHARACTERS, OF_KEYS, OF_PIECES = 0, 1, 2
"""Seeds of the numbers that characters, pairs of keys and characters of pieces are multiplied by."""


def word_keys(words: Sequence[str]) -> Ids:
    """Return the number by which a graph knows each word, int64 (n,).

    Raises
    ------
    ConfigError
        If two words have the same, or one is longer than 4,096 characters.
    """
    by = multipliers(LONGEST_WORD, OF_CHARACTERS)
    keys = np.zeros(len(words), np.int64)
    for row, word in enumerate(words):
        if len(word) > LONGEST_WORD:
            raise ConfigError(
                f"a word has {len(word):,} characters; expected {LONGEST_WORD:,} at most in ONNX"
            )
        codes = np.array([ord(character) for character in word], np.int64)
        keys[row] = (codes * by[: len(codes)]).sum()
    return checked_distinct(keys, "words")


def checked_distinct(keys: Ids, what: str) -> Ids:
    """Return the keys; ConfigError if two are the same."""
    if len(np.unique(keys)) != len(keys):
        raise ConfigError(f"two {what} have the same number in ONNX; that is chance: leave out one of them")
    return keys


@dataclass(frozen=True)
class WordsOfTexts:
    """Names of values of a graph. Behind the last word stands an empty one, of a text behind the last text.

    With it, nothing is ever empty; its text is left out in the end.
    """

    n_texts: str
    """Texts with that one, shape (1,)."""
    owners: str
    """The text of each word, shape (T,)."""
    keys: str
    """Shape (T,)."""
    distinct: str
    """The place of the first of each distinct word of a text, shape (M,)."""
    which: str
    """The place of each word among the distinct ones, shape (T,)."""
    distinct_owners: str
    """Shape (M,)."""
    distinct_keys: str
    """Shape (M,)."""
    counts: str
    """How often a text holds each, double (M,)."""
    characters: str
    """Of the distinct words, 0 behind their ends, shape (M, L)."""


def words_of_texts(graph: GraphBuilder, characters: str, texts: str, n_texts: str) -> WordsOfTexts:
    """Return the words of texts from the three inputs of a graph."""
    single = graph.constant([1])
    padded = graph.op("Pad", characters, graph.constant([0, 0, 1, 1]))
    owners = graph.op("Concat", texts, n_texts, axis=0)
    by = graph.slice(graph.constant(multipliers(LONGEST_WORD + 1, OF_CHARACTERS)), 0, graph.size(padded, 1))
    # A product of matrices: sums along an axis are taken in floating point by onnxruntime.
    keys = graph.op("Reshape", graph.op("MatMul", padded, graph.column(by)), graph.constant([-1]))
    a, b = (graph.constant(number) for number in multipliers(2, OF_KEYS))
    own = graph.op("Add", graph.op("Mul", keys, a), graph.op("Mul", owners, b))
    first, which, counts = graph.distinct(own)
    return WordsOfTexts(
        n_texts=graph.op("Add", n_texts, single),
        owners=owners,
        keys=keys,
        distinct=first,
        which=which,
        distinct_owners=graph.op("Gather", owners, first),
        distinct_keys=graph.op("Gather", keys, first),
        counts=graph.cast(counts, np.float64),
        characters=graph.op("Gather", padded, first),
    )
