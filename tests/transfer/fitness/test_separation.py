import numpy as np
import pytest
from sklearn.linear_model import Ridge

from textransfer.transfer.fitness.separation import permutation_test, ridge_classes, separation_of


def points(n, gap, seed, n_dimensions=5):
    random = np.random.default_rng(seed)
    codes = np.arange(n) % 2
    texts = random.normal(size=(n, n_dimensions))
    texts[:, 0] += gap * codes
    texts[:, 1] += 2
    return texts / np.linalg.norm(texts, axis=1, keepdims=True), codes


@pytest.mark.parametrize("seed", range(5))
def test_ridge_from_inner_products_is_ridge(seed):
    texts, codes = points(90, 0.7, seed)
    place = np.arange(90)
    train = np.flatnonzero((place % 5 < 2) & ((codes == 0) | (place < 30)))  # more of one class
    test = np.setdiff1d(place, train)
    centre = np.mean([texts[train][codes[train] == code].mean(axis=0) for code in (0, 1)], axis=0)
    peer = Ridge(alpha=0.3, fit_intercept=False).fit(texts[train] - centre, np.eye(2)[codes[train]] - 0.5)
    expected = peer.predict(texts[test] - centre).argmax(axis=1)
    assert ridge_classes(texts @ texts.T, codes, train, test).tolist() == expected.tolist()
    assert 0 < expected.mean() < 1


def test_labels_that_mean_nothing_are_right_half_the_time():
    shares, p_values = [], []
    for seed in range(25):
        texts, codes = points(10, 0, seed, n_dimensions=20)
        separation = separation_of(texts @ texts.T, texts @ texts.T, codes, seed)
        shares.append(separation.accuracy.estimate)
        p_values.append(separation.p_value)
        assert separation.ahead.estimate == 0
        assert separation.ahead.low < 0 < separation.ahead.high
    assert np.mean(shares) == pytest.approx(0.5, abs=0.08)
    assert np.mean(np.array(p_values) < 0.05) <= 0.15
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.17)


def test_classes_that_lie_apart():
    texts, codes = points(40, 3, 3)
    noise, _ = points(40, 0, 4)
    separation = separation_of(texts @ texts.T, noise @ noise.T, codes, 0)
    assert separation.p_value == pytest.approx(0.001)
    assert separation.accuracy.estimate > 0.8
    assert separation.ahead.low > 0
    assert (separation.chance, separation.n_texts) == (0.5, 40)


def test_four_labels_prove_nothing():
    texts = np.array([[1.0, 0], [1, 0], [-1, 0], [-1, 0]])
    p_value = permutation_test(texts @ texts.T, np.array([0, 0, 1, 1]), np.random.default_rng(0))
    assert p_value == pytest.approx(1 / 3, abs=0.05)  # of six ways to deal the labels two are as far apart
