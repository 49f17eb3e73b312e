"""Tell from the start of a file how its numbers stand there: text or binary, with or without a first line."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from textransfer.errors import FormatError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LARGEST_VECTOR = 1_000_000
"""Dimensions; more are no first line of vectors."""
_SAMPLE_BYTES, _SAMPLE_ROWS = 4 * 2**20, 200
_HEADER = re.compile(rb"\s*(\d{1,18})[ \t]+(\d{1,9})\s*")
_DIGITS = rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DECIMAL = re.compile(_DIGITS)
_NUMBER = re.compile(_DIGITS + rb"|[+-]?(?:inf(?:inity)?|nan)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Layout:
    """How a file says its numbers."""

    kind: Literal["word2vec binary", "word2vec text", "GloVe text"]
    vector_size: int
    n_words: int | None
    """As the first line says; None without one."""


def recognise(file: BinaryIO, path: Path) -> Layout | None:
    """Tell the layout from the start of a file, or return None.

    Below a first line ``V D`` stands text if most lines end in numbers, or if there is nothing but text; the
    rest is binary. Without a first line, the dimensions are the numbers that most lines end in.

    Raises
    ------
    FormatError
        If the first line and the rows of text contradict each other.
    """
    first, rows = _sampled(file)
    header = _HEADER.fullmatch(first)
    sizes = _vector_size(rows)
    if header is None:
        row_size = _vector_size([first, *rows])
        return Layout("GloVe text", row_size, None) if row_size >= 2 else None
    n_words, vector_size = int(header[1]), int(header[2])
    if vector_size == 0:
        return None
    if vector_size > LARGEST_VECTOR:
        raise FormatError(
            f"{path} says in its first line that it holds {n_words:,} words of {vector_size:,} numbers; "
            f"expected at most {LARGEST_VECTOR:,} numbers: it is no file of word vectors, or damaged"
        )
    if n_words and not sizes and rows and not _is_text(rows, vector_size):
        return Layout("word2vec binary", vector_size, n_words)
    if sizes == 2 and first[:1].isspace():  # a row of two numbers whose word is empty
        return Layout("GloVe text", 2, None)
    if sizes not in (0, vector_size):
        raise FormatError(
            f"{path} says in its first line that it holds {n_words:,} words of {vector_size} numbers, but "
            f"its rows hold {sizes}: {_shown(rows[0])}; expected the same: correct the first line, or make "
            "the file again"
        )
    return Layout("word2vec text", vector_size, n_words)


def is_decimal(field: bytes) -> bool:
    """Tell whether a field is a finite number in decimals."""
    return _DECIMAL.fullmatch(field) is not None


def _sampled(file: BinaryIO) -> tuple[bytes, list[bytes]]:
    """Return the first line, and some lines after it that hold anything, all of them whole."""
    sample = file.read(_SAMPLE_BYTES)
    lines = sample.removeprefix(BYTE_ORDER_MARK).split(b"\n", 2 * _SAMPLE_ROWS)
    if len(sample) == _SAMPLE_BYTES or len(lines) > 2 * _SAMPLE_ROWS:
        tail = lines.pop()
        if len(lines) == 1:  # a row of binary as long as this
            lines.append(tail)
    first, *rows = lines or [b""]
    return first, [row for row in rows if row.strip()][:_SAMPLE_ROWS]


def _vector_size(rows: list[bytes]) -> int:
    """Return how many numbers most of the rows end in, 0 if most end in none.

    Of a row that ends in "infinity 1 2" it is open whether the word goes on as "infinity": other rows tell.
    """
    endings = [_numbers_at_end(row) for row in rows]
    sure = [n_decimals for n_decimals, n_numbers in endings if n_decimals == n_numbers]
    numbers = Counter(sure if any(sure) else [n_decimals for n_decimals, _ in endings])
    if 2 * sum(n > 0 for _, n in endings) < len(rows) or not numbers:
        return 0
    return max(numbers, key=lambda size: (numbers[size] if size else 0, size))


def _numbers_at_end(row: bytes) -> tuple[int, int]:
    """Return how many finite numbers a row ends in, and how many if nan and infinity count, less its word."""
    fields = row.split()
    most = len(fields) - (not row[:1].isspace())
    counts = []
    for pattern in (_DECIMAL, _NUMBER):
        n = 0
        while n < most and pattern.fullmatch(fields[-1 - n]):
            n += 1
        counts.append(n)
    return counts[0], counts[1]


def _is_text(rows: list[bytes], vector_size: int) -> bool:
    """Tell whether lines that do not end in numbers are text all the same, such as one of decimal commas."""
    if any(_CONTROL.search(row) for row in rows):
        return False
    n_whole = sum(len(row.split()) == vector_size + 1 for row in rows)
    if 2 * n_whole > len(rows):
        return True
    try:
        b"\n".join(rows).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _shown(row: bytes) -> str:
    text = row.decode("utf-8", errors="backslashreplace").strip()
    return repr(text if len(text) <= 60 else f"{text[:60]}...")
