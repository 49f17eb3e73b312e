from math import sqrt

import numpy as np
import pytest
from scipy import stats

from textransfer.transfer.statistics.intervals import (
    Interval,
    accuracy_difference_interval,
    accuracy_interval,
    cross_validated_accuracy_interval,
    cross_validated_difference_interval,
    signed_points,
    text_difference_interval,
    wilson,
)

Z = 1.959963985


def table(both, first, second, neither):
    """Correctness of two arms (1, texts) with so many texts in each cell."""
    a = np.repeat([1, 1, 0, 0], [both, first, second, neither])
    b = np.repeat([1, 0, 1, 0], [both, first, second, neither])
    return a[None], b[None]


@pytest.mark.parametrize(
    ("won", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe_1998_table_1(won, n, low, high):
    assert wilson(won / n, n) == pytest.approx((low, high), abs=5.1e-5)


def test_accuracy_of_one_draw_is_wilson():
    interval = accuracy_interval([[True] * 15 + [False] * 133])
    assert (interval.low, interval.high) == pytest.approx((0.0624, 0.1605), abs=5.1e-5)


def test_draws_widen_the_accuracy_in_quadrature():
    correct = np.zeros((2, 100))
    correct[0, :80] = correct[1, :60] = 1
    low, _ = wilson(0.7, 100)
    reach = stats.t.ppf(0.975, 1) * (0.2 / sqrt(2)) / sqrt(2)
    wide = accuracy_interval(correct)
    assert wide.estimate == pytest.approx(0.7)
    assert wide.low == pytest.approx(max(0.7 - sqrt((0.7 - low) ** 2 + reach**2), 0))
    assert wide.high == 1.0


def test_difference_is_agresti_min_when_there_are_many_discordant_texts():
    # Approval ratings of Agresti (2002), Categorical Data Analysis, table 10.1: 794, 150, 86, 570 of 1600.
    interval = accuracy_difference_interval(*table(794, 150, 86, 570))
    centre = (150.5 - 86.5) / 1602
    reach = Z * sqrt(150.5 + 86.5 - (150.5 - 86.5) ** 2 / 1602) / 1602
    assert interval.estimate == pytest.approx(0.04)
    # The exact interval, which is the wider one of the two, differs in the fourth digit.
    assert interval.low == pytest.approx(centre - reach, abs=5e-4)
    assert interval.high == pytest.approx(centre + reach, abs=5e-4)


def test_difference_without_discordant_texts_is_agresti_min():
    # Half a text in each cell: variance (0.5 + 0.5)/22^2 about zero.
    interval = accuracy_difference_interval(*table(15, 0, 0, 5))
    assert (interval.low, interval.high) == pytest.approx((-Z / 22, Z / 22))


@pytest.mark.parametrize(("won", "lost"), [(5, 0), (6, 0), (7, 1), (8, 1), (9, 2), (10, 1), (0, 6), (3, 11)])
def test_small_samples_agree_with_the_exact_sign_test(won, lost):
    interval = accuracy_difference_interval(*table(20, won, lost, 3))
    is_significant = stats.binomtest(won, won + lost).pvalue < 0.05
    assert (interval.low > 0 or interval.high < 0) == is_significant


def test_exact_side_of_the_hull():
    # 6 of 6: the exact interval of the share is (0.025^(1/6), 1), turned into a difference.
    low, high = text_difference_interval(np.ones(6))
    assert low == pytest.approx(2 * 0.025 ** (1 / 6) - 1)
    assert high == 1.0


@pytest.mark.parametrize("n", [1, 2, 3, 40])
@pytest.mark.parametrize("value", [-1, 0, 1])
def test_never_of_zero_width(n, value):
    low, high = text_difference_interval(np.full(n, value))
    assert high - low > 1 / (n + 2)
    assert low <= value <= high


def test_difference_is_antisymmetric():
    a, b = table(10, 9, 3, 4)
    there, back = accuracy_difference_interval(a, b), accuracy_difference_interval(b, a)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_equal_draws_leave_the_interval_of_one():
    a, b = table(10, 9, 3, 4)
    single = accuracy_difference_interval(a, b)
    many = accuracy_difference_interval(np.tile(a, (5, 1)), np.tile(b, (5, 1)))
    assert many.to_dict() == pytest.approx(single.to_dict())


def test_draws_that_differ_widen_a_difference_in_quadrature():
    a = np.zeros((2, 400))
    a[0, :200] = a[1, :192] = 1
    b = np.zeros_like(a)
    low, _ = text_difference_interval((a - b).mean(axis=0))
    reach = stats.t.ppf(0.975, 1) * (0.02 / sqrt(2)) / sqrt(2)
    interval = accuracy_difference_interval(a, b)
    assert interval.low == pytest.approx(0.49 - sqrt((0.49 - low) ** 2 + reach**2))


def random_arms(random, n_draws, n_texts):
    """Two arms equally good on average, with texts that suit either, draws that suit either, and noise."""
    suits = random.normal(0.5, 1.2, n_texts) + random.normal(0, 0.8, (2, 1, n_texts))
    draws = random.normal(0, 0.4 if n_draws > 1 else 0, (2, n_draws, 1))
    return suits + draws + random.normal(0, 1, (2, n_draws, n_texts)) > 0


@pytest.mark.parametrize(
    ("n_texts", "n_draws"), [(2, 1), (2, 20), (8, 1), (8, 20), (40, 1), (40, 3), (40, 20)]
)
def test_equal_arms_are_seldom_told_apart(n_texts, n_draws):
    random = np.random.default_rng(20)
    n_wrong = 0
    for _ in range(400):
        interval = accuracy_difference_interval(*random_arms(random, n_draws, n_texts))
        n_wrong += interval.low > 0 or interval.high < 0
    # 5% of 400 is 20; 31 is two and a half standard errors above.
    assert n_wrong <= (0 if n_texts == 2 else 31)


def test_the_worst_case_of_texts_that_are_all_discordant():
    random = np.random.default_rng(21)
    for n_texts in (3, 8, 40):
        won = random.integers(0, 2, (400, 1, n_texts))
        intervals = [accuracy_difference_interval(a, 1 - a) for a in won]
        assert sum(i.low > 0 or i.high < 0 for i in intervals) <= 31


def test_a_real_difference_is_found():
    random = np.random.default_rng(22)
    n_surer = 0
    for _ in range(100):
        a, b = random_arms(random, 20, 200)
        n_surer += accuracy_difference_interval(a | (random.random(a.shape) < 0.5), b).low > 0
    assert n_surer >= 90


@pytest.mark.parametrize("interval_of", [lambda a, b: accuracy_interval(a), accuracy_difference_interval])
def test_more_texts_and_more_draws_are_narrower(interval_of):
    random = np.random.default_rng(23)
    widths = [
        np.mean([interval_of(*random_arms(random, n_draws, n_texts)).width for _ in range(50)])
        for n_draws, n_texts in [(3, 10), (3, 100), (20, 100), (20, 1000), (80, 1000)]
    ]
    assert widths == sorted(widths, reverse=True)


def test_a_higher_level_is_wider():
    a, b = table(10, 9, 3, 4)
    widths = [accuracy_difference_interval(a, b, level=level).width for level in (0.5, 0.8, 0.95, 0.99)]
    assert widths == sorted(widths)


def test_nadeau_bengio_by_hand():
    # Two repeats of two folds of 100 texts; the differences of the folds are 0.5, 0.1, 0.3 and 0.1.
    fold_of = np.tile(np.repeat([0, 1], 100), (2, 1))
    a = np.zeros((2, 200))
    a[0, :50] = a[0, 100:110] = a[1, :30] = a[1, 100:110] = 1
    interval = cross_validated_difference_interval(a, np.zeros_like(a), fold_of)
    folds = np.array([0.5, 0.1, 0.3, 0.1])
    reach = stats.t.ppf(0.975, 3) * sqrt((1 / 4 + 1) * folds.var(ddof=1))
    assert interval.estimate == pytest.approx(0.25)
    assert (interval.low, interval.high) == pytest.approx((0.25 - reach, 0.25 + reach))
    single = cross_validated_accuracy_interval(a, fold_of)
    assert single.high == pytest.approx(0.25 + reach)
    assert single.low == 0.0


def test_cross_validation_is_never_narrower_than_its_texts():
    fold_of = np.tile([0, 1], (3, 5))
    a = np.ones((3, 10))
    b = np.zeros((3, 10))
    interval = cross_validated_difference_interval(a, b, fold_of)
    assert (interval.low, interval.high) == text_difference_interval(np.ones(10))
    assert cross_validated_accuracy_interval(a, fold_of).low == pytest.approx(wilson(1.0, 10)[0])


def test_cross_validation_of_equal_arms_is_seldom_told_apart():
    random = np.random.default_rng(24)
    n_wrong = 0
    for _ in range(300):
        a, b = random_arms(random, 5, 20)
        fold_of = random.permuted(np.tile(np.arange(20) % 4, (5, 1)), axis=1)
        interval = cross_validated_difference_interval(a, b, fold_of)
        n_wrong += interval.low > 0 or interval.high < 0
    assert n_wrong <= 24


def test_the_one_wording_of_an_interval():
    assert Interval(0.868, 0.86, 0.87501).span() == "86.0 to 87.5"
    difference = Interval(0.231, -0.0001, 0.2446)
    assert difference.span("+") == "+0.0 to +24.5"
    assert difference.points() == "+23.1 (+0.0 to +24.5)"
    assert difference.points("points") == "+23.1 points (+0.0 to +24.5)"
    assert signed_points(-0.0561) == "-5.6"
    assert signed_points(-0.0001) == "+0.0"
