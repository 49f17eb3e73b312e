"""Matrices of a quantised fastText model (.ftz): a row is a few codes, and perhaps one of its length.

A row is cut into parts; the code of each says which of 256 centroids stands there. All is multiplied by the
length, which has a code of its own.

References
----------
Joulin et al. (2016), FastText.zip: compressing text classification models; quantmatrix.cc and
productquantizer.cc of fastText.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.formats.fasttext_reader import Reader
from textransfer.embeddings.hashed_ngrams import hashes
from textransfer.errors import FormatError

_N_CENTROIDS = 256
_LARGEST_SIZE = 2**20

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Quantised:
    """A matrix as its codes."""

    shape: tuple[int, int]
    codes: Codes
    """Shape (n, parts)."""
    centroids: tuple[Floats, ...]
    """Of each part, (256, width)."""
    lengths: Floats | None
    """Of each row, (n,)."""

    def rows(self, end: int) -> Floats:
        """Return the first rows in numbers."""
        parts = [
            centroids[codes] for centroids, codes in zip(self.centroids, self.codes[:end].T, strict=True)
        ]
        rows: Floats = np.concatenate(parts, axis=1)
        if self.lengths is not None:
            rows *= self.lengths[:end, None]
        return rows


@dataclass(frozen=True, eq=False)
class KeptNgrams:
    """Vectors of the n-grams that pruning kept; the others do not count in the mean of a word."""

    matrix: Floats
    shortest: int
    longest: int
    n_hashes: int
    """Before the pruning."""
    kept: npt.NDArray[np.int32]
    """Hash and row of each, (n, 2)."""

    def sums(self, words: Sequence[str]) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return the sum of the vectors of the n-grams of each word, (n, D), and how many there are, (n,)."""
        order = np.argsort(self.kept[:, 0], kind="stable")
        known, rows = self.kept[order, 0], self.kept[order, 1]
        hashed, word_of = hashes(words, self.n_hashes, self.shortest, self.longest)
        places = np.minimum(np.searchsorted(known, hashed), len(known) - 1)
        is_kept = known[places] == hashed
        sums = np.zeros((len(words), self.matrix.shape[1]), np.float32)
        np.add.at(sums, word_of[is_kept], self.matrix[rows[places[is_kept]]])
        return sums, np.bincount(word_of[is_kept], minlength=len(words))


def read_quantised(reader: Reader, path: Path) -> Quantised:
    """Read a matrix that begins here.

    Raises
    ------
    FormatError
        If it is damaged.
    """
    (has_lengths,) = reader.numbers("?")
    n_rows, n_columns = reader.numbers("qq")
    (n_codes,) = reader.numbers("i")
    if n_rows < 0 or n_codes < 0 or not 0 < n_columns <= _LARGEST_SIZE:
        raise _damaged(path)
    codes = np.frombuffer(reader.take(n_codes), np.uint8)
    centroids = _read_centroids(reader, path, n_columns)
    if len(codes) != n_rows * len(centroids):
        raise _damaged(path)
    lengths = None
    if has_lengths:
        of_rows = np.frombuffer(reader.take(n_rows), np.uint8)
        lengths = _read_centroids(reader, path, 1)[0][of_rows, 0]
    return Quantised((n_rows, n_columns), codes.reshape(n_rows, len(centroids)), centroids, lengths)


def _read_centroids(reader: Reader, path: Path, n_columns: int) -> tuple[Floats, ...]:
    """Read the centroids of all parts, of which the last may be narrower."""
    size, n_parts, width, last_width = reader.numbers("4i")
    if size != n_columns or min(n_parts, width, last_width) < 1:
        raise _damaged(path)
    if (n_parts - 1) * width + last_width != n_columns:
        raise _damaged(path)
    values = np.frombuffer(reader.take(4 * _N_CENTROIDS * n_columns), "<f4").astype(np.float32)
    bounds = _N_CENTROIDS * width * np.arange(1, n_parts)
    return tuple(part.reshape(_N_CENTROIDS, -1) for part in np.split(values, bounds))


def _damaged(path: Path) -> FormatError:
    return FormatError(f"{path} has a quantised matrix of odd sizes; it is damaged: fetch it again")
