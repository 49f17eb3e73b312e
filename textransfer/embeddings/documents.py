"""The documents of a corpus as sentence vectors: their mean, and the directions in which they differ."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.arrays import frozen_floats, unit_rows

DEFAULT_SMOOTHING = 1e-3
"""The a of SIF; Arora et al. find 1e-3 to 1e-4 equally good."""
N_SAMPLED = 20_000
"""Documents that the moments are taken of, spread evenly over the corpus."""
DOCUMENTS_A_TIME = 256

Floats = npt.NDArray[np.float32]


class DocumentMoments(NamedTuple):
    """First and second moments of the sentence vectors of a corpus.

    Attributes
    ----------
    mean : ndarray of float32, shape (D,)
        Of the weighted means of unit word vectors.
    covariance : ndarray of float32, shape (D, D)
        E[y y'] of what is left of them without that mean, at unit length.
    """

    mean: Floats
    covariance: Floats

    def checked(self, size: int) -> "DocumentMoments":
        """Return them read-only.

        Raises
        ------
        ConfigError
            If they do not suit vectors of this size, or a number is not finite.
        """
        return DocumentMoments(
            frozen_floats("mean", self.mean, (size,)),
            frozen_floats("covariance", self.covariance, (size, size)),
        )

    def mixed_with(self, other: "DocumentMoments", share: float) -> "DocumentMoments":
        """Return the moments of a corpus of which another one is so large a share."""
        return DocumentMoments(
            (1 - share) * self.mean + share * other.mean,
            (1 - share) * self.covariance + share * other.covariance,
        )


def sif_weights(
    counts: npt.NDArray[np.int64] | None, n_words: int, n_tokens: int | None, smoothing: float
) -> npt.NDArray[np.float64]:
    """Return a / (a + p(w)) for each word; p follows Zipf's law over the order of words without counts.

    References
    ----------
    Arora, Liang, Ma (2017), A simple but tough-to-beat baseline for sentence embeddings.
    """
    if counts is None or not counts.any():
        shares = 1 / np.arange(1, n_words + 1)
        shares /= shares.sum()
    else:
        shares = counts / (n_tokens or counts.sum())
    weights: npt.NDArray[np.float64] = smoothing / (smoothing + shares)
    return weights


def document_moments(
    matrix: Floats,
    weights: npt.NDArray[np.float64],
    tokens: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
) -> DocumentMoments | None:
    """Return the moments of the documents of an encoded corpus, of 20,000 of them if there are more.

    Parameters
    ----------
    matrix : ndarray of float32, shape (V, D)
        The word vectors; taken at unit length.
    weights : ndarray of float64, shape (V,)
        From `sif_weights`.
    tokens : ndarray of int32, shape (N,)
        Word ids.
    offsets : ndarray of int64, shape (n_documents + 1,)
        Document i is ``tokens[offsets[i]:offsets[i + 1]]``.

    Returns
    -------
    DocumentMoments, or None if no document has a word
    """
    vectors = np.concatenate([*_sentence_vectors(unit_rows(matrix), weights, tokens, offsets)])
    if not len(vectors):
        return None
    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    left = unit_rows(vectors - mean)
    return DocumentMoments(mean, (left.T @ left) / np.float32(len(left)))


def _sentence_vectors(
    unit: Floats,
    weights: npt.NDArray[np.float64],
    tokens: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
) -> Iterator[Floats]:
    """Yield weighted means, each distinct word once, of documents that have a word."""
    n_documents = len(offsets) - 1
    chosen = np.unique(np.linspace(0, n_documents - 1, min(n_documents, N_SAMPLED)).astype(np.int64))
    chosen = chosen[offsets[chosen + 1] > offsets[chosen]]
    yield np.zeros((0, unit.shape[1]), dtype=np.float32)
    for start in range(0, len(chosen), DOCUMENTS_A_TIME):
        block = chosen[start : start + DOCUMENTS_A_TIME]
        words = [np.unique(tokens[offsets[i] : offsets[i + 1]]) for i in block]
        starts = np.cumsum([0, *(len(one) for one in words[:-1])])
        ids = np.concatenate(words)
        shares = weights[ids]
        sums = np.add.reduceat(shares, starts)
        weighted = unit[ids] * shares[:, None].astype(np.float32)
        yield np.asarray(np.add.reduceat(weighted, starts, axis=0) / sums[:, None], dtype=np.float32)
