"""Fit the arms of a comparison, and put what they predicted together."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy as np

from textransfer.forking import begun, can_fork
from textransfer.sentiment.training.threads import MOST_LABELS_SIDE_BY_SIDE, suiting_threads
from textransfer.text.encoding.pipeline import threads_for
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
    jobs: Sequence[tuple[Arm, Rounds]],
    task: Task,
    progress: ReportProgress | None = None,
    n_jobs: int = 1,
) -> dict[str, ArmPredictions]:
    """Fit every arm in its rounds; return them by name, which no two of them share.

    `progress` is called with (fits done, fits in all, name of the arm that comes next). With `n_jobs`, rounds
    of few labels are shared out among so many processes, where a process can be forked; each fit is the same.
    """
    n_parts, most_labels = 1, max(rounds.most_labels for _, rounds in jobs)
    if can_fork() and most_labels <= MOST_LABELS_SIDE_BY_SIDE:
        n_parts = min(threads_for(n_jobs), max(len(_own_rounds(*job)) for job in jobs))
    with suiting_threads(most_labels), ExitStack() as stack:
        waiting = [
            stack.enter_context(begun(partial(_fit_part, jobs, part, n_parts))) for part in range(1, n_parts)
        ]
        parts = [_fit_part(jobs, 0, n_parts, progress), *(outcome() for outcome in waiting)]
    predictions = {}
    for number, (arm, rounds) in enumerate(jobs):
        fits = [own[number] for own in parts]
        n_fits = len(_own_rounds(arm, rounds))
        in_order = [fits[position % n_parts][position // n_parts] for position in range(n_fits)]
        if n_fits < len(rounds.rounds):
            in_order *= len(rounds.rounds)
        predictions[arm.name] = _gathered(arm.name, in_order, rounds, task)
    return predictions


def _own_rounds(arm: Arm, rounds: Rounds) -> tuple[Round, ...]:
    """Return the rounds that an arm is fitted in: one, where they differ in a seed that does not matter."""
    is_one = not arm.is_random and rounds.mode == "random states"
    return rounds.rounds[:1] if is_one else rounds.rounds


def _fit_part(
    jobs: Sequence[tuple[Arm, Rounds]], part: int, n_parts: int, progress: ReportProgress | None = None
) -> list[list[FitResult]]:
    """Fit every arm in each n-th round; what is reported supposes that all parts are as far."""
    report = progress or (lambda done, total, name: None)
    total = sum(len(rounds.rounds) for _, rounds in jobs)
    n_before = 0
    fits = []
    for arm, rounds in jobs:

        def report_arm(
            n_done: int, n_before: int = n_before, name: str = arm.name, n: int = len(rounds.rounds)
        ) -> None:
            if n_done * n_parts < n:  # the next arm reports where this one ends
                report(n_before + n_done * n_parts, total, name)

        report_arm(0)
        own = _own_rounds(arm, rounds)[part::n_parts]
        fits.append(arm.fit_rounds(own, report_arm) if own else [])
        n_before += len(rounds.rounds)
    report(total, total, "done")
    return fits


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
