from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from textransfer import SkipGram, WordVectors, update_vectors
from textransfer.embeddings import moments
from textransfer.embeddings.moments import (
    DocumentMoments,
    document_moments,
    sampled_documents,
    sif_weights,
)
from textransfer.errors import ConfigError
from textransfer.sentiment.sentences.transformers import SIFEncoder

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
    monkeypatch.setattr(moments, "N_SAMPLED", 400)
    found = np.concatenate(list(sampled_documents(10_000)))
    assert len(found) == 400
    assert (found[0], found[-1]) == (0, 9999)
    assert set(np.diff(found)) <= {25, 26}
    assert np.concatenate(list(sampled_documents(3))).tolist() == [0, 1, 2]
    assert list(sampled_documents(0)) == []


def test_blocks_make_no_difference():
    random = np.random.default_rng(0)
    matrix = random.normal(size=(50, 4)).astype(np.float32)
    blocks = [(random.integers(0, 50, 30).astype(np.int32), np.arange(0, 31, 3)) for _ in range(4)]
    joined = np.concatenate([tokens for tokens, _ in blocks]), np.arange(0, 121, 3)
    one, other = (document_moments(matrix, np.ones(50), given) for given in (blocks, [joined]))
    np.testing.assert_allclose(one.covariance, other.covariance, atol=1e-6)


def test_documents_without_words_do_not_count():
    matrix, tokens = np.eye(2, dtype=np.float32), np.array([0, 1], np.int32)
    found = document_moments(matrix, np.ones(2), [(tokens, np.array([0, 0, 1, 1, 2]))])
    np.testing.assert_allclose(found.mean, [0.5, 0.5])
    assert document_moments(matrix, np.ones(2), [(tokens[:0], np.array([0, 0, 0]))]) is None


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
    weights = sif_weights(new.counts, len(new), new.n_tokens)
    rows = new.rows_of(sorted({"a", "gripping", "film"} & set(new.words)))
    expected = weights[rows] @ new.unit_matrix[rows] / weights[rows].sum()
    np.testing.assert_allclose(alone.mean, expected, atol=1e-5)


def test_directions_that_divide_the_corpus_are_saved(vectors, tmp_path):
    polar = np.arange(12, dtype=np.float32).reshape(2, 6)
    moments = replace(vectors.moments, polar=polar)
    WordVectors(vectors.words, vectors.matrix, moments=moments).save(tmp_path / "embeddings")
    found = WordVectors.load(tmp_path / "embeddings").moments
    np.testing.assert_array_equal(found.polar, polar)
    assert (found.n_polar, vectors.moments.n_polar) == (2, 0)


def test_of_mixed_corpora_the_larger_divides(vectors):
    one, other = (replace(vectors.moments, polar=np.full((n, 6), n, np.float32)) for n in (1, 2))
    assert [one.mixed_with(other, share).n_polar for share in (0.1, 0.9)] == [1, 2]


def test_the_search_for_poles_gets_the_random_state(monkeypatch):
    seeds = []
    monkeypatch.setattr(moments, "polar_directions", lambda documents, seed: seeds.append(seed))
    for random_state in (0, 7):
        SkipGram(vector_size=2, epochs=1, min_count=1, random_state=random_state).fit(REVIEWS)
    assert seeds == [0, 7]


def test_moments_of_another_size_are_refused():
    moments = DocumentMoments(np.zeros(3, np.float32), np.zeros((3, 3), np.float32))
    with pytest.raises(ConfigError, match="mean has the shape"):
        WordVectors(["a"], [[1.0, 2.0]], moments=moments)


@pytest.mark.parametrize("counts", [np.array([1000, 100, 10, 1]), np.arange(50, 0, -1), None, np.array([7])])
def test_by_default_a_token_of_the_corpus_weighs_one_half_on_average(counts):
    n_words = 30 if counts is None else len(counts)
    weights = sif_weights(counts, n_words, None)
    shares = 1 / np.arange(1, n_words + 1) if counts is None else counts
    assert np.average(weights, weights=shares) == pytest.approx(0.5)
    assert (np.diff(weights) >= 0).all()
    np.testing.assert_allclose(1 / weights[0] - 1, shares[0] / shares[-1] * (1 / weights[-1] - 1))


def test_the_search_has_one_thread_for_products_and_gives_the_others_back(monkeypatch):
    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    seen = []
    monkeypatch.setattr(moments, "polar_directions", lambda documents, seed: seen.append(threads()))
    tokens = np.random.default_rng(0).integers(0, 50, 3000).astype(np.int32)
    blocks = [(tokens, np.arange(0, 3001, 10))]
    matrix = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)
    covariances = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads, user_api="blas"):
            covariances.append(document_moments(matrix, np.ones(50), blocks).covariance)
            assert threads() == {n_threads}
    assert seen == [{1}, {1}]
    np.testing.assert_array_equal(*covariances)


def test_few_documents_count_little_against_many_dimensions():
    rng = np.random.default_rng(0)
    covariance = np.diag(rng.random(8)).astype(np.float32)
    own = DocumentMoments(np.ones(8, np.float32), covariance / np.trace(covariance))
    prior = np.zeros(8, np.float32)
    none, even, many = (own.shrunk(n, prior) for n in (0, 8, 1_000_000))
    np.testing.assert_allclose(none.covariance, np.eye(8) / 8, atol=1e-7)
    np.testing.assert_array_equal(none.mean, prior)
    np.testing.assert_allclose(even.mean, 0.5)
    np.testing.assert_allclose(even.covariance, (own.covariance + np.eye(8) / 8) / 2, atol=1e-7)
    np.testing.assert_allclose(many.covariance, own.covariance, atol=1e-5)
