import numpy as np
import pytest

from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.vectors import WordVectors
from textransfer.transfer.fitness.distance import distance_to, jensen_shannon

WORDS = [f"w{i}" for i in range(60)]
SHARES = np.repeat([4, 1], 30) / 150


def documents(n, shares, seed, length=20):
    random = np.random.default_rng(seed)
    return [[WORDS[i] for i in random.choice(60, length, p=shares)] for _ in range(n)]


@pytest.fixture(scope="module")
def corpus():
    """Vectors with the moments of documents of which the first thirty words make four fifths."""
    from textransfer.embeddings.moments import document_moments, sif_weights

    matrix = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    counts = (SHARES * 15_000).astype(int)
    texts = documents(2000, SHARES, 1)
    tokens = np.array([WORDS.index(word) for text in texts for word in text], np.int32)
    offsets = np.arange(0, len(tokens) + 1, 20)
    moments = document_moments(matrix, sif_weights(counts, 60, None), [(tokens, offsets)])
    return WordVectors(WORDS, matrix, counts=counts, moments=moments)


@pytest.mark.parametrize("n_texts", [8, 16, 200])
def test_samples_of_the_corpus_are_near_however_few(corpus, n_texts):
    distances = [distance_to(corpus, documents(n_texts, SHARES, seed)) for seed in range(20)]
    assert [distance.nearness for distance in distances].count("near") >= 19
    assert np.mean([distance.shift.p_value for distance in distances]) == pytest.approx(0.5, abs=0.25)


def test_another_mixture_of_words_is_off_and_a_foreign_tongue_is_far(corpus):
    off = distance_to(corpus, documents(16, SHARES[::-1], 5))
    assert off.words.nearness == "some way off"
    narrow = distance_to(corpus, documents(16, np.repeat([0, 0.2], [55, 5]), 5))
    assert narrow.shift.nearness in ("some way off", "far")
    assert narrow.shift.size > 0.5
    foreign = distance_to(corpus, [["was", "denn"], ["w1", "sonst"]])
    assert (foreign.nearness, foreign.shift.n_texts) == ("far", 1)


def test_what_vectors_do_not_say_is_unknown(corpus):
    bare = WordVectors(WORDS, corpus.matrix)
    assert distance_to(bare, [["w1"]]).to_dict() == {"nearness": "unknown", "shift": None, "words": None}
    counted = WordVectors(WORDS, corpus.matrix, counts=corpus.counts)
    assert distance_to(counted, documents(16, SHARES, 0)).nearness == "near"
    unseen = distance_to(corpus, [["was"]])
    assert unseen.shift is None
    assert unseen.words.nearness == "far"
    flat = DocumentMoments(np.zeros(8), np.zeros((8, 8)))
    assert distance_to(WordVectors(WORDS, corpus.matrix, moments=flat), [["w1"]]).shift is None


def test_divergence_of_known_distributions():
    assert jensen_shannon(np.array([1.0, 0]), np.array([0, 1.0])) == pytest.approx(1)
    assert jensen_shannon(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0
    assert jensen_shannon(np.array([1.0, 0]), np.array([0.5, 0.5])) == pytest.approx(0.3113, abs=1e-4)
