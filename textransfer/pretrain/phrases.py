"""Vectors of the words, pairs and triples of an encoded corpus: means of the documents that hold them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from textransfer.embeddings.arrays import unit_rows
from textransfer.embeddings.moments import DocumentMoments, sif_weights
from textransfer.embeddings.phrases import (
    LONGEST,
    PhraseIndex,
    PhraseVectors,
    extended,
    phrase_keys,
    places_in,
    sorted_counts,
)
from textransfer.embeddings.poles import polar_directions

if TYPE_CHECKING:
    from textransfer.text.encoding.encoded import EncodedCorpus

MIN_DOCUMENTS = 2_000
"""With fewer documents their components are noise."""
MOST_DOCUMENTS = 100_000
MOST_TOKENS = 8_000_000
"""Documents, and their tokens, that phrases are learned from, evenly spread over the corpus."""
LEAST_HOLDERS = 3
"""Documents that must hold a phrase."""
MOST_PHRASES = 200_000
"""Pairs and triples that are kept, those that most documents hold."""
SHRINKAGE = 20.0
"""Documents of no meaning that are added to those that hold a phrase."""
LEAST_VARIANCE = 1e-5
"""Of a component, as a share of that of the first; with less it is rounding."""
N_SAMPLED = 20_000
"""Documents that moments are taken of."""

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


def phrases_of(
    matrix: Floats,
    encoded: "EncodedCorpus",
    moments: DocumentMoments | None,
    seed: int = 0,
    on_stage: Callable[[str], None] = lambda _: None,
) -> PhraseVectors | None:
    """Return the vectors of words and phrases, under word vectors, (V, D), with the moments of the corpus.

    None with fewer than 2,000 documents. A document's sentence vector is whitened, so that all of its
    directions count alike, and brought to unit length; a phrase that n documents hold has the sum of theirs,
    divided by n + 20. The seed is that of the search for polar directions; the stage that `on_stage` is told
    of is "phrases".

    References
    ----------
    Khodak et al. (2018), A la carte embedding, ACL, which makes vectors of n-grams from their contexts; a
    whole document is the context here.
    """
    if moments is None or encoded.n_documents < MIN_DOCUMENTS:
        return None
    on_stage("phrases")
    vocabulary = encoded.vocabulary
    mean_length = max(encoded.n_tokens / encoded.n_documents, 1.0)
    n_documents = min(encoded.n_documents, MOST_DOCUMENTS, int(MOST_TOKENS / mean_length))
    chosen = np.unique(np.linspace(0, encoded.n_documents - 1, n_documents).astype(np.int64))
    tokens, offsets = encoded.take(chosen)
    index = frequent_phrases(tokens.astype(np.int64), offsets, len(vocabulary))
    held = index.holdings(tokens.astype(np.int64), offsets).scipy()
    weights = sif_weights(vocabulary.counts, len(vocabulary), vocabulary.n_tokens).astype(np.float32)
    with threadpool_limits(1, user_api="blas"):  # sums must not depend on the number of threads
        documents = _whitened(unit_rows(matrix), weights, held[:, : len(vocabulary)].tocsr(), moments)
        vectors = phrase_means(held, documents)
        sampled = np.unique(np.linspace(0, len(chosen) - 1, min(len(chosen), N_SAMPLED)).astype(np.int64))
        return PhraseVectors(index, vectors, _moments(held[sampled], vectors, seed))


def frequent_phrases(
    tokens: Ids, offsets: Ids, n_words: int, least: int = LEAST_HOLDERS, most: int = MOST_PHRASES
) -> PhraseIndex:
    """Return the pairs and triples that at least so many documents hold, and no more than `most` of them.

    Where there are more, those stay that most documents hold. No triple has more holders than its first pair,
    so that each prefix of a phrase that is kept is kept.
    """
    text_of = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    keys_of, holders_of = [], []
    starts, rows, n_rows = np.arange(len(tokens)), tokens, n_words
    for length in range(2, LONGEST + 1):
        starts, rows = extended(starts, rows, text_of, length)
        keys = phrase_keys(rows, tokens[starts + length - 1], n_words)
        frequent, n_holders, places = _frequent(keys, text_of[starts], len(offsets) - 1, least)
        keys_of.append(frequent)
        holders_of.append(n_holders)
        starts, rows = starts[places >= 0], n_rows + places[places >= 0]
        n_rows += len(frequent)
    (pairs, triples), bound = keys_of, _bound(np.concatenate(holders_of), most)
    is_kept = holders_of[0] >= bound
    new_rows = n_words + np.cumsum(is_kept) - 1
    pairs, triples = pairs[is_kept], triples[holders_of[1] >= bound]
    prefixes, lasts = np.divmod(triples, n_words)
    return PhraseIndex(
        n_words,
        np.concatenate([pairs // n_words, new_rows[prefixes - n_words]]).astype(np.int32),
        np.concatenate([pairs % n_words, lasts]).astype(np.int32),
    )


def _frequent(keys: Ids, text_of: Ids, n_texts: int, least: int) -> tuple[Ids, Ids, Ids]:
    """Return the keys that at least so many texts hold, rising; how many do; the place of each, or -1."""
    distinct, n_occurrences = sorted_counts(keys)
    places = places_in(distinct[n_occurrences >= least], keys)
    n_frequent = int(np.count_nonzero(n_occurrences >= least))
    held, _ = sorted_counts((places * n_texts + text_of)[places >= 0])
    n_holders = np.bincount(held // n_texts, minlength=n_frequent).astype(np.int64)
    is_kept = n_holders >= least
    new_places = np.append(np.where(is_kept, np.cumsum(is_kept) - 1, -1), -1)
    return distinct[n_occurrences >= least][is_kept], n_holders[is_kept], new_places[places]


def _bound(n_holders: Ids, most: int) -> int:
    """Return the fewest holders with which no more than `most` phrases remain."""
    if len(n_holders) <= most:
        return 0
    return int(np.sort(n_holders)[len(n_holders) - most - 1]) + 1


def _whitened(unit: Floats, weights: Floats, held: sparse.csr_array, moments: DocumentMoments) -> Floats:
    """Return documents as sentence vectors, all directions alike, at unit length, (n, D)."""
    sums = np.asarray(held @ (unit * weights[:, None]))
    totals = np.asarray(held @ weights)
    means = sums / np.where(totals > 0, totals, 1)[:, None] - moments.mean
    left = unit_rows(means.astype(np.float32, copy=False))
    variances, components = moments.components
    floor = max(LEAST_VARIANCE * float(variances.max()), float(np.finfo(np.float32).tiny))
    whitening = (components / np.sqrt(np.maximum(variances, floor))) @ components.T
    documents = unit_rows(left @ whitening.astype(np.float32))
    return np.where(totals[:, None] > 0, documents, np.float32(0))


def phrase_means(held: sparse.csr_array, documents: Floats) -> Floats:
    """Return the shrunk mean of the documents that hold each word or phrase, in numbers of half precision."""
    sums = np.asarray(held.T @ documents)
    n_holders = np.bincount(held.indices, minlength=held.shape[1])
    means = sums / (n_holders + SHRINKAGE)[:, None].astype(np.float32)
    return means.astype(np.float16).astype(np.float32)


def _moments(held: sparse.csr_array, vectors: Floats, seed: int) -> DocumentMoments:
    """Return the moments of documents as means of their words and phrases."""
    n_held = np.diff(held.indptr)
    means = np.asarray(held @ vectors)[n_held > 0] / n_held[n_held > 0, None].astype(np.float32)
    mean = means.mean(axis=0, dtype=np.float64).astype(np.float32)
    left = unit_rows(means - mean)
    covariance = (left.T @ left) / np.float32(max(len(left), 1))
    return DocumentMoments(mean, covariance, polar_directions(left, seed))
