"""Intervals of an accuracy, or of the paired difference of two, over test texts and training draws.

Correctness is a matrix (draws, texts): draw i trained on its own labels or with its own random state, and
every draw was tested on the same texts. Both are samples, and both widen an interval. A side reaches
sqrt(t^2 + d^2), where t is how far the sampling of texts reaches and d how far that of draws does. In a
cross-validation a draw is a repeat, and `fold_of`, of the same shape, is the fold that a text was tested in.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from textransfer.records import Record

LEVEL = 0.95
"""Share of intervals that shall hold the truth."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval(Record):
    """An estimate with the interval around it; shares of 1, not per cent."""

    estimate: float
    """low <= estimate <= high."""
    low: float
    high: float
    level: float = LEVEL
    """Confidence, such as 0.95."""

    @property
    def width(self) -> float:
        """Distance from the low to the high end."""
        return self.high - self.low

    def span(self, sign: str = "") -> str:
        """Write both ends in hundredths: "86.0 to 87.5", or "+21.6 to +24.5" with the sign "+"."""
        low, high = (f"{round(100 * end, 1) + 0.0:{sign}.1f}" for end in (self.low, self.high))
        return f"{low} to {high}"

    def points(self, unit: str = "") -> str:
        """Write a difference in hundredths: "+23.1 (+21.6 to +24.5)"; a unit follows the first number."""
        return f"{signed_points(self.estimate)}{unit and ' ' + unit} ({self.span('+')})"


def signed_points(share: float) -> str:
    """Write a difference of shares in hundredths, as "+23.1", with a plain hyphen for minus; never -0.0."""
    return f"{round(100 * share, 1) + 0.0:+.1f}"


def accuracy_interval(correct: npt.ArrayLike, *, level: float = LEVEL) -> Interval:
    """Interval of the accuracy of one arm.

    Texts: Wilson's score interval at the mean accuracy, as if all draws had agreed on every text (which
    errs on the wide side). Draws: standard error of their accuracies, Student's t. A single draw speaks
    for its own training set only. Draws that differ by the random state alone do not cover other
    training sets.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    values = np.asarray(correct, np.float64)
    estimate = float(values.mean())
    low, high = wilson(estimate, values.shape[1], level)
    return _widened(estimate, low, high, _draws_reach(values.mean(axis=1), level), 0.0, level)


def accuracy_difference_interval(
    correct: npt.ArrayLike, other: npt.ArrayLike, *, level: float = LEVEL
) -> Interval:
    """Interval of the accuracy of one arm minus that of another, on the same draws and texts.

    Texts: `text_difference_interval` of the differences of each text averaged over the draws. Draws:
    standard error of their differences, Student's t. A single draw speaks for its own training set only.
    Draws that differ by the random state alone do not cover other training sets, and draws from one pool
    do not cover other pools.
    """
    differences = np.asarray(correct, np.float64) - np.asarray(other, np.float64)
    by_text = differences.mean(axis=0)
    low, high = text_difference_interval(by_text, level)
    reach = _draws_reach(differences.mean(axis=1), level)
    return _widened(float(by_text.mean()), low, high, reach, -1.0, level)


def cross_validated_accuracy_interval(
    correct: npt.ArrayLike, fold_of: npt.ArrayLike, *, level: float = LEVEL
) -> Interval:
    """Interval of the accuracy of one arm in a repeated cross-validation.

    The corrected resampled t of `cross_validated_difference_interval`, never narrower than Wilson's.
    """
    values = np.asarray(correct, np.float64)
    estimate = float(values.mean())
    low, high = wilson(estimate, values.shape[1], level)
    reach = _resampled_reach(values, fold_of, level)
    return _hull(estimate, low, high, estimate - reach, estimate + reach, 0.0, level)


def cross_validated_difference_interval(
    correct: npt.ArrayLike, other: npt.ArrayLike, fold_of: npt.ArrayLike, *, level: float = LEVEL
) -> Interval:
    """Interval of the accuracy of one arm minus that of another in a repeated cross-validation.

    The folds share training texts, so their differences are not independent: with J folds in all, the
    variance of their mean is taken as (1/J + n_test/n_train) s^2, Student's t with J-1 degrees of freedom.
    The interval is never narrower than `text_difference_interval` of the texts.

    References
    ----------
    Nadeau, Bengio (2003), Inference for the generalization error, Machine Learning 52.
    """
    differences = np.asarray(correct, np.float64) - np.asarray(other, np.float64)
    by_text = differences.mean(axis=0)
    estimate = float(by_text.mean())
    low, high = text_difference_interval(by_text, level)
    reach = _resampled_reach(differences, fold_of, level)
    return _hull(estimate, low, high, estimate - reach, estimate + reach, -1.0, level)


def wilson(share: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a share of n trials; never of zero width."""
    z = _normal_quantile(level)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(max(share * (1 - share), 0.0) / n + z * z / (4 * n * n))
    return max(min(centre - reach, share), 0.0), min(max(centre + reach, share), 1.0)


