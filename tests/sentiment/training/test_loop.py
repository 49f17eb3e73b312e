import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from textransfer.errors import NumericalError
from textransfer.sentiment.sentences.averaging import Finish
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.random_vectors import random_table
from textransfer.sentiment.training.holding_out import hold_out
from textransfer.sentiment.training.inputs import FixedVectors, WordTables, stacked_table
from textransfer.sentiment.training.loop import text_losses, train
from textransfer.sentiment.training.network import OneHiddenLayer
from textransfer.sentiment.training.penalties import penalty_rate
from textransfer.sentiment.training.solvers import TableAdam
from textransfer.sentiment.training.stopping import PATIENCE, stop_early

D, H, C, N = 4, 3, 2, 9
SEEDS = [4, 11, 0]
CODES = np.arange(N) % C
TEXTS = [["a", "b"], ["c"], [], ["a", "d"], ["e", "c"], ["b"], ["zzz"], ["a", "e"], ["d"]]


def fixed(members):
    vectors = np.random.default_rng(0).normal(size=(3, N, D)).astype(np.float32)
    vectors += 2 * (CODES == 0)[None, :, None]
    return FixedVectors(vectors[members])


def tables(members):
    index = {word: row for row, word in enumerate("abcde")}
    bags = Bags.from_words(TEXTS, index, np.ones(5), is_distinct=True)
    start = np.stack([random_table(SEEDS[member], 5, D) for member in members])
    finish = Finish(np.full(D, 0.1, np.float32), is_unit_length=True)
    return WordTables(bags, stacked_table(start), len(members), finish)


def run(make_inputs, members, **settings):
    seeds = [SEEDS[member] for member in members]
    network = OneHiddenLayer.random(seeds, D, H, C)
    inputs = make_inputs(members)
    given = {"epochs": 7, "learning_rate": 0.05, "vector_learning_rate": 0.03, "penalty": 0.01, **settings}
    records = list(train(network, inputs, CODES, seeds=seeds, **given))
    return network, inputs, records


