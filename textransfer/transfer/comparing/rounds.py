"""Which fits a comparison makes: every arm trains and is tested on the same rounds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from textransfer.checks import check_range
from textransfer.config import N_FOLDS
from textransfer.errors import ConfigError
from textransfer.randomness import Purpose, Stream, generator, integers, stream_key
from textransfer.transfer.comparing.splits import Indices, few_shot_draws, possible_folds, stratified_folds

Mode = Literal["draws", "random states", "cross-validation"]
"""With a test file: few-shot draws from a pool, or all labels over several random states. Without: folds."""

MOST_DRAWS = 100_000


@dataclass(frozen=True, eq=False)
class Round:
    """One fit of every arm."""

    draw: int
    """Row of the result: number of the draw, random state or repeat."""
    fold: int
    """Number of the fold; 0 outside cross-validation."""
    train: Indices
    """Positions in the labelled texts."""
    test: Indices
    """Positions in the test texts."""
    seed: int
    """Random state of the arms."""


@dataclass(frozen=True, eq=False)
class Rounds:
    """The rounds of a comparison."""

    mode: Mode
    """What the rounds differ in."""
    rounds: tuple[Round, ...]
    """Each row of the result tests every text once."""
    n_rows: int
    """Draws, random states or repeats."""
    n_folds: int = 0
    """Folds a repeat; 0 outside cross-validation."""
    fold_of: npt.NDArray[np.int64] | None = None
    """The fold in which a text is tested, shape (n_rows, n_test)."""

    @property
    def trained_on(self) -> Indices:
        """Positions of the labelled texts that any round trains on, ascending."""
        return np.unique(np.concatenate([round_.train for round_ in self.rounds]))

    @property
    def most_labels(self) -> int:
        """The most labelled texts that a round trains on."""
        return max(len(round_.train) for round_ in self.rounds)

    def notes(self, n_folds_wanted: int) -> list[str]:
        """Return what a reader of results must know."""
        notes = []
        if self.mode == "random states":
            notes.append(
                f"all fits train on the same {len(self.rounds[0].train)} labelled texts: the intervals do "
                "not cover other training sets"
            )
        if self.mode == "draws" and self.n_rows == 1:
            notes.append("a single draw: the intervals do not cover other draws")
        if self.mode == "cross-validation" and self.n_folds < n_folds_wanted:
            notes.append(
                f"{self.n_folds} folds instead of {n_folds_wanted}: the smallest class has no more labelled "
                "texts"
            )
        return notes


def plan_rounds(
    labels: Sequence[str],
    n_test: int | None,
    *,
    n_labels: int | None = None,
    n_draws: int,
    n_folds: int = N_FOLDS,
    random_state: int,
    places: Sequence[str] = (),
) -> Rounds:
    """Choose the mode, and list the rounds.

    Parameters
    ----------
    labels : sequence of str
        Classes of the labelled texts.
    n_test : int, optional
        Texts to test on; without, it is a cross-validation, of as many repeats as `n_draws` fits need.
    n_labels : int, optional
        Labels that an arm may see; None means all.
    places : sequence of str, optional
        Where the labelled texts stand, for messages.

    Raises
    ------
    ConfigError
        If the labels do not suffice, `n_labels` is given without a test file, or `n_draws` is out of range.
    """
    problems = check_range("n_draws", n_draws, 1, MOST_DRAWS, is_integer=True)
    if problems:
        raise ConfigError(problems[0])
    if n_test is None:
        if n_labels is not None and n_labels != len(labels):
            raise ConfigError(
                f"{n_labels} of {len(labels)} labels are asked for without a test file; "
                "give a test file, or use all labels"
            )
        possible_folds(labels, n_folds, places)
        return _cross_validation(labels, n_draws, n_folds, random_state)
    if not n_test:
        raise ConfigError("there are no test texts; expected at least one")
    n_labels = len(labels) if n_labels is None else n_labels
    draws = few_shot_draws(labels, n_labels, n_draws, random_state)
    mode: Mode = "draws"
    if n_labels == len(labels):
        mode = "random states"
        draws = [np.arange(n_labels, dtype=np.int64)] * n_draws
    test = np.arange(n_test, dtype=np.int64)
    seeds = _seeds(random_state, n_draws)
    rounds = tuple(Round(draw, 0, train, test, seeds[draw]) for draw, train in enumerate(draws))
    return Rounds(mode, rounds, n_draws)


def _cross_validation(labels: Sequence[str], n_draws: int, n_folds: int, random_state: int) -> Rounds:
    n_possible = possible_folds(labels, n_folds)
    n_repeats = -(-n_draws // n_possible)
    fold_of = stratified_folds(labels, n_possible, n_repeats, random_state)
    seeds = _seeds(random_state, n_repeats * n_possible)
    rounds = []
    for number, seed in enumerate(seeds):
        repeat, fold = divmod(number, n_possible)
        is_tested = fold_of[repeat] == fold
        rounds.append(Round(repeat, fold, np.flatnonzero(~is_tested), np.flatnonzero(is_tested), seed))
    return Rounds("cross-validation", tuple(rounds), n_repeats, n_possible, fold_of)


def halved(rounds: Rounds, codes: Indices, random_state: int) -> Rounds:
    """Return the same rounds with half the labels of each, stratified by the class numbers of all texts."""
    halves = []
    for round_ in rounds.rounds:
        own = codes[round_.train].tolist()
        n_half = max(len(own) // 2, len(set(own)))
        seed = int(generator(random_state, Purpose.HALVES, round_.draw, round_.fold).integers(2**32))
        halves.append(replace(round_, train=round_.train[few_shot_draws(own, n_half, 1, seed)[0]]))
    return replace(rounds, rounds=tuple(halves))


def _seeds(random_state: int, n: int) -> list[int]:
    """Give each round a random state of 32 bits, unrelated to those of a neighbouring seed."""
    drawn = integers(stream_key(random_state, Stream.NETWORK), np.arange(n))
    return [int(value) for value in drawn >> np.uint64(32)]
