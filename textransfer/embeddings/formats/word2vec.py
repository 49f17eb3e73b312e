"""The formats of word2vec, text and binary; GloVe's text is read as word2vec's without its first line.

A first line ``V D``, then for each word its text, a space, and D numbers: float32 in little-endian order, or
decimals that end the line. The `.vec` files of fastText are word2vec text.

References
----------
Mikolov et al. (2013), https://code.google.com/archive/p/word2vec/, word2vec.c.
"""

import logging
import warnings
from pathlib import Path

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats.binary_rows import LONGEST_WORD, read_binary
from textransfer.embeddings.formats.completeness import check_complete
from textransfer.embeddings.formats.layouts import BYTE_ORDER_MARK, recognise
from textransfer.embeddings.formats.opening import opened
from textransfer.embeddings.formats.steps import check_in_step
from textransfer.embeddings.formats.text_rows import read_text
from textransfer.embeddings.formats.usable_rows import usable_rows
from textransfer.embeddings.formats.words_in_text import check_expressible
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.storage.writing import staged_file
from textransfer.text.writing.compressing import open_binary

_FEWEST_DIMENSIONS = 2
"""Of text without a first line."""
_LOGGER = logging.getLogger(__name__)


def save(
    contents: Contents, path: Path, *, binary: bool, has_header: bool = True, force: bool = False
) -> Path:
    """Write words and vectors, whole or not at all; all else is left out.

    Binary is float32 as it is; decimals have 9 significant digits, which give the same float32 back. A name
    that ends in .gz, .bz2, .xz or .zst is compressed. Text without the first line is that of GloVe.

    Raises
    ------
    ConfigError
        If a word holds a space or a line break, or cannot be written in UTF-8; of binary also if it is longer
        than readers take; of text without a first line
        also if it begins with a byte-order mark, has no words, or fewer than two dimensions.
    OutputError
        If the file exists and `force` is false, or if it cannot be written.
    """
    check_expressible(contents.words, "the formats of word2vec", LONGEST_WORD if binary else None)
    if not has_header and "".join(contents.words[:1]).encode().startswith(BYTE_ORDER_MARK):
        raise ConfigError(
            "the first word begins with a byte-order mark, which readers take off; "
            "take a format with a first line, such as word2vec-text"
        )
    if not has_header and (not contents.words or contents.matrix.shape[1] < _FEWEST_DIMENSIONS):
        raise ConfigError(
            f"there are {len(contents.words):,} words of {contents.matrix.shape[1]:,} dimensions; expected "
            "at least one word and two dimensions in text without a first line, since no reader could tell "
            "it from a list of words and counts: take a format with a first line, such as word2vec-text"
        )
    if contents.ngrams is not None:
        warnings.warn(
            "the formats of word2vec have no place for vectors of n-grams: there, words outside the "
            "vocabulary have no vector; an embeddings folder keeps them",
            TextransferWarning,
            stacklevel=3,
        )
    n_words, vector_size = contents.matrix.shape
    decimals = " ".join(["%.9g"] * vector_size)
    with staged_file(path, force=force) as stage, open_binary(stage) as file:
        if has_header:
            file.write(f"{n_words} {vector_size}\n".encode())
        for word, vector in zip(contents.words, contents.matrix, strict=True):
            row = vector.astype("<f4").tobytes() if binary else (decimals % tuple(vector.tolist())).encode()
            file.write(word.encode() + b" " + row + b"\n")
    return path


def load(path: Path) -> Contents | None:
    """Read a file, plain or compressed; None if it is of no such format.

    Rows that no vocabulary can hold are left out, with a warning; see `usable_rows`.

    Raises
    ------
    FormatError
        If it is damaged, or its rows are out of step.
    """
    with opened(path) as file:
        layout = recognise(file, path)
    if layout is None:
        return None
    _LOGGER.info("%s is %s of %d dimensions", path, layout.kind, layout.vector_size)
    with opened(path) as file:
        if layout.n_words is not None:
            file.readline()
        if layout.kind == "word2vec binary":
            rows = read_binary(file, layout, path)
            check_in_step(rows, path)
            is_more = bool(rows.rest.strip(b"\n")) and len(rows.words) == layout.n_words
            raw_words, matrix = [word.lstrip(b"\n") for word in rows.words], rows.matrix
        else:
            is_more = False
            raw_words, matrix = read_text(file, layout, path)
    check_complete(path, layout, len(raw_words) + is_more)
    words, matrix, _ = usable_rows(raw_words, matrix, path)
    return Contents(words, matrix)
