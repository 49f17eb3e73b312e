"""Fit the arms of a comparison, and put what they predicted together."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.transfer.arms import Arm, Run, Texts, curve_epochs
from textransfer.transfer.macro_f1 import Codes, macro_f1
from textransfer.transfer.results import FitRow
from textransfer.transfer.rounds import Plan, Round

ReportProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, eq=False)
class Found:
    """All fits of an arm.

    Parameters
    ----------
    name : str
        Name of the arm.
    predicted : ndarray of int64, shape (draws, texts)
        Class numbers.
    curve : ndarray of int64, shape (draws, points, watched texts), or None
        Class numbers while training.
    curve_epochs, curve_seconds : ndarray, shape (points,)
        The points.
    rows : list of FitRow
        One for each fit.
    n_parameters : int
        Mean over the fits.
    """

    name: str
    predicted: Codes
    curve: Codes | None
    curve_epochs: npt.NDArray[np.int64]
    curve_seconds: npt.NDArray[np.float64]
    rows: list[FitRow]
    n_parameters: int


def fit_all(
    arms: list[Arm],
    plan: Plan,
    texts: Texts,
    truth: Codes,
    config: ClassifierConfig,
    report: ReportProgress,
) -> dict[str, Found]:
    """Fit every arm in every round of a plan.

    Parameters
    ----------
    arms : list of Arm
        What is compared.
    plan : Plan
        The rounds.
    texts : Texts
        What the arms were built with.
    truth : ndarray of int64, shape (n_test,)
        Class number of each test text.
    config : ClassifierConfig
        Settings of the networks; says at which epochs curves are measured.
    report : callable
        Called with (fits done, fits in all, name of the arm that comes next).

    Returns
    -------
    dict of str to Found
        By name of the arm, in their order.
    """
    found = {}
    total = len(arms) * len(plan.rounds)
    for number, arm in enumerate(arms):
        n_before = number * len(plan.rounds)

        def hear(n_done: int, n_before: int = n_before, name: str = arm.name) -> None:
            if n_done < len(plan.rounds):  # the next arm reports where this one ends
                report(n_before + n_done, total, name)

        hear(0)
        if not arm.is_random and plan.mode == "random states":
            runs = arm.run(plan.rounds[:1], hear) * len(plan.rounds)
        else:
            runs = arm.run(plan.rounds, hear)
        found[arm.name] = _gather(arm.name, runs, plan, texts, truth, curve_epochs(config.epochs))
    report(total, total, "done")
    return found


def _gather(
    name: str, runs: list[Run], plan: Plan, texts: Texts, truth: Codes, epochs: npt.NDArray[np.int64]
) -> Found:
    """Put the fits of an arm together: a row for each draw, a column for each test text."""
    n_classes = int(texts.codes.max()) + 1
    predicted = np.zeros((plan.n_rows, len(truth)), np.int64)
    curve = np.zeros((plan.n_rows, len(epochs), len(texts.watched)), np.int64)
    rows = []
    for one, run in zip(plan.rounds, runs, strict=True):
        predicted[one.draw, one.test] = run.predicted
        if run.curve is not None:
            curve[one.draw][:, np.isin(texts.watched, one.test)] = run.curve.predicted
        rows.append(_row(name, one, run, truth, n_classes))
    with_curve = [run.curve for run in runs if run.curve is not None]
    return Found(
        name=name,
        predicted=predicted,
        curve=curve if with_curve else None,
        curve_epochs=epochs,
        curve_seconds=np.mean([one.seconds for one in with_curve], axis=0) if with_curve else np.zeros(0),
        rows=rows,
        n_parameters=round(float(np.mean([run.n_parameters for run in runs]))),
    )


def _row(name: str, one: Round, run: Run, truth: Codes, n_classes: int) -> FitRow:
    here = truth[one.test]
    return FitRow(
        arm=name,
        draw=one.draw,
        fold=one.fold,
        seed=one.seed,
        n_train=len(one.train),
        n_test=len(one.test),
        accuracy=float((run.predicted == here).mean()),
        macro_f1=float(macro_f1(here, run.predicted[None], n_classes)[0]),
        fit_seconds=run.seconds,
    )
