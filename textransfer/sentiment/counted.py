"""Texts as numbers: which words each holds, how often, and what stands beside what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.embeddings.phrases import sorted_counts
from textransfer.embeddings.sparse_rows import SparseRows, ends_of_rows

SHORTEST_PIECE, LONGEST_PIECE = 2, 5
"""Characters of a piece of a word, the marks at the word's start and end counted."""

N_INDICES = 4
"""Indices in which the places of words are kept: that of vectors, and those of the members beside them."""

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

    def take(self, rows: Ids) -> Self:
        """Return some of the texts, in the order given; all words keep their numbers."""
        starts = self.offsets
        lengths = np.diff(starts)[rows]
        shifts = starts[rows] - np.cumsum(lengths) + lengths
        places = np.arange(lengths.sum()) + np.repeat(shifts, lengths)
        return type(self)(self.words, np.repeat(np.arange(len(rows)), lengths), self.ids[places], len(rows))

    def places_in(self, index: Mapping[str, int]) -> Ids:
        """Return the place that an index has for each word, -1 where it has none, shape (V,), read-only.

        Several readers ask for those of an index that stays as it is: they are kept.
        """
        for known, places in self._places:
            if known is index:
                return places
        places = np.fromiter(map(index.get, self.words, repeat(-1)), np.int64, len(self.words))
        places.flags.writeable = False
        self._places[:] = [*self._places[1 - N_INDICES :], (index, places)]
        return places

    @cached_property
    def _places(self) -> list[tuple[Mapping[str, int], Ids]]:
        return []

    @cached_property
    def offsets(self) -> Ids:
        """Where the words of each text start, shape (n + 1,)."""
        lengths = np.bincount(self.documents, minlength=self.n_texts)
        return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)

    @cached_property
    def counts(self) -> SparseRows:
        """How often each text holds each word, (n, V), words of a text in rising order."""
        return self._held(self.ids, self.documents, len(self.words))

    @property
    def by_word(self) -> tuple[Ids, npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """Each word once a text, with how often it stands there: texts, words, counts."""
        texts = np.repeat(np.arange(len(self)), np.diff(self.counts.offsets))
        return texts, self.counts.columns.astype(np.int32), self.counts.values.astype(np.float64)

    @cached_property
    def held(self) -> SparseRows:
        """Which words each text holds, ones in (n, V)."""
        return replace(self.counts, values=np.ones(len(self.counts.values), np.float32))

    @cached_property
    def logs(self) -> tuple[SparseRows, SparseRows]:
        """1 + ln of the counts, and the squares of that, (n, V)."""
        logs = 1 + np.log(self.counts.values)
        return replace(self.counts, values=logs), replace(self.counts, values=logs**2)

    @cached_property
    def pairs(self) -> tuple[Ids, SparseRows]:
        """Distinct pairs of neighbours, and which texts hold them.

        As V left + right in rising order, shape (P,), and ones in (n, P).
        """
        is_pair, keys, which = self._pairs
        return keys, self._ones(which, self.documents[:-1][is_pair], len(keys))

    @cached_property
    def triples(self) -> tuple[Ids, SparseRows]:
        """Distinct triples of neighbours, and which texts hold them.

        As V pair + last in rising order, shape (T,), of the places of `pairs`, and ones in (n, T).
        """
        is_pair, _, which = self._pairs
        is_triple = self.documents[:-2] == self.documents[2:]
        first = which[np.cumsum(is_pair)[:-1][is_triple] - 1].astype(np.int64)
        keys, places = np.unique(first * len(self.words) + self.ids[2:][is_triple], return_inverse=True)
        return keys, self._ones(places, self.documents[2:][is_triple], len(keys))

    @cached_property
    def _pairs(self) -> tuple[npt.NDArray[np.bool_], Ids, npt.NDArray[np.int32]]:
        """Which tokens but the last begin a pair, the distinct pairs, and the place of each among these."""
        is_pair = self.documents[:-1] == self.documents[1:]
        keys = self.ids[:-1][is_pair] * len(self.words) + self.ids[1:][is_pair]
        keys, places = np.unique(keys, return_inverse=True)
        return is_pair, keys, places.astype(np.int32)

    def _ones(self, ids: npt.NDArray[np.integer], documents: Ids, n: int) -> SparseRows:
        """Return which texts hold which of n things."""
        held = self._held(ids, documents, n)
        return replace(held, values=np.ones(len(held.values), np.float32))

    def _held(self, ids: npt.NDArray[np.integer], documents: Ids, n: int) -> SparseRows:
        """Return how often each text holds each of n things."""
        keys, counts = sorted_counts(documents * n + ids)
        texts, columns = np.divmod(keys, max(n, 1))
        ends = np.searchsorted(texts, np.arange(self.n_texts + 1))
        return SparseRows(counts.astype(np.float64), columns.astype(np.int32), ends_of_rows(ends), n)

    @cached_property
    def pieces(self) -> tuple[list[str], SparseRows]:
        """Distinct pieces of the words, G of them, and which words have which, shape (V, G)."""
        index: dict[str, int] = {}
        own = [[index.setdefault(piece, len(index)) for piece in pieces_of(word)] for word in self.words]
        columns = np.array([place for places in own for place in places], np.int64)
        ends = np.cumsum([0, *map(len, own)])
        return list(index), SparseRows(np.ones(len(columns)), columns, ends, len(index))


def texts_without_each(words: list[str]) -> tuple[list[str], CountedTexts]:
    """Return the distinct words of a text, and the text without each."""
    names = list(dict.fromkeys(words))
    return names, CountedTexts.of([[word for word in words if word != name] for name in names])


def pieces_of(word: str) -> list[str]:
    """Return the distinct pieces of a word, ``<`` and ``>`` at its ends, the shortest first."""
    marked = f"<{word}>"
    lengths = range(SHORTEST_PIECE, LONGEST_PIECE + 1)
    return list(dict.fromkeys(marked[i : i + n] for n in lengths for i in range(len(marked) - n + 1)))
