"""Fit the arms of a comparison, and put what they predicted together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from textransfer.transfer.comparing.arms import Arm
from textransfer.transfer.comparing.rounds import Round, Rounds
from textransfer.transfer.comparing.task import Task
from textransfer.transfer.comparing.watching import FitCurve, FitResult
from textransfer.transfer.statistics.macro_f1 import Codes

ReportProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, eq=False)
class ArmPredictions:
    """All fits of an arm."""

    name: str
    rounds: tuple[Round, ...]
    fits: list[FitResult]
    """One for each round."""
    predicted: Codes
    """Class numbers, shape (draws, texts)."""
    watched: Codes
    """Class numbers while training, shape (draws, points, watched texts); no points without epochs."""

    @property
    def fit_curves(self) -> list[FitCurve]:
        """Curves of the fits; none for arms without epochs."""
        return [fit.curve for fit in self.fits if fit.curve is not None]

    @property
    def has_members(self) -> bool:
        """Whether members besides the network joined in any fit."""
        return any(fit.has_members for fit in self.fits)

    @property
    def seconds(self) -> float:
        """Mean time of a fit."""
        return float(np.mean([fit.seconds for fit in self.fits]))

    @property
    def n_parameters(self) -> int:
        """Numbers that were trained, mean over the fits."""
        return round(float(np.mean([fit.n_parameters for fit in self.fits])))


def fit_arms(
    jobs: Sequence[tuple[Arm, Rounds]], task: Task, progress: ReportProgress | None = None
) -> dict[str, ArmPredictions]:
    """Fit every arm in its rounds; return them by name, which no two of them share.

    `progress` is called with (fits done, fits in all, name of the arm that comes next).
    """
    report = progress or (lambda done, total, name: None)
    predictions = {}
    total = sum(len(rounds.rounds) for _, rounds in jobs)
    n_before = 0
    for arm, rounds in jobs:

        def report_arm(
            n_done: int, n_before: int = n_before, name: str = arm.name, n: int = len(rounds.rounds)
        ) -> None:
            if n_done < n:  # the next arm reports where this one ends
                report(n_before + n_done, total, name)

        report_arm(0)
        if not arm.is_random and rounds.mode == "random states":
            fits = arm.fit_rounds(rounds.rounds[:1], report_arm) * len(rounds.rounds)
        else:
            fits = arm.fit_rounds(rounds.rounds, report_arm)
        predictions[arm.name] = _gathered(arm.name, fits, rounds, task)
        n_before += len(rounds.rounds)
    report(total, total, "done")
    return predictions


def _gathered(name: str, fits: list[FitResult], rounds: Rounds, task: Task) -> ArmPredictions:
    """Put the fits of an arm together: a row for each draw, a column for each test text."""
    predicted = np.zeros((rounds.n_rows, len(task.test)), np.int64)
    n_points = len(fits[0].curve.epochs) if fits[0].curve else 0
    watched = np.zeros((rounds.n_rows, n_points, len(task.watched)), np.int64)
    for round_, fit in zip(rounds.rounds, fits, strict=True):
        predicted[round_.draw, round_.test] = fit.predicted
        if fit.curve is not None:
            watched[round_.draw][:, np.isin(task.watched, round_.test)] = fit.curve.predicted
    return ArmPredictions(name, rounds.rounds, fits, predicted, watched)
