from dataclasses import replace

import numpy as np
import pytest

from textransfer.config import ARTICLE_CLASSIFIER
from textransfer.errors import ConfigError
from textransfer.sentiment.curves import log_spaced
from textransfer.sentiment.members import train_members_end_to_end, train_members_on_vectors

CONFIG = replace(ARTICLE_CLASSIFIER, epochs=400, learning_rate=0.1, vector_learning_rate=0.1)
WORDS = [["good", "film"], ["bad", "film"], ["fine", "plot"], ["poor", "plot"]]
CODES = [1, 0, 1, 0]
TEST = [["good", "plot"], ["poor", "film", "unseen"], ["unseen"]]
SEEDS = [3, 1, 2]


def end_to_end(seeds):
    return train_members_end_to_end(WORDS, CODES, TEST, [1, 0, 0], vector_size=4, seeds=seeds, config=CONFIG)


def test_words_are_learned_from_scratch():
    curves = end_to_end(SEEDS)
    assert (curves.losses[-1] < 0.1).all()
    assert (curves.probabilities[:, :2].argmax(axis=2) == [1, 0]).all()
    assert curves.epochs.tolist() == log_spaced(400)
    assert curves.accuracies.shape == curves.losses.shape == (len(curves.epochs), 3)
    assert (np.diff(curves.seconds) > 0).all()


def test_a_text_of_unknown_words_gets_the_probabilities_of_a_zero_vector():
    with_unknown = end_to_end([3]).probabilities[0, 2]
    empty = train_members_end_to_end(
        WORDS, CODES, [[]], [0], vector_size=4, seeds=[3], config=CONFIG
    ).probabilities[0, 0]
    np.testing.assert_allclose(with_unknown, empty, rtol=1e-5)


def test_members_end_to_end_together_equal_alone():
    together = end_to_end(SEEDS)
    for member, seed in enumerate(SEEDS):
        alone = end_to_end([seed])
        np.testing.assert_allclose(together.probabilities[member], alone.probabilities[0], rtol=1e-3)
        np.testing.assert_allclose(together.losses[:, member], alone.losses[:, 0], rtol=1e-3)


@pytest.mark.parametrize("is_shared", [True, False])
def test_members_on_vectors(is_shared):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1 if is_shared else 3, 6, 4))
    codes = (vectors[0, :, 0] > 0).astype(int)
    vectors[:, :, 0] = 2 * codes - 1
    curves = train_members_on_vectors(
        vectors, codes, vectors[:, :2], codes[:2], seeds=SEEDS, config=CONFIG, epochs=[10, 20]
    )
    assert curves.epochs.tolist() == [10, 20, 400]
    assert curves.probabilities.shape == (3, 2, codes.max() + 1)
    assert (curves.accuracies[-1] == 1).all()
    assert not np.allclose(curves.probabilities[0], curves.probabilities[1], rtol=1e-6)


def test_lengths_that_differ():
    with pytest.raises(ConfigError, match="4 texts with 3 classes"):
        train_members_end_to_end(WORDS, [0, 1, 0], TEST, [1, 0, 0], vector_size=2, seeds=[0], config=CONFIG)


@pytest.mark.parametrize(("n_epochs", "expected"), [(1, [1]), (2, [1, 2]), (10, [1, 2, 3, 4, 6, 7, 10])])
def test_log_spaced(n_epochs, expected):
    assert log_spaced(n_epochs) == expected
    assert len(log_spaced(3000)) < 35
