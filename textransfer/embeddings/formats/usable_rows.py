"""Leave out rows that no vocabulary can hold, and say once how many and why."""

import re
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textransfer.errors import FormatError, TextransferWarning

_BLANK = re.compile(r"[ \t\n\r\v\f]")
_ROWS_A_BLOCK = 65_536


def usable_rows(
    raw_words: list[bytes], matrix: npt.NDArray[np.float32], path: Path
) -> tuple[list[str], npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Return words and rows of the matrix that are left, and their places; the matrix is overwritten.

    Left out, with one warning: words that are empty, no UTF-8, with a space or line break in them, or there a
    second time, and rows with a number that is not finite.

    Raises
    ------
    FormatError
        If nothing is left.
    """
    is_finite = _finite_rows(matrix)
    places: dict[str, int] = {}
    left_out: dict[str, list[str]] = {}
    for row, raw in enumerate(raw_words):
        word = raw.decode("utf-8", errors="backslashreplace")
        reason = _reason(word, raw, is_known=word in places, is_finite=bool(is_finite[row]))
        if reason is None:
            places[word] = row
        else:
            left_out.setdefault(reason, []).append(word)
    if not left_out:
        return list(places), matrix, np.arange(len(matrix))
    counts = ", ".join(f"{_count(words)} {reason}" for reason, words in left_out.items())
    n_left_out = len(raw_words) - len(places)
    if not places:
        raise FormatError(f"{path} has no row that can be used ({counts}); expected words and finite numbers")
    warnings.warn(
        f"{path}: {n_left_out:,} of {len(raw_words):,} rows left out: {counts}",
        TextransferWarning,
        stacklevel=2,
    )
    kept = np.fromiter(places.values(), dtype=np.int64)
    return list(places), _compacted(matrix, kept), kept


def _reason(word: str, raw: bytes, *, is_known: bool, is_finite: bool) -> str | None:
    """Return why a row is left out, or None."""
    if not word:
        return "without a word"
    if len(word) != len(raw) and word.encode("utf-8") != raw:
        return "whose word is no UTF-8"
    if _BLANK.search(word):
        return "whose word holds a space"
    if is_known:
        return "whose word stands there before"
    return None if is_finite else "with numbers that are not finite"


def _count(words: list[str]) -> str:
    shown = words[0] if len(words[0]) <= 40 else f"{words[0][:40]}..."
    return f"{len(words):,}" + (f" ({shown!r}{', ...' * (len(words) > 1)})" if shown else "")


def _finite_rows(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    starts = range(0, len(matrix), _ROWS_A_BLOCK)
    blocks = [np.isfinite(matrix[start : start + _ROWS_A_BLOCK]).all(axis=1) for start in starts]
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.bool_)


def _compacted(matrix: npt.NDArray[np.float32], kept: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Move the rows that are kept, in ascending order, to the front: a copy may be too large."""
    for start in range(0, kept.size, _ROWS_A_BLOCK):
        rows = kept[start : start + _ROWS_A_BLOCK]
        matrix[start : start + rows.size] = matrix[rows]
    return matrix[: kept.size]
