"""The known words of texts with their shares in the mean of each, and such means."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.sparse_rows import SparseRows
from textransfer.extras import is_installed
from textransfer.sentiment.sentences.phrases import FEWEST_WORDS
from textransfer.sentiment.sentences.unknown_words import UnknownWords, WeightedVectors

if TYPE_CHECKING:
    from scipy import sparse

COMPILED = "textransfer.embeddings.phrase_sums"
"""Module with compiled loops, which takes a while to load."""
N_TABLES = 4
"""Tables of word vectors of which the means of texts are kept."""


@dataclass(frozen=True)
class Bags:
    """The known words of n texts, with the weight that each has in the mean of its text."""

    ids: npt.NDArray[np.int64]
    """Word ids, text after text, shape (M,)."""
    offsets: npt.NDArray[np.int64]
    """Where each text's words start in `ids`, shape (n + 1,)."""
    weights: npt.NDArray[np.float32]
    """Shares in the mean, shape (M,); they sum to 1 within a text."""
    known_shares: npt.NDArray[np.float64]
    """Share of each text's words that are known, shape (n,); 0 for a text without words."""
    is_distinct: bool = True
    """Whether a word that occurs several times in a text stands here once."""
    unknown: npt.NDArray[np.float32] | None = None
    """What words without a row add to each mean by their n-grams, shape (n, D), not yet stretched; the shares
    of all words together sum to 1. None where n-grams have no vectors."""
    phrases: npt.NDArray[np.float32] | None = None
    """Of `PhraseAveraging.means`, shape (n, D), if sentence vectors have a second half."""
    among: "tuple[KeptProducts, npt.NDArray[np.int64]] | None" = None
    """What keeps the means of these texts and of others, and their places there, shape (n,)."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def has_words(self) -> npt.NDArray[np.bool_]:
        """Whether each text has a known word, shape (n,)."""
        has_rows = np.diff(self.offsets) > 0
        return has_rows if self.unknown is None else has_rows | self.unknown.any(axis=1)

    @property
    def n_empty(self) -> int:
        """How many texts have no known word."""
        return int(np.count_nonzero(~self.has_words))

    def shares(self, n_words: int) -> SparseRows:
        """Return the shares of words, (n, V)."""
        return SparseRows(self.weights, self.ids, self.offsets, n_words)

    def matrix(self, n_words: int) -> "sparse.csr_array[Any]":
        """Return the shares as a matrix of scipy, (n, V)."""
        return self.shares(n_words).scipy()

    def take(self, rows: npt.NDArray[np.int64]) -> "Bags":
        """Return some of the texts, in the order given."""
        lengths = np.diff(self.offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        unknown, phrases = (None if part is None else part[rows] for part in (self.unknown, self.phrases))
        known_shares, weights = self.known_shares[rows], self.weights[places]
        among = None if self.among is None else (self.among[0], self.among[1][rows])
        return Bags(
            self.ids[places], offsets, weights, known_shares, self.is_distinct, unknown, phrases, among
        )

    def between(self, start: int, end: int) -> "Bags":
        """Return the texts from one place up to another, without a copy."""
        offsets, texts = self.offsets[start : end + 1], slice(start, end)
        words = slice(offsets[0], offsets[-1])
        unknown, phrases = (None if part is None else part[texts] for part in (self.unknown, self.phrases))
        known_shares, weights = self.known_shares[texts], self.weights[words]
        among = None if self.among is None else (self.among[0], self.among[1][texts])
        ids, offsets = self.ids[words], offsets - offsets[0]
        return Bags(ids, offsets, weights, known_shares, self.is_distinct, unknown, phrases, among)

    def kept(self) -> "Bags":
        """Return the same, which keep what tables make of them; so does what is taken of them."""
        return replace(self, among=(KeptProducts(self), np.arange(len(self))))

    def product(self, table: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the means of the vectors that a table, (V, D), has for the words, (n, D).

        Those of a table that cannot change may be kept.
        """
        if self.among is None or table.flags.writeable:
            return _product(self.shares(len(table)), table)
        kept, rows = self.among
        return kept.of(table)[rows]

    @classmethod
    def joined(cls, parts: Sequence["Bags"]) -> "Bags":
        """Put the texts of some bags, at least one, one after the other."""
        if len(parts) == 1:
            return parts[0]
        shifts = np.cumsum([0, *(len(part.ids) for part in parts)])
        phrases = [part.phrases for part in parts if part.phrases is not None]
        offsets = [part.offsets[1:] + shift for part, shift in zip(parts, shifts[:-1], strict=True)]
        return cls(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([[0], *offsets]),
            np.concatenate([part.weights for part in parts]),
            np.concatenate([part.known_shares for part in parts]),
            parts[0].is_distinct,
            None if parts[0].unknown is None else np.concatenate([part.unknown for part in parts]),
            np.concatenate(phrases) if phrases else None,
        )

    def restricted(self) -> tuple[npt.NDArray[np.int64], "Bags"]:
        """Return the ids of the words that occur, in order, and the bags with these numbered from 0."""
        used, ids = np.unique(self.ids, return_inverse=True)
        return used, replace(self, ids=ids.astype(np.int64), among=None)

    @classmethod
    def from_words(
        cls,
        token_lists: Iterable[Sequence[str]],
        index: Mapping[str, int],
        word_weights: npt.NDArray[np.float64],
        *,
        is_distinct: bool,
        unknown: UnknownWords | None = None,
    ) -> "Bags":
        """Share out the mean of each text among its known words; parameters as of `Averaging`."""
        listed = list(token_lists)
        further: WeightedVectors | None = None
        if unknown is not None:
            distinct = dict.fromkeys(word for words in listed for word in words)
            names, further = unknown.vectors([word for word in distinct if word not in index])
            rows_of_names = {word: len(word_weights) + place for place, word in enumerate(names)}
            index = {word: index[word] for word in distinct if word in index} | rows_of_names
        ids: list[int] = []
        offsets = [0]
        known_shares: list[float] = []
        for words in listed:
            rows = [index[word] for word in words if word in index]
            ids.extend(sorted(set(rows)) if is_distinct else rows)
            offsets.append(len(ids))
            known_shares.append(len(rows) / max(len(words), 1))
        return cls.of_ids(
            np.array(ids, dtype=np.int64),
            np.array(offsets, dtype=np.int64),
            word_weights,
            np.array(known_shares, dtype=np.float64),
            further,
            is_distinct=is_distinct,
        )

    @classmethod
    def of_ids(
        cls,
        ids: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.int64],
        word_weights: npt.NDArray[np.float64],
        known_shares: npt.NDArray[np.float64],
        further: WeightedVectors | None = None,
        *,
        is_distinct: bool,
    ) -> "Bags":
        """Share out the mean of each text among its words, whose ids stand text after text.

        Ids from V on are those of `further` words, which have no row in the table.
        """
        weights = word_weights if further is None else np.concatenate([word_weights, further[1]])
        weights, lengths = weights[ids], np.diff(offsets)
        text_of = np.repeat(np.arange(len(lengths)), lengths)
        sums = np.bincount(text_of, weights, minlength=len(lengths))
        shares = (weights / sums[text_of]).astype(np.float32)
        if further is None:
            return cls(ids, offsets, shares, known_shares, is_distinct)
        vectors, n_words = further[0], len(word_weights)
        has_row = ids < n_words
        n_rows = np.bincount(text_of[has_row], minlength=len(lengths))
        ends = np.concatenate([[0], np.cumsum(n_rows)])
        added = SparseRows(shares[~has_row], ids[~has_row] - n_words, offsets - ends, len(vectors)) @ vectors
        unknown = np.asarray(added, np.float32)
        return cls(ids[has_row], ends, shares[has_row], known_shares, is_distinct, unknown)


class KeptProducts:
    """The means of texts, made once for each of the last tables, which must stay as they are."""

    def __init__(self, bags: Bags) -> None:
        self._bags = replace(bags, among=None)
        self._products: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = []

    def of(self, table: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the means of all texts."""
        for known, product in self._products:
            if known is table:
                return product
        product = self._bags.product(table)
        self._products = [*self._products[1 - N_TABLES :], (table, product)]
        return product


def _product(shares: SparseRows, table: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the product; of much text, or beside it, by compiled loops, which give the same."""
    is_much = len(shares.columns) >= FEWEST_WORDS and is_installed("numba")
    if table.dtype != np.float32 or not (is_much or COMPILED in sys.modules):
        return np.asarray(shares @ table)
    from textransfer.embeddings.phrase_sums import weighted_sums

    return weighted_sums(shares, table)
