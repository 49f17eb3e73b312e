"""Transfer measured on the axis of labels: start, end, labels to a threshold, and area.

The accuracies of one draw at all budgets stay together when draws are resampled, since the draws are nested.

References
----------
Taylor, Stone (2009), Transfer learning for reinforcement learning domains, JMLR 10, section 2; there the
axis is training time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from textransfer.randomness import Purpose, generator
from textransfer.transfer.intervals import LEVEL, Floats, Interval

N_RESAMPLES = 2000


@dataclass(frozen=True)
class LabelMeasures:
    """How the curve of the pretrained arm differs from that of the arm without pretraining.

    Intervals are over draws of labels; the test texts are taken as given.

    Parameters
    ----------
    jump_start : Interval
        Difference of accuracy at the smallest budget.
    asymptotic : Interval
        The same at the largest budget.
    threshold : float
        Accuracy of the arm without pretraining at the largest budget.
    labels_to_threshold : Interval, optional
        Labels with which the pretrained arm reaches it, on a curve that is straight between budgets on a
        logarithmic axis; the smallest budget where it starts above. None if it never does.
    other_labels_to_threshold : float
        Labels with which the arm without pretraining gets there first.
    saved_share : float, optional
        Share of the largest budget that the pretrained arm does not need for that.
    transfer_ratio : Interval, optional
        Area between the curves over the area of the other above chance, on the logarithmic axis. None where
        the other never rises above chance, or there is one budget only.
    """

    jump_start: Interval
    asymptotic: Interval
    threshold: float
    labels_to_threshold: Interval | None
    other_labels_to_threshold: float
    saved_share: float | None
    transfer_ratio: Interval | None


def label_measures(
    budgets: Sequence[int],
    accuracies: Sequence[Sequence[Sequence[float]]],
    *,
    chance: float,
    random_state: int = 0,
    level: float = LEVEL,
) -> LabelMeasures:
    """Compare two learning curves.

    Parameters
    ----------
    budgets : sequence of int, length B
        Ascending.
    accuracies : two sequences of B sequences of R floats
        Of the pretrained arm and of the one without, at each budget and in each draw.
    chance : float
        Accuracy from which areas are measured.
    random_state : int
        Seed of the resampling.
    level : float
        Of the intervals.
    """
    curves = np.array(accuracies, dtype=np.float64)  # (2, B, R)
    n_draws = curves.shape[2]
    draws = generator(random_state, Purpose.CURVE_RESAMPLES)
    picks = draws.integers(0, n_draws, size=(N_RESAMPLES, n_draws))
    means = curves.mean(axis=2)
    resampled = np.stack([curves[:, :, pick].mean(axis=2) for pick in picks])  # (N, 2, B)
    axis = np.log2(np.array(budgets, dtype=np.float64))

    def spread(estimate: float, values: Floats) -> Interval:
        low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
        return Interval(estimate, float(min(low, estimate)), float(max(high, estimate)), level)

    gaps = resampled[:, 0] - resampled[:, 1]
    threshold = float(means[1, -1])
    reached = _labels_to(means[0], threshold, axis)
    labels = None
    if reached is not None:
        found = [_labels_to(curve, float(other[-1]), axis) for curve, other in resampled]
        labels = spread(reached, np.array([budgets[-1] if one is None else one for one in found]))
    return LabelMeasures(
        jump_start=spread(float(means[0, 0] - means[1, 0]), gaps[:, 0]),
        asymptotic=spread(float(means[0, -1] - means[1, -1]), gaps[:, -1]),
        threshold=threshold,
        labels_to_threshold=labels,
        other_labels_to_threshold=_labels_to(means[1], threshold, axis) or float(budgets[-1]),
        saved_share=None if reached is None else 1 - reached / budgets[-1],
        transfer_ratio=_ratio_interval(means, resampled, axis, chance, spread),
    )


def _labels_to(curve: Floats, threshold: float, axis: Floats) -> float | None:
    """Return where a curve first reaches a threshold."""
    above = np.flatnonzero(curve >= threshold - 1e-12)
    if not len(above):
        return None
    i = int(above[0])
    if i == 0:
        return float(2 ** axis[0])
    share = (threshold - curve[i - 1]) / (curve[i] - curve[i - 1])
    return float(2 ** (axis[i - 1] + share * (axis[i] - axis[i - 1])))


def _ratio_interval(
    means: Floats, resampled: Floats, axis: Floats, chance: float, spread: Callable[[float, Floats], Interval]
) -> Interval | None:
    estimate = _ratio(means, axis, chance)
    values = [_ratio(one, axis, chance) for one in resampled]
    known = np.array([one for one in values if one is not None])
    if estimate is None or len(known) < 0.95 * len(values):
        return None
    return spread(estimate, known)


def _ratio(curves: Floats, axis: Floats, chance: float) -> float | None:
    """Return the area between two curves over the area of the second above chance."""
    steps = np.diff(axis)
    first, second = ((one[1:] + one[:-1]) / 2 @ steps for one in curves - chance)
    return float((first - second) / second) if len(steps) and second > 1e-3 * steps.sum() else None
