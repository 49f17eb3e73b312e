"""Texts as numbers: which words each holds, how often, and what stands beside what."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.sparse_rows import SparseRows

SHORTEST_PIECE, LONGEST_PIECE = 2, 5
"""Characters of a piece of a word, the marks at the word's start and end counted."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CountedTexts:
    """What several sets of terms can be looked up in, each in a moment."""

    words: list[str]
    """Distinct words, in the order in which they come, V of them."""
    documents: Ids
    """The text of each token, one text after the other, shape (T,)."""
    ids: Ids
    """Its word, shape (T,)."""
    n_texts: int

    @classmethod
    def of(cls, token_lists: Sequence[list[str]]) -> Self:
        """Give the words of texts numbers."""
        index: dict[str, int] = {}
        ids = [index.setdefault(word, len(index)) for words in token_lists for word in words]
        lengths = [len(words) for words in token_lists]
        documents = np.repeat(np.arange(len(lengths)), lengths)
        return cls(list(index), documents, np.array(ids, np.int64), len(lengths))

    def __len__(self) -> int:
        return self.n_texts

    @cached_property
    def by_word(self) -> tuple[Ids, Ids, Ids]:
        """Each word once a text, with how often it stands there: texts, words, counts."""
        return once_a_text(self.documents, self.ids)

    @cached_property
    def pieces(self) -> tuple[list[str], SparseRows]:
        """Distinct pieces of the words, G of them, and which words have which, shape (V, G)."""
        index: dict[str, int] = {}
        own = [[index.setdefault(piece, len(index)) for piece in pieces_of(word)] for word in self.words]
        columns = np.array([place for places in own for place in places], np.int64)
        ends = np.cumsum([0, *map(len, own)])
        return list(index), SparseRows(np.ones(len(columns)), columns, ends, len(index))

    def pairs(self, places: Ids, n_places: int) -> tuple[Ids, Ids]:
        """Return neighbours that are both known, each pair once a text: texts, and left * n_places + right.

        `places`, (V,), are those of the words; below 0 is unknown.
        """
        at = places[self.ids]
        left, right = at[:-1], at[1:]
        is_pair = (left >= 0) & (right >= 0) & (self.documents[:-1] == self.documents[1:])
        keys = left[is_pair] * n_places + right[is_pair]
        texts, keys, _ = once_a_text(self.documents[:-1][is_pair], keys)
        return texts, keys


def pieces_of(word: str) -> list[str]:
    """Return the distinct pieces of a word, ``<`` and ``>`` at its ends, the shortest first."""
    marked = f"<{word}>"
    lengths = range(SHORTEST_PIECE, LONGEST_PIECE + 1)
    return list(dict.fromkeys(marked[i : i + n] for n in lengths for i in range(len(marked) - n + 1)))


def once_a_text(documents: Ids, keys: Ids) -> tuple[Ids, Ids, Ids]:
    """Return each key once a text, in order, with how often it stands there: texts, keys, counts."""
    order = np.lexsort((keys, documents))
    documents, keys = documents[order], keys[order]
    is_first = np.ones(len(keys), bool)
    is_first[1:] = (np.diff(documents) != 0) | (np.diff(keys) != 0)
    starts = np.flatnonzero(is_first)
    return documents[starts], keys[starts], np.diff(np.append(starts, len(keys)))
