import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.sentiment.vector_head import Standard, fit_heads

CONFIG = ClassifierConfig(epochs=30)


def planted(seed, n=40, shift=0.0):
    """Two classes that differ in the first of five numbers, with something large in common."""
    random = np.random.default_rng(seed)
    codes = np.arange(n) % 2
    vectors = random.normal(0, 0.3, (n, 5)) + shift
    vectors[:, 0] += 2 * codes - 1
    return vectors.astype(np.float32), codes.astype(np.int64)


def test_labelled_vectors_get_mean_zero_and_size_one():
    vectors, _ = planted(0, shift=7.0)
    scaled = Standard.of(vectors)(vectors)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    assert np.sqrt((scaled**2).sum(axis=1).mean()) == pytest.approx(1, abs=1e-4)
    alike = Standard.of(np.ones((3, 2), np.float32))
    assert np.isfinite(alike(np.ones((3, 2), np.float32))).all()


def test_a_head_learns_and_what_all_vectors_have_in_common_does_not_matter():
    for shift in (0.0, 20.0):
        (head,) = fit_heads([planted(0, shift=shift)[0]], [planted(0)[1]], 2, CONFIG, [1])
        test, truth = planted(1, n=200, shift=shift)
        assert (head.predict_proba(test).argmax(axis=1) == truth).mean() > 0.95


def test_heads_side_by_side_are_those_of_one_by_one():
    sets = [planted(seed) for seed in range(3)]
    together = fit_heads([v for v, _ in sets], [c for _, c in sets], 2, CONFIG, [5, 6, 7])
    test, _ = planted(9)
    for (vectors, codes), head, seed in zip(sets, together, [5, 6, 7], strict=True):
        (alone,) = fit_heads([vectors], [codes], 2, CONFIG, [seed])
        np.testing.assert_allclose(head.predict_proba(test), alone.predict_proba(test), atol=1e-4)


def test_class_weights_count():
    vectors, _ = planted(0)
    codes = (np.arange(40) < 4).astype(np.int64)  # says nothing about the vectors
    plain, balanced = (
        fit_heads([vectors], [codes], 2, ClassifierConfig(epochs=30, class_weight=weight), [0])[0]
        for weight in ("none", "balanced")
    )
    assert balanced.predict_proba(vectors)[:, 1].mean() > plain.predict_proba(vectors)[:, 1].mean() + 0.2


def test_a_class_without_a_text_stays_possible():
    vectors, codes = planted(0)
    (head,) = fit_heads([vectors], [codes], 3, CONFIG, [0])
    p = head.predict_proba(vectors)
    assert p.shape == (40, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1)
