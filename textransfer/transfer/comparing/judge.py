"""Judge the arms of a task: accuracies, differences and curves, over draws or over folds."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from textransfer.transfer.comparing.fits import ArmPredictions
from textransfer.transfer.comparing.results import ArmResult, FitRow
from textransfer.transfer.comparing.splits import Indices
from textransfer.transfer.comparing.task import Task
from textransfer.transfer.statistics.curves import TrainingCurve
from textransfer.transfer.statistics.intervals import (
    LEVEL,
    Interval,
    accuracy_difference_interval,
    accuracy_interval,
    cross_validated_accuracy_interval,
    cross_validated_difference_interval,
)
from textransfer.transfer.statistics.macro_f1 import Codes, MacroF1, macro_f1, resampled_macro_f1


@dataclass(frozen=True, eq=False)
class Judge:
    """Intervals of arms that were fitted in the same rounds and tested on the same texts."""

    task: Task
    """What they were tested on."""
    fold_of: npt.NDArray[np.int64] | None = None
    """The fold in which a text was tested; None outside cross-validation, shape (draws, texts)."""
    seed: int = 0
    """Seed of the resampling."""
    _macro_f1: dict[str, MacroF1] = field(default_factory=dict, init=False)
    """Of the arms by name, as far as they were measured: resampling takes long."""

    def correct(self, arm: ArmPredictions) -> npt.NDArray[np.bool_]:
        """Tell what an arm got right, shape (draws, texts)."""
        return np.asarray(arm.predicted == self.task.truth)

    def accuracy(self, arm: ArmPredictions) -> Interval:
        """Return the accuracy of an arm."""
        if self.fold_of is None:
            return accuracy_interval(self.correct(arm))
        return cross_validated_accuracy_interval(self.correct(arm), self.fold_of)

    def difference(self, arm: ArmPredictions, other: ArmPredictions, level: float = LEVEL) -> Interval:
        """Return the accuracy of an arm minus that of another, paired."""
        return self._paired(arm.predicted, other.predicted, np.arange(len(self.task.truth)), level)

    def macro_f1_difference(
        self, arm: ArmPredictions, other: ArmPredictions, level: float = LEVEL
    ) -> Interval:
        """Return the macro-F1 of an arm minus that of another, paired."""
        accuracy = self.difference(arm, other, level)
        return self._macro_f1_of(arm).difference(self._macro_f1_of(other), accuracy)

    def start_difference(self, arm: ArmPredictions, other: ArmPredictions) -> Interval:
        """Return the paired difference at the start of the training curves, on the watched texts."""
        return self._paired(arm.watched[:, 0], other.watched[:, 0], self.task.watched)

    def curve(self, arm: ArmPredictions) -> TrainingCurve:
        """Return the training curve of the network of an arm that has one, and where other members lead."""
        accuracy = (arm.watched == self.task.truth[self.task.watched]).mean(axis=2)
        seconds = np.mean([curve.seconds for curve in arm.fit_curves], axis=0)
        with_members = self.correct(arm)[:, self.task.watched].mean(axis=1) if arm.has_members else None
        return TrainingCurve(arm.fit_curves[0].epochs, seconds, accuracy, with_members)

    def result(self, arm: ArmPredictions, pretrained: ArmPredictions) -> ArmResult:
        """Return all that is said of an arm, and how far it is behind the pretrained one."""
        accuracy = self.accuracy(arm)
        by_draw = self.correct(arm).mean(axis=1)
        result = ArmResult(
            name=arm.name,
            accuracy=accuracy,
            macro_f1=self._macro_f1_of(arm).interval(accuracy),
            deviation=float(by_draw.std(ddof=1)) if len(by_draw) > 1 else 0.0,
            fit_seconds=arm.seconds,
            n_parameters=arm.n_parameters,
            curve=self.curve(arm) if arm.fit_curves else None,
        )
        if arm is pretrained:
            return result
        return replace(
            result,
            behind=self.difference(pretrained, arm),
            macro_f1_behind=self.macro_f1_difference(pretrained, arm),
        )

    def rows(self, arm: ArmPredictions) -> list[FitRow]:
        """Return the rows of an arm in the long table, one for each fit."""
        rows = []
        for round_, fit in zip(arm.rounds, arm.fits, strict=True):
            truth = self.task.truth[round_.test]
            rows.append(
                FitRow(
                    arm=arm.name,
                    draw=round_.draw,
                    fold=round_.fold,
                    seed=round_.seed,
                    n_train=len(round_.train),
                    n_test=len(round_.test),
                    accuracy=float((fit.predicted == truth).mean()),
                    macro_f1=float(macro_f1(truth, fit.predicted[None], len(self.task.classes))[0]),
                    fit_seconds=fit.seconds,
                )
            )
        return rows

    def _macro_f1_of(self, arm: ArmPredictions) -> MacroF1:
        if arm.name not in self._macro_f1:
            n_classes = len(self.task.classes)
            measured = resampled_macro_f1(self.task.truth, arm.predicted, n_classes, self.seed)
            self._macro_f1[arm.name] = measured
        return self._macro_f1[arm.name]

    def _paired(self, predicted: Codes, other: Codes, texts: Indices, level: float = LEVEL) -> Interval:
        correct, other_correct = predicted == self.task.truth[texts], other == self.task.truth[texts]
        if self.fold_of is None:
            return accuracy_difference_interval(correct, other_correct, level=level)
        return cross_validated_difference_interval(
            correct, other_correct, self.fold_of[:, texts], level=level
        )
