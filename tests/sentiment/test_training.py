import numpy as np
import pytest
from scipy.optimize import minimize

from textransfer.errors import NumericalError
from textransfer.sentiment.averaging import Bags, Finish
from textransfer.sentiment.inputs import FixedVectors, WordTables
from textransfer.sentiment.network import OneHiddenLayer
from textransfer.sentiment.random_vectors import random_table
from textransfer.sentiment.solvers import Adam
from textransfer.sentiment.stopping import PATIENCE, hold_out, stop_early
from textransfer.sentiment.training import penalty_rate, train

D, H, C, N = 4, 3, 2, 9
SEEDS = [4, 11, 0]
TARGETS = np.eye(C, dtype=np.float32)[np.arange(N) % C][None]
TEXTS = [["a", "b"], ["c"], [], ["a", "d"], ["e", "c"], ["b"], ["zzz"], ["a", "e"], ["d"]]


def fixed(members):
    vectors = np.random.default_rng(0).normal(size=(3, N, D)).astype(np.float32)
    vectors += 2 * TARGETS[:, :, :1]
    return FixedVectors(vectors[members])


def tables(members):
    index = {word: row for row, word in enumerate("abcde")}
    bags = Bags.from_words(TEXTS, index, np.ones(5), is_distinct=True)
    start = np.stack([random_table(SEEDS[member], 5, D) for member in members])
    return WordTables(bags, start, Finish(np.full(D, 0.1, np.float32), is_unit_length=True))


def run(make_inputs, members, **settings):
    seeds = [SEEDS[member] for member in members]
    network = OneHiddenLayer.random(seeds, D, H, C)
    inputs = make_inputs(members)
    given = {"epochs": 7, "learning_rate": 0.05, "vector_learning_rate": 0.03, "penalty": 0.01, **settings}
    records = list(train(network, inputs, TARGETS, seeds=seeds, **given))
    return network, inputs, records


