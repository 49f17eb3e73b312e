"""The formats of word2vec, text and binary; GloVe's text is read as word2vec's without its first line.

A first line ``V D``, then for each word its text, a space, and D numbers: float32 in little-endian order, or
decimals that end the line. The `.vec` files of fastText are word2vec text.

References
----------
Mikolov et al. (2013), https://code.google.com/archive/p/word2vec/, word2vec.c.
"""

import bz2
import gzip
import logging
import lzma
import re
import warnings
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.contents import Contents
from textransfer.errors import ConfigError, FormatError, TextransferWarning
from textransfer.storage.writing import staged_file

_LOGGER = logging.getLogger(__name__)

_HEADER = re.compile(rb"\s*(\d{1,18})[ \t]+(\d{1,9})\s*")
_INEXPRESSIBLE = re.compile(r"[ \t\n\r\v\f\ud800-\udfff]")
"""A space, or half of a surrogate pair, which UTF-8 cannot express."""
_LONGEST_LINE = 4 * 2**20
_LONGEST_WORD = 64 * 2**10
_CHUNK = 2**20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COMPRESSIONS: dict[bytes, Callable[[Path], object]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}


@dataclass(frozen=True)
class Layout:
    """How a file says its numbers: with or without a first line, as text or binary."""

    kind: Literal["word2vec binary", "word2vec text", "GloVe text"]
    vector_size: int
    n_words: int | None
    """As the first line says; None without one."""


def save(contents: Contents, path: Path, *, binary: bool, force: bool = False) -> Path:
    """Write words and vectors, whole or not at all; all else is left out.

    Binary is float32 as it is; decimals have 9 significant digits, which give the same float32 back.

    Raises
    ------
    ConfigError
        If a word holds a space or a line break, or cannot be written in UTF-8.
    OutputError
        If the file exists and `force` is false, or if it cannot be written.
    """
    _check_expressible(contents.words)
    n_words, vector_size = contents.matrix.shape
    decimals = " ".join(["%.9g"] * vector_size)
    with staged_file(path, force=force) as stage, stage.open("wb") as file:
        file.write(f"{n_words} {vector_size}\n".encode())
        for word, vector in zip(contents.words, contents.matrix, strict=True):
            row = vector.astype("<f4").tobytes() if binary else (decimals % tuple(vector.tolist())).encode()
            file.write(word.encode() + b" " + row + b"\n")
    return path


def load(path: Path) -> Contents | None:
    """Read a file, plain or compressed; None if it is of no such format, FormatError if it is damaged."""
    with _opened(path) as file:
        layout = recognise(file)
    if layout is None:
        return None
    _LOGGER.info("%s is %s of %d dimensions", path, layout.kind, layout.vector_size)
    with _opened(path) as file:
        if layout.n_words is not None:
            file.readline()
        read = _read_binary if layout.kind == "word2vec binary" else _read_text
        raw_words, matrix = read(file, layout, path)
    return Contents(_decoded(raw_words, path), matrix)


def recognise(file: BinaryIO) -> Layout | None:
    """Tell the layout from the first two lines, or return None."""
    first = file.readline(_LONGEST_LINE).removeprefix(_BYTE_ORDER_MARK)
    header = _HEADER.fullmatch(first)
    if header is None:
        vector_size = first.rstrip().count(b" ")
        is_row = vector_size >= 2 and _numbers(first, vector_size) is not None
        return Layout("GloVe text", vector_size, None) if is_row else None
    n_words, vector_size = int(header[1]), int(header[2])
    if vector_size == 0:
        return None
    is_text = n_words == 0 or _numbers(file.readline(_LONGEST_LINE), vector_size) is not None
    return Layout("word2vec text" if is_text else "word2vec binary", vector_size, n_words)


def _read_text(file: BinaryIO, layout: Layout, path: Path) -> tuple[list[bytes], npt.NDArray[np.float32]]:
    words: list[bytes] = []
    values = array("f")
    first_line = 1 if layout.n_words is None else 2
    line = b"\n"
    for line_number, line in enumerate(file, first_line):
        if not line.strip():
            continue
        numbers = _numbers(line, layout.vector_size)
        if numbers is None:
            raise FormatError(
                f"{path}, line {line_number}: expected a word and {layout.vector_size} numbers, "
                f"found {line[:40]!r}...; the file is truncated or damaged"
            )
        word = _fields(line, layout.vector_size)[0]
        words.append(word if words or layout.n_words is not None else word.removeprefix(_BYTE_ORDER_MARK))
        values.extend(numbers)
    _check_complete(path, layout, len(words))
    if not line.endswith(b"\n"):
        raise FormatError(
            f"{path} ends within a line, perhaps within a number; expected a line break: "
            "fetch the file again, or add the line break if it is whole"
        )
    return words, np.frombuffer(values, dtype=np.float32).reshape(len(words), layout.vector_size)


