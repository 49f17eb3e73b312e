import numpy as np
import pytest

from textransfer.transfer.statistics.intervals import Interval, accuracy_difference_interval
from textransfer.transfer.statistics.verdict import texts_needed, verdict_on


@pytest.mark.parametrize(
    ("interval", "outcome", "sentence"),
    [
        (
            Interval(0.123, 0.081, 0.164),
            "positive",
            "Pretraining helped: +12.3 points accuracy (95% interval +8.1 to +16.4)",
        ),
        (
            Interval(-0.05, -0.09, -0.01, 0.9),
            "negative",
            "Pretraining hurt: -5.0 points accuracy (90% interval -9.0 to -1.0)",
        ),
        (
            Interval(-0.0001, -0.2, 0.2, 0.99),
            "inconclusive",
            "Inconclusive: +0.0 points accuracy (99% interval -20.0 to +20.0), which leaves room for either",
        ),
        (
            Interval(0.1, 0.0, 0.2),
            "inconclusive",
            "Inconclusive: +10.0 points accuracy (95% interval +0.0 to +20.0), which leaves room for either",
        ),
    ],
)
def test_outcome_and_sentence(interval, outcome, sentence):
    verdict = verdict_on(interval, n_texts=1000)
    assert (verdict.outcome, verdict.sentence, verdict.limits) == (outcome, sentence, "")


@pytest.mark.parametrize(("level", "needed"), [(0.9, 5), (0.95, 6), (0.99, 8)])
def test_texts_needed_are_those_of_the_sign_test(level, needed):
    assert 2 * 0.5**needed < 1 - level < 2 * 0.5 ** (needed - 1)
    assert texts_needed(level) == needed


@pytest.mark.parametrize("n_draws", [1, 2, 100])
def test_fewer_texts_than_that_prove_nothing_at_best(n_draws):
    for n_texts in range(1, texts_needed()):
        best = accuracy_difference_interval(np.ones((n_draws, n_texts)), np.zeros((n_draws, n_texts)))
        assert verdict_on(best, n_texts=n_texts).outcome == "inconclusive"


@pytest.mark.parametrize("n_texts", [6, 8, 40, 500])
def test_six_texts_won_and_none_lost_are_enough_among_any_number(n_texts):
    for n_won, outcome in ((5, "inconclusive"), (6, "positive")):
        correct = np.arange(n_texts)[None] < n_won
        interval = accuracy_difference_interval(correct, np.zeros_like(correct))
        assert verdict_on(interval, n_texts=n_texts).outcome == outcome


def test_limits_of_two_texts():
    verdict = verdict_on(Interval(0.5, -0.2, 1.0), n_texts=2)
    assert verdict.limits == (
        "2 test texts cannot prove any difference: at least 6 texts that only the pretrained arm gets right "
        "would be needed"
    )
    assert verdict_on(Interval(0.5, -0.2, 1.0), n_texts=1).limits.startswith("1 test text cannot")


def test_limits_of_few_texts_are_always_said():
    for difference in (Interval(0.2, -0.2, 0.6), Interval(0.8, 0.1, 1.0)):
        limits = verdict_on(difference, n_texts=8).limits
        assert limits.startswith(
            "8 test texts show little: all of them right would still mean anything from 68%"
        )
        assert "a gain on 6 of them (75%)" in limits
    assert verdict_on(Interval(0.2, -0.2, 0.6), n_texts=1000).limits == ""


def test_to_dict():
    record = verdict_on(Interval(0.2, 0.1, 0.3), n_texts=99).to_dict()
    assert record["outcome"] == "positive"
    assert record["difference"] == {"estimate": 0.2, "low": 0.1, "high": 0.3, "level": 0.95}
