"""The model file of fastText (.bin): words, counts, and vectors of words and of hashed n-grams.

A vector of a word is the mean of its own row and those of its n-grams; a word outside the vocabulary has the
mean of those of its n-grams.

References
----------
https://github.com/facebookresearch/fastText, fasttext.cc, args.cc, dictionary.cc, densematrix.cc.
"""

import struct
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats.fasttext_reader import LONGEST_WORD, MAGIC, Reader
from textransfer.embeddings.formats.opening import opened
from textransfer.embeddings.formats.quantised import KeptNgrams, read_quantised
from textransfer.embeddings.formats.usable_rows import usable_rows
from textransfer.embeddings.formats.words_in_text import check_expressible
from textransfer.embeddings.hashed_ngrams import HashedNgrams
from textransfer.errors import ConfigError, FormatError, TextransferWarning
from textransfer.storage.mapping import mapped
from textransfer.storage.writing import staged_file

_VERSION = 12
_ARGUMENTS = "dim ws epoch min_count neg word_ngrams loss model bucket minn maxn lr_update_rate"
_SKIPGRAM, _NEGATIVE_SAMPLING = 2, 2
_MOST_CHARACTERS = 1000
_MOST_LABELS = 10**8
_NO_PRUNING = -1
_END_OF_LINE = "</s>"
_WORDS_A_BLOCK = 2048

Floats = npt.NDArray[np.float32]


class _Arguments(NamedTuple):
    dim: int
    bucket: int
    minn: int
    maxn: int


class _Dictionary(NamedTuple):
    words: list[bytes]
    counts: list[int]
    n_tokens: int
    kept: npt.NDArray[np.int32] | None
    """Hashes of n-grams that pruning kept, with their rows behind the words; None if all are there."""


