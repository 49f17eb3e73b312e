"""Fit many classifiers side by side: the same networks as one by one, in a fraction of the time."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from textransfer.sentiment.labels import LabelList, WeightList
from textransfer.sentiment.sentences.texts import Texts
from textransfer.sentiment.training.fit import Fit
from textransfer.sentiment.training.fitting import train_fits


class Trainable(Protocol):
    """A classifier that `train_fits` can train."""

    n_epochs_: int

    def prepare_fit(
        self, texts: Texts, labels: LabelList, sample_weight: WeightList | None = None
    ) -> Fit | None:
        """Do all that comes before the first epoch; return None if there is no text."""


Classifier = TypeVar("Classifier", bound=Trainable)


@dataclass(frozen=True, eq=False)
class Stage(Generic[Classifier]):
    """Some classifiers after an epoch; they can predict with what they have learned so far."""

    members: list[tuple[int, Classifier]]
    """Position among all fits, and the classifier."""
    epoch: int
    """Passes over the labelled texts."""
    seconds: float
    """Spent on each so far: all share the time equally."""
    is_last: bool
    """Whether these classifiers are finished; then there is no further stage of them."""


def fit_side_by_side(
    make: Callable[[int], Classifier],
    texts: Sequence[Texts],
    labels: Sequence[Sequence[Any]],
    sample_weight: Sequence[Sequence[float]] | None = None,
    *,
    epochs: Collection[int] = (),
) -> Iterator[Stage[Classifier]]:
    """Fit a classifier for each set of labelled texts, one at least, those of equal size side by side.

    `make` turns a position among the sets into an unfitted classifier. Stages are handed over at `epochs` and
    at the end. Groups come one after the other; a group's classifiers are not kept once its last stage is
    left.
    """

    def prepared(position: int) -> tuple[int, Classifier, Fit]:
        classifier = make(position)
        weights = None if sample_weight is None else sample_weight[position]
        fit = classifier.prepare_fit(texts[position], labels[position], weights)
        if fit is None:
            raise ValueError("there are no texts to fit on")
        return position, classifier, fit

    waiting = sorted(range(len(texts)), key=lambda position: len(texts[position]))
    while waiting:
        started = time.perf_counter()
        group = [prepared(waiting[0])]
        for position in waiting[1 : group[0][2].n_side_by_side]:
            if len(texts[position]) != len(texts[waiting[0]]):
                break
            group.append(prepared(position))
        waiting = waiting[len(group) :]
        seconds = (time.perf_counter() - started) / len(group)
        kinds: dict[Any, list[tuple[int, Classifier, Fit]]] = {}
        for member in group:  # its fits may differ after all, as when a draw lacks a class
            kinds.setdefault(member[2].kind, []).append(member)
        for alike in kinds.values():
            yield from _train(alike, seconds, epochs)


def _train(
    group: list[tuple[int, Classifier, Fit]], setup_seconds: float, epochs: Collection[int]
) -> Iterator[Stage[Classifier]]:
    members = [(position, classifier) for position, classifier, _ in group]
    number, seconds = 0, setup_seconds
    for epoch in train_fits([fit for _, _, fit in group], epochs):
        number, seconds = epoch.number, setup_seconds + epoch.seconds / len(group)
        for _, classifier in members:
            classifier.n_epochs_ = number
        if number in epochs:
            yield Stage(members, number, seconds, is_last=False)
    yield Stage(members, number, seconds, is_last=True)
