"""Character n-grams with vectors of their own: what a rare or unknown word gets its vector from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.embeddings.arrays import check_words, frozen_floats
from textransfer.embeddings.sparse_rows import SparseRows
from textransfer.errors import ConfigError

if TYPE_CHECKING:
    from scipy import sparse

LONGEST = 4
"""Characters of an n-gram at most; the begin and the end of the word count as one each."""
FEWEST_WORDS = 2
"""Words that an n-gram must be part of; of fewer nothing could be carried over to another word."""
MOST_NGRAMS, MOST_WORDS = 200_000, 200_000
"""Those in most words, and the first words, which are the most frequent ones, are fitted at most."""
PENALTY = 0.3
"""Of the ridge regression, for words that count 1 each."""
HALF_FITTED, HALF_OWN = 5, 30
"""Occurrences with which a word counts one half in the regression, and with which its own vector makes one
half of the mean with that of its n-grams."""
LEAST_KNOWN = 1 / 3
"""Share of its n-grams that must be known of a word that shall get a vector from them."""
MOST_STEPS, TOLERANCE = 40, 3e-4
"""Of conjugate gradients: how many, and what may be left of the squared gradient."""

Floats = npt.NDArray[np.float32]


def ngrams_of(word: str) -> list[str]:
    """Return the n-grams of a word, each as often as it occurs.

    Examples
    --------
    >>> ngrams_of("tea")
    ['t', 'e', 'a', '<t', 'te', 'ea', 'a>', '<te', 'tea', 'ea>', '<tea', 'tea>']
    """
    marked = f"<{word}>"
    ngrams = list(word)
    for length in range(2, LONGEST + 1):
        ngrams += [marked[start : start + length] for start in range(len(marked) - length + 1)]
    return ngrams


@dataclass(frozen=True, eq=False)
class NgramVectors:
    """A vector for each of G n-grams.

    A word has the sum of those of its n-grams, over the root of their number.

    References
    ----------
    Zhao, Mudgal, Liang (2018), Generalizing word embeddings using bag of subwords: there by gradient descent,
    here by ridge regression (`fit_ngrams`).
    """

    ngrams: Sequence[str]
    matrix: Floats
    """Shape (G, D)."""
    length: float = 1.0
    """Of the vectors of rare words that they were fitted to, as these were learned."""

    def __len__(self) -> int:
        return len(self.ngrams)

    def checked(self, size: int) -> "NgramVectors":
        """Return them read-only; ConfigError if they do not suit vectors of this size."""
        ngrams = check_words(self.ngrams)
        if not (np.isfinite(self.length) and self.length > 0):
            raise ConfigError(f"the length of n-grams is {self.length!r}; expected a number above 0")
        matrix = frozen_floats("ngram matrix", self.matrix, (len(ngrams), size))
        return NgramVectors(ngrams, matrix, float(self.length))

    def to_record(self) -> dict[str, Any]:
        """Return what a folder keeps besides the matrix."""
        return {"length": self.length, "ngrams": list(self.ngrams)}

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each n-gram."""
        return {ngram: row for row, ngram in enumerate(self.ngrams)}

    def vectors(self, words: Sequence[str]) -> Floats:
        """Return the vectors that words have by their n-grams, (n, D); zeros where none is known."""
        return np.asarray(_incidence(words, self.index)[0] @ self.matrix, np.float32)

    def weighted(self, words: Sequence[str]) -> tuple[Floats, npt.NDArray[np.float64]]:
        """Return the vectors of words, (n, D), and how much each is worth beside known rare words, (n,).

        That is the square of its length as a share of theirs, at most 1: the less the n-grams agree, the
        shorter it is. It is 0 where fewer than a third of the n-grams are known.
        """
        features, n_ngrams = _incidence(words, self.index)
        vectors = np.asarray(features @ self.matrix, np.float32)
        weights = np.minimum(np.linalg.norm(vectors, axis=1) / self.length, 1) ** 2
        weights[np.diff(features.offsets) < LEAST_KNOWN * n_ngrams] = 0
        return vectors, weights.astype(np.float64)


