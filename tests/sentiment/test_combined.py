import numpy as np
import pytest
from reviews import labelled, telling, word_vectors

from textransfer.errors import NotFittedError
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.members import best_weights, mixed

VECTORS = word_vectors()


def test_without_evidence_it_is_the_calibrated_classifier():
    texts, labels = labelled(40)
    labels = np.random.default_rng(2).permutation(labels)
    combined = CombinedClassifier(VECTORS).fit(texts, labels)
    plain = SentimentClassifier(VECTORS).fit(texts, labels)
    assert combined.weights_ == {"vectors": 1.0}
    assert combined.temperature_ == pytest.approx(plain.temperature_, rel=0.01)
    np.testing.assert_allclose(combined.predict_proba(texts), plain.predict_proba(texts), atol=0.01)


def test_a_class_of_one_text_leaves_the_classifier_alone():
    texts, labels = labelled(40)
    labels[0] = "odd"
    combined = CombinedClassifier(VECTORS).fit(texts, labels)
    plain = SentimentClassifier(VECTORS, calibrate=False).fit(texts, labels)
    assert (combined.weights_, combined.members_, combined.out_of_fold_) == ({"vectors": 1.0}, {}, None)
    np.testing.assert_array_equal(combined.predict_proba(texts), plain.predict_proba(texts))


def test_words_that_the_vectors_do_not_know_are_learned_from_many_labels():
    combined = CombinedClassifier(VECTORS).fit(*telling(120, 0))
    texts, codes = telling(60, 1)
    assert combined.weights_["words"] > 0.3
    assert (combined.predict(texts) == codes).mean() > 0.95
    assert (SentimentClassifier(VECTORS).fit(*telling(120, 0)).predict(texts) == codes).mean() < 0.8


def test_words_are_weighed_on_texts_that_they_were_not_learned_from():
    texts, codes = labelled(120)
    alone = [f"{text} only{i}" for i, text in enumerate(texts)]  # tells the class of its own text perfectly
    random = np.random.default_rng(0).permutation(codes)
    assert CombinedClassifier(VECTORS).fit(alone, random).weights_.get("words", 0) < 0.2


def test_words_that_say_nothing_get_little_weight():
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 400)
    good = np.where(truth[:, None] == [0, 1], 0.8, 0.2)
    noise = random.dirichlet([1, 1], 400)
    a, b = best_weights([good, noise], truth, [1, 0])
    assert b < 0.1
    assert a > 0.9
    assert best_weights([noise, good], truth, [1, 0])[1] > 0.5
    few = best_weights([noise[:4], good[:4]], truth[:4], [1, 0])
    assert few == pytest.approx([1, 0], abs=0.2)


def test_mixing_by_hand():
    p, q = np.array([[0.8, 0.2]]), np.array([[0.5, 0.5]])
    np.testing.assert_allclose(mixed([p, q], [1.0, 3.0]), p)
    np.testing.assert_allclose(mixed([p, q], [2.0, 0.0]), [[16 / 17, 1 / 17]])


def test_an_unfitted_one_is_refused():
    with pytest.raises(NotFittedError):
        CombinedClassifier(VECTORS).predict(["a film"])
