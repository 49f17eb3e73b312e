import warnings

import numpy as np
import pytest

from textransfer.embeddings.independence import independent_components


def mixed(n=3000, size=6, seed=0):
    """Independent sources that are not normal, seen through a random mixture."""
    random = np.random.default_rng(seed)
    sources = np.column_stack(
        [
            random.choice([-1.0, 1.0], n) + 0.2 * random.standard_normal(n),
            random.uniform(-1, 1, n),
            random.laplace(size=(n, size - 2)),
        ]
    )
    return sources, sources @ random.standard_normal((size, size))


@pytest.mark.parametrize("seed", range(3))
def test_they_are_those_of_scikit_learn(seed):
    from sklearn.decomposition import FastICA

    data = mixed(seed=seed)[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = FastICA(whiten="unit-variance", max_iter=200, random_state=seed).fit(data).components_
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(independent_components(data, seed), expected, atol=1e-8)


def test_they_are_the_sources():
    sources, data = mixed()
    found = data @ independent_components(data, 0).T
    correlations = np.abs(np.corrcoef(sources.T, found.T)[:6, 6:])
    assert (correlations.max(axis=1) > 0.98).all()


def test_directions_that_do_not_come_to_rest_are_left_out():
    random = np.random.default_rng(0)
    data = random.standard_normal((4000, 12))
    data[:, 5] = random.choice([-1.0, 1.0], 4000) + 0.2 * random.standard_normal(4000)
    found = independent_components(data, 0)
    assert len(found) < 8
    assert np.abs(found[:, 5]).max() > 0.99
