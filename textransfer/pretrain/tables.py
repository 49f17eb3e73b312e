"""The trained matrices and the values they start from."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from textransfer.randomness import Stream, stream_key, uniforms

_ROWS_A_TIME = 4096
_LOWEST_BIAS = -50.0
"""For words that are never noise, whose ln q is minus infinity."""


@dataclass(frozen=True)
class Tables:
    """What training changes, in place."""

    in_vectors: npt.NDArray[np.float32]
    """u: vectors of the words as centres; these become the word vectors, shape (V, D)."""
    out_vectors: npt.NDArray[np.float32]
    """v: vectors of the words as contexts, shape (V, D)."""
    out_bias: npt.NDArray[np.float32]
    """b: biases of NCE; SGNS leaves them alone, shape (V,)."""


def initial_tables(
    noise_probabilities: npt.NDArray[np.float64],
    vector_size: int,
    initialization: Literal["word2vec", "article"],
    seed: int,
) -> Tables:
    """Return the matrices before the first step.

    "word2vec": input vectors uniform in +-0.5/D, output vectors zero. "article": input vectors uniform in
    [-1, 1], output vectors normal with deviation 1/sqrt(D) and nothing beyond two deviations. The article
    says nothing of biases. They start at ln q in both: then NCE's scores b - ln(k q) start at -ln k for
    every word, where b = 0 would give rare words a large positive score to unlearn first. The noise
    probabilities q(w) are of shape (V,).
    """
    n_words = noise_probabilities.size
    in_vectors = initial_in_vectors(n_words, vector_size, initialization, seed)
    with np.errstate(divide="ignore"):
        bias = np.maximum(np.log(noise_probabilities), _LOWEST_BIAS).astype(np.float32)
    if initialization == "word2vec":
        return Tables(in_vectors, np.zeros((n_words, vector_size), dtype=np.float32), bias)
    from scipy.special import ndtr, ndtri  # here: an eighth of a short run's start, for this case alone

    low, high = ndtr(-2.0), ndtr(2.0)
    normal = _uniform_matrix(n_words, vector_size, seed, Stream.OUT_VECTORS).astype(np.float64)
    out_vectors = ndtri(low + (high - low) * normal) / np.sqrt(vector_size)
    return Tables(in_vectors, out_vectors.astype(np.float32), bias)


def initial_in_vectors(
    n_words: int, vector_size: int, initialization: Literal["word2vec", "article"], seed: int
) -> npt.NDArray[np.float32]:
    """Return the input vectors before the first step, shape (V, D): what pretraining started from."""
    unit = _uniform_matrix(n_words, vector_size, seed, Stream.IN_VECTORS)
    if initialization == "article":
        return 2.0 * unit - 1.0
    return (unit - 0.5) / np.float32(vector_size)


def _uniform_matrix(n_rows: int, n_columns: int, seed: int, stream: Stream) -> npt.NDArray[np.float32]:
    """Fill a matrix with draws from [0, 1), a stretch of rows at a time: the 64-bit draws would be large."""
    key = stream_key(seed, stream)
    matrix = np.empty((n_rows, n_columns), dtype=np.float32)
    for start in range(0, n_rows, _ROWS_A_TIME):
        stop = min(start + _ROWS_A_TIME, n_rows)
        places = np.arange(start * n_columns, stop * n_columns)
        matrix[start:stop] = uniforms(key, places).reshape(stop - start, n_columns)
    return matrix
