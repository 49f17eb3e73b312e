import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.transfer.comparing.rounds import plan_rounds
from textransfer.transfer.comparing.splits import few_shot_draws

LABELS = ["a", "b"] * 10


def plan(n_test=7, n_labels=None, n_draws=6, n_folds=5, random_state=0, labels=LABELS):
    return plan_rounds(
        labels, n_test, n_labels=n_labels, n_draws=n_draws, n_folds=n_folds, random_state=random_state
    )


def test_draws_from_a_pool():
    rounds = plan(n_labels=8)
    assert (rounds.mode, rounds.n_rows, rounds.n_folds, rounds.fold_of) == ("draws", 6, 0, None)
    for round_, draw in zip(rounds.rounds, few_shot_draws(LABELS, 8, 6), strict=True):
        np.testing.assert_array_equal(round_.train, draw)
        np.testing.assert_array_equal(round_.test, np.arange(7))
    assert [round_.draw for round_ in rounds.rounds] == list(range(6))


@pytest.mark.parametrize("n_labels", [None, 20])
def test_all_labels_over_random_states(n_labels):
    rounds = plan(n_labels=n_labels)
    assert (rounds.mode, rounds.n_rows) == ("random states", 6)
    for round_ in rounds.rounds:
        np.testing.assert_array_equal(round_.train, np.arange(20))


def test_cross_validation_makes_as_many_fits_as_asked_in_whole_repeats():
    rounds = plan(n_test=None, n_draws=6)
    assert (rounds.mode, rounds.n_rows, rounds.n_folds, len(rounds.rounds)) == ("cross-validation", 2, 5, 10)
    for round_ in rounds.rounds:
        np.testing.assert_array_equal(rounds.fold_of[round_.draw, round_.test], round_.fold)
        assert (rounds.fold_of[round_.draw, round_.train] != round_.fold).all()
    for repeat in range(2):
        tested = np.concatenate([round_.test for round_ in rounds.rounds if round_.draw == repeat])
        np.testing.assert_array_equal(np.sort(tested), np.arange(20))


def test_folds_are_limited_by_the_smallest_class():
    rounds = plan(n_test=None, labels=["a"] * 6 + ["b"] * 3)
    assert (rounds.n_folds, rounds.n_rows) == (3, 2)


def test_seeds_differ_between_rounds_and_random_states():
    seeds = {round_.seed for state in range(5) for round_ in plan(n_draws=20, random_state=state).rounds}
    assert len(seeds) == 100
    assert plan().rounds[3].seed == plan(n_draws=20).rounds[3].seed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_test": None, "n_labels": 8}, "without a test file"),
        ({"n_test": 0}, "no test texts"),
        ({"n_labels": 21}, "at most 20"),
        ({"n_draws": 0}, "at least 1"),
        ({"n_test": None, "n_folds": 1}, "at least 2"),
    ],
)
def test_impossible_plans_are_refused(arguments, words):
    with pytest.raises(ConfigError, match=words):
        plan(**arguments)


@pytest.mark.parametrize("n_draws", [0, -1, 10**30, float("nan"), 2.0])
@pytest.mark.parametrize("n_test", [None, 10])
def test_a_number_of_draws_out_of_range_is_refused(n_test, n_draws):
    with pytest.raises(ConfigError, match="n_draws is .*; expected a whole number of at least 1"):
        plan_rounds(["a", "b"] * 10, n_test, n_draws=n_draws, random_state=0)
