"""What a sentence vector is to a classifier: a weighted mean of word vectors, then centred, then unit length.

Frozen and trained word vectors both go through this module, so that they cannot drift apart.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.sparse_rows import SparseRows
from textransfer.extras import is_installed
from textransfer.sentiment.sentences.phrases import FEWEST_WORDS, PhraseAveraging
from textransfer.sentiment.sentences.unknown_words import UnknownWords, WeightedVectors

if TYPE_CHECKING:
    import torch
    from scipy import sparse

    from textransfer.text.encoding.word_rows import WordRows

Floats = npt.NDArray[np.floating]

SMALLEST_SQUARE = 1e-24
"""A vector with no larger sum of squares has no direction; it is left as it is."""

COMPILED = "textransfer.embeddings.phrase_sums"
"""Module with compiled loops, which takes a while to load."""

HALF = 0.5**0.5
"""What each half of a sentence vector is multiplied by."""

Array = TypeVar("Array", npt.NDArray[np.floating], "torch.Tensor")


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
        return Bags(self.ids[places], offsets, weights, known_shares, self.is_distinct, unknown, phrases)

    @classmethod
    def joined(cls, parts: Sequence["Bags"]) -> "Bags":
        """Put the texts of some bags, at least one, one after the other."""
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
        return used, replace(self, ids=ids.astype(np.int64))

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


@dataclass(frozen=True)
class Finish:
    """What is done to a mean of word vectors before it enters the classifier."""

    center: "npt.NDArray[np.float32] | torch.Tensor | None" = None
    """Taken off each mean, shape (D,): the mean of the corpus."""
    is_unit_length: bool = False
    """Whether what remains is brought to length 1."""
    scale: "float | torch.Tensor" = 1.0
    """What the result is multiplied by; a tensor has the shape (M, 1, 1)."""

    def __call__(self, means: Array, has_words: Any) -> Array:  # noqa: ANN401 - a mask of the kind of `means`
        """Finish means of shape (..., D), an array or a tensor: the same lines serve both.

        Texts for which `has_words`, shape (...), is false become zero vectors.
        """
        out: Any = means if self.center is None else means - self.center
        factor = has_words[..., None] * self.scale
        if self.is_unit_length:
            squares = (out * out).sum(axis=-1, keepdims=True)
            # A vector without direction stays as it is; adding 1 keeps its gradient finite too.
            factor = factor * (squares + (squares <= SMALLEST_SQUARE)) ** -0.5
        finished: Array = out * factor
        return finished


@dataclass(frozen=True, eq=False)
class Stretched:
    """A table of word vectors as the product of two, so that means of texts are stretched, not the table."""

    before: npt.NDArray[np.float32]
    """The word vectors before, shape (V, D)."""
    matrix: npt.NDArray[np.float32]
    """Shape (D, D)."""


@dataclass(frozen=True)
class Averaging:
    """All that turns the words of a text into its vector."""

    index: Mapping[str, int]
    """Word -> row of `table`; other words are unknown."""
    own_table: npt.NDArray[np.float32] | None
    """The word vectors as they are averaged, shape (V, D); None as long as `stretched` alone tells them."""
    word_weights: npt.NDArray[np.float64]
    """How much each word counts against the others of its text, shape (V,)."""
    is_distinct: bool
    """Whether a word that occurs several times in a text counts once."""
    finish: Finish
    spellings: Mapping[str, str] = field(default_factory=dict)
    """How people write words that the tokenizer gives another form; of `WordVectors`."""
    unknown: UnknownWords | None = None
    """What words that are not in `index` have from their n-grams, if anything."""
    phrases: PhraseAveraging | None = None
    """What makes the second half of sentence vectors, if there is one; then both halves count alike."""
    stretched: Stretched | None = None
    """What the table is made of, if it is a product."""

    @property
    def table(self) -> npt.NDArray[np.float32]:
        """The word vectors as they are averaged, shape (V, D); made at each call if `settled` has not."""
        if self.own_table is not None:
            return self.own_table
        if self.stretched is None:
            raise ValueError("there is neither a table nor what it is made of")
        return np.asarray(self.stretched.before @ self.stretched.matrix)

    def settled(self) -> Self:
        """Return the same with its table made: for many texts, and for a folder."""
        return self if self.own_table is not None else replace(self, own_table=self.table)

    def with_table(self, table: npt.NDArray[np.float32]) -> Self:
        """Return the same with another table of the same words."""
        return replace(self, own_table=table, stretched=None)

    @property
    def dimensions(self) -> int:
        """Dimensions of a word vector (D)."""
        rows = self.own_table if self.stretched is None else self.stretched.before
        return 0 if rows is None else int(rows.shape[1])

    @property
    def size(self) -> int:
        """Dimensions of a sentence vector."""
        return self.dimensions + (0 if self.phrases is None else self.phrases.size)

    def __getstate__(self) -> dict[str, Any]:
        # Compiled loops make their table again.
        return {name: value for name, value in self.__dict__.items() if name != "word_rows"}

    @cached_property
    def word_rows(self) -> "WordRows":
        """What `index` says, for compiled loops."""
        from textransfer.text.encoding.word_rows import WordRows  # a compiler, which takes a while to load

        return WordRows(self.index)

    def bags(self, token_lists: Iterable[Sequence[str]]) -> Bags:
        """Return the known words of each text with their shares in its mean."""
        listed = list(token_lists)
        bags = Bags.from_words(
            listed, self.index, self.word_weights, is_distinct=self.is_distinct, unknown=self.unknown
        )
        return bags if self.phrases is None else replace(bags, phrases=self.phrases.means(listed))

    def looks_up_like(self, other: "Averaging") -> bool:
        """Tell whether `bags` of another one are the same: how vectors are stretched comes after that."""
        pairs = zip(self._looked_up, other._looked_up, strict=True)
        return all(own is theirs for own, theirs in pairs)

    @property
    def _looked_up(self) -> tuple[object, ...]:
        ngrams = (None, None) if self.unknown is None else (self.unknown.ngrams, self.unknown.is_unit_length)
        return self.index, self.is_distinct, *ngrams, None if self.phrases is None else self.phrases.phrases

    def with_rows(self, words: Iterable[str]) -> Self:
        """Return the same for texts of these words alone, in which each known one has a row of its own."""
        if self.unknown is None:
            return self
        distinct = dict.fromkeys(words)
        own = [word for word in distinct if word in self.index]
        rows = [self.index[word] for word in own]
        names, (vectors, weights) = self.unknown.vectors([w for w in distinct if w not in self.index])
        return replace(
            self,
            index={word: row for row, word in enumerate([*own, *names])},
            own_table=np.concatenate([self.table[rows], self.unknown.stretched(vectors)]),
            word_weights=np.concatenate([self.word_weights[rows], weights]),
            unknown=None,
            stretched=None,
        )

    def standardized(self, bags: Bags) -> Self:
        """Return the same with the mean of some texts taken off, and their root mean square length at 1.

        Vectors of unit length are so already and stay as they are.
        """
        if self.finish.is_unit_length or bags.n_empty == len(bags):
            return self
        vectors = self.vectors(bags)[bags.has_words].astype(np.float64)
        center = vectors.mean(axis=0)
        length = float(np.sqrt(((vectors - center) ** 2).sum(axis=1).mean()))
        scale = 1 / length if length > SMALLEST_SQUARE**0.5 else 1.0
        return replace(self, finish=Finish(center.astype(np.float32), scale=scale))

    def centered_towards(self, bags: Bags) -> Self:
        """Return the same with a center between that of the corpus and the mean of some texts.

        n texts weigh n / (n + D): texts of the corpus change next to nothing, and of others its mean is not
        the middle.
        """
        total = len(bags) - bags.n_empty
        if self.finish.center is None or not total:
            return self
        share = total / (total + self.dimensions)
        center = (1 - share) * np.asarray(self.finish.center) + share * self.means(bags)[bags.has_words].mean(
            axis=0
        )
        return replace(self, finish=replace(self.finish, center=center.astype(np.float32)))

    def means(self, bags: Bags) -> npt.NDArray[np.float32]:
        """Return the means of the word vectors of texts, not finished yet, float32 (n, D)."""
        if bags.is_distinct != self.is_distinct:
            raise ValueError("these bags are of another encoder; expected those of `bags`, or of `encode`")
        shares = bags.shares(len(self.word_weights))
        means: Any
        if self.own_table is None and self.stretched is not None:
            means = _product(shares, self.stretched.before) @ self.stretched.matrix
        else:
            means = _product(shares, self.table)
        if bags.unknown is not None and self.unknown is not None:
            means = means + self.unknown.stretched(bags.unknown)
        return np.asarray(means)

    def vectors(self, bags: Bags) -> npt.NDArray[np.float32]:
        """Return the sentence vectors, float32 (n, D); a zero vector for a text without a known word."""
        return self.finished(self.means(bags), bags)

    def finished(self, means: npt.NDArray[np.floating], bags: Bags) -> npt.NDArray[np.float32]:
        """Return what `vectors` does, of means that are made already."""
        first = self.finish(means, bags.has_words).astype(np.float32, copy=False)
        if self.phrases is None or bags.phrases is None:
            return first
        return joined(first, self.phrases.finished(bags.phrases))


def _product(shares: SparseRows, table: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the product; of much text, or beside it, by compiled loops, which give the same."""
    is_much = len(shares.columns) >= FEWEST_WORDS and is_installed("numba")
    if table.dtype != np.float32 or not (is_much or COMPILED in sys.modules):
        return np.asarray(shares @ table)
    from textransfer.embeddings.phrase_sums import weighted_sums

    return weighted_sums(shares, table)


def joined(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return vectors of two halves, each at most of unit length, at unit length or below."""
    return np.hstack([first, second]) * np.float32(HALF)
