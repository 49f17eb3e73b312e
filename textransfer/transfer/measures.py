"""What transfer changed in a training curve: its start, its end, its speed and its area.

References
----------
Taylor, Stone (2009), Transfer learning for reinforcement learning domains, JMLR 10, section 2.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from textransfer.errors import ConfigError
from textransfer.records import record_of
from textransfer.transfer.intervals import LEVEL, Floats


@dataclass(frozen=True, eq=False)
class TrainingCurve:
    """Accuracy on the test texts while an arm trains.

    Parameters
    ----------
    epochs : ndarray of int64, shape (points,)
        Epochs done at each point, ascending; 0 is before training.
    seconds : ndarray of float64, shape (points,)
        Training time at each point, pretraining not counted; a mean over the draws.
    accuracy : ndarray of float64, shape (draws, points)
        Share of the test texts that are right.
    """

    epochs: npt.NDArray[np.int64]
    seconds: Floats
    accuracy: Floats

    def __post_init__(self) -> None:
        n_points = len(self.epochs)
        if not n_points or self.seconds.shape != (n_points,) or self.accuracy.shape[1:] != (n_points,):
            raise ConfigError(
                f"a training curve has epochs {self.epochs.shape}, seconds {self.seconds.shape} and accuracy "
                f"{self.accuracy.shape}; expected (points,), (points,) and (draws, points)"
            )
        if (np.diff(self.epochs) <= 0).any():
            raise ConfigError("the epochs of a training curve do not ascend")

    @property
    def mean(self) -> Floats:
        """Accuracy averaged over the draws, shape (points,)."""
        return np.asarray(self.accuracy.mean(axis=0))

    def band(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Return the interval of the mean over draws at each point; the line itself for a single draw."""
        n_draws = len(self.accuracy)
        if n_draws < 2:
            return self.mean, self.mean
        quantile = float(special.stdtrit(n_draws - 1, (1 + level) / 2))
        reach = quantile * self.accuracy.std(axis=0, ddof=1) / sqrt(n_draws)
        return np.maximum(self.mean - reach, 0.0), np.minimum(self.mean + reach, 1.0)

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        low, high = self.band()
        return {
            "epochs": self.epochs.tolist(),
            "seconds": self.seconds.tolist(),
            "accuracy": self.mean.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
        }


@dataclass(frozen=True)
class ThresholdTime:
    """When a curve first reaches a threshold; None where it never does.

    Parameters
    ----------
    epoch : int, optional
        The first recorded epoch at or above the threshold.
    seconds : float, optional
        Training time until then.
    seconds_with_pretraining : float, optional
        The same with the pretraining; None also if its time is not known.
    """

    epoch: int | None
    seconds: float | None
    seconds_with_pretraining: float | None


@dataclass(frozen=True)
class TransferMeasures:
    """How the curve of one arm differs from that of another.

    Parameters
    ----------
    start_epoch : int
        The first epoch that both curves recorded: where the jump start is read.
    jump_start : float
        Accuracy of the first arm minus that of the other there.
    asymptote, other_asymptote : float
        Accuracy at the last recorded epoch of either arm.
    threshold : float
        The accuracy to reach.
    time_to_threshold, other_time_to_threshold : ThresholdTime
        When either arm reaches it.
    transfer_ratio : float, optional
        Area between the curves over the area under the other; None if that is zero.
    """

    start_epoch: int
    jump_start: float
    asymptote: float
    other_asymptote: float
    threshold: float
    time_to_threshold: ThresholdTime
    other_time_to_threshold: ThresholdTime
    transfer_ratio: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return record_of(self)


def transfer_measures(
    curve: TrainingCurve,
    other: TrainingCurve,
    *,
    threshold: float | None = None,
    pretraining_seconds: float | None = None,
    chance: float = 0.0,
) -> TransferMeasures:
    """Compare the curve of a pretrained arm with that of an arm without pretraining.

    Parameters
    ----------
    curve, other : TrainingCurve
        With and without pretraining.
    threshold : float, optional
        Accuracy to reach; by default what the arm without pretraining ends at.
    pretraining_seconds : float, optional
        What the pretraining took; the arm without needs none.
    chance : float, default=0.0
        Accuracy from which the areas of the transfer ratio are measured.
    """
    goal = float(other.mean[-1]) if threshold is None else threshold
    start, jump = jump_start(curve, other)
    return TransferMeasures(
        start_epoch=start,
        jump_start=jump,
        asymptote=float(curve.mean[-1]),
        other_asymptote=float(other.mean[-1]),
        threshold=goal,
        time_to_threshold=time_to_threshold(curve, goal, pretraining_seconds=pretraining_seconds),
        other_time_to_threshold=time_to_threshold(other, goal, pretraining_seconds=0.0),
        transfer_ratio=transfer_ratio(curve, other, chance=chance),
    )


def jump_start(curve: TrainingCurve, other: TrainingCurve) -> tuple[int, float]:
    """Return the first epoch that both curves recorded, and the difference of accuracy there.

    Epoch 0 is before any training, when both networks guess; if both recorded a later epoch too, the
    first of these is taken.

    Raises
    ------
    ConfigError
        If the curves have no epoch in common.
    """
    shared = np.intersect1d(curve.epochs, other.epochs)
    if not len(shared):
        raise ConfigError("the two training curves have no epoch in common")
    epoch = int(shared[0]) if shared[0] > 0 or len(shared) == 1 else int(shared[1])
    difference = curve.mean[curve.epochs == epoch][0] - other.mean[other.epochs == epoch][0]
    return epoch, float(difference)


def time_to_threshold(
    curve: TrainingCurve, threshold: float, *, pretraining_seconds: float | None = None
) -> ThresholdTime:
    """Return when the mean curve first reaches a threshold.

    Only recorded epochs count: the truth lies between the one before and this one.

    Parameters
    ----------
    curve : TrainingCurve
        The arm.
    threshold : float
        Accuracy to reach.
    pretraining_seconds : float, optional
        Time spent before; None if it is not known.
    """
    reached = np.flatnonzero(curve.mean >= threshold - 1e-12)
    if not len(reached):
        return ThresholdTime(None, None, None)
    first = int(reached[0])
    seconds = float(curve.seconds[first])
    with_pretraining = None if pretraining_seconds is None else seconds + pretraining_seconds
    return ThresholdTime(int(curve.epochs[first]), seconds, with_pretraining)


def transfer_ratio(curve: TrainingCurve, other: TrainingCurve, *, chance: float = 0.0) -> float | None:
    """Return (area under the curve - area under the other) / area under the other, over shared epochs.

    Parameters
    ----------
    curve, other : TrainingCurve
        With and without pretraining.
    chance : float, default=0.0
        Accuracy from which the areas are measured; 0 as in the reference.

    Returns
    -------
    float, or None if the other area is not positive or fewer than two epochs are shared
    """
    shared, mine, others = np.intersect1d(curve.epochs, other.epochs, return_indices=True)
    if len(shared) < 2:
        return None
    area = _area(shared, curve.mean[mine] - chance)
    other_area = _area(shared, other.mean[others] - chance)
    return (area - other_area) / other_area if other_area > 1e-12 else None


def _area(x: npt.NDArray[np.int64], y: Floats) -> float:
    """Area under straight lines between the points."""
    return float(np.diff(x) @ (y[1:] + y[:-1]) / 2)
