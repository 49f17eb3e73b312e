import numpy as np
import pytest

from textransfer import SkipGram, WordVectors, update_vectors
from textransfer.embeddings import documents as room
from textransfer.embeddings.documents import DocumentMoments, document_moments, sif_weights
from textransfer.errors import ConfigError
from textransfer.sentiment.encoders import SIFEncoder

REVIEWS = [
    "a warm and funny film",
    "a dull and lifeless film",
    "warm, funny, a delight",
    "the plot is dull",
] * 8


@pytest.fixture(scope="module")
def vectors():
    return SkipGram(vector_size=6, epochs=20, min_count=1).fit(REVIEWS).vectors_


def test_moments_are_those_of_the_sentence_vectors(vectors):
    plain = SIFEncoder(vectors, component_power=0)
    averaging = plain.averaging()
    bags = plain.bags(REVIEWS)
    means = bags.matrix(len(vectors)) @ vectors.unit_matrix
    np.testing.assert_allclose(vectors.moments.mean, means.mean(axis=0), atol=1e-6)
    finished = averaging.vectors(bags)
    np.testing.assert_allclose(vectors.moments.covariance, finished.T @ finished / len(bags), atol=1e-6)


def test_of_many_documents_some_are_taken_evenly(monkeypatch):
    random = np.random.default_rng(0)
    matrix = random.normal(size=(50, 4)).astype(np.float32)
    tokens = random.integers(0, 50, 3000).astype(np.int32)
    offsets = np.arange(0, 3001, 3)
    weights = np.ones(50)
    whole = document_moments(matrix, weights, tokens, offsets)
    monkeypatch.setattr(room, "N_SAMPLED", 400)
    part = document_moments(matrix, weights, tokens, offsets)
    assert not np.array_equal(part.covariance, whole.covariance)
    np.testing.assert_allclose(part.covariance, whole.covariance, atol=0.05)


def test_documents_without_words_do_not_count():
    matrix, tokens = np.eye(2, dtype=np.float32), np.array([0, 1], np.int32)
    found = document_moments(matrix, np.ones(2), tokens, np.array([0, 0, 1, 1, 2]))
    np.testing.assert_allclose(found.mean, [0.5, 0.5])
    assert document_moments(matrix, np.ones(2), tokens[:0], np.array([0, 0, 0])) is None


def test_stretching_multiplies_components_by_a_power_of_their_variance(vectors):
    plain = SIFEncoder(vectors, component_power=0).transform(REVIEWS).astype(np.float64)
    variances, components = np.linalg.eigh(vectors.moments.covariance.astype(np.float64))
    wanted = plain @ components * np.maximum(variances, 0) ** 0.5
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    found = SIFEncoder(vectors, component_power=0.5).transform(REVIEWS) @ components
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_without_moments_nothing_is_stretched(vectors):
    bare = WordVectors(vectors.words, vectors.matrix, counts=vectors.counts, n_tokens=vectors.n_tokens)
    one, other = (SIFEncoder(bare, component_power=power).averaging() for power in (0, 1))
    np.testing.assert_array_equal(one.table, other.table)


def test_moments_are_saved(vectors, tmp_path):
    vectors.save(tmp_path / "embeddings")
    found = WordVectors.load(tmp_path / "embeddings").moments
    np.testing.assert_array_equal(found.mean, vectors.moments.mean)
    np.testing.assert_array_equal(found.covariance, vectors.moments.covariance)


def test_an_update_mixes_the_moments(vectors):
    still = {"learning_rate": 1e-6, "min_learning_rate": 1e-6}
    new = update_vectors(vectors, ["a gripping film"] * len(REVIEWS), epochs=1, **still)
    alone = DocumentMoments(2 * new.moments.mean - vectors.moments.mean, vectors.moments.covariance)
    weights = sif_weights(new.counts, len(new), new.n_tokens, 1e-3)
    rows = new.rows_of(sorted({"a", "gripping", "film"} & set(new.words)))
    expected = weights[rows] @ new.unit_matrix[rows] / weights[rows].sum()
    np.testing.assert_allclose(alone.mean, expected, atol=1e-5)


def test_moments_of_another_size_are_refused():
    moments = DocumentMoments(np.zeros(3, np.float32), np.zeros((3, 3), np.float32))
    with pytest.raises(ConfigError, match="mean has the shape"):
        WordVectors(["a"], [[1.0, 2.0]], moments=moments)
