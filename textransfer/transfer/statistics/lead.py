"""What a comparison says of the arms that could be saved: whether one is surely ahead, by which measure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textransfer.records import Record
from textransfer.transfer.statistics.intervals import LEVEL, Interval, signed_points

Measure = Literal["accuracy", "macro-F1"]

UNEQUAL = 1.5
"""From so many times the labels of the smallest class in the largest on, macro-F1 decides, not accuracy."""


@dataclass(frozen=True)
class Lead(Record):
    """What a comparison says of the arms that could be saved."""

    default: str
    """Name of the arm that is saved if no other is surely ahead of it."""
    candidates: tuple[str, ...]
    """Names of the others."""
    measure: Measure
    """What decides: accuracy, or macro-F1 where classes are unequal."""
    arm: str | None
    """The arm that is ahead; None if no candidate surely is."""
    difference: Interval | None
    """Its measure minus that of the default arm; this interval and those of the other candidates hold the
    truth all at once with 95% confidence."""
    accuracy_difference: Interval | None
    """The same of the accuracy."""

    @property
    def sentence(self) -> str:
        """By how much which arm is ahead; the other case too."""
        if self.arm is None or self.difference is None or self.accuracy_difference is None:
            return f"No other arm is surely ahead of {self.default}"
        n = len(self.candidates)
        corrected = f", corrected for {n} candidates" if n > 1 else ""
        sentence = (
            f"Ahead of {self.default}: {self.arm}, {signed_points(self.difference.estimate)} points "
            f"{self.measure} ({LEVEL:.0%} interval {self.difference.span('+')}{corrected})"
        )
        if self.measure == "accuracy":
            return sentence
        return f"{sentence}, {signed_points(self.accuracy_difference.estimate)} points accuracy"


def level_for(n_candidates: int) -> float:
    """Return the confidence of each interval with which all of them hold the truth at once.

    References
    ----------
    Dunn (1961), Multiple comparisons among means, Journal of the American Statistical Association 56:
    Bonferroni's correction.
    """
    return 1 - (1 - LEVEL) / max(n_candidates, 1)


def measure_for(labels: Sequence[object]) -> Measure:
    """Return what decides between arms: macro-F1 where classes are unequal, since it counts them alike."""
    return "macro-F1" if are_unequal(labels) else "accuracy"


def are_unequal(labels: Sequence[object]) -> bool:
    """Tell whether the largest class has half as many labels again as the smallest, or more."""
    counts = Counter(labels).values()
    return max(counts) >= UNEQUAL * min(counts)
