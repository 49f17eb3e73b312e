"""Sums of the rows of words and phrases that texts hold, by compiled loops: for much text."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.kernels.holding import add_halves, add_rows, add_shares, fill, hold
from textransfer.embeddings.phrases import LONGEST, Ids, PhraseIndex
from textransfer.embeddings.sparse_rows import SparseRows


@dataclass(frozen=True, eq=False)
class PhraseTable:
    """The phrases of an index, to be found in a moment."""

    index: PhraseIndex
    places: Ids
    """Keys of phrases and their numbers, where they are looked for, (2^k, 2); the number -1 elsewhere."""

    @classmethod
    def of(cls, index: PhraseIndex) -> Self:
        """Make the table."""
        keys = np.concatenate(index.keys)
        places = np.full((1 << (2 * len(keys)).bit_length(), 2), -1, np.int64)
        fill(keys, places)
        return cls(index, places)

    def rows(self, ids: Ids, offsets: Ids) -> tuple[npt.NDArray[np.int32], Ids]:
        """Return what `PhraseIndex.rows` does, the offsets without the first.

        A word -1 is none, and parts what stands on either side.
        """
        longest = int(np.diff(offsets).max(initial=0))
        rows = np.empty(LONGEST * len(ids), np.int32)
        ends = np.empty(len(offsets) - 1, np.int64)
        pairs, bits = np.empty(longest, np.int32), np.zeros((len(self.index) >> 6) + 1, np.uint64)
        blocks = np.zeros((len(bits) >> 6) + 1, np.uint64)
        hold(ids, offsets, self.index.n_words, self.places, pairs, bits, blocks, rows, ends)
        return rows[: ends[-1] if len(ends) else 0], ends

    def sums(
        self, matrix: npt.NDArray[np.floating], ids: Ids, offsets: Ids
    ) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.float32]]:
        """Return the sums of the rows that each of n texts holds, (n, D), and how many it holds, (n,).

        They are added in their order, as `SparseRows` does: both give the same. Those of half precision in
        single, others in double precision. Of numbers that are not finite, sums are not either.
        """
        rows, ends = self.rows(ids, offsets)
        shape = len(ends), matrix.shape[1]
        if matrix.dtype == np.float16:
            sums = np.zeros(shape, np.float32)
            add_halves(matrix.view(np.uint16), rows, ends, sums)
        else:
            sums = np.zeros(shape, np.float64)
            add_rows(matrix, rows, ends, sums)
        return sums, np.diff(ends, prepend=0).astype(np.float32)


def weighted_sums(rows: SparseRows, matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the product of sparse rows with a matrix, both float32, as `SparseRows` does."""
    sums = np.zeros((len(rows), matrix.shape[1]), np.float32)
    add_shares(matrix, rows.values, rows.columns, rows.offsets[1:], sums)
    return sums
