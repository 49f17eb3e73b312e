"""How a curve with pretraining differs from one without: its start, its end, its speed and its area.

Curves over epochs of training, as in the reference, and curves over numbers of labels. There the accuracies
of one draw at all budgets stay together when draws are resampled, since the draws are nested.

References
----------
Taylor, Stone (2009), Transfer learning for reinforcement learning domains, JMLR 10, section 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.randomness import Purpose, generator
from textransfer.records import Record
from textransfer.transfer.statistics.curves import TrainingCurve
from textransfer.transfer.statistics.intervals import LEVEL, Floats, Interval

N_RESAMPLES = 2000
TINY = 1e-12
"""Difference of accuracies that is none: a threshold is met within it."""


@dataclass(frozen=True)
class ThresholdTime:
    """When a curve first reaches a threshold; None where it never does."""

    epoch: int | None
    """The first recorded epoch at or above the threshold."""
    seconds: float | None
    """Training time until then."""
    seconds_with_pretraining: float | None
    """The same with the pretraining; None also if its time is not known."""


@dataclass(frozen=True)
class TransferMeasures(Record):
    """How the curve of one arm differs from that of another."""

    start_epoch: int
    """The first epoch of the curves: where the jump start is read."""
    jump_start: float
    """Accuracy of the first arm minus that of the other there."""
    asymptote: float
    """Accuracy at the last recorded epoch."""
    other_asymptote: float
    threshold: float
    """The accuracy to reach."""
    time_to_threshold: ThresholdTime
    other_time_to_threshold: ThresholdTime
    transfer_ratio: float | None
    """Area between the curves over the area under the other; None if that is zero."""


@dataclass(frozen=True)
class LabelMeasures:
    """How the curve of the pretrained arm over labels differs from that of the arm without pretraining.

    Intervals are over draws of labels; the test texts are taken as given. The differences at the smallest and
    at the largest budget are those of these budgets.
    """

    threshold: float
    """Accuracy of the arm without pretraining at the largest budget."""
    labels_to_threshold: Interval | None
    """Labels with which the pretrained arm reaches it, on a curve that is straight between budgets on a
    logarithmic axis; the smallest budget where it starts above. None if it never does."""
    other_labels_to_threshold: float
    """Labels with which the arm without pretraining gets there first."""
    saved_share: float | None
    """Share of the largest budget that the pretrained arm does not need for that."""
    transfer_ratio: Interval | None
    """Area between the curves over the area of the other above chance, on the logarithmic axis. None where
    the other never rises above chance, or there is one budget only."""


def transfer_measures(
    curve: TrainingCurve,
    other: TrainingCurve,
    *,
    pretraining_seconds: float | None = None,
    chance: float = 0.0,
) -> TransferMeasures:
    """Compare the curve of a pretrained arm with that of the arm without pretraining, over the same epochs.

    The threshold is what the arm without pretraining ends at.

    Parameters
    ----------
    curve, other : TrainingCurve
        With and without pretraining.
    pretraining_seconds : float, optional
        What the pretraining took; the arm without needs none.
    chance : float, default=0.0
        Accuracy from which the areas of the transfer ratio are measured; 0 in the reference.
    """
    means = np.stack([curve.mean, other.mean])
    threshold = float(other.mean[-1])
    return TransferMeasures(
        start_epoch=int(curve.epochs[0]),
        jump_start=float(means[0, 0] - means[1, 0]),
        asymptote=float(curve.mean[-1]),
        other_asymptote=threshold,
        threshold=threshold,
        time_to_threshold=time_to_threshold(curve, threshold, pretraining_seconds),
        other_time_to_threshold=time_to_threshold(other, threshold, 0.0),
        transfer_ratio=_area_ratio(curve.epochs, means - chance, TINY),
    )


def time_to_threshold(
    curve: TrainingCurve, threshold: float, pretraining_seconds: float | None
) -> ThresholdTime:
    """Return when the mean curve first reaches a threshold.

    Only recorded epochs count: the truth lies between the one before and this one.
    """
    first = _first_reaching(curve.mean, threshold)
    if first is None:
        return ThresholdTime(None, None, None)
    seconds = float(curve.seconds[first])
    with_pretraining = None if pretraining_seconds is None else seconds + pretraining_seconds
    return ThresholdTime(int(curve.epochs[first]), seconds, with_pretraining)


def label_measures(
    budgets: Sequence[int],
    accuracies: Sequence[Sequence[Sequence[float]]],
    *,
    chance: float | Sequence[float],
    random_state: int = 0,
) -> LabelMeasures:
    """Compare two curves over numbers of labels, on a logarithmic axis.

    Parameters
    ----------
    budgets : sequence of int, length B
        Ascending.
    accuracies : two sequences of B sequences of R floats
        Of the pretrained arm and of the one without, at each budget and in each draw.
    chance : float or sequence of B floats
        Accuracy from which areas are measured, at each budget.
    random_state : int, default=0
        Seed of the resampling.
    """
    curves = np.array(accuracies, dtype=np.float64)  # (2, B, R)
    n_draws = curves.shape[2]
    draws = generator(random_state, Purpose.CURVE_RESAMPLES)
    picks = draws.integers(0, n_draws, size=(N_RESAMPLES, n_draws))
    means = curves.mean(axis=2)
    resampled = np.stack([curves[:, :, pick].mean(axis=2) for pick in picks])  # (N, 2, B)
    axis = np.log2(np.array(budgets, dtype=np.float64))

    def percentiles(estimate: float, values: Floats) -> Interval:
        low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Interval(estimate, float(min(low, estimate)), float(max(high, estimate)))

    threshold = float(means[1, -1])
    reached = _labels_to(means[0], threshold, axis)
    labels = None
    if reached is not None:
        by_resample = [_labels_to(curve, float(other[-1]), axis) for curve, other in resampled]
        labels = percentiles(
            reached, np.array([budgets[-1] if needed is None else needed for needed in by_resample])
        )
    least = 1e-3 * float(np.diff(axis).sum())
    level = np.asarray(chance, np.float64)
    ratio = _area_ratio(axis, means - level, least)
    ratios = [_area_ratio(axis, both - level, least) for both in resampled]
    known = np.array([value for value in ratios if value is not None])
    is_known = ratio is not None and len(known) >= 0.95 * len(ratios)
    return LabelMeasures(
        threshold=threshold,
        labels_to_threshold=labels,
        other_labels_to_threshold=_labels_to(means[1], threshold, axis) or float(budgets[-1]),
        saved_share=None if reached is None else 1 - reached / budgets[-1],
        transfer_ratio=percentiles(ratio, known) if ratio is not None and is_known else None,
    )


def _labels_to(curve: Floats, threshold: float, axis: Floats) -> float | None:
    """Return where a curve over binary logarithms of labels first reaches a threshold, in labels."""
    first = _first_reaching(curve, threshold)
    if not first:
        return None if first is None else float(2 ** axis[0])
    share = (threshold - curve[first - 1]) / (curve[first] - curve[first - 1])
    return float(2 ** (axis[first - 1] + share * (axis[first] - axis[first - 1])))


def _first_reaching(curve: Floats, threshold: float) -> int | None:
    """Return the first point of a curve at or above a threshold."""
    above = np.flatnonzero(curve >= threshold - TINY)
    return int(above[0]) if len(above) else None


def _area_ratio(x: npt.NDArray[Any], curves: Floats, least: float) -> float | None:
    """Return (area - other area) / other area of two curves, shape (2, points), straight between points.

    None for fewer than two points, or where the other area is not above `least`.
    """
    if len(x) < 2:
        return None
    steps = np.diff(x)
    area, other_area = (float(steps @ (y[1:] + y[:-1]) / 2) for y in curves)
    return (area - other_area) / other_area if other_area > least else None
