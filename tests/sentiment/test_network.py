import numpy as np
import pytest

from textransfer.sentiment.network import WEIGHT_DEVIATION, OneHiddenLayer

M, B, D, H, C = 3, 5, 4, 7, 3


def example(activation):
    rng = np.random.default_rng(1)
    network = OneHiddenLayer.random(range(M), D, H, C, activation, dtype=np.float64)
    network.parameters += rng.normal(0, 0.5, network.parameters.shape)
    return network, rng.normal(size=(M, B, D)), np.eye(C)[rng.integers(0, C, (M, B))]


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_gradients_agree_with_finite_differences(activation):
    network, vectors, targets = example(activation)
    losses, gradient, in_vectors = network.gradients(vectors, targets, with_inputs=True)
    np.testing.assert_allclose(losses, network.losses(vectors, targets))
    step = 1e-6
    for array, found in ((network.parameters, gradient), (vectors, in_vectors)):
        expected = np.empty_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            above = network.losses(vectors, targets).sum()
            array[place] = kept - step
            below = network.losses(vectors, targets).sum()
            array[place] = kept
            expected[place] = (above - below) / (2 * step)
        np.testing.assert_allclose(found, expected, atol=1e-8)


def test_probabilities_by_hand():
    parameters = np.array([[1.0, -1.0, 0.5, 0.0, 2.0, 0.0, 0.0, 3.0, 0.1, 0.0]])
    network = OneHiddenLayer(parameters, 1, 2, 2, "relu")  # D=1, H=2, C=2
    # x = 2: hidden = relu([2.5, -2]) = [2.5, 0]; logits = [5.1, 0]
    np.testing.assert_allclose(
        network.probabilities(np.array([[[2.0]]])), [[[1 / (1 + np.exp(-5.1))] * 1 + [1 / (1 + np.exp(5.1))]]]
    )


def test_members_depend_on_their_own_seed_alone():
    together = OneHiddenLayer.random([5, 9, 2], D, H, C)
    for member, seed in enumerate([5, 9, 2]):
        alone = OneHiddenLayer.random([seed], D, H, C)
        np.testing.assert_array_equal(together.parameters[member], alone.parameters[0])
    assert not np.allclose(together.parameters[0], together.parameters[1])


def test_initial_weights_are_those_of_the_article():
    network = OneHiddenLayer.random([0], 100, 50, 20)
    for weights in (network.w1, network.w2):
        assert weights.std() == pytest.approx(WEIGHT_DEVIATION, rel=0.05)
        assert abs(weights.mean()) < 0.01
    assert not network.b1.any()
    assert not network.b2.any()


def test_extreme_inputs_stay_finite():
    network, vectors, targets = example("relu")
    losses, gradient, _ = network.gradients(vectors * 1e6, targets)
    assert np.isfinite(losses).all()
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(network.probabilities(vectors * 1e6).sum(axis=2), 1)
