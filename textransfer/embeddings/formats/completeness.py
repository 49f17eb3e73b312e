"""Whether a file of word2vec or GloVe holds the rows that it should; numbers are not read for that."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from textransfer.embeddings.formats.binary_rows import LONGEST_WORD
from textransfer.embeddings.formats.layouts import Layout
from textransfer.embeddings.formats.opening import is_compressed
from textransfer.errors import FormatError
from textransfer.storage.mapping import cannot_map

LARGEST = 2**30
"""Bytes; of larger files the end is not looked for."""


def is_checked_to_its_end(path: Path, layout: Layout) -> bool:
    """Tell whether a file was looked through; those that are compressed, or above 1 GB, are not.

    Raises
    ------
    FormatError
        If it ends early, or holds more than its first line says.
    """
    if is_compressed(path) or path.stat().st_size > LARGEST:
        return False
    with path.open("rb") as file:
        n_rows = _rows_of_binary(file, layout) if layout.kind == "word2vec binary" else _lines(file, path)
    check_complete(path, layout, n_rows)
    return True


def check_complete(path: Path, layout: Layout, n_found: int) -> None:
    """Raise a FormatError if there are more or fewer rows than the first line says."""
    if layout.n_words is None or n_found == layout.n_words:
        return
    if n_found > layout.n_words:
        raise FormatError(
            f"{path} says that it holds {layout.n_words} words, but more follow; it is damaged, "
            "or its first line is wrong: correct it, or make the file again"
        )
    raise FormatError(
        f"{path} says that it holds {layout.n_words} words, but ends after {n_found}; it is truncated, or "
        "its first line is wrong: fetch or make it again"
    )


def check_ended(path: Path, last_line: bytes) -> None:
    """Raise a FormatError if the last line of a text has no end."""
    if not last_line.endswith(b"\n"):
        raise FormatError(
            f"{path} ends within a line, perhaps within a number; expected a line break: "
            "fetch the file again, or add the line break if it is whole"
        )


def _lines(file: BinaryIO, path: Path) -> int:
    """Count the rows of text behind the first line."""
    n_rows, line = -1, b"\n"
    for line in file:
        n_rows += bool(line.strip())
    check_ended(path, line)
    return n_rows


def _rows_of_binary(file: BinaryIO, layout: Layout) -> int:
    """Count the words that have all their numbers, and one more if something is behind the last one."""
    place = len(file.readline())
    n_words, n_rows = layout.n_words or 0, 0
    with _content(file) as content:
        while n_rows < n_words:
            space = content.find(b" ", place, place + LONGEST_WORD)
            end = space + 1 + 4 * layout.vector_size
            if space < 0 or end > len(content):
                return n_rows
            place, n_rows = end, n_rows + 1
        return n_rows + bool(content[place : place + 2].strip(b"\n"))


@contextmanager
def _content(file: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    try:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        if not cannot_map(error):
            raise
        file.seek(0)
        yield file.read()
        return
    with content:
        yield content
