"""Rows of binary: a word, a space, then little-endian float32; perhaps a line break before the next word."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.formats.layouts import Layout
from textransfer.embeddings.formats.unpacking import WORD_BYTES, Unpacked
from textransfer.errors import FormatError

LONGEST_WORD = 64 * 2**10
_CHUNK = 2**20


@dataclass(frozen=True, eq=False)
class BinaryRows:
    """What was read up to the end of the file, or to the number of words that its first line says."""

    words: list[bytes]
    """As they stand there: with the line break that ends the row before."""
    matrix: npt.NDArray[np.float32]
    rest: bytes
    """The start of what follows behind the last row."""

    def after(self, row: int) -> bytes:
        """Return the bytes that follow a row's vector: the next word and its vector."""
        following = row + 1
        if following == len(self.words):
            return self.rest
        vectors: bytes = self.matrix[following].astype("<f4").tobytes()
        behind = self.words[following + 1] if following + 1 < len(self.words) else self.rest
        return self.words[following] + b" " + vectors + behind[:LONGEST_WORD]


def read_binary(file: BinaryIO, layout: Layout, path: Path) -> BinaryRows:
    """Read the rows behind the first line; memory goes by what is there, not by what the first line says."""
    n_words, vector_size = layout.n_words or 0, layout.vector_size
    words: list[bytes] = []
    values = bytearray()
    n_bytes = 4 * vector_size
    unpacked = Unpacked(path)
    buffer, start = b"", 0
    while len(words) < n_words:
        space = buffer.find(b" ", start, start + LONGEST_WORD)
        if space < 0 and len(buffer) - start >= LONGEST_WORD:
            break
        if space < 0 or len(buffer) - space <= n_bytes:
            more = file.read(_CHUNK)
            if not more:
                break
            buffer, start = buffer[start:] + more, 0
            continue
        unpacked.add(WORD_BYTES + space - start + n_bytes)
        words.append(buffer[start:space])
        start = space + 1 + n_bytes
        values += buffer[space + 1 : start]
    rest = buffer[start:] + file.read(_CHUNK)
    try:
        matrix = np.frombuffer(values, dtype="<f4").reshape(len(words), vector_size)
    except ValueError as error:
        raise FormatError(f"{path} holds more than memory can: {error}") from error
    return BinaryRows(words, matrix.astype(np.float32, copy=False), rest)
