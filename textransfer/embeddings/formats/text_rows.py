"""Rows of text: a word, and numbers that end the line, with spaces or tabs between them."""

from array import array
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.formats.completeness import check_ended
from textransfer.embeddings.formats.layouts import BYTE_ORDER_MARK, Layout, is_decimal
from textransfer.embeddings.formats.unpacking import WORD_BYTES, Unpacked
from textransfer.errors import FormatError

LONGEST_ROW = 1 << 26
"""Bytes: a small compressed file may hold a line as large as memory, or larger."""
_FEW_LONGER = 3
_SHARE_LONGER = 0.01


def read_text(file: BinaryIO, layout: Layout, path: Path) -> tuple[list[bytes], npt.NDArray[np.float32]]:
    """Return the words as they stand there, and float32 (V, D); a first line ``V D`` was read before.

    An empty word is empty; a line is cut from its end, so that a word may hold spaces.

    Raises
    ------
    FormatError
        If a line is no such row, many have more numbers than the others, or the last one has no end; or if a
        small compressed file fills the memory.
    """
    words: list[bytes] = []
    values = array("f")
    longer: list[int] = []
    unpacked = Unpacked(path)
    first_line = 1 if layout.n_words is None else 2
    line = b"\n"
    for line_number, line in enumerate(iter(lambda: file.readline(LONGEST_ROW + 1), b""), first_line):
        if len(line) > LONGEST_ROW:
            raise FormatError(
                f"{path}, line {line_number} has more than {LONGEST_ROW:,} bytes; expected a word and "
                f"{layout.vector_size} numbers: the file is damaged"
            )
        row = _row(line.removeprefix(BYTE_ORDER_MARK) if line_number == 1 else line, layout.vector_size)
        if row is None:
            if not line.strip():
                continue
            raise FormatError(f"{path}, line {line_number}: {_complaint(line, layout.vector_size)}")
        word, numbers = row
        if b" " in word and is_decimal(word.rsplit(None, 1)[-1]):
            longer.append(line_number)
        unpacked.add(WORD_BYTES + len(word) + 4 * layout.vector_size)
        words.append(word)
        values.extend(numbers)
    check_ended(path, line)
    if len(longer) > max(_FEW_LONGER, _SHARE_LONGER * len(words)):
        raise FormatError(
            f"{path}: {len(longer):,} lines, the first of them line {longer[0]}, have more than "
            f"{layout.vector_size} numbers; expected a word and {layout.vector_size} numbers in each: it is "
            "damaged, or put together from several files"
        )
    return words, np.frombuffer(values, dtype=np.float32).reshape(len(words), layout.vector_size)


def _row(line: bytes, vector_size: int) -> tuple[bytes, list[float]] | None:
    """Return word and numbers of a line, or None if it is no such row."""
    fields = line.rsplit(None, vector_size)  # at any run of spaces and tabs
    if len(fields) == vector_size + 1:
        word = fields[0].lstrip()
    elif len(fields) == vector_size and line[:1] in b" \t":
        word = b""
        fields.insert(0, word)
    else:
        return None
    try:
        numbers = [float(field) for field in fields[1:]]
    except ValueError:
        return None
    if b"_" in line and any(b"_" in field for field in fields[1:]):  # Python takes 1_000 for a number
        return None
    return word, numbers


def _complaint(line: bytes, vector_size: int) -> str:
    text = line.decode("utf-8", errors="backslashreplace").strip()
    shown = repr(text if len(text) <= 40 else f"{text[:40]}...")
    expected = f"expected a word and {vector_size} numbers, found {shown}"
    fields = line.split()
    if len(fields) > vector_size and _row(line.replace(b",", b"."), vector_size):
        return f"{expected}; its numbers have decimal commas: write them with points"
    n_numbers = next((n for n, field in enumerate(fields[::-1]) if not is_decimal(field)), len(fields))
    return f"{expected} ({n_numbers} numbers at its end); the file is truncated or damaged"
