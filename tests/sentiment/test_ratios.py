"""The member of old folders, against sums by hand."""

import numpy as np
import pytest

from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.ratios import LogCountRatios

FEATURES = ["good", "film", "good film", "good good", "plot", "bad", "bad bad", "film plot", "a good"]
TEXTS = ["good plot", "a bad film", "nothing known", "", "bad bad bad film plot", "a good good film"]


def member(n_classes: int) -> LogCountRatios:
    random = np.random.default_rng(n_classes)
    n_judged = 1 if n_classes == 2 else n_classes
    weights = random.normal(size=(n_judged, len(FEATURES)))
    return LogCountRatios(np.full(n_classes, 1 / n_classes), FEATURES, weights, random.normal(size=n_judged))


def by_hand(fitted: LogCountRatios, words: list[str]) -> np.ndarray:
    pairs = [f"{one} {other}" for one, other in zip(words, words[1:], strict=False)]
    held = np.array([float(feature in words + pairs) for feature in FEATURES])
    p = 1 / (1 + np.exp(-(fitted.weights_ @ held + fitted.intercepts_)))
    return np.array([1 - p[0], p[0]]) if len(p) == 1 else p / p.sum()


def probabilities(fitted: LogCountRatios, token_lists: list[list[str]]) -> np.ndarray:
    return fitted.probabilities(CountedTexts.of(token_lists))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_words_and_pairs_count_once_a_text(n_classes: int) -> None:
    fitted, token_lists = member(n_classes), [text.split() for text in TEXTS]
    expected = [by_hand(fitted, words) for words in token_lists]
    np.testing.assert_allclose(probabilities(fitted, token_lists), expected, rtol=1e-12)
    assert fitted.n_parameters_ == fitted.weights_.size + fitted.intercepts_.size
    assert fitted.knows("plot")
    assert not fitted.knows("known")


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("text", TEXTS)
def test_with_a_word_go_its_pairs_and_its_neighbours_become_one(n_classes: int, text: str) -> None:
    fitted, words = member(n_classes), text.split()
    names, without = fitted.without_each(words)
    assert names == list(dict.fromkeys(words))
    for name, p in zip(names, without, strict=True):
        rest = [word for word in words if word != name]
        np.testing.assert_allclose(p, by_hand(fitted, rest), rtol=1e-12)


def test_without_features_the_shares_are_all() -> None:
    fitted = LogCountRatios(np.array([0.75, 0.25]), [], np.zeros((1, 0)), np.zeros(1))
    np.testing.assert_array_equal(probabilities(fitted, [["a", "film"], []]), [[0.75, 0.25]] * 2)
    assert fitted.without_each(["a"])[1].tolist() == [[0.75, 0.25]]
    assert fitted.n_parameters_ == 2


def test_numbers_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        LogCountRatios(np.full(3, 1 / 3), FEATURES, np.zeros((1, len(FEATURES))), np.zeros(1))
    with pytest.raises(ValueError, match="twice"):
        LogCountRatios(np.full(2, 0.5), ["a", "a"], np.zeros((1, 2)), np.zeros(1))
