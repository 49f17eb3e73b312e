"""Reads the bytes of a fastText model from the front."""

import struct
from pathlib import Path
from typing import BinaryIO

from textransfer.embeddings.formats.unpacking import Unpacked
from textransfer.errors import FormatError

MAGIC = struct.pack("<i", 793712314)
"""How a model begins."""
LONGEST_WORD = 2**16
"""Bytes."""
MOST_AT_ONCE = 2**24
"""Bytes of a read."""


class Reader:
    """Reads a file from the front, and knows how far it is."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.place = 0
        self._file, self._path = file, path
        with path.open("rb") as start:
            self.is_plain = start.read(len(MAGIC)) == MAGIC
        self._buffer, self._start = b"", 0
        self._unpacked = Unpacked(path)

    def take(self, n_bytes: int) -> bytes:
        """Return the next bytes; FormatError if there are fewer."""
        held = self._buffer[self._start : self._start + n_bytes]
        self._start += len(held)
        parts, n_left = [held], n_bytes - len(held)
        while n_left:  # memory goes by what is there, not by what a number announces
            parts.append(self._file.read(min(n_left, MOST_AT_ONCE)))
            if not parts[-1]:
                raise self._truncated()
            n_left -= len(parts[-1])
            self._unpacked.add(len(parts[-1]))
        self.place += n_bytes
        return b"".join(parts)

    def skip(self, n_bytes: int) -> None:
        """Pass over bytes; FormatError if there are fewer. Those of a plain file are not read."""
        if self.is_plain:
            self.place += n_bytes
            if self._path.stat().st_size < self.place:
                raise self._truncated()
            self._file.seek(self.place)
            self._buffer, self._start = b"", 0
            return
        while n_bytes:
            n_bytes -= len(self.take(min(n_bytes, 2**20)))

    def _truncated(self) -> FormatError:
        return FormatError(
            f"{self._path} ends early: it is a truncated fastText model; fetch or make it again"
        )

    def numbers(self, layout: str) -> tuple[int, ...]:
        """Return numbers of the types of `struct`."""
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))

    def word(self) -> bytes:
        """Return the bytes up to the next zero byte, which is passed."""
        end = self._buffer.find(b"\0", self._start)
        while end < 0:
            more = self._file.read(2**20)
            if not more or len(self._buffer) - self._start > LONGEST_WORD:
                raise FormatError(
                    f"{self._path} ends within its words; it is a damaged fastText model: fetch it again"
                )
            self._buffer, self._start = self._buffer[self._start :] + more, 0
            end = self._buffer.find(b"\0")
        word = self._buffer[self._start : end]
        self.place += end + 1 - self._start
        self._start = end + 1
        return word
