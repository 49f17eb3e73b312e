"""Which labelled texts an arm trains on: few-shot draws by budget, or folds of a cross-validation."""

import logging
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from textransfer.errors import ConfigError
from textransfer.randomness import Purpose, generator

logger = logging.getLogger(__name__)

Indices = npt.NDArray[np.int64]
Item = TypeVar("Item")


def few_shot_draws(
    labels: Sequence[object], n_labels: int, n_draws: int, random_state: int = 0
) -> list[Indices]:
    """Draw small training sets from a labelled pool, stratified by class.

    Each draw number has its own order of the whole pool, and a draw is the start of that order: the draw
    of 16 labels begins with the draw of 8 labels of the same number. The order opens with one text of
    each class; then the classes take turns by the Sainte-Lague (Webster) rule, so that every start of it
    has the class proportions of the pool, to the nearest whole text.

    Parameters
    ----------
    labels : sequence of labels, length N
        The class of each text of the pool.
    n_labels : int
        Texts in a draw, from the number of classes to N.
    n_draws : int
        How many draws.
    random_state : int, default=0
        Seed. Draw i is the same whatever `n_draws`.

    Returns
    -------
    list of ndarray of int64, shape (n_labels,)
        Positions in the pool, no two alike within a draw.

    Raises
    ------
    ConfigError
        If there are fewer labels than classes, more than texts, or no draws.

    Notes
    -----
    Largest remainders give the same numbers for two classes, but can take a text away from a third class
    when the budget grows (the Alabama paradox), which would break the nesting.

    References
    ----------
    Balinski, Young (1982), Fair Representation, on house-monotone apportionment.
    """
    classes, codes, counts = _classes_of(labels)
    if n_draws < 1:
        raise ConfigError(f"{n_draws} draws are asked for; expected at least 1")
    if n_labels < len(classes):
        raise ConfigError(
            f"{n_labels} labels are asked for, but the pool has {len(classes)} classes; expected at least "
            f"one label of each: ask for {len(classes)} or more"
        )
    if n_labels > len(codes):
        raise ConfigError(
            f"{n_labels} labels are asked for, but the pool has {len(codes)} labelled texts; "
            f"ask for at most {len(codes)}"
        )
    return [_pool_order(codes, counts, random_state, draw)[:n_labels] for draw in range(n_draws)]


def possible_folds(labels: Sequence[object], n_folds: int) -> int:
    """Return how many folds the smallest class allows, at most `n_folds`.

    Raises
    ------
    ConfigError
        If there is one class only, a class has a single text, or fewer than 2 folds are asked for.
    """
    classes, _, counts = _classes_of(labels)
    if n_folds < 2:
        raise ConfigError(f"{n_folds} folds are asked for; expected at least 2")
    smallest = int(counts.argmin())
    if counts[smallest] < 2:
        raise ConfigError(
            f"class {classes[smallest]!r} has a single labelled text; cross-validation needs at least 2 of "
            "each class: label another one, leave the class out, or give a test file"
        )
    return min(n_folds, int(counts[smallest]))


def repeated_stratified(
    labels: Sequence[object], n_folds: int, n_repeats: int, random_state: int = 0
) -> list[tuple[Indices, Indices]]:
    """Split labelled texts for a repeated stratified cross-validation.

    Within a repeat every text is tested once. Class counts, as well as sizes, differ by at most one
    between folds, and every training part holds every class.

    Parameters
    ----------
    labels : sequence of labels, length N
        The class of each text.
    n_folds : int
        Folds a repeat; no more are made than the smallest class has texts (`possible_folds`).
    n_repeats : int
        How often the texts are shuffled and dealt anew.
    random_state : int, default=0
        Seed.

    Returns
    -------
    list of (train, test) pairs of ndarray of int64
        Sorted positions; the folds of the first repeat, then of the second, and so on.

    Raises
    ------
    ConfigError
        If a class has a single text, or there is nothing to repeat.
    """
    if n_repeats < 1:
        raise ConfigError(f"{n_repeats} repeats are asked for; expected at least 1")
    n_possible = possible_folds(labels, n_folds)
    if n_possible < n_folds:
        logger.info("%d folds instead of %d: the smallest class has no more texts", n_possible, n_folds)
    _, codes, _ = _classes_of(labels)
    splits = []
    for repeat in range(n_repeats):
        random = generator(random_state, Purpose.FOLDS, repeat)
        shuffled = random.permutation(len(codes))
        dealt = shuffled[np.argsort(codes[shuffled], kind="stable")]
        fold_of = np.empty(len(codes), np.int64)
        fold_of[dealt] = np.arange(len(codes)) % n_possible
        splits += [
            (np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)) for fold in range(n_possible)
        ]
    return splits


def _classes_of(labels: Sequence[object]) -> tuple[list[object], Indices, Indices]:
    """Return the classes, the class number of each text, and the texts of each class."""
    classes, codes, counts = np.unique(np.asarray(labels), return_inverse=True, return_counts=True)
    if len(classes) < 2:
        what = f"only the class {classes[0].item()!r}" if len(classes) else "no labels"
        raise ConfigError(f"found {what}; expected labelled texts of at least 2 classes")
    return classes.tolist(), codes.astype(np.int64), counts.astype(np.int64)


def _pool_order(codes: Indices, counts: Indices, seed: int, draw: int) -> Indices:
    """Order the pool so that each start of it is a stratified draw.

    The text that would be number k of its class (from 0) is worth (2k+1)/count, smallest first; the first
    of each class is worth 0. Equal ones follow a random order of the classes.
    """
    random = generator(seed, Purpose.FEW_SHOT_DRAWS, draw)
    class_rank = random.permutation(len(counts))
    members = [random.permutation(np.flatnonzero(codes == code)) for code in range(len(counts))]
    turns = np.concatenate([np.arange(count) for count in counts])
    ranks = np.repeat(class_rank, counts)
    worth = np.where(turns == 0, 0.0, (2 * turns + 1) / np.repeat(counts, counts))
    order: Indices = np.concatenate(members)[np.lexsort((ranks, worth))].astype(np.int64)
    return order


def drawn_evenly(items: Iterable[Item], n: int, random: np.random.Generator) -> list[Item]:
    """Draw n items at most out of a stream of any length, each as likely (Vitter 1985, Algorithm R)."""
    drawn: list[Item] = []
    for position, item in enumerate(items):
        if position < n:
            drawn.append(item)
        elif (place := int(random.integers(position + 1))) < n:
            drawn[place] = item
    return drawn
