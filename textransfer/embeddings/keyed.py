"""gensim's KeyedVectors from and to plain values."""

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from textransfer.embeddings.contents import Contents
from textransfer.embeddings.precision import single
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.storage.writing import staged_file

if TYPE_CHECKING:
    from gensim.models import KeyedVectors


def are_keyed(vectors: object) -> bool:
    """Tell whether something is KeyedVectors, without loading gensim."""
    return hasattr(vectors, "index_to_key") and hasattr(vectors, "vectors")


def to_keyed(contents: Contents) -> "KeyedVectors":
    """Return words, vectors and counts as KeyedVectors; vectors of n-grams have no place there."""
    from gensim.models import KeyedVectors

    keyed = KeyedVectors(vector_size=contents.matrix.shape[1], dtype=np.float32)
    if contents.words:
        keyed.add_vectors(list(contents.words), contents.matrix)
    if contents.counts is not None:
        for word, count in zip(contents.words, np.asarray(contents.counts).tolist(), strict=True):
            keyed.set_vecattr(word, "count", count)
    return keyed


def save_keyed(contents: Contents, path: Path, *, force: bool = False) -> Path:
    """Write what gensim's `KeyedVectors.load` reads, a pickle in one file, whole or not at all."""
    keyed = to_keyed(contents)
    with staged_file(path, force=force) as stage:
        keyed.lifecycle_events = None  # it would write down when, and the path of the stage
        keyed.save(str(stage), sep_limit=sys.maxsize)
    return path


def from_keyed(keyed: "KeyedVectors") -> Contents:
    """Take words, vectors and counts out of KeyedVectors; see `WordVectors.from_gensim`.

    Raises
    ------
    ConfigError
        If it is something else, or no row can be used.
    """
    if not are_keyed(keyed):
        raise ConfigError(
            f"from_gensim got a {type(keyed).__name__}; expected KeyedVectors, such as model.wv"
        )
    words, matrix = list(keyed.index_to_key), np.asarray(keyed.vectors)
    counts = keyed.expandos.get("count")
    if counts is not None and np.array_equal(counts, np.arange(len(words), 0, -1)):
        counts = None
    matrix = single(matrix)
    has_word = np.array([word != "" for word in words], np.bool_)
    is_finite = np.isfinite(matrix).all(axis=1)
    is_kept = has_word & is_finite
    if is_kept.all():
        return Contents(words, matrix, counts=counts)
    counted = {
        "without a word": np.count_nonzero(~has_word),
        "with numbers that are not finite": np.count_nonzero(has_word & ~is_finite),
    }
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in counted.items() if n)
    if not is_kept.any():
        raise ConfigError(
            f"the KeyedVectors have no row that can be used ({reasons}); expected finite numbers"
        )
    warnings.warn(
        f"{np.count_nonzero(~is_kept):,} of {len(words):,} rows of the KeyedVectors left out: {reasons}",
        TextransferWarning,
        stacklevel=3,
    )
    kept = np.flatnonzero(is_kept)
    return Contents(
        [words[row] for row in kept],
        matrix[kept],
        counts=None if counts is None else np.asarray(counts)[kept],
    )
