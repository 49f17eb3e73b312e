"""Vectors of character n-grams of either kind, as folders keep them: ours by name, fastText's by a hash."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.hashed_ngrams import HashedNgrams
from textransfer.embeddings.ngrams import NgramVectors

AnyNgrams = NgramVectors | HashedNgrams


def ngrams_of_record(record: Mapping[str, Any], matrix: npt.NDArray[np.float32]) -> AnyNgrams:
    """Return what `to_record` and the matrix were saved of; ValueError if an entry is missing or odd."""
    length = record.get("length")
    if not isinstance(length, float):
        raise ValueError("'length' is missing")
    shortest, longest = record.get("shortest"), record.get("longest")
    if isinstance(shortest, int) and isinstance(longest, int):
        return HashedNgrams(matrix, shortest, longest, length)
    ngrams = record.get("ngrams")
    if not isinstance(ngrams, list):
        raise ValueError("'ngrams' is missing")
    if len(set(ngrams)) < len(ngrams):
        raise ValueError("an n-gram stands twice")
    return NgramVectors(ngrams, matrix, length)