def share_interval(n_right: int, n: int, level: float = LEVEL) -> Interval:
    """Interval of a share of n texts, n at least 1: Wilson's."""
    share = n_right / n
    return Interval(share, *wilson(share, n, level), level)


def correlation_interval(estimate: float, n: int, level: float = LEVEL) -> Interval:
    """Interval of Spearman's rank correlation of n pairs, n at least 4; never of zero width.

    Fisher's z has the variance (1 + r^2 / 2) / (n - 3). A perfect correlation counts as 1 - 1/n^2, since z
    would be infinite.

    References
    ----------
    Bonett, Wright (2000), Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations, Psychometrika 65.
    """
    most = 1 - 1 / n**2
    z = np.arctanh(min(max(estimate, -most), most))
    reach = _normal_quantile(level) * sqrt((1 + estimate * estimate / 2) / (n - 3))
    low, high = float(np.tanh(z - reach)), float(np.tanh(z + reach))
    return Interval(estimate, min(low, estimate), max(high, estimate), level)


def text_difference_interval(differences: npt.ArrayLike, level: float = LEVEL) -> tuple[float, float]:
    """Interval of a mean paired difference over texts, each from -1 to 1; never of zero width.

    The hull of two intervals, so that zero lies outside only if both say so:

    - Agresti and Min: half a text is added to each cell of the 2 x 2 table, n' = n + 2, then
      D/n' +- z sqrt(S + 1 - D^2/n') / n', with D the sum and S the sum of squares of the differences (S is
      the number of discordant texts if there is one draw). It is good on average, but three texts out of
      three would be enough for it.
    - Exact, given the discordant texts: Clopper and Pearson's interval of the share w of the m discordant
      texts that speak for the first arm, turned into m (2w - 1)/n. Zero is outside just if the exact
      McNemar (sign) test rejects. Differences averaged over draws are fractions; then m is the effective
      number (sum |d|)^2 / S, and a text counts for S / sum |d|.

    References
    ----------
    Agresti, Min (2005), Simple improved confidence intervals for comparing matched proportions, Statistics
    in Medicine 24. Clopper, Pearson (1934), The use of confidence or fiducial limits.
    """
    d = np.asarray(differences, np.float64)
    n, total, squares, size = len(d), float(d.sum()), float(d @ d), float(np.abs(d).sum())
    padded = n + 2
    reach = _normal_quantile(level) * sqrt(squares + 1 - total * total / padded) / padded
    low, high = total / padded - reach, total / padded + reach
    if size > 0:
        effective = size * size / squares
        won = effective * (size + total) / (2 * size)
        low_share, high_share = _clopper_pearson(won, effective - won, level)
        low = min(low, (2 * low_share - 1) * size / n)
        high = max(high, (2 * high_share - 1) * size / n)
    return max(min(low, total / n), -1.0), min(max(high, total / n), 1.0)


def _draws_reach(by_draw: Floats, level: float) -> float:
    """How far the sampling of draws reaches to a side: t times the standard error; 0 for a single draw."""
    n = len(by_draw)
    if n < 2:
        return 0.0
    return _student_quantile(n - 1, level) * float(by_draw.std(ddof=1)) / sqrt(n)


def _resampled_reach(values: Floats, fold_of: npt.ArrayLike, level: float) -> float:
    """How far the corrected resampled t reaches to a side."""
    folds = np.asarray(fold_of)
    means = [row[fold == k].mean() for row, fold in zip(values, folds, strict=True) for k in np.unique(fold)]
    n_folds = len(means)
    test_share = len(values) / n_folds
    variance = float(np.var(means, ddof=1)) * (1 / n_folds + test_share / (1 - test_share))
    return _student_quantile(n_folds - 1, level) * sqrt(variance)


def _widened(estimate: float, low: float, high: float, reach: float, least: float, level: float) -> Interval:
    """Add the reach of the draws in quadrature to each side of an interval over texts."""
    return Interval(
        estimate,
        max(estimate - float(np.hypot(estimate - low, reach)), least),
        min(estimate + float(np.hypot(high - estimate, reach)), 1.0),
        level,
    )


def _hull(
    estimate: float, low: float, high: float, other_low: float, other_high: float, least: float, level: float
) -> Interval:
    return Interval(estimate, max(min(low, other_low), least), min(max(high, other_high), 1.0), level)


def _clopper_pearson(won: float, lost: float, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low = float(special.betaincinv(won, lost + 1, tail)) if won > 0 else 0.0
    high = float(special.betaincinv(won + 1, lost, 1 - tail)) if lost > 0 else 1.0
    return low, high


def _normal_quantile(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))


def _student_quantile(degrees: int, level: float) -> float:
    return float(special.stdtrit(degrees, (1 + level) / 2))
