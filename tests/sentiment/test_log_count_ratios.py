"""Least squares over terms scaled by log-count ratios: against dense algebra, and where texts are long."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.special import softmax

from textransfer.sentiment import least_squares, log_count_ratios
from textransfer.sentiment.least_squares import ScaledFeatures, sharpened, solve, solve_each
from textransfer.sentiment.log_count_ratios import ratio_weights
from textransfer.sentiment.word_classifier import WordClassifier
from textransfer.text.tokenizers.words import WordsTokenizer


def held_terms(n: int, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which of 24 terms texts hold, a third of them mostly those of one class, and the classes."""
    random, codes = np.random.default_rng(5), np.arange(n) % n_classes
    shares = np.where(np.arange(24)[None] % n_classes == codes[:, None], 0.6, 0.2)
    return (random.random((n, 24)) < shares).astype(np.float64), codes


def plain_weights(held: np.ndarray, answers: np.ndarray, penalty: float) -> np.ndarray:
    """Return the weights of each class by the normal equations."""
    columns = []
    for own in answers.T:
        inside, outside = 1 + held.T @ own, 1 + held.T @ (1 - own)
        ratios = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
        scaled = held * ratios
        matrix = scaled.T @ scaled + penalty * np.eye(held.shape[1])
        columns.append(ratios * np.linalg.solve(matrix, scaled.T @ (own - own.mean())))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("n_classes", [2, 3, 11])
def test_weights_are_those_of_the_normal_equations(n_classes, monkeypatch):
    monkeypatch.setattr(log_count_ratios, "N_ITERATIONS", 100)
    held, codes = held_terms(66, n_classes)
    answers = 0.9 * np.eye(n_classes)[codes] + 0.1 / n_classes
    weights = ratio_weights(ScaledFeatures.of(sparse.csr_matrix(held)), answers, 2.0)
    np.testing.assert_allclose(weights, plain_weights(held, answers, 2.0), atol=1e-8)


def test_held_out_texts_are_judged_by_the_others_alone(monkeypatch):
    monkeypatch.setattr(log_count_ratios, "N_ITERATIONS", 100)
    held, codes = held_terms(60, 3)
    folds = [np.arange(60)[start::4] for start in range(4)]
    fitted = log_count_ratios.fit(sparse.csr_matrix(held), codes, 3, folds)
    losses = {}
    for penalty in log_count_ratios.PENALTIES:
        parts = []
        for fold in folds:
            rest = np.setdiff1d(np.arange(60), fold)
            targets = np.eye(3)[codes[rest]]
            parts.append(held[fold] @ plain_weights(held[rest], targets, penalty) + targets.mean(axis=0))
        scores = np.concatenate(parts)
        losses[penalty] = (*sharpened(scores, codes[np.concatenate(folds)]), scores)
    best = min(losses, key=lambda penalty: losses[penalty][0])
    _, sharpness, scores = losses[best]
    assert fitted.penalty == best
    np.testing.assert_allclose(fitted.held_out, softmax(sharpness * scores, axis=1), atol=1e-6)
    whole = plain_weights(held, np.eye(3)[codes], best)
    np.testing.assert_allclose(fitted.weights, sharpness * whole, atol=1e-6)


def test_a_text_of_twice_the_weight_is_a_text_twice(monkeypatch):
    monkeypatch.setattr(log_count_ratios, "N_ITERATIONS", 100)
    held, codes = held_terms(30, 2)
    answers, twice = np.eye(2)[codes], np.repeat(np.arange(30), np.where(np.arange(30) < 10, 2, 1))
    features = ScaledFeatures.of(sparse.csr_matrix(held), np.where(np.arange(30) < 10, 2.0, 1.0))
    repeated = ScaledFeatures.of(sparse.csr_matrix(held[twice]))
    scale = 30 / 40  # weights are brought to a mean of 1
    monkeypatch.setattr(log_count_ratios, "SMOOTHING", scale)
    weighted = ratio_weights(features, answers, 3.0 * scale)
    monkeypatch.setattr(log_count_ratios, "SMOOTHING", 1.0)
    np.testing.assert_allclose(weighted, ratio_weights(repeated, answers[twice], 3.0), atol=1e-8)


