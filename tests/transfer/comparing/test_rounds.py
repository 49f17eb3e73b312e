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
    found = plan(n_labels=8)
    assert (found.mode, found.n_rows, found.n_folds, found.fold_of) == ("draws", 6, 0, None)
    for one, draw in zip(found.rounds, few_shot_draws(LABELS, 8, 6), strict=True):
        np.testing.assert_array_equal(one.train, draw)
        np.testing.assert_array_equal(one.test, np.arange(7))
    assert [one.draw for one in found.rounds] == list(range(6))


@pytest.mark.parametrize("n_labels", [None, 20])
def test_all_labels_over_random_states(n_labels):
    found = plan(n_labels=n_labels)
    assert (found.mode, found.n_rows) == ("random states", 6)
    for one in found.rounds:
        np.testing.assert_array_equal(one.train, np.arange(20))


def test_cross_validation_makes_as_many_fits_as_asked_in_whole_repeats():
    found = plan(n_test=None, n_draws=6)
    assert (found.mode, found.n_rows, found.n_folds, len(found.rounds)) == ("cross-validation", 2, 5, 10)
    for one in found.rounds:
        np.testing.assert_array_equal(found.fold_of[one.draw, one.test], one.fold)
        assert (found.fold_of[one.draw, one.train] != one.fold).all()
    for repeat in range(2):
        tested = np.concatenate([one.test for one in found.rounds if one.draw == repeat])
        np.testing.assert_array_equal(np.sort(tested), np.arange(20))


def test_folds_are_limited_by_the_smallest_class():
    found = plan(n_test=None, labels=["a"] * 6 + ["b"] * 3)
    assert (found.n_folds, found.n_rows) == (3, 2)


def test_seeds_differ_between_rounds_and_random_states():
    seeds = {one.seed for state in range(5) for one in plan(n_draws=20, random_state=state).rounds}
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
