import numpy as np
import pytest
from scipy.stats import kstest, truncnorm

from textransfer.pretrain.sampling.noise import log_uniform_probabilities
from textransfer.pretrain.tables import initial_tables

Q = log_uniform_probabilities(5000)


def test_word2vec_start() -> None:
    tables = initial_tables(Q, 7, "word2vec", seed=1)
    assert kstest(tables.in_vectors.ravel() * 7 + 0.5, "uniform").pvalue > 1e-3
    assert not tables.out_vectors.any()
    np.testing.assert_allclose(tables.out_bias, np.log(Q), rtol=1e-6)


def test_article_start() -> None:
    tables = initial_tables(Q, 4, "article", seed=1)
    assert kstest(tables.in_vectors.ravel() / 2 + 0.5, "uniform").pvalue > 1e-3
    assert kstest(tables.out_vectors.ravel() * 2.0, truncnorm(-2, 2).cdf).pvalue > 1e-3


@pytest.mark.parametrize("initialization", ["word2vec", "article"])
def test_start_depends_on_the_seed_and_nothing_else(initialization: str) -> None:
    one, same, other = (initial_tables(Q[:9], 3, initialization, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.in_vectors, same.in_vectors)
    assert (one.in_vectors != other.in_vectors).all()
    # a word's start does not depend on how many words there are
    longer = initial_tables(Q, 3, initialization, 1)
    np.testing.assert_array_equal(longer.in_vectors[:9], one.in_vectors)


def test_words_that_are_never_noise_start_with_a_finite_bias() -> None:
    assert np.isfinite(initial_tables(np.array([1.0, 0.0]), 2, "word2vec", 0).out_bias).all()