def load(path: Path) -> Contents | None:
    """Read words, counts, vectors and those of n-grams; None if it is no such file.

    Labels of a supervised model are left out. Of a quantised model (.ftz) the numbers are what its codes
    stand for.

    Raises
    ------
    FormatError
        If it is damaged, or of another version than 12.
    """
    with opened(path) as file:
        if file.read(len(MAGIC)) != MAGIC:
            return None
        reader = Reader(file, path)
        reader.place = len(MAGIC)
        (version,) = reader.numbers("i")
        if version != _VERSION:
            raise FormatError(
                f"{path} is a fastText model of version {version}; expected {_VERSION}, as fastText writes "
                "since 2017: load and save it with a newer fastText"
            )
        arguments = _read_arguments(reader, path)
        dictionary = _read_dictionary(reader, path)
        (is_quantised,) = reader.numbers("?")
        quantised = read_quantised(reader, path) if is_quantised else None
        n_rows, n_columns = reader.numbers("qq") if quantised is None else quantised.shape
        n_words = len(dictionary.words)
        n_hashes = n_rows - n_words
        n_kept = arguments.bucket if dictionary.kept is None else len(dictionary.kept)
        if n_columns != arguments.dim or n_hashes < 0 or n_hashes not in (0, n_kept):
            raise FormatError(
                f"{path} says that it has {n_words:,} words and {n_kept:,} hashes of "
                f"{arguments.dim} dimensions, but its matrix is {n_rows:,} by {n_columns:,}; it is damaged: "
                "fetch it again"
            )
        has_ngrams = arguments.maxn >= max(arguments.minn, 1) and n_hashes > 0
        if quantised is None:
            matrix = _read_matrix(reader, path, n_rows, n_columns)
        else:
            matrix = quantised.rows(n_rows if has_ngrams else n_words)
        _check_whole(reader, path, n_rows, n_columns, is_quantised=bool(is_quantised))
    ngrams, kept = None, None
    shortest = max(arguments.minn, 1)
    if has_ngrams and dictionary.kept is None:
        ngrams = HashedNgrams(matrix[n_words:], shortest, arguments.maxn)
    elif has_ngrams and dictionary.kept is not None:
        kept = KeptNgrams(matrix[n_words:], shortest, arguments.maxn, arguments.bucket, dictionary.kept)
        warnings.warn(
            f"{path} is a quantised fastText model whose n-grams were pruned: words have its vectors, those "
            "outside its vocabulary have none here; the .bin that it was made from has them",
            TextransferWarning,
            stacklevel=2,
        )
    vectors = _word_vectors(matrix[:n_words], dictionary.words, kept if ngrams is None else ngrams)
    words, vectors, places = usable_rows(dictionary.words, vectors, path)
    if ngrams is not None:
        lengths = np.linalg.norm(vectors[len(vectors) // 2 :], axis=1)
        length = float(np.median(lengths)) if lengths.any() else 1.0
        ngrams = HashedNgrams(ngrams.matrix, ngrams.shortest, ngrams.longest, length or 1.0)
    counts = np.array(dictionary.counts, np.int64)[places]
    return Contents(words, vectors, counts=counts, n_tokens=dictionary.n_tokens, ngrams=ngrams)


def facts_of(path: Path) -> dict[str, int] | None:
    """Return the sizes that the start of a model tells; None if it is no such file."""
    with opened(path) as file:
        if file.read(len(MAGIC)) != MAGIC:
            return None
        reader = Reader(file, path)
        reader.numbers("i")
        arguments = _read_arguments(reader, path)
        _, n_words, n_labels, n_tokens, _ = reader.numbers("iiiqq")
    facts = {"words": n_words, "dimensions": arguments.dim, "tokens": n_tokens}
    if n_labels:
        facts["labels"] = n_labels
    if arguments.maxn:
        facts |= {
            "hashes of n-grams": arguments.bucket,
            "shortest": arguments.minn,
            "longest": arguments.maxn,
        }
    return facts


def save(contents: Contents, path: Path, *, force: bool = False) -> Path:
    """Write a model that fastText loads, whole or not at all; it gives the same vectors.

    Vectors of n-grams stay if they are hashed ones; the output vectors, which training needs, are those of
    the contents, or zeros.

    Raises
    ------
    ConfigError
        If a word holds a space or a line break, cannot be written in UTF-8, or is longer than readers take.
    OutputError
        If the file exists and `force` is false, or if it cannot be written.
    """
    check_expressible(contents.words, "fastText's format", LONGEST_WORD)
    if any("\0" in word for word in contents.words):
        raise ConfigError("a word holds a zero character, which ends words in fastText's format: take npz")
    n_words, size = contents.matrix.shape
    ngrams = contents.ngrams if isinstance(contents.ngrams, HashedNgrams) else None
    n_hashes = 0 if ngrams is None else len(ngrams)
    counts = np.ones(n_words, np.int64) if contents.counts is None else np.asarray(contents.counts)
    counts = np.maximum(counts, 1)  # fastText divides by sums of them
    shortest, longest = (0, 0) if ngrams is None else (ngrams.shortest, ngrams.longest)
    arguments = (size, 5, 5, 1, 5, 1, _NEGATIVE_SAMPLING, _SKIPGRAM, n_hashes, shortest, longest, 100)
    with staged_file(path, force=force) as stage, stage.open("wb") as file:
        file.write(MAGIC + struct.pack("<i12id", _VERSION, *arguments, 1e-4))
        n_tokens = int(contents.n_tokens or counts.sum())
        file.write(struct.pack("<iiiqq", n_words, n_words, 0, n_tokens, _NO_PRUNING))
        for word, count in zip(contents.words, counts.tolist(), strict=True):
            file.write(word.encode() + b"\0" + struct.pack("<qb", count, 0))
        file.write(struct.pack("<?qq", False, n_words + n_hashes, size))
        for start in range(0, n_words, _WORDS_A_BLOCK):
            rows = slice(start, start + _WORDS_A_BLOCK)
            file.write(_own_rows(contents.matrix[rows], contents.words[rows], ngrams).astype("<f4").tobytes())
        if ngrams is not None:
            file.write(ngrams.matrix.astype("<f4", copy=False).tobytes())
        file.write(struct.pack("<?qq", False, n_words, size))
        out = contents.out_matrix
        file.write((np.zeros((n_words, size)) if out is None else out).astype("<f4").tobytes())
    return path


def _read_arguments(reader: Reader, path: Path) -> _Arguments:
    values = dict(zip([*_ARGUMENTS.split(), "t"], reader.numbers("12id"), strict=True))
    arguments = _Arguments(*(int(values[name]) for name in _Arguments._fields))
    if arguments.dim < 1 or not 0 <= arguments.minn <= _MOST_CHARACTERS >= arguments.maxn:
        raise FormatError(
            f"{path} says that it has {arguments.dim} dimensions, and n-grams of {arguments.minn} to "
            f"{arguments.maxn} characters; it is a damaged fastText model: fetch it again"
        )
    return arguments


def _read_dictionary(reader: Reader, path: Path) -> _Dictionary:
    size, n_words, _, n_tokens, n_pruned = reader.numbers("iiiqq")
    words: list[bytes] = []
    counts: list[int] = []
    for _ in range(size):
        word = reader.word()
        count, kind = reader.numbers("qb")
        if kind == 0:
            words.append(word)
            counts.append(count)
    kept = np.frombuffer(reader.take(8 * max(n_pruned, 0)), "<i4").reshape(-1, 2)
    if len(words) != n_words:
        raise FormatError(
            f"{path} says that it holds {n_words:,} words, but has {len(words):,}; it is a damaged fastText "
            "model: fetch it again"
        )
    if n_pruned >= 0 and not np.array_equal(np.sort(kept[:, 1]), np.arange(len(kept))):
        raise FormatError(f"{path} has odd rows of pruned n-grams; it is damaged: fetch it again")
    return _Dictionary(words, counts, n_tokens, None if n_pruned < 0 else kept)


def _read_matrix(reader: Reader, path: Path, n_rows: int, n_columns: int) -> Floats:
    """Return a matrix that begins here; that of a plain file is mapped into memory, not read."""
    n_bytes = 4 * n_rows * n_columns
    if not reader.is_plain:
        return np.frombuffer(reader.take(n_bytes), "<f4").reshape(n_rows, n_columns)
    start = reader.place
    reader.skip(n_bytes)
    matrix: Floats = np.zeros((0, n_columns), np.float32)
    if n_bytes:
        matrix = mapped(path, "<f4", (n_rows, n_columns), start=start)
    return matrix


def _check_whole(reader: Reader, path: Path, n_rows: int, n_columns: int, *, is_quantised: bool) -> None:
    """Refuse a file that ends within the vectors of contexts, which are not read."""
    (is_output_quantised,) = reader.numbers("?")
    if is_quantised and is_output_quantised:
        read_quantised(reader, path)
        return
    n_outputs, size = reader.numbers("qq")
    if size != n_columns or not 0 <= n_outputs <= n_rows + _MOST_LABELS:
        raise FormatError(f"{path} has odd vectors of contexts; it is damaged: fetch it again")
    reader.skip(4 * n_outputs * size)


def _word_vectors(rows: Floats, words: list[bytes], ngrams: HashedNgrams | KeptNgrams | None) -> Floats:
    """Return the vectors of words, from their own rows and those of their n-grams."""
    if ngrams is None:
        return np.array(rows, np.float32)
    vectors = np.empty(rows.shape, np.float32)
    for start in range(0, len(words), _WORDS_A_BLOCK):
        block = [word.decode("utf-8", "surrogateescape") for word in words[start : start + _WORDS_A_BLOCK]]
        sums, n_ngrams = _sums(block, ngrams)
        divisor = (n_ngrams + 1)[:, None].astype(np.float32)
        vectors[start : start + len(block)] = (rows[start : start + len(block)] + sums) / divisor
    return vectors


def _own_rows(vectors: Floats, words: Sequence[str], ngrams: HashedNgrams | None) -> Floats:
    """Return what words add themselves to their vectors: the reverse of `_word_vectors`."""
    if ngrams is None:
        return vectors
    sums, n_ngrams = _sums(words, ngrams)
    own: Floats = vectors * (n_ngrams + 1)[:, None].astype(np.float32) - sums
    return own


def _sums(words: Sequence[str], ngrams: HashedNgrams | KeptNgrams) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the sums of the vectors of n-grams, and their numbers; the mark of a line's end has none."""
    sums, n_ngrams = ngrams.sums(words)
    is_end = np.array([word == _END_OF_LINE for word in words], np.bool_)
    sums[is_end], n_ngrams[is_end] = 0, 0
    return sums, n_ngrams
