"""Words and vectors as arrays in one file: NumPy's .npz, or safetensors.

The arrays are called `words` and `vectors`; there may be `counts`, and `scales`, which rows of int8 are
multiplied by. Words are NumPy strings in .npz; in safetensors, which has none, they are bytes of UTF-8 with
line breaks between them.
"""

import math
import sys
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats.files import read_tensors, write_tensors
from textransfer.embeddings.formats.unpacking import Unpacked
from textransfer.embeddings.formats.usable_rows import usable_rows
from textransfer.embeddings.formats.words_in_text import check_expressible
from textransfer.embeddings.precision import restored, rounded
from textransfer.errors import ConfigError, FormatError
from textransfer.formats import Precision
from textransfer.storage.writing import staged_file

ZIP_MAGIC = b"PK\x03\x04"
WORDS, VECTORS, COUNTS, SCALES = "words", "vectors", "counts", "scales"
_OTHER_VECTORS = ("matrix", "embeddings", "in_vectors")
"""What others call `vectors`; any of these is read."""
_LARGEST_TABLE = 2**31
"""Bytes of words as NumPy strings, each as long as the longest."""
_LONGEST_REASON = 200
"""Characters: numpy and zipfile show headers in their messages."""

_UNREADABLE: tuple[type[Exception], ...] = (OSError, ValueError, EOFError, KeyError, RuntimeError)
_UNREADABLE += (TypeError, OverflowError, SyntaxError, tokenize.TokenError, zlib.error, zipfile.BadZipFile)
"""What numpy and zipfile raise; a RuntimeError where a member is encrypted or packed in an unknown way."""

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

Arrays = dict[str, npt.NDArray[Any]]


def save_npz(
    contents: Contents, path: Path, precision: Precision = "float32", *, force: bool = False
) -> Path:
    """Write .npz, whole or not at all.

    Raises
    ------
    ConfigError
        If a word holds a space or a line break, ends in a zero character, which NumPy drops, or is so long
        that all take too much memory.
    OutputError
        If the file exists and `force` is false, or if it cannot be written.
    """
    check_expressible(contents.words, ".npz files of words")
    words = list(contents.words)
    longest = max(words, key=len, default="")
    if any(word.endswith("\0") for word in words):
        raise ConfigError("a word ends in a zero character, which .npz drops: take another format")
    if 4 * len(longest) * len(words) > _LARGEST_TABLE:
        raise ConfigError(
            f"a word has {len(longest):,} characters ({longest[:20]!r}...), and .npz gives each of "
            f"{len(words):,} words as much space; expected shorter ones: take safetensors or Parquet"
        )
    arrays = {WORDS: np.array(words, dtype=np.str_), **_arrays(contents, precision)}
    with staged_file(path, force=force) as stage, stage.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # none of them is called allow_pickle
    return path


def save_safetensors(
    contents: Contents, path: Path, precision: Precision = "float32", *, force: bool = False
) -> Path:
    """Write safetensors, whole or not at all. Raises ConfigError if a word holds a space or a line break."""
    check_expressible(contents.words, "lists of words in safetensors")
    joined = "\n".join(contents.words).encode("utf-8")
    arrays = {WORDS: np.frombuffer(joined, np.uint8), **_arrays(contents, precision)}
    with staged_file(path, force=force) as stage:
        write_tensors(stage, arrays)
    return path


def _arrays(contents: Contents, precision: Precision) -> Arrays:
    values, scales = rounded(contents.matrix, precision)
    arrays: Arrays = {VECTORS: values}
    if scales is not None:
        arrays[SCALES] = scales
    if contents.counts is not None:
        arrays[COUNTS] = np.asarray(contents.counts, np.int64)
    return arrays


