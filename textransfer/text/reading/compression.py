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


class _NulWatch(io.BufferedIOBase):
    """A stream that raises a NulError instead of returning a NUL byte."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Return True."""
        return True

    def read1(self, size: int = -1, /) -> bytes:
        """Return some bytes, which a TextIOWrapper decodes."""
        block = self._stream.read1(size)
        if b"\0" in block:
            raise NulError
        return block

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes, or all."""
        block = self._stream.read(size)
        if b"\0" in block:
            raise NulError
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
) -> io.TextIOWrapper:
    """Open a file for reading text, decompressed by its ending; a byte-order mark is dropped.

    Reading raises a NulError at a NUL byte, unless the encoding writes such for ordinary text.
    """
    stream = open_binary(path, on_read=on_read)
    watched: Any = stream if is_wide(encoding) else _NulWatch(stream)
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
    except EOFError as error:
        raise CorpusError(
            f"{name} ends in the middle of its {compression} data; expected a complete file: copy it again"
        ) from error
    except (zlib.error, lzma.LZMAError, BadStreamError, OSError) as error:
        # gzip and bz2 raise OSError without a number for damaged data.
        if isinstance(error, OSError) and (error.errno is not None or not compression):
            raise CorpusError(
                f"cannot read {name}: {error.strerror or error}; expected a file that you may read"
            ) from error
        raise CorpusError(
            f"{name} is no valid {compression} file ({error}); expected what its ending says: "
            "copy it again, or rename it"
        ) from error
