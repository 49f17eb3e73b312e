"""Log-count ratios, against the paper's formula by hand and scikit-learn's regression."""

import numpy as np
import pytest
from reviews import labelled
from sklearn.linear_model import LogisticRegression

from textransfer.errors import NotFittedError
from textransfer.sentiment import ratios
from textransfer.sentiment.ratios import LogCountRatios
from textransfer.text.tokenizers.words import WordsTokenizer

TEXTS = ["good film", "good good plot", "bad film", "bad bad bad film plot", "film"]
LABELS = ["yes", "yes", "no", "no", "no"]
FEATURES = ["good", "film", "good film", "good good", "plot", "good plot",
            "bad", "bad film", "bad bad", "film plot"]  # fmt: skip


def holds(text):
    words = text.split()
    pairs = [f"{one} {other}" for one, other in zip(words, words[1:], strict=False)]
    return [float(feature in words + pairs) for feature in FEATURES]


def test_probabilities_are_those_of_the_formula():
    held = np.array([holds(text) for text in TEXTS])
    is_yes = np.array(LABELS) == "yes"
    p, q = 1 + held[is_yes].sum(axis=0), 1 + held[~is_yes].sum(axis=0)
    r = np.log((p / p.sum()) / (q / q.sum()))
    reference = LogisticRegression(C=1.0, solver="liblinear", tol=1e-6).fit(held * r, is_yes)
    model = LogCountRatios(WordsTokenizer()).fit(TEXTS, LABELS)
    unseen = ["good plot", "a bad film", "nothing known"]
    expected = reference.predict_proba(np.array([holds(text) for text in TEXTS + unseen]) * r)
    np.testing.assert_allclose(model.predict_proba(TEXTS + unseen), expected, atol=2e-3)
    assert model.predict(["good plot"]).tolist() == ["yes"]
    assert model.n_parameters_ == len(FEATURES) + 1


def test_several_classes_are_told_apart():
    texts = [f"{word} film" for word in ("good", "bad", "odd")] * 4
    model = LogCountRatios(WordsTokenizer()).fit(texts, [0, 1, 2] * 4)
    found = model.predict_proba(["odd", "good", "bad"])
    assert found.argmax(axis=1).tolist() == [2, 0, 1]
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert model.n_parameters_ == 3 * (4 + 3 + 1)


def test_pairs_tell_what_words_do_not():
    texts = ["not bad but good", "not good but bad"] * 6
    model = LogCountRatios(WordsTokenizer()).fit(texts, [1, 0] * 6)
    assert model.predict(["not bad", "not good"]).tolist() == [1, 0]


def test_with_many_texts_what_one_of_them_holds_is_left_out(monkeypatch):
    monkeypatch.setattr(ratios, "MANY_TEXTS", 5)
    assert LogCountRatios(WordsTokenizer()).fit(TEXTS, LABELS).n_parameters_ == 4 + 1 + 1  # one pair is left
    assert LogCountRatios(WordsTokenizer()).fit(TEXTS[:4], LABELS[:4]).n_parameters_ > 6
    nothing_shared = LogCountRatios(WordsTokenizer()).fit(["a", "b", "c", "d", "e"], LABELS)
    np.testing.assert_allclose(nothing_shared.predict_proba(["a"]), [[0.6, 0.4]])


def test_without_words_the_shares_are_all():
    model = LogCountRatios(WordsTokenizer()).fit(["", ".", "?"], ["a", "b", "a"])
    np.testing.assert_allclose(model.predict_proba(["a film"]), [[2 / 3, 1 / 3]])
    assert model.predict_proba([]).shape == (0, 2)
    assert model.n_parameters_ == 2


def test_an_unfitted_one_is_refused():
    with pytest.raises(NotFittedError):
        LogCountRatios(WordsTokenizer()).predict(["a film"])


def test_the_order_of_the_texts_obeys_random_state():
    texts, labels = labelled(60)
    weights = [
        LogCountRatios(WordsTokenizer(), random_state=seed).fit(texts, labels).weights_ for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert (weights[0] != weights[2]).any()
    np.testing.assert_allclose(weights[0], weights[2], rtol=0.05, atol=0.01)


def test_with_random_state_0_the_regression_goes_through_the_texts_as_scikit_learn_does_with_0():
    texts, labels = labelled(60)
    model = LogCountRatios(WordsTokenizer()).fit(texts, labels)
    held, is_good = model.encode(texts), np.array(labels) == "good"
    p, q = (1 + np.asarray(held[rows].sum(axis=0)).ravel() for rows in (is_good, ~is_good))
    r = np.log(p / p.sum()) - np.log(q / q.sum())
    reference = LogisticRegression(C=1.0, solver="liblinear", dual=True, max_iter=1000, random_state=0)
    reference.fit(held.multiply(r).tocsr(), is_good)
    np.testing.assert_allclose(model.weights_[0], r * reference.coef_[0], rtol=1e-12)
