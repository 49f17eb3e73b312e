import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.transfer.statistics.forecast import fitted_laws, forecast

BUDGETS = [8, 16, 32, 64, 128, 256]


def draws_of(law, noise=0.01, seed=0, n=20, budgets=BUDGETS):
    random = np.random.default_rng(seed)
    return [(law(budget) + random.normal(0, noise, n)).tolist() for budget in budgets]


def power(n):
    return 0.92 - 0.6 * n**-0.5


def test_the_range_holds_the_truth():
    target = 0.89
    truth = (0.6 / (0.92 - target)) ** 2  # 400 labels
    hits = 0
    for seed in range(10):
        outlook = forecast(BUDGETS, draws_of(power, seed=seed), target)
        assert outlook.outcome == "range"
        hits += outlook.low <= truth <= (outlook.high or np.inf)
    assert hits >= 9


def test_a_target_that_was_reached():
    outlook = forecast(BUDGETS, draws_of(power, noise=0), 0.8)
    assert (outlook.outcome, outlook.low, outlook.high) == ("reached", 32, 32)


def test_a_target_far_away_is_refused():
    assert forecast(BUDGETS, draws_of(lambda n: 0.7 - 0.3 * n**-0.7), 0.95).outcome == "beyond"


def test_too_few_budgets_say_nothing():
    assert forecast(BUDGETS[:3], draws_of(power, budgets=BUDGETS[:3]), 0.95).outcome == "unknown"


def test_a_flat_curve_promises_nothing():
    outlook = forecast(BUDGETS, draws_of(lambda n: 0.6 + 0 * n), 0.75)
    assert outlook.outcome == "beyond" or outlook.high is None


@pytest.mark.parametrize(
    "law", [power, lambda n: 0.95 - 0.9 / np.log(n + 1), lambda n: 0.5 + 0.05 * np.log(n)]
)
def test_each_law_is_recovered(law):
    n = np.array(BUDGETS, dtype=float)
    laws = fitted_laws(n, law(n))
    ahead = np.array([512.0])
    assert min(abs(fitted(ahead)[0] - law(512)) for fitted in laws) < 1e-3


def test_more_labels_are_never_worse():
    falling = np.array([0.8, 0.7, 0.6, 0.5, 0.45, 0.4])
    for law in fitted_laws(np.array(BUDGETS, dtype=float), falling):
        assert law(np.array([1000.0]))[0] >= law(np.array([10.0]))[0] - 1e-9


@pytest.mark.parametrize("target", [0, 1, 85])
def test_bad_targets(target):
    with pytest.raises(ConfigError, match="between 0 and 1"):
        forecast(BUDGETS, draws_of(power), target)
