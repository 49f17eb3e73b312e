"""The documents of a corpus as sentence vectors: their mean, and the directions in which they differ."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.embeddings.arrays import frozen_floats, unit_rows
from textransfer.embeddings.poles import polar_directions
from textransfer.errors import ConfigError

if TYPE_CHECKING:
    from textransfer.text.encoding.encoded import EncodedCorpus

KEPT_SHARE = 0.5
"""Mean weight of a token of the corpus, which the default a of SIF brings about; see docs/design.md."""
N_SAMPLED = 20_000
"""Documents that the moments are taken of, spread evenly over the corpus."""
DOCUMENTS_A_TIME = 256
N_SEARCHED = 5_000
"""Most frequent words, among which those at the ends of a polar direction are looked for."""
N_POLE_WORDS = 4

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DocumentMoments:
    """First and second moments of the sentence vectors of a corpus, and its poles."""

    mean: Floats
    """Of the weighted means of unit word vectors, shape (D,)."""
    covariance: Floats
    """E[y y'] of what is left of them without that mean, at unit length, shape (D, D)."""
    polar: Floats | None = None
    """Directions along which they spread towards two poles, shape (J, D); from `polar_directions`."""

    def checked(self, size: int) -> "DocumentMoments":
        """Return them read-only; ConfigError if they do not suit vectors of this size, or are not finite."""
        mean = frozen_floats("mean", self.mean, (size,))
        covariance = frozen_floats("covariance", self.covariance, (size, size))
        if self.polar is None or not self.n_polar:
            return DocumentMoments(mean, covariance)
        polar = frozen_floats("polar", self.polar, (None, size))
        if not polar.any(axis=1).all():
            raise ConfigError("polar has a direction of zeros; expected a length above 0")
        return DocumentMoments(mean, covariance, polar)

    @property
    def n_polar(self) -> int:
        """Directions along which the documents spread towards two poles (J)."""
        return 0 if self.polar is None else len(self.polar)

    @cached_property
    def components(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Variances (D,), rising, and principal components (D, D), one a column. Computed once."""
        variances, components = np.linalg.eigh(self.covariance.astype(np.float64))
        return np.maximum(variances, 0), components

    @cached_property
    def polar_units(self) -> npt.NDArray[np.float64]:
        """The polar directions, with scores of mean square 1 over the corpus, shape (J, D). Computed once."""
        covariance = self.covariance.astype(np.float64)
        polar = covariance[:0] if self.polar is None else self.polar.astype(np.float64)
        squares = np.array([row @ covariance @ row for row in polar])
        return np.asarray(polar / np.sqrt(squares)[:, None])

    def pole_words(
        self, words: Sequence[str], matrix: Floats, n: int = N_POLE_WORDS
    ) -> list[tuple[list[str], list[str]]]:
        """Return, for each polar direction, the words at its two ends, n each or fewer.

        Of V words, the most frequent first, 5,000 are looked at; `matrix` has their vectors, (V, D).
        """
        if self.polar is None:
            return []
        n = min(n, len(words) // 2)
        scores = (unit_rows(matrix[:N_SEARCHED]) - self.mean) @ self.polar.T
        orders = np.argsort(scores, axis=0, kind="stable").T
        return [
            ([words[row] for row in order[:n]], [words[row] for row in order[::-1][:n]]) for order in orders
        ]

    def shrunk(self, n_documents: int, mean: Floats) -> "DocumentMoments":
        """Return the moments that so many documents speak for, against as many as there are dimensions.

        Fewer documents than dimensions span only some of these, and stretching would wipe out the others. So
        the covariance is drawn towards that of documents that differ alike in all directions, and the mean
        towards another, (D,), with a weight of D / (n + D); the documents have the rest.
        """
        size = len(self.mean)
        share = np.float32(n_documents / (n_documents + size))
        alike = np.eye(size, dtype=np.float32) * (np.trace(self.covariance) / size)
        covariance = share * self.covariance + (1 - share) * alike
        return DocumentMoments(share * self.mean + (1 - share) * mean, covariance, self.polar)

    def mixed_with(self, other: "DocumentMoments", share: float) -> "DocumentMoments":
        """Return the moments of both corpora, the other so large a share, with the poles of the larger."""
        return DocumentMoments(
            (1 - share) * self.mean + share * other.mean,
            (1 - share) * self.covariance + share * other.covariance,
            self.polar if share < 0.5 else other.polar,
        )


def sif_weights(
    counts: npt.NDArray[np.int64] | None,
    n_words: int,
    n_tokens: int | None,
    smoothing: float | None = None,
) -> npt.NDArray[np.float64]:
    """Return a / (a + p(w)) for each word, (V,); p follows Zipf's law over the order of words without counts.

    Tokens are those of the corpus, unknown words included. By default a, the smoothing, is such that a token
    of the corpus weighs one half on average: a fixed a would nearly silence the words of a corpus of few
    different ones.

    References
    ----------
    Arora, Liang, Ma (2017), A simple but tough-to-beat baseline for sentence embeddings.
    """
    if counts is None or not counts.any():
        shares = 1 / np.arange(1, n_words + 1)
        shares /= shares.sum()
    else:
        shares = counts / (n_tokens or counts.sum())
    if smoothing is None:
        smoothing = _halving(shares) if n_words else 1.0
    weights: npt.NDArray[np.float64] = smoothing / (smoothing + shares)
    return weights


def mean_of_words(
    unit: Floats, weights: npt.NDArray[np.float64], counts: npt.NDArray[np.int64] | None
) -> npt.NDArray[np.float64]:
    """Return the mean of documents as the vocabulary alone tells it, (D,), from unit vectors, (V, D).

    Each word counts by its weight of `sif_weights` and how often it is met; without counts by Zipf's law.
    """
    mass = (1 / np.arange(1, len(unit) + 1) if counts is None else counts) * weights
    total = mass.sum()
    shares = mass / total if total else mass
    mean: npt.NDArray[np.float64] = np.einsum("v,vd->d", shares, unit, dtype=np.float64)  # without a copy
    return mean


def _halving(shares: npt.NDArray[np.float64]) -> float:
    """Return the a at which sum p a/(a + p) is half of sum p; it lies between the least and the largest p."""
    low, high = np.log(shares[shares > 0].min()), np.log(shares.max())
    for _ in range(60):
        middle = (low + high) / 2
        smoothing = np.exp(middle)
        if (shares * smoothing / (smoothing + shares)).sum() < KEPT_SHARE * shares.sum():
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))


def moments_of(
    matrix: Floats, encoded: "EncodedCorpus", seed: int, on_stage: Callable[[str], None] = lambda _: None
) -> DocumentMoments | None:
    """Return the moments of an encoded corpus under the vectors, (V, D), that were learned from it.

    The stages that `on_stage` is told of are "moments" and "poles".
    """
    on_stage("moments")
    vocabulary = encoded.vocabulary
    weights = sif_weights(vocabulary.counts, len(vocabulary), vocabulary.n_tokens)
    blocks = (encoded.take(documents) for documents in sampled_documents(encoded.n_documents))
    return document_moments(matrix, weights, blocks, seed, on_stage)


def sampled_documents(n_documents: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the documents that moments are taken of, 20,000 at most and evenly spread, some at a time."""
    chosen = np.unique(np.linspace(0, max(n_documents - 1, 0), min(n_documents, N_SAMPLED)).astype(np.int64))
    for start in range(0, len(chosen), DOCUMENTS_A_TIME):
        yield chosen[start : start + DOCUMENTS_A_TIME]


def document_moments(
    matrix: Floats,
    weights: npt.NDArray[np.float64],
    blocks: Iterable[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]],
    seed: int = 0,
    on_stage: Callable[[str], None] = lambda _: None,
) -> DocumentMoments | None:
    """Return the moments of some documents under word vectors, (V, D); None if no document has a word.

    Document i of a block (tokens, offsets) has the word ids ``tokens[offsets[i]:offsets[i + 1]]``, and a word
    its weight of `sif_weights`, (V,). The seed is that of the search for polar directions, which is told to
    `on_stage` as "poles".

    Products of matrices use one thread: there are many small ones, for which threads wait for each other
    (ten times as long on a busy machine), and sums must not depend on how many threads there are. Other
    threads of the program have one for such products, too, meanwhile.
    """
    from threadpoolctl import threadpool_limits  # not needed where moments are only used

    unit = unit_rows(matrix)
    parts = [_sentence_vectors(unit, weights, tokens, offsets) for tokens, offsets in blocks]
    vectors = np.concatenate(parts) if parts else unit[:0]
    if not len(vectors):
        return None
    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    left = unit_rows(vectors - mean)
    with threadpool_limits(1, user_api="blas"):
        covariance = (left.T @ left) / np.float32(len(left))
        on_stage("poles")
        polar = polar_directions(left, seed)
    return DocumentMoments(mean, covariance, polar)


def _sentence_vectors(
    unit: Floats,
    weights: npt.NDArray[np.float64],
    tokens: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
) -> Floats:
    """Return weighted means, each distinct word once, of the documents that have a word."""
    # A word of a document as one number, so that a single sort finds the distinct ones of all documents.
    documents = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    distinct = np.unique(documents * len(unit) + tokens[offsets[0] : offsets[-1]])
    if not len(distinct):
        return unit[:0]
    documents, ids = np.divmod(distinct, len(unit))
    starts = np.flatnonzero(np.diff(documents, prepend=-1))
    shares = weights[ids]
    weighted = unit[ids] * shares[:, None].astype(np.float32)
    sums = np.add.reduceat(shares, starts)
    return np.asarray(np.add.reduceat(weighted, starts, axis=0) / sums[:, None], dtype=np.float32)