def fit_ngrams(words: Sequence[str], weights: npt.NDArray[np.floating], matrix: Floats) -> NgramVectors:
    """Find the vectors of n-grams that tell best those of words, (V, D), by weighted ridge regression.

    The vectors N minimise sum_w a_w |x_w - s_w N|^2 + 0.3 |N|^2, with a_w the weight of w, and s_w the counts
    of its n-grams over the root of their number. Words are the most frequent first.
    """
    from scipy import sparse  # heavy, and not needed where vectors are only used

    words, weights, matrix = words[:MOST_WORDS], weights[:MOST_WORDS], matrix[:MOST_WORDS]
    n_words = Counter(ngram for word in words for ngram in dict.fromkeys(ngrams_of(word)))  # in a fixed order
    shared = [ngram for ngram, n in n_words.most_common(MOST_NGRAMS) if n >= FEWEST_WORDS]
    roots = np.sqrt(weights).astype(np.float32)
    index = {ngram: row for row, ngram in enumerate(shared)}
    features = sparse.csr_array(sparse.diags_array(roots) @ _incidence(words, index)[0].scipy())
    lengths = np.linalg.norm(matrix[len(matrix) // 2 :], axis=1)
    length = float(np.median(lengths)) if lengths.any() else 1.0
    return NgramVectors(shared, ridge(features, matrix * roots[:, None]), length or 1.0)


def ridge(features: "sparse.csr_array[Any]", targets: Floats) -> Floats:
    """Return the X of least |F X - T|^2 + 0.3 |X|^2, by conjugate gradients for each column of T."""
    transposed = features.T.tocsr()
    scale = 1 / np.sqrt(transposed.power(2).sum(axis=1) + PENALTY).astype(np.float32)[:, None]  # of Jacobi
    residual = scale * (transposed @ targets)
    solution = np.zeros_like(residual)
    direction = residual.copy()
    square = np.einsum("gd,gd->d", residual, residual)
    enough = TOLERANCE * square
    for _ in range(MOST_STEPS):
        if (square <= enough).all():
            break
        scaled = scale * direction
        image = scale * (transposed @ (features @ scaled) + np.float32(PENALTY) * scaled)
        step = square / np.maximum(np.einsum("gd,gd->d", direction, image), np.float32(1e-30))
        solution += step * direction
        residual -= step * image
        before, square = square, np.einsum("gd,gd->d", residual, residual)
        direction = residual + (square / np.maximum(before, np.float32(1e-30))) * direction
    return np.asarray(scale * solution, dtype=np.float32)


def blended(matrix: Floats, counts: npt.NDArray[np.int64], by_ngrams: Floats) -> Floats:
    """Return vectors of words, (V, D), drawn towards those by n-grams; c occurrences keep c / (c + 30).

    A word whose n-grams tell nothing keeps its own.
    """
    own = np.where(by_ngrams.any(axis=1), counts / (counts + HALF_OWN), 1).astype(np.float32)[:, None]
    return np.asarray(own * matrix + (1 - own) * by_ngrams, dtype=np.float32)


def _incidence(words: Sequence[str], index: dict[str, int]) -> tuple[SparseRows, npt.NDArray[np.int64]]:
    """Return how often words hold n-grams, (n, G), over the root of how many they have, (n,); and these."""
    rows: list[int] = []
    bounds = [0]
    sizes: list[int] = []
    for word in words:
        ngrams = ngrams_of(word)
        rows += [index[ngram] for ngram in ngrams if ngram in index]
        bounds.append(len(rows))
        sizes.append(len(ngrams))
    n_ngrams = np.array(sizes, dtype=np.int64)
    shares = np.repeat(1 / np.sqrt(n_ngrams.astype(np.float32)), np.diff(bounds))
    places = np.array(rows, dtype=np.int64), np.array(bounds, dtype=np.int64)
    return SparseRows(shares, *places, len(index)), n_ngrams
