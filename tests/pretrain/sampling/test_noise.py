import numpy as np
import pytest
from scipy.stats import chisquare

from textransfer.errors import ConfigError
from textransfer.pretrain.sampling.noise import (
    AliasTable,
    NoiseSampler,
    frequency_ranks,
    log_uniform_probabilities,
    unigram_probabilities,
)
from textransfer.randomness import Stream, integers, stream_key

COUNTS = np.array([400, 120, 60, 33, 12, 5, 1])


def keys(n: int, seed: int = 3) -> np.ndarray:
    return integers(stream_key(seed, Stream.NOISE), np.arange(n))


def test_unigram_probabilities_are_counts_to_the_power() -> None:
    q = unigram_probabilities(np.array([16, 1]), 0.75)
    np.testing.assert_allclose(q, [8 / 9, 1 / 9])


def test_log_uniform_matches_the_formula_by_hand() -> None:
    q = log_uniform_probabilities(3)
    np.testing.assert_allclose(q, np.log([2 / 1, 3 / 2, 4 / 3]) / np.log(4))
    assert q.sum() == pytest.approx(1.0)


def test_ranks_follow_the_counts_and_then_the_ids() -> None:
    assert frequency_ranks(np.array([9, 5, 5, 1])).tolist() == [0, 1, 2, 3]
    assert frequency_ranks(np.array([5, 1, 9, 5])).tolist() == [1, 3, 0, 2]


@pytest.mark.parametrize("n_words", [1, 2, 63, 1000])
def test_alias_table_holds_exactly_the_distribution(n_words: int) -> None:
    q = log_uniform_probabilities(n_words)
    table = AliasTable.build(q)
    held = np.zeros(n_words)
    own = table.accept / 2.0**32
    np.add.at(held, np.arange(n_words), own / n_words)
    np.add.at(held, table.alias, (1 - own) / n_words)
    np.testing.assert_allclose(held, q, atol=1e-9)


@pytest.mark.parametrize("q", [unigram_probabilities(COUNTS, 0.75), log_uniform_probabilities(7)])
def test_frequencies_of_noise_words(q: np.ndarray) -> None:
    words, tries = NoiseSampler(q, 5).draw(keys(20_000))
    observed = np.bincount(words.ravel(), minlength=q.size)
    assert chisquare(observed, q * words.size).pvalue > 1e-3
    assert (tries == 5).all()


def test_places_in_a_set_are_independent() -> None:
    q = np.array([0.5, 0.5])
    words, _ = NoiseSampler(q, 2).draw(keys(20_000))
    observed = np.bincount(2 * words[:, 0] + words[:, 1], minlength=4)
    assert chisquare(observed).pvalue > 1e-3


def test_without_replacement_sets_are_distinct_and_expected_counts_are_right() -> None:
    q = log_uniform_probabilities(9)
    sampler = NoiseSampler(q, 4, replacement=False)
    words, tries = sampler.draw(keys(20_000))
    assert all(len(set(row)) == 4 for row in words[:200].tolist())
    assert (tries >= 4).all()
    # TensorFlow's estimate uses the number of tries that a set took: on average it must hit the true rate.
    expected = np.exp(sampler.log_expected_counts(tries[:, None], np.arange(9))).mean(axis=0)
    observed = np.array([(words == w).any(axis=1).mean() for w in range(9)])
    np.testing.assert_allclose(expected, observed, atol=0.08)
    assert expected.sum() == pytest.approx(4, rel=0.05)


def test_many_sets_at_once_equal_one_at_a_time() -> None:
    sampler = NoiseSampler(log_uniform_probabilities(6), 5, replacement=False)
    words, tries = sampler.draw(keys(300))
    assert (tries > 20).any(), "some sets must take the long way"
    for key, row, n_tries in zip(keys(300), words, tries, strict=True):
        slow_words, slow_tries = sampler._draw_distinct(int(key))
        assert (row.tolist(), n_tries) == (slow_words.tolist(), slow_tries)


def test_expected_counts_follow_both_formulas() -> None:
    q = np.array([0.7, 0.2, 0.1])
    with_replacement = NoiseSampler(q, 5).log_expected_counts(5, [0, 2])
    np.testing.assert_allclose(with_replacement, np.log([3.5, 0.5]), rtol=1e-6)
    without = NoiseSampler(q, 2, replacement=False).log_expected_counts(6, [0, 2])
    np.testing.assert_allclose(without, np.log([1 - 0.3**6, 1 - 0.9**6]), rtol=1e-6)


def test_more_distinct_noise_words_than_words_are_refused() -> None:
    with pytest.raises(ConfigError, match="vocabulary has 3"):
        NoiseSampler(log_uniform_probabilities(3), 4, replacement=False)


def test_a_set_of_the_whole_vocabulary_is_found() -> None:
    words, _ = NoiseSampler(log_uniform_probabilities(5), 5, replacement=False).draw(keys(20))
    assert (np.sort(words, axis=1) == np.arange(5)).all()
