import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.sentiment.joined import (
    CAUTION,
    ENCODER_SHARE,
    JoinedClassifier,
    best_weights,
    encoder_share,
    held_out_vectors,
)
from textransfer.sentiment.judging.calibration import log_loss
from textransfer.sentiment.judging.out_of_fold import OutOfFold, splits_of
from textransfer.sentiment.members import mixed
from textransfer.sentiment.vector_head import fit_heads

CONFIG = ClassifierConfig(epochs=20)


class Fixed:
    """A classifier over words that says of each text what its only word says."""

    def __init__(self, held_out=True):
        self.out_of_fold_ = held_out

    def fit(self, texts, labels):
        if self.out_of_fold_:
            self.out_of_fold_ = OutOfFold(np.arange(len(texts)), self.predict_proba(texts))
        else:
            self.out_of_fold_ = None

    def predict_proba(self, texts):
        p = np.array([float(words[0]) for words in texts])
        return np.column_stack([1 - p, p])

    def document_vectors(self, texts):
        return np.array([[float(words[0]) - 0.5, 0.1] for words in texts], np.float32)


def texts_with(sure, seed=0, n=60):
    """Texts of which the word tells the class with so much certainty, and vectors that tell it well."""
    random = np.random.default_rng(seed)
    codes = np.arange(n) % 2
    said = np.where(random.random(n) < sure, codes, 1 - codes)
    words = [[str(0.5 + 0.4 * (2 * code - 1))] for code in said]
    vectors = random.normal(0, 0.5, (n, 4)).astype(np.float32)
    vectors[:, 0] += 2 * codes - 1
    return words, vectors, codes.astype(np.int64)


def test_the_mix_is_a_product_of_powers():
    p, q = np.array([[0.2, 0.8]]), np.array([[0.6, 0.4]])
    product = p**0.9 * q**0.1
    np.testing.assert_allclose(mixed((p, q), (0.9, 0.1)), product / product.sum())


def test_weights_minimise_the_loss_held_near_those_without_evidence():
    random = np.random.default_rng(0)
    codes, near = np.arange(50) % 3, (0.8, 0.2)
    p, q = (random.dirichlet(np.ones(3), 50) * 0.7 + 0.3 * np.eye(3)[codes] for _ in range(2))

    def loss(weights):
        off = np.log(np.array(weights) / near)
        return log_loss(mixed((p, q), weights), codes) + CAUTION * (off**2).sum() / 50

    best = best_weights(p, q, codes, near)
    for change in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98)):
        assert loss(best) <= loss((best[0] * change[0], best[1] * change[1])) + 1e-9


def test_held_out_vectors_are_predicted_by_heads_that_have_not_seen_them():
    _, vectors, codes = texts_with(1.0, n=30)
    held = held_out_vectors(vectors, codes, 2, CONFIG, 3)
    splits = splits_of(codes, 3)
    start = 0
    for split in splits:
        (head,) = fit_heads([vectors[split.trained]], [codes[split.trained]], 2, CONFIG, [3])
        rows = slice(start, start + len(split.held_out))
        np.testing.assert_array_equal(held.positions[rows], split.held_out)
        np.testing.assert_allclose(
            held.probabilities[rows], head.predict_proba(vectors[split.held_out]), atol=1e-4
        )
        start += len(split.held_out)
    assert held_out_vectors(vectors[:3], np.array([0, 0, 1]), 2, CONFIG, 0) is None


@pytest.mark.parametrize(("sure", "is_words_good"), [(1.0, True), (0.55, False)])
def test_the_better_side_gets_the_weight(sure, is_words_good):
    words, vectors, codes = texts_with(sure)
    if is_words_good:
        vectors = np.random.default_rng(1).normal(size=vectors.shape).astype(np.float32)
    joined = JoinedClassifier(Fixed(), CONFIG, 0).fit(words, vectors, codes, 2)
    by_words, by_encoder = joined.weights_
    assert (by_words > by_encoder) == is_words_good
    assert (joined.predict_proba(words, vectors).argmax(axis=1) == codes).mean() > 0.9


def test_without_folds_the_likelihood_alone_weighs():
    words, vectors, codes = texts_with(1.0, n=6)
    classifier = Fixed(held_out=False)
    joined = JoinedClassifier(classifier, CONFIG, 0).fit(words, vectors, codes, 2)
    share = encoder_share(classifier.document_vectors(words), joined.head_.standard(vectors), codes)
    assert joined.weights_ == (1 - share, share)


def test_the_share_of_the_encoder_follows_the_likelihood_of_the_labels():
    random = np.random.default_rng(0)
    codes = np.arange(60) % 2
    noise = random.normal(size=(60, 5)).astype(np.float32)
    telling = noise.copy()
    telling[:, 0] += 4 * codes - 2
    assert encoder_share(noise, noise, codes) == pytest.approx(ENCODER_SHARE)
    assert encoder_share(noise, telling, codes) > 0.6
    assert encoder_share(telling, noise, codes) < ENCODER_SHARE / 2
    assert encoder_share(noise, telling, np.zeros(60, np.int64)) == ENCODER_SHARE
