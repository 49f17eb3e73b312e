import math
from copy import deepcopy
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from pretrain.planted import counts_of, plan_and_tables, ragged_text

from textransfer.config import Objective
from textransfer.pretrain.objectives import apply_step, loss_and_gradients
from textransfer.pretrain.sampling.noise import frequency_ranks
from textransfer.pretrain.sampling.steps import Steps
from textransfer.pretrain.tables import Tables

OBJECTIVES = get_args(Objective)


def one_pair(n_expected: tuple[float, float] = (1.0, 1.0)) -> tuple[Tables, Steps]:
    """One pair, one noise word, two dimensions: small enough for a pocket calculator."""
    tables = Tables(
        np.array([[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]),
        np.array([[0.0, 0.0], [0.5, -1.0], [2.0, 0.25]]),
        np.array([0.0, 0.3, -0.2]),
    )
    steps = Steps(
        centers=np.array([0]),
        contexts=np.array([1]),
        negatives=np.array([[2]]),
        is_active=np.array([[True]]),
        context_log_counts=np.log([n_expected[0]]),
        noise_log_counts=np.log([[n_expected[1]]]),
        offsets=np.array([0, 1]),
    )
    return tables, steps


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_sgns_by_hand() -> None:
    tables, steps = one_pair()
    # s = 1*0.5 - 2*1 = -1.5 for the pair, 1*2 + 2*0.25 = 2.5 for the noise word
    loss, gradients = loss_and_gradients(tables, steps, "sgns")
    assert loss == pytest.approx(-math.log(sigmoid(-1.5)) - math.log(sigmoid(-2.5)))
    g_true, g_noise = sigmoid(-1.5) - 1, sigmoid(2.5)
    np.testing.assert_allclose(
        gradients.centers, [[g_true * 0.5 + g_noise * 2.0, g_true * -1.0 + g_noise * 0.25]]
    )
    np.testing.assert_allclose(gradients.contexts, [[g_true * 1.0, g_true * 2.0]])
    np.testing.assert_allclose(gradients.negatives, [[[g_noise * 1.0, g_noise * 2.0]]])
    assert gradients.context_bias == gradients.noise_bias == 0


def test_nce_by_hand() -> None:
    tables, steps = one_pair(n_expected=(0.4, 2.0))
    # x = s + b - ln E: -1.5 + 0.3 - ln 0.4 and 2.5 - 0.2 - ln 2
    x_true, x_noise = -1.2 - math.log(0.4), 2.3 - math.log(2.0)
    loss, gradients = loss_and_gradients(tables, steps, "nce")
    assert loss == pytest.approx(-math.log(sigmoid(x_true)) - math.log(sigmoid(-x_noise)))
    assert gradients.context_bias[0] == pytest.approx(sigmoid(x_true) - 1)
    assert gradients.noise_bias[0, 0] == pytest.approx(sigmoid(x_noise))


@pytest.mark.parametrize("replacement", [True, False])
def test_nce_of_a_batch_follows_tensorflows_formula(replacement: bool) -> None:
    """Written out a second time from the description of ``tf.nn.nce_loss``: one noise set for the batch."""
    tokens, offsets = ragged_text()
    n_words, n_noise = 40, 6
    plan, tables = plan_and_tables(
        tokens,
        5,
        objective="nce",
        negative=n_noise,
        noise="log-uniform",
        noise_sharing="batch",
        noise_replacement=replacement,
        batch_size=8,
        skip_hits=False,
    )
    steps = plan.sampler.draw(tokens, offsets, 0).first(1)
    sampled = steps.negatives[0]

    ranks = frequency_ranks(counts_of(tokens, n_words)).tolist()

    def q(word: int) -> float:
        return (math.log(ranks[word] + 2) - math.log(ranks[word] + 1)) / math.log(n_words + 1)

    if replacement:
        expected = {word: n_noise * q(word) for word in range(n_words)}
    else:  # solve for the number of tries that the sampler must have reported
        tries = math.log1p(-math.exp(steps.noise_log_counts[0, 0])) / math.log1p(-q(int(sampled[0])))
        assert tries == pytest.approx(round(tries), abs=1e-3)
        assert round(tries) >= n_noise
        expected = {word: 1 - (1 - q(word)) ** round(tries) for word in range(n_words)}
    total = 0.0
    for center, context in zip(steps.centers.tolist(), steps.contexts.tolist(), strict=True):
        u = tables.in_vectors[center].astype(float)
        x = u @ tables.out_vectors[context] + tables.out_bias[context] - math.log(expected[context])
        total += math.log1p(math.exp(-x))
        for word in sampled.tolist():
            x = u @ tables.out_vectors[word] + tables.out_bias[word] - math.log(expected[word])
            total += math.log1p(math.exp(x))
    loss, _ = loss_and_gradients(tables, steps, "nce")
    assert loss == pytest.approx(total, rel=1e-5)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_gradients_match_finite_differences(objective: str) -> None:
    tokens, offsets = ragged_text(n_documents=3)
    plan, start = plan_and_tables(tokens, 3, objective=objective, negative=3)
    tables = Tables(*(table.astype(np.float64) for table in vars(start).values()))
    steps = plan.sampler.draw(tokens, offsets, 0)
    assert not steps.is_active.all()
    moved = Tables(*(table.copy() for table in vars(tables).values()))
    apply_step(moved, steps, 1.0, objective, "sum")  # so the difference is minus the whole gradient
    epsilon = 1e-5
    for name, table in vars(tables).items():
        analytic = (table - getattr(moved, name)).ravel()
        for place in range(0, table.size, 5):
            losses = []
            for sign in (1, -1):
                shifted = table.copy()
                shifted.flat[place] += sign * epsilon
                losses.append(loss_and_gradients(replace(tables, **{name: shifted}), steps, objective)[0])
            numeric = (losses[0] - losses[1]) / (2 * epsilon)
            assert analytic[place] == pytest.approx(numeric, abs=1e-6), (name, place)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_gradient_vanishes_at_the_optimum(objective: str) -> None:
    """With one dimension and u = 1, the best score is the log-odds of being a true pair."""
    n_true, n_noise = 3, 5
    best = math.log(n_true / n_noise)
    tables = Tables(np.array([[1.0]]), np.array([[best]]), np.zeros(1))
    steps = Steps(
        centers=np.zeros(n_true, dtype=int),
        contexts=np.zeros(n_true, dtype=int),
        negatives=np.zeros((n_true, 2), dtype=int),
        is_active=np.array([[True, True], [True, True], [True, False]]),
        context_log_counts=np.zeros(n_true),
        noise_log_counts=np.zeros((n_true, 2)),
        offsets=np.array([0, n_true]),
    )
    _, gradients = loss_and_gradients(tables, steps, objective)
    assert gradients.contexts.sum() + gradients.negatives.sum() == pytest.approx(0.0, abs=1e-12)


def test_mean_reduction_divides_by_the_pairs() -> None:
    tokens, offsets = ragged_text(n_documents=3)
    plan, tables = plan_and_tables(tokens, 3)
    steps = plan.sampler.draw(tokens, offsets, 0)
    summed, averaged = deepcopy(tables), deepcopy(tables)
    apply_step(summed, steps, 0.1, "sgns", "sum")
    apply_step(averaged, steps, 0.1 * steps.centers.size, "sgns", "mean")
    np.testing.assert_allclose(summed.in_vectors, averaged.in_vectors, rtol=1e-5)


def test_loss_stays_finite_and_exact_for_huge_scores() -> None:
    tables, steps = one_pair()
    tables.in_vectors[:] *= 1000
    loss, _ = loss_and_gradients(tables, steps, "sgns")
    assert loss == pytest.approx(1500 + 2500)
