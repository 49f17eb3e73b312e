"""Sums of the vectors of words and phrases that texts hold, by compiled loops: for much text."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.kernels.holding import add_halves, fill, hold
from textransfer.embeddings.phrases import LONGEST, Ids, PhraseIndex


@dataclass(frozen=True, eq=False)
class PhraseTable:
    """The phrases of an index, to be found in a moment."""

    index: PhraseIndex
    keys: Ids
    """One number a phrase, shape (P,)."""
    places: npt.NDArray[np.int32]
    """Numbers of phrases at the places where their keys are looked for; -1 elsewhere."""

    @classmethod
    def of(cls, index: PhraseIndex) -> Self:
        """Make the table."""
        keys = np.concatenate(index.keys)
        places = np.full(1 << (2 * len(keys)).bit_length(), -1, np.int32)
        fill(keys, places)
        return cls(index, keys, places)

    def rows(self, ids: Ids, offsets: Ids) -> tuple[npt.NDArray[np.int32], Ids]:
        """Return what `PhraseIndex.rows` does, the offsets without the first."""
        rows = np.empty(LONGEST * len(ids), np.int32)
        ends = np.empty(len(offsets) - 1, np.int64)
        seen = np.full(len(self.index), -1, np.int32)
        hold(ids, offsets, self.index.n_words, self.keys, self.places, seen, rows, ends)
        return rows[: ends[-1] if len(ends) else 0], ends

    def sums(
        self, matrix: npt.NDArray[np.float16], ids: Ids, offsets: Ids
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the sums of the rows that each of n texts holds, (n, D), and how many it holds, (n,).

        They are added in their order, as `SparseRows` does: both give the same. Sums with a number that is
        not finite are NaN.
        """
        rows, ends = self.rows(ids, offsets)
        sums = np.zeros((len(ends), matrix.shape[1]), np.float32)
        add_halves(matrix.view(np.uint16), rows, ends, sums)
        return sums, np.diff(ends, prepend=0).astype(np.float32)
