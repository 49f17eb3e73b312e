"""What a comparison lets one say: positive, negative or inconclusive, in a plain sentence."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from textransfer.records import Record
from textransfer.transfer.statistics.intervals import (
    LEVEL,
    Interval,
    signed_points,
    text_difference_interval,
    wilson,
)

Outcome = Literal["positive", "negative", "inconclusive"]

_FINDINGS: dict[Outcome, str] = {
    "positive": "Pretraining helped",
    "negative": "Pretraining hurt",
    "inconclusive": "Inconclusive",
}
FEW_TEXTS = 50
"""Below so many test texts a verdict also says how little they can show."""


@dataclass(frozen=True)
class Verdict(Record):
    """What an interval of a difference of accuracies lets one say."""

    outcome: Outcome
    """Whether the interval lies above zero ("positive"), below it ("negative"), or holds it."""
    difference: Interval
    """Accuracy of the first arm minus that of the other."""
    sentence: str
    """The finding, by how much, with its interval, in points (hundredths) of accuracy."""
    limits: str
    """What so few test texts cannot prove; empty if there are enough."""


def verdict_on(difference: Interval, *, n_texts: int) -> Verdict:
    """Judge the accuracy of the pretrained arm minus that without, over so many test texts."""
    outcome = outcome_of(difference)
    sentence = f"{_FINDINGS[outcome]}: {points_of_accuracy(difference)}"
    if outcome == "inconclusive":
        sentence += ", which leaves room for either"
    return Verdict(outcome, difference, sentence, _limits(n_texts, difference.level))


def outcome_of(difference: Interval) -> Outcome:
    """Say whether an interval lies above zero, below it, or holds it."""
    if difference.low > 0:
        return "positive"
    return "negative" if difference.high < 0 else "inconclusive"


def points_of_accuracy(difference: Interval) -> str:
    """Write a difference as "+23.1 points accuracy (95% interval +21.6 to +24.5)"."""
    level = f"{100 * difference.level:.4g}% interval"
    return f"{signed_points(difference.estimate)} points accuracy ({level} {difference.span('+')})"


@cache
def texts_needed(level: float = LEVEL) -> int:
    """Return the fewest test texts that can prove a difference: if one arm alone gets all of them right.

    The count of a single draw, where a text is won, lost or neither. With fewer texts the exact sign test
    cannot reject, whatever the draws say; with more, at least as many must be won on balance.
    """
    n = 1
    while text_difference_interval(np.ones(n), level)[0] <= 0:
        n += 1
    return n


def _limits(n_texts: int, level: float) -> str:
    needed = texts_needed(level)
    texts = "1 test text" if n_texts == 1 else f"{n_texts} test texts"
    if n_texts < needed:
        return (
            f"{texts} cannot prove any difference: at least {needed} texts that only the pretrained arm gets "
            "right would be needed"
        )
    if n_texts < FEW_TEXTS:
        lowest, _ = wilson(1.0, n_texts, level)
        return (
            f"{texts} show little: all of them right would still mean anything from {lowest:.0%} to 100%, "
            f"and only a gain on {needed} of them ({needed / n_texts:.0%}) without a loss proves a difference"
        )
    return ""
