"""Vectors of words, pairs and triples of neighbours, each made of the documents that hold it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.sparse_rows import SparseRows
from textransfer.errors import ConfigError

LONGEST = 3
"""Words of the longest phrase."""

_ROWS_A_BLOCK = 4096

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PhraseIndex:
    """The words of a vocabulary and some phrases, each the number of a row: words first, then pairs, triples.

    A phrase is a row without its last word, and that word. Pairs, and triples, stand in the order of these
    two numbers.
    """

    n_words: int
    """Words of the vocabulary (V)."""
    prefixes: npt.NDArray[np.int32]
    """Row of each phrase without its last word, shape (P,)."""
    lasts: npt.NDArray[np.int32]
    """Its last word, shape (P,)."""

    def __len__(self) -> int:
        return self.n_words + len(self.prefixes)

    @cached_property
    def keys(self) -> tuple[Ids, ...]:
        """One rising number a phrase, of all pairs, then of all triples."""
        n_pairs = int(np.searchsorted(self.prefixes >= self.n_words, True))
        keys = phrase_keys(self.prefixes, self.lasts, self.n_words)
        return keys[:n_pairs], keys[n_pairs:]

    def checked(self) -> "PhraseIndex":
        """Return the index; ConfigError if its numbers contradict each other."""
        rows = self.n_words + np.arange(len(self.prefixes))
        is_whole = (
            self.prefixes.shape == self.lasts.shape
            and ((self.prefixes >= 0) & (self.prefixes < rows)).all()
            and ((self.lasts >= 0) & (self.lasts < self.n_words)).all()
            and all((np.diff(keys) > 0).all() for keys in self.keys)
            and (self.prefixes[len(self.keys[0]) :] < self.n_words + len(self.keys[0])).all()
        )
        if not is_whole:
            raise ConfigError("the phrases are no pairs and triples of the words in rising order")
        return self

    def rows(self, ids: Ids, offsets: Ids) -> tuple[Ids, Ids]:
        """Return which rows each of n texts holds, each once and rising, text after text, and their offsets.

        Text i has the words ``ids[offsets[i]:offsets[i + 1]]``, all of the vocabulary, in their order.
        """
        text_of = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        starts, rows = np.arange(len(ids)), ids.astype(np.int64)
        held = [text_of * len(self) + rows]
        for n_words, keys in enumerate(self.keys, start=2):
            starts, rows = extended(starts, rows, text_of, n_words)
            places = places_in(keys, phrase_keys(rows, ids[starts + n_words - 1], self.n_words))
            first = self.n_words if n_words == 2 else self.n_words + len(self.keys[0])
            starts, rows = starts[places >= 0], first + places[places >= 0]
            held.append(text_of[starts] * len(self) + rows)
        texts, distinct = np.divmod(sorted_counts(np.concatenate(held))[0], max(len(self), 1))
        return distinct, np.searchsorted(texts, np.arange(len(offsets))).astype(np.int64)

    def words_of(self, rows: npt.NDArray[np.integer]) -> Ids:
        """Return the words of some rows, (n, 3); -1 where they are fewer."""
        words = np.full((len(rows), LONGEST), -1, np.int64)
        left = rows.astype(np.int64)
        for column in range(LONGEST - 1, 0, -1):
            is_phrase = left >= self.n_words
            places = left[is_phrase] - self.n_words
            words[is_phrase, column] = self.lasts[places]
            left[is_phrase] = self.prefixes[places]
        words[:, 0] = left
        return words

    def holdings(self, ids: Ids, offsets: Ids) -> SparseRows:
        """Return which rows each text holds, as ones in float32, (n, V + P)."""
        rows, ends = self.rows(ids, offsets)
        return SparseRows(np.ones(len(rows), np.float32), rows.astype(np.int32), ends, len(self))


@dataclass(frozen=True, eq=False)
class PhraseVectors:
    """A vector for each word and phrase, and the moments of the corpus's documents as their means."""

    index: PhraseIndex
    matrix: npt.NDArray[np.floating]
    """Shape (V + P, D); numbers of half precision, as float32 or, in a mapped file, float16."""
    moments: DocumentMoments

    def checked(self, n_words: int) -> "PhraseVectors":
        """Return them; ConfigError if they do not suit so many words, or are not finite."""
        for start in range(0, len(self.matrix), _ROWS_A_BLOCK):
            if not np.isfinite(self.matrix[start : start + _ROWS_A_BLOCK]).all():
                raise ConfigError("the vectors of phrases hold a number that is not finite")
        return self.suiting(n_words)

    def suiting(self, n_words: int) -> "PhraseVectors":
        """Return them; ConfigError if they do not suit so many words, or contradict each other."""
        shape = (n_words + len(self.index.prefixes), self.matrix.shape[-1])
        if self.index.n_words != n_words or self.matrix.shape != shape:
            raise ConfigError(f"the phrases have vectors of the shape {self.matrix.shape}; expected {shape}")
        return PhraseVectors(self.index.checked(), self.matrix, self.moments.checked(shape[1]))

    def with_words(self, n_words: int) -> "PhraseVectors":
        """Return them for a vocabulary that has grown to so many words; the new ones have a zero vector."""
        index, n_new = self.index, n_words - self.index.n_words
        prefixes = index.prefixes + np.where(index.prefixes < index.n_words, 0, n_new).astype(np.int32)
        zeros = np.zeros((n_new, self.matrix.shape[1]), np.float32)
        old_words, phrases = np.split(self.matrix, [index.n_words])
        return PhraseVectors(
            PhraseIndex(n_words, prefixes, index.lasts),
            np.concatenate([old_words, zeros, phrases]),
            self.moments,
        )


def phrase_keys(prefixes: npt.ArrayLike, lasts: npt.ArrayLike, n_words: int) -> Ids:
    """Return one number for each phrase, in the order of prefixes and last words."""
    return np.asarray(prefixes, np.int64) * n_words + np.asarray(lasts, np.int64)


def places_in(rising: Ids, values: Ids) -> Ids:
    """Return the place of each value among numbers that rise, -1 where it is none of them."""
    if not len(rising):
        return np.full(len(values), -1, np.int64)
    places = np.minimum(np.searchsorted(rising, values), len(rising) - 1)
    return np.where(rising[places] == values, places, -1)


def sorted_counts(values: Ids) -> tuple[Ids, Ids]:
    """Return the distinct values, rising, and how often each occurs.

    As `numpy.unique` does, which hashes them first: ten times as long where most are distinct.
    """
    ordered = np.sort(values)
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))
    return ordered[starts], np.diff(starts, append=len(ordered))


def extended(starts: Ids, rows: Ids, text_of: Ids, n_words: int) -> tuple[Ids, Ids]:
    """Return the phrases, by place of their first word and row, that a further word of their text follows."""
    ends = starts + n_words - 1
    is_inside = ends < len(text_of)
    is_inside[is_inside] = text_of[ends[is_inside]] == text_of[starts[is_inside]]
    return starts[is_inside], rows[is_inside]