def long_texts(n: int) -> tuple[list[list[str]], list[str]]:
    """Return texts of more than 64 distinct words, told apart by a few of them, and their labels."""
    random = np.random.default_rng(2)
    texts = [
        [f"w{i}" for i in random.permutation(300)[:80]] + [["dull", "fine"][row % 2]] * (row % 3 > 0)
        for row in range(n)
    ]
    return texts, [["neg", "pos"][row % 2] for row in range(n)]


@pytest.fixture(scope="module")
def long() -> WordClassifier:
    texts, labels = long_texts(60)
    return WordClassifier(WordsTokenizer()).fit(texts, labels)


def test_long_texts_are_weighed_by_ratios(long):
    texts, labels = long_texts(90)
    assert long.has_ratios_
    assert long.held_out_.probabilities.shape == (120, 2)  # below 100 labels folds are drawn twice
    p = long.predict_proba(texts)
    encoded = long.encode(texts)
    assert set(encoded.data) == {1.0}
    logits = encoded @ long.weights_ + long.intercepts_
    np.testing.assert_allclose(p, softmax(logits, axis=1), atol=1e-12)
    is_told = [row for row in range(60, 90) if row % 3 > 0]
    right = long.classes_[p.argmax(axis=1)] == labels
    assert right[is_told].mean() > 0.9
    np.testing.assert_allclose(long.predict_proba([["qq"], []]), [[0.5, 0.5]] * 2)


def test_without_each_word_is_the_text_without_it(long):
    text = [*long_texts(61)[0][-1][:12], "fine", "unheard", "fine"]
    names, p = long.without_each(text)
    rest = [[word for word in text if word != name] for name in names]
    np.testing.assert_allclose(p, long.predict_proba(rest), atol=1e-12)
    assert p[names.index("fine"), 1] < long.predict_proba([text])[0, 1]


def test_without_folds_long_texts_are_weighed_by_their_rarity():
    texts, labels = long_texts(5)
    classifier = WordClassifier(WordsTokenizer()).fit(texts, [*labels[:4], "other"])
    assert not classifier.has_ratios_
    assert classifier.held_out_.probabilities.shape == (5, 3)


@pytest.mark.parametrize("has_scales", [True, False])
@pytest.mark.parametrize("is_weighted", [True, False])
@pytest.mark.parametrize("n_classes", [1, 3])
def test_products_of_texts_give_what_terms_one_by_one_do(has_scales, is_weighted, n_classes):
    rng = np.random.default_rng(4)
    weights = rng.uniform(0.5, 2, 20) if is_weighted else None
    held = sparse.csr_matrix(rng.random((20, 60)) < 0.2).astype(np.float64)
    features = ScaledFeatures.of(held, weights)
    if has_scales:
        features = replace(features, scales=rng.normal(size=(60, n_classes)))
    targets, penalties = rng.normal(size=(20, n_classes)), (0.5, 3.0, 40.0)
    expected = [solve(features, targets, penalty, 7)[0] for penalty in penalties]
    np.testing.assert_allclose(solve_each(features, targets, penalties, 7), expected, rtol=0, atol=1e-12)
    assert np.abs(np.subtract(expected[0], expected[2])).max() > 0.001


def test_many_texts_are_solved_without_their_products(monkeypatch):
    rng = np.random.default_rng(5)
    features = ScaledFeatures.of(sparse.csr_matrix(rng.random((9, 30)) < 0.3).astype(np.float64))
    targets = rng.normal(size=(9, 2))
    (by_products,) = solve_each(features, targets, [2.0])
    monkeypatch.setattr(least_squares, "MOST_TEXTS_AS_PRODUCTS", 8)
    monkeypatch.setattr(least_squares, "_products", None)
    (by_terms,) = solve_each(features, targets, [2.0])
    np.testing.assert_allclose(by_products, by_terms, rtol=0, atol=1e-12)
