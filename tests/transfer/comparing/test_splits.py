from collections import Counter

import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.transfer.comparing.splits import (
    drawn_evenly,
    few_shot_draws,
    possible_folds,
    stratified_folds,
)

POOL = ["neg"] * 60 + ["pos"] * 40
SKEWED = ["a"] * 50 + ["b"] * 30 + ["c"] * 3 + ["d"] * 17


def classes_in(labels, indices):
    return Counter(np.asarray(labels)[indices].tolist())


def test_proportions_of_the_pool():
    assert classes_in(POOL, few_shot_draws(POOL, 10, 1)[0]) == {"neg": 6, "pos": 4}
    # 10.2 and 1.8, rounded.
    pool = ["a"] * 85 + ["b"] * 15
    assert classes_in(pool, few_shot_draws(pool, 12, 1)[0]) == {"a": 10, "b": 2}


@pytest.mark.parametrize("n_labels", [4, 5, 7, 16, 63, 100])
def test_each_class_at_least_once_and_no_text_twice(n_labels):
    for draw in few_shot_draws(SKEWED, n_labels, 20, random_state=3):
        assert len(set(draw.tolist())) == n_labels
        assert len(classes_in(SKEWED, draw)) == 4


@pytest.mark.parametrize("n_labels", [10, 33, 64, 99])
def test_counts_are_within_one_text_of_the_proportion(n_labels):
    for draw in few_shot_draws(SKEWED, n_labels, 5):
        for name, count in classes_in(SKEWED, draw).items():
            # Just one text away where the smallest class has taken its guaranteed one from another.
            assert abs(count - n_labels * SKEWED.count(name) / 100) <= 1


def test_nested_over_budgets():
    draws = [few_shot_draws(SKEWED, n, 6, random_state=1) for n in range(4, 101)]
    for smaller, larger in zip(draws, draws[1:], strict=False):
        for few, more in zip(smaller, larger, strict=True):
            assert set(few.tolist()) < set(more.tolist())


def test_a_draw_does_not_depend_on_the_number_of_draws():
    np.testing.assert_array_equal(few_shot_draws(POOL, 8, 2, 5)[1], few_shot_draws(POOL, 8, 9, 5)[1])


def test_draws_and_seeds_differ():
    draws = few_shot_draws(POOL, 8, 50) + few_shot_draws(POOL, 8, 50, random_state=1)
    assert len({tuple(sorted(draw.tolist())) for draw in draws}) == 100


def test_every_text_of_a_class_is_as_likely():
    counts = np.bincount(np.concatenate(few_shot_draws(POOL, 10, 2000)), minlength=100)
    # Binomial with mean 200 and deviation 13.4; five deviations either way.
    assert counts.min() > 133
    assert counts.max() < 267


def test_an_odd_text_goes_to_either_class_of_a_balanced_pool():
    extra = [
        classes_in(["x", "y"] * 20, draw).most_common(1)[0][0]
        for draw in few_shot_draws(["x", "y"] * 20, 5, 60)
    ]
    assert set(extra) == {"x", "y"}


@pytest.mark.parametrize(
    ("labels", "n_labels", "n_draws", "words"),
    [
        (POOL, 1, 1, "2 classes"),
        (POOL, 101, 1, "100 labelled texts"),
        (POOL, 8, 0, "at least 1"),
        (["a", "a"], 2, 1, "only the class 'a'"),
        ([], 2, 1, "no labels"),
    ],
)
def test_impossible_draws_are_refused(labels, n_labels, n_draws, words):
    with pytest.raises(ConfigError, match=words):
        few_shot_draws(labels, n_labels, n_draws)


def test_every_training_part_holds_every_class():
    fold_of = stratified_folds(SKEWED, 5, 4)
    assert fold_of.shape == (4, 100)
    assert set(fold_of.ravel()) == {0, 1, 2}  # the smallest class has 3 texts
    for repeat in fold_of:
        for fold in range(3):
            assert len(classes_in(SKEWED, repeat != fold)) == 4


def test_folds_are_stratified_and_even():
    for repeat in stratified_folds(POOL, 7, 3):
        for fold in range(7):
            assert np.sum(repeat == fold) in (14, 15)
            assert classes_in(POOL, repeat == fold)["neg"] in (8, 9)
            assert classes_in(POOL, repeat == fold)["pos"] in (5, 6)


def test_repeats_differ():
    first, second = stratified_folds(POOL, 2, 2)
    assert 0.2 < np.mean(first == second) < 0.8


def test_folds_are_limited_by_the_smallest_class():
    assert possible_folds(SKEWED, 10) == 3
    assert possible_folds(POOL, 10) == 10


@pytest.mark.parametrize(
    ("labels", "n_folds", "words"),
    [(["a", "a", "b"], 5, "'b' has a single"), (POOL, 1, "at least 2"), (["a"] * 4, 2, "only the class")],
)
def test_impossible_folds_are_refused(labels, n_folds, words):
    with pytest.raises(ConfigError, match=words):
        stratified_folds(labels, n_folds, 1)


def test_items_of_a_stream_are_drawn_evenly():
    drawn = drawn_evenly(iter(range(5000)), 100, np.random.default_rng(0))
    assert len(set(drawn)) == 100
    assert 1900 < np.mean(drawn) < 3100
    assert drawn_evenly("ab", 100, np.random.default_rng(0)) == ["a", "b"]


def test_all_classes_with_a_single_text_are_named_with_their_places():
    with pytest.raises(
        ConfigError, match=r"2 classes have a single labelled text: '-' \(t, row 4\), 'c' \(t, row 5\)"
    ):
        possible_folds(["a", "a", "-", "c"], 2, ["t, row 2", "t, row 3", "t, row 4", "t, row 5"])