@pytest.mark.parametrize("make_inputs", [fixed, tables])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("batch_size", [0, 1, 4])
def test_members_trained_together_equal_members_trained_alone(make_inputs, solver, batch_size):
    settings = {"solver": solver, "batch_size": batch_size}
    network, inputs, records = run(make_inputs, [0, 1, 2], **settings)
    for member in range(3):
        alone, alone_inputs, alone_records = run(make_inputs, [member], **settings)
        for one, other in zip(network.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(one[member], other[0], rtol=1e-4, atol=1e-6)
        torch.testing.assert_close(
            inputs.read(None)[member], alone_inputs.read(None)[0], rtol=1e-4, atol=1e-6
        )
        assert records[-1].losses[member] == pytest.approx(alone_records[-1].losses[0], rel=1e-4)
    assert not torch.allclose(network.w1[0], network.w1[1])


@pytest.mark.parametrize("make_inputs", [fixed, tables])
@pytest.mark.parametrize(("solver", "rate"), [("adam", 0.05), ("sgd", 0.5)])
def test_the_loss_falls(make_inputs, solver, rate):
    _, _, records = run(
        make_inputs,
        [0, 1, 2],
        solver=solver,
        epochs=400,
        learning_rate=rate,
        vector_learning_rate=rate,
        penalty=0.0,
    )
    assert [record.number for record in records] == list(range(1, 401))
    # Plain descent wanders at this rate: how far it gets depends on rounding (0.03 to 0.61 seen).
    assert (records[-1].losses < 0.8 * records[0].losses).all()
    assert (np.diff([record.seconds for record in records]) > 0).all()


def test_plain_descent_one_at_a_time_by_hand():
    network, inputs, _ = run(fixed, [1], solver="sgd", epochs=1, batch_size=1, penalty=0.0)
    by_hand = OneHiddenLayer.random([SEEDS[1]], D, H, C)
    from textransfer.randomness import Stream, generator

    for row in generator(SEEDS[1], Stream.BATCHES).permutation(N):
        loss = text_losses(by_hand, inputs.vectors[:, [row]], torch.tensor(CODES[[row]])[None])
        gradients = torch.autograd.grad(loss.sum(), list(by_hand.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(by_hand.parameters(), gradients, strict=True):
                parameter -= 0.05 * gradient
    for one, other in zip(network.parameters(), by_hand.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-7)


def test_training_ends_near_the_optimum_of_the_penalised_loss():
    penalty = 0.02
    network, inputs, _ = run(fixed, [0], epochs=3000, learning_rate=0.01, penalty=penalty)

    def objective():
        squares = network.w1.square().sum() + network.w2.square().sum()
        return text_losses(network, inputs.vectors, torch.tensor(CODES)[None]).sum() + penalty / 2 * squares

    reached = float(objective())
    solver = torch.optim.LBFGS(network.parameters(), max_iter=500, tolerance_grad=1e-9)

    def closure():
        solver.zero_grad()
        value = objective()
        value.backward()
        return value

    solver.step(closure)
    assert 0 <= reached - float(objective()) < 1e-4


def test_steps_of_word_vectors_by_hand():
    """One moment of squares for the table: gradients 3 and 4 have the root mean square sqrt(12.5)."""
    table = torch.nn.Parameter(torch.tensor([[1.0], [1.0]]))
    solver = TableAdam(table, 1, lr=0.1)
    table.grad = torch.tensor([[3.0], [4.0]])
    solver.step()
    expected = 1 - 0.1 * np.array([3.0, 4.0]) / np.sqrt(12.5)
    np.testing.assert_allclose(table.detach().numpy()[:, 0], expected, rtol=1e-5)


@pytest.mark.parametrize("n_members", [1, 2])
def test_sparse_gradients_move_the_rows_that_dense_ones_move(n_members):
    start = torch.tensor(np.random.default_rng(0).normal(size=(6, 2)))
    gradient = torch.zeros(6, 2, dtype=torch.float64)
    gradient[[1, 4]] = torch.tensor([[0.5, -1.0], [2.0, 0.1]], dtype=torch.float64)
    found = []
    for given in (gradient, gradient.to_sparse(1)):
        table = torch.nn.Parameter(start.clone())
        solver = TableAdam(table, n_members, lr=0.1)
        for _ in range(3):
            table.grad = given.clone()
            solver.step()
        found.append(table.detach())
    torch.testing.assert_close(found[0], found[1])
    assert (found[1][[1, 4]] != start[[1, 4]]).all()
    assert torch.equal(found[1][[0, 2, 3, 5]], start[[0, 2, 3, 5]])


def test_word_vectors_that_no_text_holds_stay():
    index = {word: row for row, word in enumerate("abcdef")}
    bags = Bags.from_words(TEXTS, index, np.ones(6), is_distinct=True)
    start = random_table(0, 6, D)[None]
    table = stacked_table(start)
    inputs = WordTables(bags, table, 1, Finish())
    network = OneHiddenLayer.random([0], D, H, C)
    list(train(network, inputs, CODES, seeds=[0], epochs=5, learning_rate=0.1, vector_learning_rate=0.1))
    np.testing.assert_array_equal(table.detach()[5], start[0, 5])
    assert not np.allclose(table.detach()[:5], start[0, :5])


def test_a_loss_that_is_not_finite_is_an_error():
    with pytest.raises(NumericalError, match="smaller learning_rate"):
        run(lambda members: FixedVectors(np.full((1, N, D), np.inf, np.float32)), [0])


def test_penalty_of_two_classes_is_l2_over_root_n():
    assert penalty_rate(0.3, 9, 2) == pytest.approx(0.1)
    assert penalty_rate(0.3, 9, 4) == pytest.approx(0.05)


def test_the_penalty_follows_the_noise_of_the_smallest_class():
    def noise(share):
        """How far labels that mean nothing move the weights of a class, at first."""
        return np.std(np.arange(20) < 20 * share) / 20**0.5

    for share in (0.25, 0.15):
        wanted = penalty_rate(0.25, 20, 2) * noise(share) / noise(0.5)
        assert penalty_rate(0.25, 20, 2, smallest_share=share) == pytest.approx(wanted)
    assert penalty_rate(0.25, 20, 4, smallest_share=0.25) == pytest.approx(penalty_rate(0.25, 20, 4))
    for n, share_of_even in ((20, 0.7), (64, 0.7**0.5), (10_000, 1.0)):
        tiny = penalty_rate(0.25, n, 2, smallest_share=0.01)
        assert tiny == pytest.approx(share_of_even * penalty_rate(0.25, n, 2), rel=0.01)


def test_each_member_has_its_own_penalty():
    together, _, _ = run(fixed, [0, 1, 2], penalty=[0.0, 0.01, 0.1])
    for member, penalty in enumerate([0.0, 0.01, 0.1]):
        alone, _, _ = run(fixed, [member], penalty=penalty)
        for one, other in zip(together.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(one[member], other[0], rtol=1e-4, atol=1e-6)


def test_hold_out_takes_a_tenth_of_each_class_but_never_all_of_it():
    codes = np.repeat([0, 1, 2], [100, 40, 1])
    trained, held = hold_out(codes, seed=5)
    assert np.bincount(codes[held], minlength=3).tolist() == [10, 4, 0]
    assert sorted([*trained, *held]) == list(range(141))
    assert not np.array_equal(held, hold_out(codes, seed=6)[1])


def loss_of(network, inputs, codes):
    with torch.no_grad():
        return float(text_losses(network, inputs.read(None), torch.tensor(codes)[None])[0])


def test_early_stopping_goes_back_to_the_best_epoch():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1, 40, D)).astype(np.float32)
    codes = rng.integers(0, C, 40)  # noise: what is learned is wrong
    inputs, held = FixedVectors(vectors[:, :20]), FixedVectors(vectors[:, 20:])
    network = OneHiddenLayer.random([0], D, 20, C)
    seen = []
    epochs = train(network, inputs, codes[:20], seeds=[0], epochs=500, learning_rate=0.1)
    for _ in stop_early(epochs, network, inputs, held, codes[20:]):
        seen.append(loss_of(network, held, codes[20:]))
    assert len(seen) == int(np.argmin(seen)) + 1 + PATIENCE < 500
    assert loss_of(network, held, codes[20:]) == min(seen)


def test_early_stopping_goes_back_to_the_best_word_vectors():
    index = {f"w{number}": number for number in range(20)}
    rng = np.random.default_rng(1)
    texts = [[f"w{number}" for number in rng.integers(0, 20, 4)] for _ in range(40)]
    codes = rng.integers(0, C, 40)
    bags = Bags.from_words(texts, index, np.ones(20), is_distinct=True)
    table = stacked_table(random_table(0, 20, D)[None])
    inputs, held = (
        WordTables(bags.take(rows), table, 1, Finish()) for rows in (np.arange(20), np.arange(20, 40))
    )
    network = OneHiddenLayer.random([0], D, 8, C)
    steps = train(
        network, inputs, codes[:20], seeds=[0], epochs=500, learning_rate=0.1, vector_learning_rate=0.1
    )
    best = [
        (loss_of(network, held, codes[20:]), table.detach().clone().numpy())
        for _ in stop_early(steps, network, inputs, held, codes[20:])
    ]
    np.testing.assert_array_equal(table.detach(), min(best, key=lambda pair: pair[0])[1])
    assert len(best) < 500


def test_without_a_hidden_layer_it_is_logistic_regression():
    n_classes = 3
    codes = np.arange(N) % n_classes
    inputs = fixed([0])
    network = OneHiddenLayer.random([0], D, 0, n_classes)
    penalty = penalty_rate(0.25, N, n_classes, has_hidden_layer=False)
    for _ in train(network, inputs, codes, seeds=[0], epochs=2000, learning_rate=0.03, penalty=penalty):
        pass
    peer = LogisticRegression(C=1 / (penalty * N), tol=1e-8).fit(inputs.vectors[0].numpy(), codes)
    wanted = peer.predict_proba(inputs.vectors[0].numpy())
    np.testing.assert_allclose(network.probabilities(inputs.vectors)[0], wanted, atol=2e-3)
    assert network.hidden_size == 0


def test_the_penalty_of_one_layer_is_a_prior_that_texts_outweigh():
    def rate(n_texts, n_classes):
        return penalty_rate(0.25, n_texts, n_classes, has_hidden_layer=False)

    assert rate(400, 10) == pytest.approx(rate(100, 10) / 4)
    assert rate(100, 100) == pytest.approx(rate(100, 10) / 4)
    assert penalty_rate(0.25, 400, 10) == pytest.approx(penalty_rate(0.25, 100, 10) / 2)
