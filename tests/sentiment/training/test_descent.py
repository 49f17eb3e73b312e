"""Training in numpy takes the steps of training with torch, its plain twin."""

import numpy as np
import pytest

from textransfer.errors import NumericalError
from textransfer.sentiment.sentences.averaging import Finish
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.random_vectors import random_table
from textransfer.sentiment.training.array_inputs import DualArrays, FixedArrays
from textransfer.sentiment.training.descent import descend
from textransfer.sentiment.training.dual import DualTables
from textransfer.sentiment.training.dual_table import DualTable
from textransfer.sentiment.training.heads import Heads
from textransfer.sentiment.training.inputs import FixedVectors
from textransfer.sentiment.training.loop import train
from textransfer.sentiment.training.network import OneHiddenLayer

M, N, D, H, C = 3, 8, 5, 4, 3
SEEDS = [4, 11, 0]
TEXTS = [["a", "b"], ["c"], [], ["a", "d"], ["e", "c"], ["b", "a"], ["zzz"], ["a", "e"]]
SETTINGS = {"seeds": SEEDS, "epochs": 30, "learning_rate": 0.05}


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, C, (M, N))
    return rng.normal(size=(M, N, D)) + codes[..., None], codes, rng.uniform(0.5, 1.5, (M, N)), rng


def both(heads, fixed, codes, **settings):
    """Train copies of heads each way; return them, and their losses."""
    results = []
    for is_torch in (True, False):
        own = Heads.stacked([heads])
        if is_torch:
            epochs = train(OneHiddenLayer.over(own), FixedVectors(fixed), codes, **SETTINGS | settings)
        else:
            epochs = descend(own, FixedArrays(fixed), codes, **SETTINGS | settings)
        results.append((own, np.array([epoch.losses for epoch in epochs])))
    return results


def assert_alike(results, tolerance):
    (one, losses), (other, other_losses) = results
    np.testing.assert_allclose(other_losses, losses, rtol=0, atol=tolerance)
    for name, array in one.numbers().items():
        np.testing.assert_allclose(other.numbers()[name], array, rtol=0, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("hidden_size", [0, H])
@pytest.mark.parametrize("has_prior", [False, True])
def test_steps_are_those_of_torch(activation, solver, hidden_size, has_prior):
    fixed, codes, _, rng = drawn()
    prior = rng.normal(size=(D, C)) if has_prior else None
    heads = Heads.random(SEEDS, D, hidden_size, C, activation, np.float64, prior)
    results = both(heads, fixed, codes, solver=solver, penalty=[0.01, 0.02, 0.3])
    assert_alike(results, 1e-9)
    assert results[0][1][-1].sum() < 0.95 * results[0][1][0].sum()


@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize("n_inputs", [1, M])
def test_batches_and_weights_are_those_of_torch(batch_size, n_inputs):
    fixed, codes, weights, _ = drawn(1)
    heads = Heads.random(SEEDS, D, H, C, dtype=np.float64)
    settings = {"batch_size": batch_size, "weights": weights, "penalty": 0.02}
    assert_alike(both(heads, fixed[:n_inputs], codes, **settings), 1e-9)


def test_single_precision_differs_by_rounding():
    fixed, codes, weights, _ = drawn(2)
    heads = Heads.random(SEEDS, D, H, C)
    results = both(heads, fixed.astype(np.float32), codes, weights=weights.astype(np.float32), penalty=0.02)
    assert_alike(results, 1e-4)
    assert results[1][0].w1.dtype == np.float32


FINISHES = [
    Finish(scale=0.5),
    Finish(is_unit_length=True),
    Finish(np.full(D, 0.1, np.float32), is_unit_length=True, scale=2.0),
]


@pytest.mark.parametrize("finish", FINISHES)
@pytest.mark.parametrize("hidden_size", [0, H])
def test_word_vectors_move_as_with_torch(finish, hidden_size):
    codes = np.arange(len(TEXTS)) % C
    index = {word: row for row, word in enumerate("abcdefg")}
    bags = Bags.from_words(TEXTS, index, np.array([1.0, 2, 3, 1, 1, 2, 1]), is_distinct=True)
    starts = [random_table(seed, len(index), D) for seed in SEEDS]
    tables = [DualTable.of(bags, start, finish) for start in starts]
    heads = Heads.random(SEEDS, D, hidden_size, C)
    own, others = Heads.stacked([heads]), Heads.stacked([heads])
    by_torch, in_numpy = DualTables(tables), DualArrays(tables, 0.03)
    network = OneHiddenLayer.over(others)
    expected = [e.losses for e in train(network, by_torch, codes, vector_learning_rate=0.03, **SETTINGS)]
    losses = [epoch.losses for epoch in descend(own, in_numpy, codes, **SETTINGS)]
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
    for one, other, start in zip(in_numpy.after_training(), by_torch.after_training(), starts, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)
        assert np.abs(one - start)[:5].max(axis=1).min() > 0.01
    table = np.empty_like(starts[1])
    written = in_numpy.after_training([None, table, None])
    assert written[1] is table
    for one, other in zip(written, in_numpy.after_training(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_heads_may_be_used_between_the_epochs():
    fixed, codes, _, _ = drawn()
    heads = Heads.random(SEEDS, D, H, C)
    epochs = descend(heads, FixedArrays(fixed), codes, **SETTINGS)
    next(epochs)
    early = heads.probabilities(fixed)
    for _ in epochs:
        pass
    parts = [Heads.random([seed], D, H, C) for seed in SEEDS]
    heads.hand_out(parts)
    late = np.concatenate([part.probabilities(own[None]) for part, own in zip(parts, fixed, strict=True)])
    np.testing.assert_array_equal(late, heads.probabilities(fixed))
    assert np.abs(late - early).max() > 0.1


def test_a_loss_that_is_not_finite_is_refused():
    fixed, codes, _, _ = drawn()
    heads = Heads.random(SEEDS, D, 0, C, dtype=np.float64)
    with pytest.raises(NumericalError, match="no longer finite in epoch"):
        list(descend(heads, FixedArrays(fixed * 1e200), codes, **SETTINGS | {"solver": "sgd"}))


def test_batches_of_trained_word_vectors_are_refused():
    bags = Bags.from_words(TEXTS, {"a": 0}, np.ones(1), is_distinct=True)
    inputs = DualArrays([DualTable.of(bags, random_table(0, 1, D), Finish())], 0.1)
    with pytest.raises(ValueError, match="full batches"):
        inputs.read(np.array([[0, 1]]))
