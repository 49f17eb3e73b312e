"""Tell whether rows of binary were read in step: whether each vector begins where its word ends.

word2vec binary ends a word at its first space. A word with a space in it, or another number of dimensions
than the first line says, shifts what is read: words get bytes of numbers, and vectors bytes of words.
"""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.formats.binary_rows import LONGEST_WORD, BinaryRows
from textransfer.errors import FormatError

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_TEXT = re.compile(rb"[^\x00-\x1f\x7f]{0,256}")
_ROWS_A_BLOCK = 65_536
_N_SAMPLED = 1000
_LARGEST, _SMALLEST = 1e6, 1e-12
"""Of sane numbers, as multiples of the median; bytes of text, or of two numbers, make others within a few."""
_SHARE_OF_CONTROLS = 0.1
_WIDE, _NARROW = 60.0, 40.0
"""Powers of two between the first and the last hundredth of the numbers' sizes."""


def check_in_step(rows: BinaryRows, path: Path) -> None:
    """Refuse rows that were read out of step, or whose numbers are in big-endian order.

    Raises
    ------
    FormatError
        If a word goes on after its space, a row does not end as the others do, or words are full of control
        characters and no line breaks between rows tell that they are words.
    """
    if not rows.words:
        return
    sample = rows.matrix[:: -(-len(rows.words) // _N_SAMPLED)]
    sizes = np.abs(sample[np.isfinite(sample) & (sample != 0)])
    scale = float(np.median(sizes.astype(np.float64))) if sizes.size else 1.0
    is_ended = np.array([word.startswith(b"\n") for word in rows.words[1:]] + [rows.rest[:1] in b"\n"])
    has_ends = 2 * is_ended[:-1].sum() > is_ended.size - 1
    is_odd = np.array([not _is_text(word) for word in rows.words[1:]] + [False])
    is_absurd = _absurd_rows(rows.matrix, scale)
    for row in np.flatnonzero(is_absurd | is_odd | (has_ends & ~is_ended)).tolist():
        rest_of_word = _rest_of_word(rows, row, scale)
        if rest_of_word is not None:
            raise FormatError(
                f"{path}: its rows are out of step, since a word before them holds a space, which word2vec "
                f"binary cannot express: word {row}, {_shown(rows.words[row] + b' ' + rest_of_word)}; "
                "expected words without spaces: write it as text, or without such words"
            )
        if (has_ends and not is_ended[row]) or (not has_ends and is_absurd[row] and is_odd[row]):
            raise _out_of_step(rows, row, path)
    controls = [row for row, word in enumerate(rows.words) if _CONTROL.search(word.lstrip(b"\n"))]
    is_told_by_ends = has_ends and is_ended.all()
    if not is_told_by_ends and len(controls) >= 2 and len(controls) > _SHARE_OF_CONTROLS * len(rows.words):
        raise _out_of_step(rows, max(controls[0] - 1, 0), path)
    if sizes.size and _spread(sample) > _WIDE and _spread(sample.byteswap()) < _NARROW:
        raise FormatError(
            f"{path} holds numbers in big-endian order; expected little-endian float32, as word2vec and "
            "gensim write on any machine: write it with gensim's save_word2vec_format"
        )


def _out_of_step(rows: BinaryRows, row: int, path: Path) -> FormatError:
    after = rows.words[row + 1] if row + 1 < len(rows.words) else rows.rest[:40]
    return FormatError(
        f"{path}: its rows are out of step after word {row} ({_shown(rows.words[row])}), where "
        f"{_shown(after)} follows; expected {rows.matrix.shape[1]} numbers of four bytes (float32), as its "
        "first line says, then a word: a word that holds a space, other dimensions or other numbers do that; "
        "write it again, as text or without such words"
    )


def _rest_of_word(rows: BinaryRows, row: int, scale: float) -> bytes | None:
    """Return what of the word stands in its vector, if the vector makes sense only from there on.

    It does if text with a space behind it comes first, sane numbers follow, and then again a word.
    """
    vector: bytes = rows.matrix[row].astype("<f4").tobytes()
    stream = vector + rows.after(row)
    text = _TEXT.match(stream)
    for place, byte in enumerate(b"" if text is None else text[0]):
        if byte != ord(" ") or not _is_text(stream[:place]):
            continue
        end = place + 1 + len(vector)
        if end > len(stream):
            return None
        moved = np.frombuffer(stream[place + 1 : end], dtype="<f4")
        if not _absurd_rows(moved[np.newaxis], scale)[0] and _is_text(stream[end:].split(b" ", 1)[0]):
            return stream[:place]
    return None


def _absurd_rows(matrix: npt.NDArray[np.float32], scale: float) -> npt.NDArray[np.bool_]:
    """Tell which rows hold numbers that are not finite, or far larger or smaller than the others."""
    is_absurd = np.zeros(len(matrix), dtype=np.bool_)
    with np.errstate(invalid="ignore", over="ignore"):
        for start in range(0, len(matrix), _ROWS_A_BLOCK):
            sizes = np.abs(matrix[start : start + _ROWS_A_BLOCK])
            is_sane = sizes <= _LARGEST * scale
            is_sane &= (sizes >= _SMALLEST * scale) | (sizes == 0)
            is_absurd[start : start + _ROWS_A_BLOCK] = ~is_sane.all(axis=1)
    return is_absurd


def _spread(numbers: npt.NDArray[np.float32]) -> float:
    """Return how many powers of two lie between the small and the large of the numbers."""
    sizes = np.abs(numbers.ravel())
    exponents = np.frexp(sizes[np.isfinite(sizes) & (sizes > 0)])[1]
    if 2 * exponents.size <= np.count_nonzero(sizes):
        return np.inf
    low, high = np.percentile(exponents, [1, 99]) if exponents.size else (0, 0)
    return float(high - low)


def _is_text(word: bytes) -> bool:
    """Tell whether bytes can be a word: UTF-8 without control characters, after a line break perhaps."""
    word = word.lstrip(b"\n")
    if word.isascii():
        return _CONTROL.search(word) is None and len(word) < LONGEST_WORD
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(word) is None


def _shown(word: bytes) -> str:
    text = word.lstrip(b"\n").decode("utf-8", errors="backslashreplace")
    return repr(text if len(text) <= 60 else f"{text[:60]}...")