def _read_binary(file: BinaryIO, layout: Layout, path: Path) -> tuple[list[bytes], npt.NDArray[np.float32]]:
    n_words, vector_size = layout.n_words or 0, layout.vector_size
    try:
        matrix = np.empty((n_words, vector_size), dtype=np.float32)
    except (MemoryError, ValueError) as error:
        raise FormatError(
            f"{path} says that it holds {n_words} words of {vector_size} numbers, which memory cannot hold"
        ) from error
    words: list[bytes] = []
    n_bytes = 4 * vector_size
    buffer, start = b"", 0
    while len(words) < n_words:
        space = buffer.find(b" ", start, start + _LONGEST_WORD)
        if space < 0 and len(buffer) - start >= _LONGEST_WORD:
            raise FormatError(f"{path} is damaged: no word ends after word {len(words)}")
        if space < 0 or len(buffer) - space <= n_bytes:
            more = file.read(max(_CHUNK, n_bytes))
            if not more:
                break
            buffer, start = buffer[start:] + more, 0
            continue
        matrix[len(words)] = np.frombuffer(buffer, dtype="<f4", count=vector_size, offset=space + 1)
        words.append(buffer[start:space].lstrip(b"\n"))  # word2vec.c ends each vector with a line break
        start = space + 1 + n_bytes
    is_more = bool((buffer[start:] + file.read(_CHUNK)).strip(b"\n"))
    _check_complete(path, layout, len(words) + (is_more and len(words) == n_words))
    return words, matrix


def _check_complete(path: Path, layout: Layout, n_found: int) -> None:
    if layout.n_words is None or n_found == layout.n_words:
        return
    if n_found > layout.n_words:
        raise FormatError(f"{path} says that it holds {layout.n_words} words, but more follow; it is damaged")
    raise FormatError(
        f"{path} says that it holds {layout.n_words} words, but ends after {n_found}; it is truncated: "
        "fetch or make it again"
    )


def _fields(line: bytes, vector_size: int) -> list[bytes]:
    """Cut a line from its end, for words such as ". . ." in GloVe's files hold spaces."""
    return line.rstrip(b" \t\r\n").rsplit(b" ", vector_size)


def _numbers(line: bytes, vector_size: int) -> list[float] | None:
    """Return the numbers of a line, or None if it is no word followed by `vector_size` numbers."""
    fields = _fields(line, vector_size)
    if len(fields) != vector_size + 1 or not fields[0]:
        return None
    _, *more = fields[0].rsplit(b" ", 1)
    if more and _is_number(more[0]):  # there are more numbers than that
        return None
    try:
        return [float(field) for field in fields[1:]]
    except ValueError:
        return None


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _decoded(raw_words: list[bytes], path: Path) -> list[str]:
    """Decode the words; bytes that are no UTF-8 are spelt in hexadecimal, with one warning for all."""
    words = [raw.decode("utf-8", errors="backslashreplace") for raw in raw_words]
    n_strange = sum(word.encode("utf-8") != raw for word, raw in zip(words, raw_words, strict=True))
    if n_strange:
        warnings.warn(
            f"{path}: {n_strange} of {len(words)} words are no UTF-8; their bytes are spelt as in \\xe9",
            TextransferWarning,
            stacklevel=2,
        )
    return words


def _check_expressible(words: Sequence[str]) -> None:
    refused = [word for word in words if _INEXPRESSIBLE.search(word)]
    if refused:
        shown = ", ".join(repr(word) for word in refused[:5]) + (", ..." if len(refused) > 5 else "")
        raise ConfigError(
            f"{len(refused)} words hold a space, a line break or half a character: {shown}; the formats of "
            "word2vec cannot express them: save an embeddings folder instead"
        )


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, decompressed if its first bytes say so; damage found while reading is a FormatError."""
    try:
        with path.open("rb") as plain:
            head = plain.read(8)
        opener = next((opener for magic, opener in _COMPRESSIONS.items() if head.startswith(magic)), None)
        with path.open("rb") if opener is None else cast("BinaryIO", opener(path)) as file:
            yield file
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FormatError(f"cannot read {path}: {reason}; expected a whole file that you may read") from error
