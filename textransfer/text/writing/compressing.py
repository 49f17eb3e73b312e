"""Open a file for writing bytes, compressed by its ending."""

import bz2
import gzip
import lzma
from pathlib import Path
from typing import IO, cast

from textransfer.text.reading.compression import split_endings

_GZIP_LEVEL = 6


def open_binary(path: Path) -> IO[bytes]:
    """Open a file for writing; a name that ends in .gz, .bz2, .xz or .zst gets such content."""
    match split_endings(path)[1]:
        case ".gz":
            return cast("IO[bytes]", gzip.GzipFile(path, "wb", compresslevel=_GZIP_LEVEL))
        case ".bz2":
            return cast("IO[bytes]", bz2.BZ2File(path, "wb"))
        case ".xz":
            return cast("IO[bytes]", lzma.LZMAFile(path, "wb"))
        case ".zst":
            import zstandard  # few files are of this kind

            return cast("IO[bytes]", zstandard.open(path, "wb"))
        case _:
            return path.open("wb")
