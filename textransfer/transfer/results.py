"""What a comparison found: frozen tables that become JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from textransfer.transfer.coverage import Coverage
from textransfer.transfer.intervals import Interval
from textransfer.transfer.measures import TrainingCurve, TransferMeasures
from textransfer.transfer.rounds import Mode
from textransfer.transfer.verdict import Verdict


@dataclass(frozen=True)
class FitRow:
    """One fit of one arm: a row of the long table.

    Parameters
    ----------
    arm : str
        Name of the arm.
    draw, fold : int
        Which round; the fold is 0 outside cross-validation.
    seed : int
        Random state of the arm.
    n_train, n_test : int
        Texts.
    accuracy, macro_f1 : float
        On the test texts of the round.
    fit_seconds : float
        Time of the fit, tokenizing not counted.
    """

    arm: str
    draw: int
    fold: int
    seed: int
    n_train: int
    n_test: int
    accuracy: float
    macro_f1: float
    fit_seconds: float


@dataclass(frozen=True, eq=False)
class ArmResult:
    """How one arm did.

    Parameters
    ----------
    name : str
        Name of the arm.
    accuracy, macro_f1 : Interval
        Averaged over the draws.
    deviation : float
        Standard deviation of the accuracy over draws; 0 for a single one.
    fit_seconds : float
        Mean time of a fit, tokenizing not counted.
    n_parameters : int
        Numbers that were trained, averaged over the fits.
    behind : Interval, optional
        Accuracy of the pretrained arm minus that of this one, paired; None for the pretrained arm.
    macro_f1_behind : Interval, optional
        The same of macro-F1.
    curve : TrainingCurve, optional
        For arms that train in epochs; on the watched test texts.
    """

    name: str
    accuracy: Interval
    macro_f1: Interval
    deviation: float
    fit_seconds: float
    n_parameters: int
    behind: Interval | None = None
    macro_f1_behind: Interval | None = None
    curve: TrainingCurve | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return {
            "name": self.name,
            "accuracy": self.accuracy.to_dict(),
            "macro_f1": self.macro_f1.to_dict(),
            "deviation": self.deviation,
            "fit_seconds": self.fit_seconds,
            "n_parameters": self.n_parameters,
            "behind": None if self.behind is None else self.behind.to_dict(),
            "macro_f1_behind": None if self.macro_f1_behind is None else self.macro_f1_behind.to_dict(),
            "curve": None if self.curve is None else self.curve.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every arm on the same draws and texts, and what that lets one say.

    Parameters
    ----------
    mode : {"draws", "random states", "cross-validation"}
        What the fits of an arm differ in.
    classes : tuple of str
        The labels, sorted.
    n_labels : int
        Texts that an arm trains on; in a cross-validation those of the largest training part.
    n_pool : int
        Labelled texts there are.
    n_test : int
        Test texts; in a cross-validation all labelled ones.
    n_draws : int
        Draws, random states, or repeats.
    n_folds : int
        Folds a repeat; 0 outside cross-validation.
    random_state : int
        Seed.
    arms : tuple of ArmResult
        In the order pretrained, no pretraining, TF-IDF + LR, majority.
    verdict : Verdict
        On the pretrained arm against the one without pretraining.
    jump_start : Interval
        Difference of these two after the first epoch, on the watched texts.
    measures : TransferMeasures
        Of their curves.
    n_watched : int
        Test texts that the curves are measured on.
    labelled_coverage, test_coverage : Coverage
        How much of the texts the vectors know.
    notes : tuple of str
        What the reader of the numbers must know.
    rows : tuple of FitRow
        The long table.
    """

    mode: Mode
    classes: tuple[str, ...]
    n_labels: int
    n_pool: int
    n_test: int
    n_draws: int
    n_folds: int
    random_state: int
    arms: tuple[ArmResult, ...]
    verdict: Verdict
    jump_start: Interval
    measures: TransferMeasures
    n_watched: int
    labelled_coverage: Coverage
    test_coverage: Coverage
    notes: tuple[str, ...]
    rows: tuple[FitRow, ...]

    def arm(self, name: str) -> ArmResult:
        """Return the result of an arm by its name.

        Raises
        ------
        KeyError
            If no arm has that name.
        """
        for result in self.arms:
            if result.name == name:
                return result
        raise KeyError(f"no arm is named {name!r}; there are {', '.join(arm.name for arm in self.arms)}")

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return {
            "mode": self.mode,
            "classes": list(self.classes),
            "n_labels": self.n_labels,
            "n_pool": self.n_pool,
            "n_test": self.n_test,
            "n_draws": self.n_draws,
            "n_folds": self.n_folds,
            "random_state": self.random_state,
            "arms": [arm.to_dict() for arm in self.arms],
            "verdict": self.verdict.to_dict(),
            "jump_start": self.jump_start.to_dict(),
            "measures": self.measures.to_dict(),
            "n_watched": self.n_watched,
            "labelled_coverage": self.labelled_coverage.to_dict(),
            "test_coverage": self.test_coverage.to_dict(),
            "notes": list(self.notes),
            "rows": [asdict(row) for row in self.rows],
        }
