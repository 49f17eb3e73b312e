"""Open files of vectors, decompressed if their first bytes say so."""

import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from textransfer.errors import FormatError
from textransfer.text.reading.compression import BUFFER_BYTES, DECOMPRESSORS, BadStreamError

_MAGIC = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}


def is_compressed(path: Path) -> bool:
    """Tell whether the first bytes of a file say that it is compressed."""
    with path.open("rb") as raw:
        return _compression(raw.read(8)) is not None


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes; damage found while reading is a FormatError."""
    try:
        with path.open("rb") as raw:
            head = raw.read(8)
            raw.seek(0)
            kind = _compression(head)
            if kind is None:
                yield raw
                return
            stream = cast("io.RawIOBase", DECOMPRESSORS[kind](raw))
            with io.BufferedReader(stream, BUFFER_BYTES) as file:
                yield file
    except (OSError, EOFError, zlib.error, lzma.LZMAError, BadStreamError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "its compressed data ends early"
        raise FormatError(f"cannot read {path}: {reason}; expected a whole file that you may read") from error


def _compression(head: bytes) -> str | None:
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