@pytest.mark.parametrize("make_inputs", [fixed, tables])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("batch_size", [0, 1, 4])
def test_members_trained_together_equal_members_trained_alone(make_inputs, solver, batch_size):
    settings = {"solver": solver, "batch_size": batch_size}
    network, inputs, records = run(make_inputs, [0, 1, 2], **settings)
    for member in range(3):
        alone, alone_inputs, alone_records = run(make_inputs, [member], **settings)
        np.testing.assert_allclose(network.parameters[member], alone.parameters[0], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(
            inputs.read(None)[0][member], alone_inputs.read(None)[0][0], rtol=1e-4, atol=1e-6
        )
        assert records[-1].losses[member] == pytest.approx(alone_records[-1].losses[0], rel=1e-4)
    assert not np.allclose(network.parameters[0], network.parameters[1])


@pytest.mark.parametrize("make_inputs", [fixed, tables])
@pytest.mark.parametrize(("solver", "rate"), [("adam", 0.05), ("sgd", 0.5)])
def test_the_loss_falls(make_inputs, solver, rate):
    _, _, records = run(
        make_inputs,
        [0, 1, 2],
        solver=solver,
        epochs=300,
        learning_rate=rate,
        vector_learning_rate=rate,
        penalty=0.0,
    )
    assert [record.number for record in records] == list(range(1, 301))
    assert (records[-1].losses < 0.6 * records[0].losses).all()
    assert (np.diff([record.seconds for record in records]) > 0).all()


def test_plain_descent_one_at_a_time_by_hand():
    network, inputs, _ = run(fixed, [1], solver="sgd", epochs=1, batch_size=1, penalty=0.0)
    by_hand = OneHiddenLayer.random([SEEDS[1]], D, H, C)
    from textransfer.randomness import Stream, generator

    for row in generator(SEEDS[1], Stream.BATCHES).permutation(N):
        _, gradient, _ = by_hand.gradients(inputs.vectors[:, [row]], TARGETS[:, [row]])
        by_hand.parameters[:] -= np.float32(0.05) * gradient
    np.testing.assert_allclose(network.parameters, by_hand.parameters, rtol=1e-5, atol=1e-7)


def test_training_ends_near_the_optimum_of_the_penalised_loss():
    penalty = 0.02
    network, inputs, _ = run(fixed, [0], epochs=3000, learning_rate=0.01, penalty=penalty)

    def objective(row):
        other = OneHiddenLayer(row[None], D, H, C)
        loss = other.losses(inputs.vectors.astype(float), TARGETS)[0]
        return loss + penalty / 2 * (row[other.is_weight] ** 2).sum()

    reached = objective(network.parameters[0].astype(float))
    best = minimize(objective, network.parameters[0].astype(float)).fun
    assert reached - best < 1e-4


def test_adam_by_hand():
    solver, weights = Adam(), np.array([[1.0]])
    for gradient, expected in ((2.0, 0.9), (-1.0, 0.9 - 0.1 * (0.08 / 0.19) / np.sqrt(0.004996 / 0.001999))):
        solver.step(weights, np.array([[gradient]]), 0.1)
        assert weights[0, 0] == pytest.approx(expected, rel=1e-6)


def test_word_vectors_that_no_text_holds_stay():
    index = {word: row for row, word in enumerate("abcdef")}
    bags = Bags.from_words(TEXTS, index, np.ones(6), is_distinct=True)
    start = random_table(0, 6, D)[None]
    inputs = WordTables(bags, start.copy(), Finish())
    network = OneHiddenLayer.random([0], D, H, C)
    list(train(network, inputs, TARGETS, seeds=[0], epochs=5, learning_rate=0.1, vector_learning_rate=0.1))
    np.testing.assert_array_equal(inputs.table[5], start[0, 5])
    assert not np.allclose(inputs.table[:5], start[0, :5])


def test_a_loss_that_is_not_finite_is_an_error():
    with pytest.raises(NumericalError, match="smaller learning_rate"):
        run(lambda members: FixedVectors(np.full((1, N, D), np.inf, np.float32)), [0])


def test_penalty_of_two_classes_is_l2_over_root_n():
    assert penalty_rate(0.3, 9, 2) == pytest.approx(0.1)
    assert penalty_rate(0.3, 9, 4) == pytest.approx(0.05)


def test_hold_out_takes_a_tenth_of_each_class_but_never_all_of_it():
    codes = np.repeat([0, 1, 2], [100, 40, 1])
    trained, held = hold_out(codes, seed=5)
    assert np.bincount(codes[held], minlength=3).tolist() == [10, 4, 0]
    assert sorted([*trained, *held]) == list(range(141))
    assert not np.array_equal(held, hold_out(codes, seed=6)[1])


def test_early_stopping_goes_back_to_the_best_epoch():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1, 40, D)).astype(np.float32)
    targets = np.eye(C, dtype=np.float32)[rng.integers(0, C, 40)][None]  # noise: what is learned is wrong
    inputs, held = FixedVectors(vectors[:, :20]), FixedVectors(vectors[:, 20:])
    network = OneHiddenLayer.random([0], D, 20, C)
    seen = []
    epochs = train(network, inputs, targets[:, :20], seeds=[0], epochs=500, learning_rate=0.1)
    for _ in stop_early(epochs, network, inputs, held, targets[:, 20:]):
        seen.append(network.losses(held.vectors, targets[:, 20:])[0])
    assert len(seen) == int(np.argmin(seen)) + 1 + PATIENCE < 500
    assert network.losses(held.vectors, targets[:, 20:])[0] == min(seen)


def test_early_stopping_goes_back_to_the_best_word_vectors():
    index = {f"w{number}": number for number in range(20)}
    rng = np.random.default_rng(1)
    texts = [[f"w{number}" for number in rng.integers(0, 20, 4)] for _ in range(40)]
    targets = np.eye(C, dtype=np.float32)[rng.integers(0, C, 40)][None]
    bags = Bags.from_words(texts, index, np.ones(20), is_distinct=True)
    tables = random_table(0, 20, D)[None]
    inputs, held = (
        WordTables(bags.take(rows), tables, Finish()) for rows in (np.arange(20), np.arange(20, 40))
    )
    network = OneHiddenLayer.random([0], D, 8, C)
    steps = train(
        network, inputs, targets[:, :20], seeds=[0], epochs=500, learning_rate=0.1, vector_learning_rate=0.1
    )
    best = [
        (network.losses(held.read(None)[0], targets[:, 20:])[0], tables.copy())
        for _ in stop_early(steps, network, inputs, held, targets[:, 20:])
    ]
    np.testing.assert_array_equal(tables, min(best, key=lambda pair: pair[0])[1])
    assert len(best) < 500
