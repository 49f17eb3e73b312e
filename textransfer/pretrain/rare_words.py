"""After training, rare words are drawn towards what their character n-grams say."""

from dataclasses import replace

import numpy as np

from textransfer.config import Ngrams
from textransfer.embeddings.ngrams import HALF_FITTED, NgramVectors, blended, fit_ngrams
from textransfer.pretrain.preparation import PreparedCorpus
from textransfer.pretrain.tables import Tables
from textransfer.text.tokenizers.subword import SubwordTokenizer

RARE_SHARE, UNKNOWN_SHARE = 0.01, 0.2
"""Shares of a text in words that are too rare for the vocabulary from which on rare words, and then unknown
ones, too, get vectors from their n-grams: German tweets have 0.13, Korean comments 0.35."""
SHORT_DOCUMENT = 30
"""Words. In longer documents what is wrong with single rare words averages out, and they gain nothing."""


def ngrams_for(prepared: PreparedCorpus) -> Ngrams:
    """Return what the settings ask of n-grams; "auto" goes by the length of documents and by rare words.

    Subwords have none: they are pieces of words already.
    """
    if prepared.tokenizer.name == SubwordTokenizer.name:
        return "none"
    if prepared.config.ngrams != "auto":
        return prepared.config.ngrams
    n_dropped = prepared.encoded.vocabulary.n_dropped_tokens
    n_tokens = max(n_dropped + int(prepared.counts.sum()), 1)
    if n_dropped >= UNKNOWN_SHARE * n_tokens:
        return "all"
    is_short = n_tokens < SHORT_DOCUMENT * prepared.encoded.n_documents
    return "rare" if is_short and n_dropped >= RARE_SHARE * n_tokens else "none"


def ngrams_of_tables(tables: Tables, prepared: PreparedCorpus, n_known: int) -> NgramVectors:
    """Return the vectors of n-grams that go with word vectors.

    The first `n_known` words bring vectors of earlier texts, which count whole.
    """
    vocabulary = prepared.encoded.vocabulary
    weights = vocabulary.counts / (vocabulary.counts + HALF_FITTED)
    weights[:n_known] = 1
    return fit_ngrams(vocabulary.words, weights, tables.in_vectors)


def drawn_to_ngrams(tables: Tables, ngrams: NgramVectors, prepared: PreparedCorpus, n_known: int) -> Tables:
    """Return tables in which new words, those from `n_known` on, have a mean of both vectors (`blended`)."""
    vocabulary = prepared.encoded.vocabulary
    matrix = tables.in_vectors.copy()
    matrix[n_known:] = blended(
        matrix[n_known:], vocabulary.counts[n_known:], ngrams.vectors(vocabulary.words[n_known:])
    )
    return replace(tables, in_vectors=np.ascontiguousarray(matrix))
