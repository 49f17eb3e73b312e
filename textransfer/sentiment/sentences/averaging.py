"""What a sentence vector is to a classifier: a weighted mean of word vectors, then centred, then unit length.

Frozen and trained word vectors both go through this module, so that they cannot drift apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.phrases import PhraseAveraging
from textransfer.sentiment.sentences.unknown_words import UnknownWords

if TYPE_CHECKING:
    import torch

    from textransfer.text.encoding.word_rows import WordRows

Floats = npt.NDArray[np.floating]

SMALLEST_SQUARE = 1e-24
"""A vector with no larger sum of squares has no direction; it is left as it is."""

HALF = 0.5**0.5
"""What each half of a sentence vector is multiplied by."""

Array = TypeVar("Array", npt.NDArray[np.floating], "torch.Tensor")


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

    def with_own_table(self) -> Self:
        """Return the same with a table that may be changed."""
        table = self.table
        return self.with_table(table.copy() if table is self.own_table else table)

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
        means: Any
        if self.own_table is None and self.stretched is not None:
            means = bags.product(self.stretched.before) @ self.stretched.matrix
        else:
            means = bags.product(self.table)
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


def joined(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return vectors of two halves, each at most of unit length, at unit length or below."""
    halves = np.hstack([first, second])
    halves *= np.float32(HALF)
    return halves
