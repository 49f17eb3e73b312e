"""What words without a vector of their own have from their n-grams, as sentence vectors take it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.any_ngrams import AnyNgrams
from textransfer.embeddings.arrays import unit_rows

Floats = npt.NDArray[np.float32]
WeightedVectors = tuple[Floats, npt.NDArray[np.float64]]
"""Vectors of words, (U, D), and how much each counts against others, (U,)."""


@dataclass(frozen=True, eq=False)
class UnknownWords:
    """The vectors of n-grams, and how words that are made of them enter a mean."""

    ngrams: AnyNgrams
    is_unit_length: bool
    """Whether word vectors are averaged at unit length."""
    stretch: Floats | None = None
    """What turns such vectors into those of the table, shape (D, D); None if nothing does."""

    @classmethod
    def of(cls, ngrams: AnyNgrams | None, *, is_unit_length: bool) -> "UnknownWords | None":
        """Return them unstretched; None if n-grams have no vectors."""
        return None if ngrams is None else cls(ngrams, is_unit_length)

    def vectors(self, words: Sequence[str]) -> tuple[list[str], WeightedVectors]:
        """Return those of some words of which n-grams tell something, their vectors and weights.

        Vectors that keep their length are short themselves where n-grams tell little: they weigh 1.
        """
        vectors, weights = self.ngrams.weighted(words)
        if self.is_unit_length:
            vectors = unit_rows(vectors)
        else:
            weights = np.ceil(weights)
        tells = np.flatnonzero(weights)
        return [words[place] for place in tells.tolist()], (vectors[tells], weights[tells])

    def stretched(self, vectors: Floats) -> Floats:
        """Return vectors, (n, D), in the space of the table."""
        return vectors if self.stretch is None else vectors @ self.stretch
