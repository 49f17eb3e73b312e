"""Which labelled texts an arm trains on: few-shot draws by budget, or folds of a cross-validation."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from textransfer.errors import ConfigError
from textransfer.randomness import Purpose, generator
from textransfer.text.reading.label_names import shown_label

Indices = npt.NDArray[np.int64]
Item = TypeVar("Item")
_MOST_SHOWN = 8


def few_shot_draws(
    labels: Sequence[object], n_labels: int, n_draws: int, random_state: int = 0
) -> list[Indices]:
    """Draw small training sets from a labelled pool, stratified by class.

    Each draw number has its own order of the whole pool, and a draw is the start of that order: the draw
    of 16 labels begins with the draw of 8 labels of the same number. The order opens with one text of
    each class; then the classes take turns by the Sainte-Lague (Webster) rule, so that every start of it
    has the class proportions of the pool, to the nearest whole text.

    Returns
    -------
    list of ndarray of int64, shape (n_labels,)
        Positions in the pool, no two alike within a draw. Draw i is the same whatever `n_draws`.

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


def possible_folds(labels: Sequence[object], n_folds: int, places: Sequence[str] = ()) -> int:
    """Return how many folds the smallest class allows, at most `n_folds`.

    `places` says where the texts stand, for messages.

    Raises
    ------
    ConfigError
        If there is one class only, a class has a single text, or fewer than 2 folds are asked for.
    """
    classes, _, counts = _classes_of(labels)
    if n_folds < 2:
        raise ConfigError(f"{n_folds} folds are asked for; expected at least 2")
    if counts.min() < 2:
        raise ConfigError(
            f"{single_classes(labels, places)}; cross-validation needs at least 2 of each class: label "
            "another one, leave the class out, or give a test file"
        )
    return min(n_folds, int(counts.min()))


def single_classes(labels: Sequence[object], places: Sequence[str] = ()) -> str:
    """Say which classes have a single labelled text, and where these stand if that is known."""
    classes, codes, counts = _classes_of(labels)
    names = []
    for code in np.flatnonzero(counts == 1):
        row = int(np.flatnonzero(codes == code)[0])
        names.append(shown_label(classes[code]) + (f" ({places[row]})" if places else ""))
    if len(names) == 1:
        return f"class {names[0]} has a single labelled text"
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return f"{len(names)} classes have a single labelled text: {', '.join(names[:_MOST_SHOWN])}{more}"


def stratified_folds(
    labels: Sequence[object], n_folds: int, n_repeats: int, random_state: int = 0
) -> Indices:
    """Deal labelled texts into folds, anew in each repeat; return the fold of each text, (repeats, texts).

    Class counts, as well as sizes, differ by at most one between folds. No more folds are made than the
    smallest class has texts (`possible_folds`), so that every training part holds every class.
    """
    n_possible = possible_folds(labels, n_folds)
    _, codes, _ = _classes_of(labels)
    fold_of = np.empty((n_repeats, len(codes)), np.int64)
    for repeat, row in enumerate(fold_of):
        shuffled = generator(random_state, Purpose.FOLDS, repeat).permutation(len(codes))
        dealt = shuffled[np.argsort(codes[shuffled], kind="stable")]
        row[dealt] = np.arange(len(codes)) % n_possible
    return fold_of


def _classes_of(labels: Sequence[object]) -> tuple[list[object], Indices, Indices]:
    """Return the classes, the class number of each text, and the texts of each class."""
    classes, codes, counts = np.unique(np.asarray(labels), return_inverse=True, return_counts=True)
    if len(classes) < 2:
        what = f"only the class {shown_label(classes[0])}" if len(classes) else "no labels"
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