def load_npz(path: Path) -> Contents | None:
    """Read .npz; None if it is no zip archive with these arrays. FormatError if it is damaged."""
    with path.open("rb") as file:
        if file.read(len(ZIP_MAGIC)) != ZIP_MAGIC:
            return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            if WORDS not in archive.files:
                return None
            Unpacked(path).add(sum(member.file_size for member in archive.zip.infolist()))
            for name in archive.files:
                _check_announced(archive.zip, name)
            arrays = {name: archive[name] for name in archive.files}
    except FormatError:
        raise
    except _UNREADABLE as error:
        reason = str(error).partition("\n")[0]
        reason = reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}..."
        raise FormatError(
            f"{path} cannot be read as .npz: {reason}; expected strings and numbers, no Python objects"
        ) from error
    words = arrays[WORDS]
    if words.dtype.kind not in "US" or words.ndim != 1:
        raise FormatError(f"{path} has {WORDS} of the type {words.dtype}; expected strings in one dimension")
    if words.dtype.kind == "S":
        return _contents(words.tolist(), arrays, path)
    if words.size and words.dtype.itemsize and _largest_code(words) > sys.maxunicode:
        raise FormatError(f"{path} has {WORDS} with codes of no character; it is damaged: fetch it again")
    return _contents([word.encode("utf-8", "surrogatepass") for word in words.tolist()], arrays, path)


def _check_announced(archive: zipfile.ZipFile, name: str) -> None:
    """Raise a ValueError if a member is no array, or says that it has more numbers than its bytes hold.

    NumPy takes the memory for all that a header announces before it reads on.
    """
    member = archive.getinfo(name if name in archive.namelist() else f"{name}.npy")
    with archive.open(member) as stream:
        try:
            version = np.lib.format.read_magic(stream)
        except ValueError:
            raise ValueError(f"{name} is no array") from None
        if version not in _HEADERS:
            raise ValueError(f"{name} is written as version {version[0]} of .npy; expected 1 or 2")
        shape, _, dtype = _HEADERS[version](stream)
    if math.prod(shape) * max(dtype.itemsize, 1) > member.file_size:
        raise ValueError(f"{name} announces {math.prod(shape):,} numbers or words, and has fewer")


def _largest_code(words: npt.NDArray[np.str_]) -> int:
    codes = np.frombuffer(words.tobytes(), np.dtype(np.uint32).newbyteorder(words.dtype.byteorder))
    return int(codes.max())


def load_safetensors(path: Path) -> Contents | None:
    """Read safetensors; None if it is no such file, or has no words. FormatError if it is damaged."""
    if not _is_safetensors(path):
        return None
    arrays = read_tensors(path)
    if WORDS not in arrays:
        return None
    words = arrays[WORDS]
    if words.dtype != np.uint8 or words.ndim != 1:
        raise FormatError(f"{path} has {WORDS} of the type {words.dtype}; expected bytes (uint8)")
    listed = words.tobytes().split(b"\n") if words.size else []
    return _contents(listed, arrays, path)


def _is_safetensors(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(9)
    return len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") < path.stat().st_size


def _contents(raw_words: list[bytes], arrays: Arrays, path: Path) -> Contents:
    name = next((name for name in (VECTORS, *_OTHER_VECTORS) if name in arrays), None)
    if name is None:
        raise FormatError(f"{path} has no array {VECTORS!r}, only {', '.join(sorted(arrays))}; expected one")
    values = arrays[name]
    if values.ndim != 2 or values.dtype.kind not in "fiu" or len(values) != len(raw_words):
        raise FormatError(
            f"{path} has {name} of the shape {values.shape} and the type {values.dtype} for "
            f"{len(raw_words):,} words; expected a row of numbers a word"
        )
    matrix = restored(values, arrays.get(SCALES))
    counts = arrays.get(COUNTS)
    if counts is not None and (counts.shape != (len(raw_words),) or counts.dtype.kind not in "iu"):
        raise FormatError(f"{path} has {COUNTS} of the shape {counts.shape}; expected a whole number a word")
    return usable_contents(raw_words, matrix, counts, path)


def usable_contents(
    raw_words: list[bytes], matrix: npt.NDArray[np.float32], counts: npt.NDArray[Any] | None, path: Path
) -> Contents:
    """Return the rows that a vocabulary can hold, with their counts; see `usable_rows`."""
    matrix = matrix if matrix.flags.writeable else matrix.copy()
    words, matrix, kept = usable_rows(raw_words, matrix, path)
    return Contents(words, matrix, counts=None if counts is None else counts[kept])
