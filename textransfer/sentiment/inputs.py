"""What a network reads for each text: a fixed vector, or the mean of word vectors that are trained along."""

from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from textransfer.sentiment.averaging import Bags, Finish, Floats
from textransfer.sentiment.solvers import TableRows

MAX_DENSE_SHARES = 10_000
"""Texts times words up to which a full matrix of shares is quicker than a sparse one."""

Scalar = TypeVar("Scalar", bound=np.generic)
Rows = npt.NDArray[np.int64] | None
"""Texts of a batch for each member, shape (M, B); None for all texts."""


class Inputs(Protocol):
    """The texts that members train on."""

    @property
    def n_texts(self) -> int:
        """Texts of each member (n)."""

    @property
    def table(self) -> Floats | None:
        """The trained word vectors of all members, one below the other; None if nothing is trained."""

    def read(self, rows: Rows) -> tuple[Floats, object]:
        """Return the vectors of a batch, (M, B, D) or (1, B, D), and what `pull_back` needs of it."""

    def pull_back(self, batch: Any, in_vectors: Floats) -> tuple[TableRows, Floats]:  # noqa: ANN401 - from read()
        """Return the rows of `table` that the batch holds (None: all), and the gradient in them."""


class FixedVectors:
    """Sentence vectors that stay as they are.

    Parameters
    ----------
    vectors : ndarray, shape (M, n, D) or (1, n, D)
        For each member its own, or one set for all.
    """

    table: Floats | None = None

    def __init__(self, vectors: Floats) -> None:
        self.vectors = vectors
        self.n_texts = vectors.shape[1]

    def read(self, rows: Rows) -> tuple[Floats, None]:
        """Return the vectors of a batch, shape (M, B, D) or (1, B, D)."""
        return take_texts(self.vectors, rows), None

    def pull_back(self, batch: object, in_vectors: Floats) -> tuple[TableRows, Floats]:
        """Nothing is trained here, so nothing flows back."""
        raise NotImplementedError("fixed vectors have no gradient")


class WordTables:
    """Means of word vectors, with a table of trained word vectors for each member.

    Parameters
    ----------
    bags : Bags
        The texts, the same for all members; ids below V.
    tables : ndarray, shape (M, V, D), C-contiguous
        The word vectors. Training works on this array.
    finish : Finish
        What is done to the means.
    is_dense : bool, optional
        Hold the shares as a full matrix, quicker for a few short texts; by default where it is small.
    """

    def __init__(self, bags: Bags, tables: Floats, finish: Finish, *, is_dense: bool | None = None) -> None:
        n_members, n_words, n_features = tables.shape
        self.table: Floats | None = tables.reshape(n_members * n_words, n_features)
        self.n_texts = len(bags)
        self._finish = finish
        self._has_words = np.broadcast_to(bags.has_words, (n_members, len(bags)))
        if is_dense is None:
            is_dense = len(bags) * n_words <= MAX_DENSE_SHARES
        self._shares = _DenseShares(bags, tables) if is_dense else _SparseShares(bags, tables)

    def read(self, rows: Rows) -> tuple[Floats, object]:
        """Return the vectors of a batch, shape (M, B, D), and the shares and factors they came from."""
        means, kept = self._shares.means(rows)
        vectors, factor = self._finish(means, take_texts(self._has_words, rows))
        return vectors, (kept, vectors, factor)

    def pull_back(self, batch: Any, in_vectors: Floats) -> tuple[TableRows, Floats]:  # noqa: ANN401 - from read()
        """Return the rows of `table` that the batch holds (None: all), and the gradient in them."""
        kept, vectors, factor = batch
        return self._shares.pull_back(kept, self._finish.gradient(vectors, factor, in_vectors))


class _SparseShares:
    """Shares as one sparse matrix, a block for each member."""

    def __init__(self, bags: Bags, tables: Floats) -> None:
        n_members, n_words, n_features = tables.shape
        self._rows = tables.reshape(n_members * n_words, n_features)
        self._first = len(bags) * np.arange(n_members)[:, None]
        blocks = [bags.matrix(n_words).astype(tables.dtype)] * n_members
        self._all = sparse.csr_array(sparse.block_diag(blocks, format="csr"))

    def means(self, rows: Rows) -> tuple[Floats, sparse.csr_array]:
        shares = self._all if rows is None else self._all[(rows + self._first).ravel()]
        means = np.asarray(shares @ self._rows)
        return means.reshape(len(self._first), -1, means.shape[1]), shares

    def pull_back(self, shares: sparse.csr_array, in_means: Floats) -> tuple[TableRows, Floats]:
        flat = in_means.reshape(shares.shape[0], -1)
        if shares is self._all:
            return None, np.asarray(shares.T @ flat)
        used, columns = np.unique(shares.indices, return_inverse=True)
        compact = sparse.csr_array((shares.data, columns, shares.indptr), shape=(shares.shape[0], len(used)))
        return np.asarray(used, dtype=np.int64), np.asarray(compact.T @ flat)


class _DenseShares:
    """Shares as a full matrix (n, V), the same for all members."""

    def __init__(self, bags: Bags, tables: Floats) -> None:
        self._tables = tables
        self._all = bags.matrix(tables.shape[1]).toarray().astype(tables.dtype)

    def means(self, rows: Rows) -> tuple[Floats, tuple[Floats, bool]]:
        shares = self._all[None] if rows is None else self._all[rows]
        return np.asarray(shares @ self._tables), (shares, rows is None)

    def pull_back(self, kept: tuple[Floats, bool], in_means: Floats) -> tuple[TableRows, Floats]:
        shares, is_all = kept
        gradient = (shares.swapaxes(1, 2) @ in_means).reshape(-1, in_means.shape[2])
        if is_all:
            return None, gradient
        used = np.flatnonzero(shares.any(axis=1))
        return used, gradient[used]


def take_texts(array: npt.NDArray[Scalar], rows: Rows) -> npt.NDArray[Scalar]:
    """Take each member's texts out of an array of shape (M, n, ...), or (1, n, ...) shared by all."""
    if rows is None:
        return array
    if len(array) == 1:
        return np.asarray(array[0][rows])
    return np.asarray(array[np.arange(len(array))[:, None], rows])
