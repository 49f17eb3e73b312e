"""Corpora of integers, made in memory."""

import numpy as np
import numpy.typing as npt

from textransfer.text.encoding.encoded import EncodedCorpus
from textransfer.text.vocabulary import Vocabulary


def encoded_corpus(tokens: npt.ArrayLike, offsets: npt.ArrayLike, words: list[str]) -> EncodedCorpus:
    """Return a corpus of word ids (N,), its documents bounded by offsets (n_documents + 1,)."""
    ids, ends = np.array(tokens, dtype=np.int32), np.array(offsets, dtype=np.int64)
    documents = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    pairs = np.unique(np.stack([documents, ids]), axis=1)
    counts, document_counts = (np.bincount(of, minlength=len(words)) for of in (ids, pairs[1]))
    ids.flags.writeable = False
    return EncodedCorpus(ids, ends, Vocabulary(words, counts, document_counts, len(ids), len(ends) - 1))


def documents_of(corpus: EncodedCorpus) -> list[list[str]]:
    """Return the words of each document that the vocabulary holds."""
    words = np.array(corpus.vocabulary.words, dtype=object)
    return [words[part].tolist() for part in np.split(np.asarray(corpus.tokens), corpus.offsets[1:-1])]
