import numpy as np
import pytest
import torch

from textransfer.sentiment.training.heads import WEIGHT_DEVIATION, Heads
from textransfer.sentiment.training.loop import text_losses
from textransfer.sentiment.training.network import OneHiddenLayer

M, B, D, H, C = 3, 5, 4, 7, 3


def example(activation):
    rng = np.random.default_rng(1)
    network = OneHiddenLayer.over(Heads.random(range(M), D, H, C, activation, np.float64))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += torch.tensor(rng.normal(0, 0.5, parameter.shape))
    vectors = torch.tensor(rng.normal(size=(M, B, D)), requires_grad=True)
    return network, vectors, torch.tensor(rng.integers(0, C, (M, B)))


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_gradients_agree_with_finite_differences(activation):
    network, vectors, codes = example(activation)
    given = [*network.parameters(), vectors]
    gradients = torch.autograd.grad(text_losses(network, vectors, codes).sum(), given)
    step = 1e-6
    for tensor, found in zip(given, gradients, strict=True):
        for place in np.ndindex(tuple(tensor.shape)):
            with torch.no_grad():
                tensor[place] += step
                above = text_losses(network, vectors, codes).sum()
                tensor[place] -= 2 * step
                below = text_losses(network, vectors, codes).sum()
                tensor[place] += step
            assert float(found[place]) == pytest.approx(float((above - below) / (2 * step)), abs=1e-8)


def test_probabilities_and_loss_by_hand():
    w1, b1 = torch.tensor([[[1.0, -1.0]]]), torch.tensor([[[0.5, 0.0]]])
    w2, b2 = torch.tensor([[[2.0, 0.0], [0.0, 3.0]]]), torch.tensor([[[0.1, 0.0]]])
    network = OneHiddenLayer(w1, b1, w2, b2, "relu")  # D=1, H=2, C=2
    # x = 2: hidden = relu([2.5, -2]) = [2.5, 0]; logits = [5.1, 0]
    x = np.array([[[2.0]]], dtype=np.float32)
    p = 1 / (1 + np.exp(-5.1))
    np.testing.assert_allclose(network.probabilities(x), [[[p, 1 - p]]], rtol=1e-4)
    loss = text_losses(network, torch.tensor(x), torch.tensor([[1]]))
    assert loss.tolist() == pytest.approx([-np.log(1 - p)], rel=1e-4)


def test_members_depend_on_their_own_seed_alone():
    together = OneHiddenLayer.random([5, 9, 2], D, H, C)
    for member, seed in enumerate([5, 9, 2]):
        alone = OneHiddenLayer.random([seed], D, H, C)
        for one, other in zip(together.parameters(), alone.parameters(), strict=True):
            assert torch.equal(one[member], other[0])
    assert not torch.allclose(together.w1[0], together.w1[1])


def test_initial_weights_are_those_of_the_article():
    network = OneHiddenLayer.random([0], 100, 50, 20)
    for weights in (network.w1, network.w2):
        assert float(weights.detach().std()) == pytest.approx(WEIGHT_DEVIATION, rel=0.05)
        assert abs(float(weights.detach().mean())) < 0.01
    assert not network.b1.any()
    assert not network.b2.any()


def test_extreme_inputs_stay_finite():
    network, vectors, codes = example("relu")
    assert text_losses(network, vectors * 1e6, codes).isfinite().all()
    far = 1e6 * vectors.detach().numpy()
    np.testing.assert_allclose(network.probabilities(far).sum(axis=2), 1)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("hidden_size", [0, H])
@pytest.mark.parametrize("has_prior", [False, True])
def test_heads_in_numpy_say_what_the_network_does(activation, hidden_size, has_prior):
    rng = np.random.default_rng(2)
    prior = rng.normal(size=(D, C)) if has_prior else None
    network = OneHiddenLayer.over(Heads.random(range(M), D, hidden_size, C, activation, np.float64, prior))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += torch.tensor(rng.normal(0, 0.5, parameter.shape))
    for vectors in rng.normal(0, 3, size=(M, B, D)), rng.normal(size=(1, B, D)):
        with torch.no_grad():
            p = torch.softmax(network(torch.tensor(vectors)), dim=2)
        np.testing.assert_allclose(network.probabilities(vectors), p, rtol=0, atol=1e-14)
    for head, own in zip(network.heads().heads(), p, strict=True):
        again = Heads.of(head)
        np.testing.assert_allclose(again.probabilities(vectors)[0], own, rtol=0, atol=1e-14)
        again.temper(2.0)
        cooled = head.tempered(2.0)
        np.testing.assert_allclose(
            again.probabilities(vectors)[0], cooled.probabilities(vectors[0]), rtol=0, atol=1e-14
        )
        assert cooled.n_parameters == again.n_parameters
