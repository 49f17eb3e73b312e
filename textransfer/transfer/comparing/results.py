"""Results of comparisons: frozen tables that become JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from textransfer.records import Record
from textransfer.transfer.comparing.coverage import Coverage
from textransfer.transfer.comparing.rounds import Mode
from textransfer.transfer.statistics.curves import TrainingCurve
from textransfer.transfer.statistics.further import FurtherArm
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.lead import Lead
from textransfer.transfer.statistics.measures import LabelMeasures, TransferMeasures
from textransfer.transfer.statistics.verdict import Outcome, Verdict

PRETRAINED, NO_PRETRAINING, TFIDF, MAJORITY = "pretrained", "no pretraining", "TF-IDF + LR", "majority"
FINE_TUNED, SEEDED, BALANCED = "fine-tuned", "with seed words", "balanced"
"""Names of the arms."""
SAVED_NAMES = {
    PRETRAINED: "pretrained",
    NO_PRETRAINING: "no-pretraining",
    TFIDF: "tfidf",
    BALANCED: "balanced",
    SEEDED: "seed-words",
}
"""The arms that can be saved, with the names by which they are asked for."""


@dataclass(frozen=True)
class FitRow:
    """One fit of one arm: a row of the long table."""

    arm: str
    draw: int
    fold: int
    """0 outside cross-validation."""
    seed: int
    """Random state of the arm."""
    n_train: int
    n_test: int
    accuracy: float
    macro_f1: float
    fit_seconds: float
    """Time of the fit, tokenizing not counted."""


@dataclass(frozen=True, eq=False)
class ArmResult(Record):
    """How one arm did, over all draws."""

    name: str
    accuracy: Interval
    macro_f1: Interval
    deviation: float
    """Standard deviation of the accuracy over draws; 0 for a single one."""
    fit_seconds: float
    """Mean time of a fit, tokenizing not counted."""
    n_parameters: int
    """Numbers that were trained, averaged over the fits."""
    behind: Interval | None = None
    """Accuracy of the pretrained arm minus that of this one, paired; None for the pretrained arm."""
    macro_f1_behind: Interval | None = None
    """The same of macro-F1."""
    curve: TrainingCurve | None = None
    """For arms that train in epochs; on the watched test texts."""


@dataclass(frozen=True, eq=False)
class Comparison(Record):
    """Every arm on the same draws and texts, and what that lets one say."""

    mode: Mode
    """What the fits of an arm differ in: draws of labels, random states, or folds."""
    classes: tuple[str, ...]
    """The labels, sorted."""
    n_labels: int
    """Texts that an arm trains on; in a cross-validation those of the largest training part."""
    n_pool: int
    """Labelled texts there are."""
    n_test: int
    """Test texts; in a cross-validation all labelled ones."""
    n_draws: int
    """Draws, random states, or repeats."""
    n_folds: int
    """Folds a repeat; 0 outside cross-validation."""
    random_state: int
    arms: tuple[ArmResult, ...]
    """In the order pretrained, no pretraining, TF-IDF + LR, majority."""
    verdict: Verdict
    """On the pretrained arm against the one without pretraining."""
    lead: Lead
    """Which arm is surely ahead of the pretrained one, if any."""
    jump_start: Interval
    """Difference of these two after the first epoch, on the watched texts."""
    measures: TransferMeasures
    """Of their curves."""
    n_watched: int
    """Test texts that the curves are measured on."""
    labelled_coverage: Coverage
    """How many words of the texts the vectors know."""
    test_coverage: Coverage
    notes: tuple[str, ...]
    """What the reader of the numbers must know."""
    rows: tuple[FitRow, ...]
    """The long table."""
    further: tuple[FurtherArm, ...] = ()
    """What is said of arms of further sources: each against the pretrained one, and both together."""

    def __repr__(self) -> str:
        return f"<Comparison: {self.verdict.sentence}>"

    def arm(self, name: str) -> ArmResult:
        """Return the result of an arm by its name; raise KeyError if there is none."""
        for result in self.arms:
            if result.name == name:
                return result
        raise KeyError(f"no arm is named {name!r}; there are {', '.join(arm.name for arm in self.arms)}")


@dataclass(frozen=True)
class ArmPoint:
    """One arm at one budget, over all draws."""

    name: str
    accuracy: Interval
    macro_f1: Interval
    by_draw: tuple[float, ...]
    """Accuracy of each draw."""
    fit_seconds: float
    """Mean time of a fit."""
    behind: Interval | None = None
    """Accuracy of the pretrained arm minus that of this one, paired; None for the pretrained arm."""


@dataclass(frozen=True)
class BudgetResult(Record):
    """All arms at one budget."""

    n_labels: int
    """Labels an arm trains on."""
    mode: Mode
    """Draws of labels, or random states where the budget is the whole pool."""
    outcome: Outcome
    """Whether pretraining helped at this budget."""
    sentence: str
    """By how much."""
    arms: tuple[ArmPoint, ...]
    notes: tuple[str, ...]
    """What the reader of the numbers must know."""

    def arm(self, name: str) -> ArmPoint:
        """Return the point of an arm by its name."""
        return next(point for point in self.arms if point.name == name)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Keep of a comparison what a curve needs."""
        return cls(
            comparison.n_labels,
            comparison.mode,
            comparison.verdict.outcome,
            comparison.verdict.sentence,
            tuple(
                ArmPoint(
                    arm.name,
                    arm.accuracy,
                    arm.macro_f1,
                    tuple(row.accuracy for row in comparison.rows if row.arm == arm.name),
                    arm.fit_seconds,
                    arm.behind,
                )
                for arm in comparison.arms
            ),
            comparison.notes,
        )

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """Return what `to_dict` gave."""
        arms = []
        for arm in record["arms"]:
            intervals = {
                name: None if arm[name] is None else Interval(**arm[name])
                for name in ("accuracy", "macro_f1", "behind")
            }
            arms.append(ArmPoint(**{**arm, **intervals, "by_draw": tuple(arm["by_draw"])}))
        return cls(**{**record, "arms": tuple(arms), "notes": tuple(record["notes"])})


@dataclass(frozen=True)
class LearningCurve(Record):
    """Every arm at every budget, and what that says of transfer."""

    classes: tuple[str, ...]
    n_pool: int
    n_test: int
    n_draws: int
    random_state: int
    budgets: tuple[BudgetResult, ...]
    """The smallest first."""
    measures: LabelMeasures
    """Of the pretrained arm against the one without, over the budgets."""

    def __repr__(self) -> str:
        last = self.budgets[-1]
        return f"<LearningCurve: {len(self.budgets)} budgets; {last.n_labels:,} labels: {last.sentence}>"

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in their order."""
        return tuple(point.name for point in self.budgets[0].arms)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the long table: a row for each budget, arm and draw."""
        for budget in self.budgets:
            for point in budget.arms:
                for draw, accuracy in enumerate(point.by_draw):
                    yield {
                        "n_labels": budget.n_labels,
                        "arm": point.name,
                        "draw": draw,
                        "accuracy": accuracy,
                    }
