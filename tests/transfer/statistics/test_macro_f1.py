import warnings

import numpy as np
import pytest
from sklearn.metrics import f1_score

from textransfer.transfer.statistics import macro_f1 as macro_f1_module
from textransfer.transfer.statistics.intervals import (
    Interval,
    accuracy_difference_interval,
    accuracy_interval,
)
from textransfer.transfer.statistics.macro_f1 import macro_f1, resampled_macro_f1


def guesses(random, truth, n_draws, share_right, n_classes=3):
    is_right = random.random((n_draws, len(truth))) < share_right
    return np.where(is_right, truth, random.integers(0, n_classes, (n_draws, len(truth))))


def test_by_hand():
    # Class 0: TP 1, 2 true, 1 predicted: 2/3. Class 1: TP 1, 1 true, 2 predicted: 2/3. Class 2 is absent.
    assert macro_f1(np.array([0, 0, 1]), np.array([[0, 1, 1]]), 3) == pytest.approx([2 / 3])


def test_a_class_never_predicted_counts_as_zero():
    assert macro_f1(np.array([0, 0, 1]), np.array([[0, 0, 0]]), 2) == pytest.approx([0.4])


@pytest.mark.parametrize("n_texts", [1, 2, 7, 63])
def test_agrees_with_scikit_learn(n_texts):
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, n_texts)
    predicted = guesses(random, truth, 5, 0.4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = [f1_score(truth, row, average="macro", zero_division=0) for row in predicted]
    assert macro_f1(truth, predicted, 3) == pytest.approx(expected, abs=1e-6)


def test_interval_holds_the_truth_about_as_often_as_it_says(monkeypatch):
    monkeypatch.setattr(macro_f1_module, "N_RESAMPLES", 200)
    random = np.random.default_rng(2)
    population = random.integers(0, 3, 200_000)
    truth_f1 = macro_f1(population, guesses(random, population, 1, 0.5), 3)[0]
    n_held = 0
    for _ in range(100):
        truth = random.integers(0, 3, 80)
        predicted = guesses(random, truth, 1, 0.5)
        interval = resampled_macro_f1(truth, predicted, 3).interval(accuracy_interval(predicted == truth))
        n_held += interval.low <= truth_f1 <= interval.high
    assert n_held >= 88


def test_equal_arms_are_seldom_told_apart(monkeypatch):
    monkeypatch.setattr(macro_f1_module, "N_RESAMPLES", 200)
    random = np.random.default_rng(3)
    n_wrong = 0
    for _ in range(100):
        truth = random.integers(0, 3, 30)
        a, b = guesses(random, truth, 4, 0.5), guesses(random, truth, 4, 0.5)
        accuracy = accuracy_difference_interval(a == truth, b == truth)
        interval = resampled_macro_f1(truth, a, 3).difference(resampled_macro_f1(truth, b, 3), accuracy)
        n_wrong += interval.low > 0 or interval.high < 0
    assert n_wrong <= 11


def test_two_texts_all_right_have_the_width_of_the_accuracy():
    truth, predicted = np.array([0, 1]), np.array([[0, 1]])
    accuracy = accuracy_interval(predicted == truth)
    interval = resampled_macro_f1(truth, predicted, 2).interval(accuracy)
    assert (interval.low, interval.high) == pytest.approx((accuracy.low, 1.0))


def test_imbalance_makes_it_wider_than_the_accuracy():
    truth = np.repeat([0, 1], [95, 5])
    predicted = np.repeat([[0, 1, 0, 1]], [90, 5, 2, 3], axis=1)
    accuracy = accuracy_interval(predicted == truth)
    assert resampled_macro_f1(truth, predicted, 2).interval(accuracy).width > 1.5 * accuracy.width


def test_the_seed_decides():
    random = np.random.default_rng(4)
    truth = random.integers(0, 2, 50)
    predicted = guesses(random, truth, 3, 0.5, 2)
    narrow = Interval(0.5, 0.5, 0.5)
    of_seed = [resampled_macro_f1(truth, predicted, 2, seed).interval(narrow) for seed in (0, 0, 1)]
    assert of_seed[0] == of_seed[1] != of_seed[2]


def test_an_arm_against_itself_has_only_the_width_of_the_accuracy():
    truth, predicted = np.array([0, 1, 0, 1]), np.array([[0, 1, 1, 1]])
    accuracy = accuracy_difference_interval(predicted == truth, predicted == truth)
    measured = resampled_macro_f1(truth, predicted, 2)
    interval = measured.difference(measured, accuracy)
    assert (interval.low, interval.high) == pytest.approx((accuracy.low, accuracy.high))
