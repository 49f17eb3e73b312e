"""Open files that may be compressed, with errors in one plain line."""

import bz2
import codecs
import gzip
import io
import lzma
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from textransfer.errors import CorpusError
from textransfer.storage.temporary import temporary_folder

BUFFER_BYTES = 1 << 17
LONGEST_LINE = 1 << 27
"""Bytes: a few kilobytes of a compressed file may hold a line as large as memory, or larger."""


class BadStreamError(Exception):
    """Bytes that are no zstd stream."""


class _CountedFile(io.FileIO):
    """A file that shows the bytes that were read, so that progress counts compressed bytes."""

    def __init__(self, path: Path, on_read: Callable[[memoryview], None]) -> None:
        super().__init__(path)
        self._on_read = on_read

    def readinto(self, buffer: object, /) -> int:
        n_bytes = super().readinto(buffer) or 0  # type: ignore[arg-type]  # typeshed's Buffer needs 3.12
        self._on_read(memoryview(buffer).cast("B")[:n_bytes])  # type: ignore[arg-type]  # as above
        return n_bytes


class _OwningReader(io.BufferedReader):
    """A reader of a decompressing stream that closes the compressed file too."""

    def __init__(self, stream: io.BufferedIOBase | io.RawIOBase, compressed: BinaryIO) -> None:
        super().__init__(cast(io.RawIOBase, stream), BUFFER_BYTES)
        self._compressed = compressed

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._compressed.close()


class NulError(ValueError):
    """A NUL byte, which no text in an encoding like ASCII holds."""


class LongLineError(ValueError):
    """A line of more bytes than `LONGEST_LINE`; `line` is its number."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is too long")
        self.line = line


class _Watch(io.BufferedIOBase):
    """A stream that raises an error instead of returning a NUL byte, or more of a line that has no end."""

    def __init__(self, stream: io.BufferedReader, *, allows_nul: bool, longest: int | None) -> None:
        self._stream = stream
        self._allows_nul, self._longest = allows_nul, longest
        self._n_lines = self._n_bytes = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def read1(self, size: int = -1, /) -> bytes:
        """Return some bytes, which a TextIOWrapper decodes."""
        return self._checked(self._stream.read1(size))

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes, or all."""
        return self._checked(self._stream.read(size))

    def _checked(self, block: bytes) -> bytes:
        if not self._allows_nul and b"\0" in block:
            raise NulError
        if self._longest is not None:
            n_ended = block.count(b"\n")
            self._n_lines += n_ended
            end = block.rfind(b"\n") if n_ended else block.rfind(b"\r")
            self._n_bytes = len(block) - end - 1 if end >= 0 else self._n_bytes + len(block)
            if self._n_bytes > self._longest:
                raise LongLineError(self._n_lines + 1)
        return block

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()
        super().close()


