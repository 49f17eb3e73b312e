"""What a comparison says of the arms that could be saved: whether one is surely ahead, by which measure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from textransfer.records import Record
from textransfer.transfer.statistics.intervals import LEVEL, Interval, signed_points

Measure = Literal["accuracy", "macro-F1"]

UNEQUAL = 1.5
"""From so many times the labels of the smallest class in the largest on, macro-F1 counts too."""


@dataclass(frozen=True)
class Lead(Record):
    """What a comparison says of the arms that could be saved."""

    default: str
    """Name of the arm that is saved if no other is surely ahead of it."""
    candidates: tuple[str, ...]
    """Names of the others."""
    measures: tuple[Measure, ...]
    """What they are judged by: accuracy, and where classes are unequal also macro-F1."""
    arm: str | None = None
    """The arm that is ahead; None if no candidate surely is."""
    measure: Measure | None = None
    """The measure in which it surely is."""
    differences: Mapping[Measure, Interval] = field(default_factory=dict)
    """Of the arm minus the default one, by measure; these intervals and those of the other candidates hold
    the truth all at once with 95% confidence."""

    @property
    def sentence(self) -> str:
        """By how much which arm is ahead; or that none is."""
        if self.arm is None or self.measure is None:
            return f"No other arm is surely ahead of {self.default}"
        n, ahead = len(self.candidates), self.differences[self.measure]
        counted = [f"{n} candidates"] if n > 1 else []
        counted += [f"{len(self.measures)} measures"] if len(self.measures) > 1 else []
        corrected = f", corrected for {' and '.join(counted)}" if counted else ""
        besides = "".join(
            f", {signed_points(difference.estimate)} points {measure}"
            for measure, difference in self.differences.items()
            if measure != self.measure
        )
        return (
            f"Ahead of {self.default}: {self.arm}, {signed_points(ahead.estimate)} points {self.measure} "
            f"({LEVEL:.0%} interval {ahead.span('+')}{corrected}){besides}"
        )


def level_for(n_intervals: int) -> float:
    """Return the confidence of each interval with which all of them hold the truth at once.

    References
    ----------
    Dunn (1961), Multiple comparisons among means, Journal of the American Statistical Association 56:
    Bonferroni's correction.
    """
    return 1 - (1 - LEVEL) / max(n_intervals, 1)


def measures_for(labels: Sequence[object]) -> tuple[Measure, ...]:
    """Return what arms are judged by.

    Where classes are unequal, accuracy is mostly that of the large ones; macro-F1 counts all alike.
    """
    return ("accuracy", "macro-F1") if are_unequal(labels) else ("accuracy",)


def are_unequal(labels: Sequence[object]) -> bool:
    """Tell whether the largest class has half as many labels again as the smallest, or more."""
    counts = Counter(labels).values()
    return max(counts) >= UNEQUAL * min(counts)
