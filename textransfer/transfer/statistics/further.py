"""Whether a further source of transfer is worth it, and the pretrained vectors are worth adding."""

from collections.abc import Mapping
from dataclasses import dataclass

from textransfer.records import Record
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.verdict import Outcome, outcome_of, points_of_accuracy

_SAID: Mapping[Outcome, str] = {
    "positive": "is ahead of",
    "negative": "is behind",
    "inconclusive": "is not surely apart from",
}


@dataclass(frozen=True)
class FurtherArm(Record):
    """Whether a further arm is worth it, and whether the pretrained one is worth adding to it."""

    _properties = ("sentences",)

    name: str
    pretrained: str
    """Name of the arm that it is held against."""
    joined: str
    """Name of the arm that is both together."""
    kind: str
    """What it is made of."""
    path: str
    """Where that lies; empty for what was passed in Python."""
    against_pretrained: Interval
    """Its accuracy minus that of the pretrained arm, paired."""
    better: str
    """Which of the two has the higher accuracy."""
    joined_against_better: Interval
    """Accuracy of both together minus that of the better."""
    n_intervals: int
    """Intervals of this kind in the comparison; they hold the truth all at once with 95% confidence."""
    seconds_per_thousand: float | None
    """What encoding 1,000 texts took; None for word vectors."""
    pretrained_seconds_per_thousand: float | None
    """The same with the pretrained vectors; None if there is no encoder."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The two answers, and of an encoder what it costs."""
        answers = (
            self._sentence(self.name, self.against_pretrained, self.pretrained),
            self._sentence(self.joined, self.joined_against_better, f"{self.better}, the better of the two"),
        )
        own, pretrained = self.seconds_per_thousand, self.pretrained_seconds_per_thousand
        if own is None or pretrained is None:
            return answers
        return (
            *answers,
            f"{self.name} ({self.kind}) takes {seconds_in_words(own)} for 1,000 texts, {self.pretrained} "
            f"{seconds_in_words(pretrained)}",
        )

    def _sentence(self, arm: str, difference: Interval, other: str) -> str:
        return f"{arm} {_SAID[outcome_of(difference)]} {other}: {points_of_accuracy(difference)}"


def seconds_in_words(seconds: float) -> str:
    """Write a short time with two figures: 6.3 s, 0.021 s."""
    return f"{seconds:.2g} s" if seconds < 100 else f"{seconds:,.0f} s"
