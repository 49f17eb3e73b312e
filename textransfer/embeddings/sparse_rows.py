"""Rows of numbers most of which are zero, and their product with a matrix: what averages and sums are."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.extras import is_installed

if TYPE_CHECKING:
    from scipy import sparse

MANY = 1 << 22
"""Products of two numbers from which scipy, several times as fast, saves more than loading it takes."""

Ids = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating]


def ends_of_rows(ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int32 | np.int64]:
    """Return rising offsets in 32 bits, which scipy takes without a copy, or in 64 where they are needed."""
    return ends.astype(np.int32 if not ends.size or ends[-1] < 2**31 else np.int64, copy=False)


@dataclass(frozen=True, eq=False)
class SparseRows:
    """Which columns each of n rows has, row after row, and what stands there."""

    values: Floats
    """Shape (M,)."""
    columns: Ids
    """Shape (M,)."""
    offsets: Ids
    """Row i has ``columns[offsets[i]:offsets[i + 1]]``, shape (n + 1,)."""
    n_columns: int

    @classmethod
    def sorted(cls, rows: Ids, columns: Ids, values: Floats, shape: tuple[int, int]) -> "SparseRows":
        """Return rows from the places of numbers in any order, each place once."""
        order = np.lexsort((columns, rows))
        offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
        return cls(values[order], columns[order], offsets, shape[1])

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def of_columns(self, columns: Ids) -> "SparseRows":
        """Return some columns, each once, in the order given."""
        places = np.full(self.n_columns, -1, np.int32)
        places[columns] = np.arange(len(columns))
        at = places[self.columns]
        is_kept = at >= 0
        ends = np.concatenate([[0], np.cumsum(is_kept)]).astype(self.offsets.dtype)[self.offsets]
        return SparseRows(self.values[is_kept], at[is_kept], ends, len(columns))

    def __matmul__(self, matrix: Floats) -> Floats:
        """Return the product with a matrix, (F, D), which may be of half precision or lie in a mapped file.

        Terms are added in their order, with scipy or without it: both give the same.
        """
        is_small = len(self.columns) * matrix.shape[1] < MANY and "scipy.sparse" not in sys.modules
        if is_small or not is_installed("scipy"):
            return self.times(matrix)
        if matrix.dtype != np.float16:
            return np.asarray(self.scipy() @ matrix)
        used, columns = np.unique(self.columns, return_inverse=True)  # scipy has no half precision
        compact = SparseRows(self.values, columns, self.offsets, len(used))
        return np.asarray(compact.scipy() @ matrix[used].astype(np.float32))

    def times(self, matrix: Floats) -> Floats:
        """Return the product without scipy: the first terms of all rows, then the second ones, and so on."""
        lengths = np.diff(self.offsets)
        order = np.argsort(-lengths, kind="stable")
        starts, rising = self.offsets[:-1][order], lengths[order][::-1]
        sums = np.zeros((len(order), matrix.shape[1]), np.result_type(self.values, matrix))
        for place in range(int(lengths.max(initial=0))):
            n_longer = len(order) - int(np.searchsorted(rising, place, side="right"))
            at = starts[:n_longer] + place
            sums[:n_longer] += self.values[at, None] * matrix[self.columns[at]]
        product = np.empty_like(sums)
        product[order] = sums
        return product

    def scipy(self) -> "sparse.csr_array[Any]":
        """Return them as a matrix of scipy, (n, F), made once."""
        return self._scipy

    @cached_property
    def _scipy(self) -> "sparse.csr_array[Any]":
        from scipy import sparse  # heavy, and not needed for few rows

        return sparse.csr_array((self.values, self.columns, self.offsets), shape=(len(self), self.n_columns))
