"""How many more labels a wanted accuracy would take: a range from several curves, or a refusal.

No single law holds for learning curves, so that three are fitted to the mean accuracies over the budgets,
each on many resamples of the draws; what all of them allow is the range. Nothing is said beyond four times
the labels at hand, where the laws part, and nothing from fewer than four budgets.

References
----------
Viering, Loog (2022), The shape of learning curves: a review, arXiv 2103.10948: the laws, and how little one
alone can be trusted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from scipy.optimize import brentq, nnls

from textransfer.errors import ConfigError
from textransfer.randomness import Purpose, generator
from textransfer.transfer.comparing.results import MAJORITY, LearningCurve
from textransfer.transfer.statistics.intervals import LEVEL, Floats

FARTHEST = 4
"""Times the largest budget."""
FEWEST_BUDGETS = 4
N_RESAMPLES = 200
EXPONENTS = np.linspace(0.05, 2.0, 40)
"""Of the power law; the rest of it is linear."""

Law = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Forecast:
    """What the curves say of a wanted accuracy."""

    target: float
    outcome: Literal["reached", "range", "beyond", "unknown"]
    """Reached within the budgets, within four times the largest, not within that; or too few budgets."""
    low: int | None = None
    """Labels in all; with "reached" the smallest budget that has the accuracy."""
    high: int | None = None
    """Labels in all; None with "range" if not all curves reach it in time."""


def forecast_arms(curve: LearningCurve, target: float) -> dict[str, Forecast]:
    """Say for each arm that learns from labels how many would bring it to an accuracy.

    Three laws are fitted to resampled curves; what all of them allow is the range.

    Parameters
    ----------
    curve : LearningCurve
        From `learning_curve`, with four budgets at least.
    target : float
        Accuracy wanted, between 0 and 1.

    Returns
    -------
    dict of str to Forecast
        By name of the arm: a number of labels in all, a range of them, or a refusal.

    Raises
    ------
    ConfigError
        If the target is no share between 0 and 1.

    Examples
    --------
    >>> from textransfer import SkipGram, forecast_arms, learning_curve, read_labelled
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = bundled_corpora("en")
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews / "unlabeled.txt").vectors_
    >>> pool, test = read_labelled(reviews / "heldout.csv"), read_labelled(reviews / "few.csv")
    >>> curve = learning_curve(vectors, pool, test, budgets=[4, 8], n_draws=2, is_fine_tuned_too=False)
    >>> forecast_arms(curve, 0.99)["pretrained"].outcome
    'unknown'
    """
    budgets = [budget.n_labels for budget in curve.budgets]
    return {
        name: forecast(
            budgets, [budget.arm(name).by_draw for budget in curve.budgets], target, curve.random_state
        )
        for name in curve.arms
        if name != MAJORITY
    }


def forecast(
    budgets: Sequence[int],
    by_draw: Sequence[Sequence[float]],
    target: float,
    random_state: int = 0,
) -> Forecast:
    """Say how many labels would bring an arm to an accuracy; `by_draw` is that of each draw at each budget.

    The range holds `LEVEL` of the resampled curves, under all three laws.
    """
    if not 0 < target < 1:
        raise ConfigError(f"the target is {target!r}; expected an accuracy between 0 and 1, such as 0.85")
    values = np.array(by_draw, dtype=np.float64)
    means = values.mean(axis=1)
    above = np.flatnonzero(means >= target)
    if len(above):
        return Forecast(target, "reached", budgets[int(above[0])], budgets[int(above[0])])
    if len(budgets) < FEWEST_BUDGETS:
        return Forecast(target, "unknown")
    farthest = FARTHEST * budgets[-1]
    n = np.array(budgets, dtype=np.float64)
    draws = generator(random_state, Purpose.FORECAST_RESAMPLES)
    picks = draws.integers(0, values.shape[1], size=(N_RESAMPLES, values.shape[1]))
    needed = [
        _labels_needed(law, target, float(budgets[-1]), farthest)
        for pick in picks
        for law in fitted_laws(n, values[:, pick].mean(axis=1))
    ]
    low, high = np.quantile(needed, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="nearest")
    if not np.isfinite(low):
        return Forecast(target, "beyond")
    return Forecast(target, "range", round(low), round(high) if np.isfinite(high) else None)


def fitted_laws(n: Floats, accuracy: Floats) -> list[Law]:
    """Fit three laws by least squares, with more labels never worse and the limit at most 1.

    a - b n^-c, a - b / ln(n + 1), and a + b ln n, which has no limit and errs on the side of few labels.
    """
    powers = [_fitted(partial(_power, exponent), n, accuracy) for exponent in EXPONENTS.tolist()]
    return [
        min(powers, key=lambda fitted: fitted[0])[1],
        _fitted(lambda m: 1 / np.log(m + 1), n, accuracy)[1],
        _fitted(lambda m: -np.log(m), n, accuracy, has_limit=False)[1],
    ]


def _power(exponent: float, n: Floats) -> Floats:
    return np.asarray(n**-exponent)


def _fitted(shape: Law, n: Floats, accuracy: Floats, *, has_limit: bool = True) -> tuple[float, Law]:
    """Fit accuracy = a - b shape(n), b >= 0, a <= 1 if the law has a limit; return misfit and law.

    With a = 1 - d it is 1 - accuracy = d + b shape(n), of which d and b are not negative.
    """
    values = shape(n)
    if has_limit:
        solution, _ = nnls(np.column_stack([np.ones_like(n), values]), 1 - accuracy)
        a, b = 1 - float(solution[0]), float(solution[1])
    else:
        slope, intercept = np.polyfit(values, accuracy, 1).tolist()
        a, b = (intercept, -slope) if slope < 0 else (float(accuracy.mean()), 0.0)
    misfit = np.linalg.norm(a - b * values - accuracy)
    return float(misfit), lambda m: a - b * shape(m)


def _labels_needed(law: Law, target: float, start: float, farthest: float) -> float:
    """Return where a law reaches the target; infinity if not in time."""

    def gap(labels: float) -> float:
        return float(law(np.array([labels]))[0]) - target

    if gap(start) >= 0:
        return start
    return float(brentq(gap, start, farthest)) if gap(farthest) >= 0 else np.inf