class _ZstdFile(io.RawIOBase):
    """The content of a .zst file; one that is cut off raises EOFError, unlike with zstandard's own reader."""

    def __init__(self, raw: BinaryIO) -> None:
        import zstandard  # few files are of this kind

        self._library = zstandard
        self._raw = raw
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._is_inside = False
        self._pending = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: object, /) -> int:
        """Fill the buffer with decompressed bytes; 0 at the end."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # typeshed's Buffer needs 3.12
        while not self._pending:
            if not self._refill():
                return 0
        n_bytes = min(len(view), len(self._pending))
        view[:n_bytes] = self._pending[:n_bytes]
        self._pending = self._pending[n_bytes:]
        return n_bytes

    def _refill(self) -> bool:
        """Decompress the next block; return False at the proper end of the file."""
        block = self._frame.unused_data if self._frame.eof else b""
        if self._frame.eof:
            self._frame = self._library.ZstdDecompressor().decompressobj()
            self._is_inside = False
        block = block or self._raw.read(BUFFER_BYTES)
        if not block:
            if self._is_inside:
                raise EOFError
            return False
        self._is_inside = True
        try:
            self._pending = memoryview(self._frame.decompress(block))
        except self._library.ZstdError as error:
            raise BadStreamError(str(error)) from error
        return True


DECOMPRESSORS: Mapping[str, Callable[[BinaryIO], io.BufferedIOBase | io.RawIOBase]] = {
    ".gz": lambda raw: gzip.GzipFile(fileobj=raw),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
    ".zst": _ZstdFile,
}
COMPRESSIONS = tuple(DECOMPRESSORS)
"""File endings of the compressions that are known."""


def split_endings(path: Path) -> tuple[str, str]:
    """Return the endings of a file name that tell its kind and compression, in lower case.

    Examples
    --------
    >>> split_endings(Path("reviews.CSV.gz"))
    ('.csv', '.gz')
    >>> split_endings(Path("reviews"))
    ('', '')
    """
    compression = path.suffix.lower()
    if compression in COMPRESSIONS:
        return path.with_suffix("").suffix.lower(), compression
    return compression, ""


def open_binary(path: Path, *, on_read: Callable[[memoryview], None] | None = None) -> io.BufferedReader:
    """Open a file for reading bytes, decompressed by its ending; `on_read` sees the bytes on disk."""
    file = io.FileIO(path) if on_read is None else _CountedFile(path, on_read)
    raw: io.BufferedReader = io.BufferedReader(file, BUFFER_BYTES)
    compression = split_endings(path)[1]
    if not compression or path.stat().st_size == 0:
        return raw
    return _OwningReader(DECOMPRESSORS[compression](raw), raw)


def seekable(path: Path, on_read: Callable[[memoryview], None] | None) -> IO[bytes]:
    """Open a file for reading at any place, a compressed one as a decompressed copy."""
    stream = open_binary(path, on_read=on_read)
    if not split_endings(path)[1]:
        return stream
    with stream:
        copy = tempfile.TemporaryFile(dir=temporary_folder())  # noqa: SIM115 - the caller closes it
        shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return copy


def open_text(
    path: Path,
    *,
    encoding: str = "utf-8",
    on_read: Callable[[memoryview], None] | None = None,
    newline: str | None = None,
    longest_line: int | None = None,
) -> io.TextIOWrapper:
    """Open a file for reading text, decompressed by its ending; a byte-order mark is dropped.

    Reading raises a NulError at a NUL byte, unless the encoding writes such for ordinary text, and a
    LongLineError at a line of more bytes than `longest_line`.
    """
    stream = open_binary(path, on_read=on_read)
    watched: Any = _Watch(stream, allows_nul=is_wide(encoding), longest=longest_line)
    return io.TextIOWrapper(watched, encoding=with_mark(encoding), newline=newline)


def is_wide(encoding: str) -> bool:
    """Tell whether NUL bytes are part of ordinary text."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))


def with_mark(encoding: str) -> str:
    """Return the variant of UTF-8 that accepts a byte-order mark; other encodings as they are."""
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


@contextmanager
def explained(path: Path, name: str) -> Iterator[None]:
    """Raise a CorpusError if the file read inside the block is cut off, damaged or unreadable."""
    compression = split_endings(path)[1]
    try:
        yield
    except MemoryError as error:
        raise CorpusError(
            f"{name} needs more memory than there is ({str(error) or 'none is left'}); expected rows that "
            "fit into it: split the file, or write it with shorter rows and smaller row groups"
        ) from error
    except EOFError as error:
        raise CorpusError(
            f"{name} ends in the middle of its {compression} data; expected a complete file: copy it again"
        ) from error
    except (zlib.error, lzma.LZMAError, BadStreamError, OSError) as error:
        # gzip and bz2 raise OSError without a number for damaged data.
        if isinstance(error, OSError) and (error.errno is not None or not compression):
            reason = error.strerror or " ".join(str(error).split())
            raise CorpusError(f"cannot read {name}: {reason}; expected a file that you may read") from error
        raise CorpusError(
            f"{name} is no valid {compression} file ({error}); expected what its ending says: "
            "copy it again, or rename it"
        ) from error
