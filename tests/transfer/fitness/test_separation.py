import numpy as np
import pytest
from sklearn.linear_model import Ridge

from textransfer.transfer.fitness.separation import permutation_test, ridge_classes, separation_of


def points(n, gap, seed, n_dimensions=5):
    random = np.random.default_rng(seed)
    codes = np.arange(n) % 2
    found = random.normal(size=(n, n_dimensions))
    found[:, 0] += gap * codes
    found[:, 1] += 2
    return found / np.linalg.norm(found, axis=1, keepdims=True), codes


@pytest.mark.parametrize("seed", range(5))
def test_ridge_from_inner_products_is_ridge(seed):
    found, codes = points(90, 0.7, seed)
    place = np.arange(90)
    train = np.flatnonzero((place % 5 < 2) & ((codes == 0) | (place < 30)))  # more of one class
    test = np.setdiff1d(place, train)
    centre = np.mean([found[train][codes[train] == code].mean(axis=0) for code in (0, 1)], axis=0)
    peer = Ridge(alpha=0.3, fit_intercept=False).fit(found[train] - centre, np.eye(2)[codes[train]] - 0.5)
    expected = peer.predict(found[test] - centre).argmax(axis=1)
    assert ridge_classes(found @ found.T, codes, train, test).tolist() == expected.tolist()
    assert 0 < expected.mean() < 1


def test_labels_that_mean_nothing_are_right_half_the_time():
    shares, p_values = [], []
    for seed in range(25):
        found, codes = points(10, 0, seed, n_dimensions=20)
        one = separation_of(found @ found.T, found @ found.T, codes, seed)
        shares.append(one.accuracy.estimate)
        p_values.append(one.p_value)
        assert one.ahead.estimate == 0
        assert one.ahead.low < 0 < one.ahead.high
    assert np.mean(shares) == pytest.approx(0.5, abs=0.08)
    assert np.mean(np.array(p_values) < 0.05) <= 0.15
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.17)


def test_classes_that_lie_apart():
    found, codes = points(40, 3, 3)
    noise, _ = points(40, 0, 4)
    one = separation_of(found @ found.T, noise @ noise.T, codes, 0)
    assert one.p_value == pytest.approx(0.001)
    assert one.accuracy.estimate > 0.8
    assert one.ahead.low > 0
    assert (one.chance, one.n_texts) == (0.5, 40)


def test_four_labels_prove_nothing():
    found = np.array([[1.0, 0], [1, 0], [-1, 0], [-1, 0]])
    p_value = permutation_test(found @ found.T, np.array([0, 0, 1, 1]), np.random.default_rng(0))
    assert p_value == pytest.approx(1 / 3, abs=0.05)  # of six ways to deal the labels two are as far apart
