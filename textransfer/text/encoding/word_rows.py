"""The rows of words in a vocabulary, looked up in compiled loops."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textransfer.text.encoding.kernels.known import gather_known
from textransfer.text.encoding.kernels.tables import empty_table, look_up, merge
from textransfer.text.encoding.numbered import WordList

Ids = npt.NDArray[np.int64]


class KnownWords(NamedTuple):
    """The known words of n documents as rows, document after document."""

    rows: Ids
    """Shape (M,)."""
    offsets: Ids
    """Document i has ``rows[offsets[i]:offsets[i + 1]]``, shape (n + 1,)."""
    shares: npt.NDArray[np.float64]
    """Share of the words of each that are known, shape (n,); 0 without words."""


class WordRows:
    """A vocabulary, whose words have the rows 0, 1, 2, ... in their order; each stands there once."""

    def __init__(self, words: Iterable[str]) -> None:
        listed = WordList.of(words)
        self._table = empty_table(1 << max(len(listed) - 1, 1).bit_length(), int(listed.bounds[-1]))
        merge(self._table, 0, listed.arena, listed.bounds, np.empty(len(listed), np.int64))

    def of(self, words: WordList) -> Ids:
        """Return the row of each word; -1 where there is none."""
        rows = np.empty(len(words), np.int64)
        look_up(self._table, words.arena, words.bounds, rows, np.empty(len(words), np.uint64))
        return rows


def known_words(
    ids: npt.NDArray[np.int32], ends: Ids, rows: Ids, n_rows: int, *, is_distinct: bool
) -> KnownWords:
    """Return the known words of documents, whose words have numbers.

    Parameters
    ----------
    ids : int32, shape (T,)
        The words of documents, document after document.
    ends : int64, shape (n,)
        Where each document ends.
    rows : int64, shape (V,)
        The row of each word, all different; -1 where it is unknown.
    n_rows : int
        More than the largest row.
    is_distinct : bool
        Whether a word of a document comes once, by rising rows; else each comes as often as it stands there.
    """
    kind = np.int32 if len(ends) * n_rows < 2**31 else np.int64
    keys: npt.NDArray[np.int32 | np.int64] = np.empty(len(ids), kind)
    n_known, n_kept = np.empty((2, len(ends)), np.int64)
    latest = np.full(len(rows), -1, np.int32)
    n_keys = gather_known(ids, ends, rows, n_rows, is_distinct, latest, keys, n_known, n_kept)
    keys = keys[:n_keys]
    if is_distinct:
        keys.sort()
    offsets = np.concatenate([[0], np.cumsum(n_kept)])
    own = keys.astype(np.int64) - np.repeat(np.arange(len(ends)) * n_rows, n_kept)
    return KnownWords(own, offsets, n_known / np.maximum(np.diff(ends, prepend=0), 1))
