import numpy as np
import pytest

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.transfer.article import run_article
from textransfer.transfer.comparing.results import NO_PRETRAINING, PRETRAINED

WORDS = ["good", "fine", "warm", "bad", "poor", "cold"]
FEW = LabelledTexts(["good film", "bad film"], ["positive", "negative"], "few")
TESTS = {"test": LabelledTexts(["warm and fine", "poor cold"], ["positive", "negative"], "test")}
SEEDS = list(range(12))


def vectors_of(seed: int, signal: float) -> WordVectors:
    matrix = np.random.default_rng(seed).uniform(-1, 1, (6, 4)).astype(np.float32)
    matrix[:3, 0] += signal
    matrix[3:, 0] -= signal
    return WordVectors(WORDS, matrix, tokenizer_spec=WordsTokenizer().spec())


def test_vectors_that_know_the_classes_carry_over_and_random_ones_do_not() -> None:
    starts = [vectors_of(seed, 0.0).matrix for seed in SEEDS]
    result = run_article([vectors_of(seed, 3.0) for seed in SEEDS], starts, FEW, TESTS, seeds=SEEDS)
    assert result.final(PRETRAINED, "test").mean() == 1.0
    assert 0.2 < result.final(NO_PRETRAINING, "test").mean() < 0.8
    assert result.accuracy[PRETRAINED, "test"].shape == (12, len(result.epochs))
    assert result.epochs[-1] == 500
    assert set(result.seconds) == {PRETRAINED, NO_PRETRAINING}


def test_a_random_state_does_not_depend_on_the_others() -> None:
    pretrained = [vectors_of(seed, 0.3) for seed in SEEDS]
    starts = [vectors.matrix for vectors in pretrained]
    together = run_article(pretrained, starts, FEW, TESTS, seeds=SEEDS)
    alone = run_article(pretrained[4:5], starts[4:5], FEW, TESTS, seeds=SEEDS[4:5])
    for arm in (PRETRAINED, NO_PRETRAINING):
        np.testing.assert_array_equal(together.accuracy[arm, "test"][4], alone.accuracy[arm, "test"][0])


def test_vectors_of_different_words_are_refused() -> None:
    other = WordVectors(WORDS[:3], np.ones((3, 4)), tokenizer_spec=WordsTokenizer().spec())
    with pytest.raises(ConfigError, match="different words"):
        run_article([vectors_of(0, 1.0), other], [], FEW, TESTS, seeds=[0, 1])
