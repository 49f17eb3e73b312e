"""Whether a corpus is large enough, told from its counts, against leaving each document out in turn."""

import numpy as np
import pytest

from textransfer import SkipGram, WordVectors, pretrain_vectors, update_vectors
from textransfer.bundled import bundled_corpora
from textransfer.embeddings.attested import attested_by, attested_share, too_little
from textransfer.embeddings.moments import sif_weights
from textransfer.text.reading.corpus import Corpus

SETTINGS = {"vector_size": 4, "epochs": 1, "n_jobs": 1}


@pytest.fixture(scope="module")
def documents():
    return list(Corpus(bundled_corpora("en") / "unlabeled.txt"))


@pytest.fixture(scope="module")
def vectors(documents):
    return SkipGram(min_count=1, **SETTINGS).fit(documents).vectors_


def left_out_in_turn(vectors, documents):
    """The same from the documents themselves, each against all the others."""
    bags = [set(words) for words in vectors.tokenizer().tokenize_many(documents)]
    weights = sif_weights(vectors.counts, len(vectors), vectors.n_tokens)
    attested, total = 0.0, 0.0
    for place, bag in enumerate(bags):
        rest = bags[:place] + bags[place + 1 :]
        for word in bag:
            weight = weights[vectors.index[word]]
            total += weight
            attested += weight * (sum(word in another for another in rest) >= 2)
    return attested / total


def test_counts_tell_what_leaving_out_each_document_tells(vectors, documents):
    assert attested_by(vectors) == pytest.approx(left_out_in_turn(vectors, documents))


def test_words_outside_the_vocabulary_are_attested_by_none(vectors, documents):
    smaller = SkipGram(min_count=3, **SETTINGS).fit(documents).vectors_
    assert len(smaller) < len(vectors) / 2
    assert attested_by(smaller) == pytest.approx(attested_by(vectors), abs=0.03)


def test_the_same_word_in_one_long_document_attests_nothing():
    counts = np.array([30, 30, 30])
    assert attested_share(counts, np.array([1, 1, 1]), 90) == 0
    assert attested_share(counts, np.array([30, 30, 30]), 90) == 1
    assert attested_share(np.zeros(0, np.int64), np.zeros(0, np.int64), 0) == 0


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_bundled_reviews_suffice_and_a_third_of_them_does_not(language):
    texts = list(Corpus(bundled_corpora(language) / "unlabeled.txt"))
    whole, third = (SkipGram(**SETTINGS).fit(part).vectors_ for part in (texts, texts[:20]))
    assert too_little(attested_by(whole)) == ""
    assert "too little text" in too_little(attested_by(third))


def test_nothing_is_said_where_the_corpus_is_not_known(vectors, documents):
    assert attested_by(WordVectors(["a"], [[1.0]])) is None
    started = pretrain_vectors(documents, init_from=vectors, epochs=1, n_jobs=1)
    assert attested_by(started) is None
    assert too_little(None) == ""


def test_an_update_adds_its_documents(vectors, documents):
    more = update_vectors(vectors, documents[::-1], epochs=1)
    assert attested_by(more) > attested_by(vectors)
