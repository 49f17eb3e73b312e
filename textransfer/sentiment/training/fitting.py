"""Fit classifiers' networks to averaged texts: which texts, with what weights and batches, and how long."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.config import USUAL_L2, ClassifierConfig
from textransfer.errors import ConfigError
from textransfer.sentiment.class_weights import class_factors
from textransfer.sentiment.labels import WeightList
from textransfer.sentiment.training.array_inputs import ArrayInputs, DualArrays, FixedArrays
from textransfer.sentiment.training.descent import descend
from textransfer.sentiment.training.dual_table import DualTable
from textransfer.sentiment.training.epochs import Epoch
from textransfer.sentiment.training.fit import Fit, Split
from textransfer.sentiment.training.heads import Heads
from textransfer.sentiment.training.holding_out import MIN_LABELS, hold_out
from textransfer.sentiment.training.penalties import penalty_rate
from textransfer.text.reading.listing import single_column

PRETRAINED_VECTOR_RATE = 0.0001
RANDOM_VECTOR_RATE = 0.01
"""Steps of the word vectors, if nothing is said: small where pretraining could be undone."""
UNITS_A_CLASS = 3
HIDDEN_SIZE = 16
"""Hidden units, if nothing is said and they are so many a class; with more classes there is no hidden layer,
which was worse there from few labels a class, and slower (docs/design.md)."""
LINEAR_HASTE = 3.0
"""How much longer steps are without a hidden layer, since the weights of two layers multiply."""
LARGEST_RATIO = 1e12
"""Of the weights of two texts: beside the one, the other counts for nothing long before."""


def hidden_size_for(config: ClassifierConfig, n_classes: int) -> int:
    """Return the hidden units that the settings ask for, or that the classes want; 0 is no hidden layer."""
    if config.hidden_size is not None:
        return config.hidden_size
    return HIDDEN_SIZE if UNITS_A_CLASS * n_classes <= HIDDEN_SIZE else 0


def strength_of(config: ClassifierConfig) -> float:
    """Return the strength of the penalty on the weights: l2, or what it is while open."""
    return USUAL_L2 if config.l2 is None else config.l2


def rate_and_penalties(
    config: ClassifierConfig,
    network: Heads,
    codes: Sequence[npt.NDArray[np.int64]],
    weights: npt.NDArray[np.float32] | None = None,
) -> tuple[float, list[float]]:
    """Return how long the steps of heads are, and what weighs on the weights of each member.

    `codes` has the classes of its texts, (n,), for each; `weights`, (M, n), how much each text counts.
    """
    has_hidden_layer, n_classes = network.hidden_size > 0, network.n_classes
    penalties = []
    for member, own in enumerate(codes):
        shares = np.bincount(own, None if weights is None else weights[member], n_classes) / len(own)
        penalties.append(
            penalty_rate(
                strength_of(config),
                len(own),
                n_classes,
                smallest_share=float(shares[shares > 0].min()),
                has_hidden_layer=has_hidden_layer,
            )
        )
    return config.learning_rate * (1 if has_hidden_layer else LINEAR_HASTE), penalties


def vector_rate(config: ClassifierConfig, *, is_pretrained: bool) -> float | None:
    """Return the step of the word vectors; None if they are not trained."""
    if is_pretrained and not config.fine_tune:
        return None
    if config.vector_learning_rate is not None:
        return config.vector_learning_rate
    return PRETRAINED_VECTOR_RATE if is_pretrained else RANDOM_VECTOR_RATE


def plan_split(codes: npt.NDArray[np.int64], seed: int, *, is_stopped_early: bool) -> Split:
    """Hold texts out if training shall stop early and there are labels to spare; else train on all."""
    if is_stopped_early and len(codes) >= MIN_LABELS:
        return Split(*hold_out(codes, seed))
    return Split(np.arange(len(codes)), np.arange(0))


def train_fits(fits: Sequence[Fit], marks: Collection[int]) -> Iterator[Epoch]:
    """Train some fits of one kind side by side, in place, no more than their `n_side_by_side`.

    Hands over the epochs of `marks`, and the last one always, when networks and tables of the fits are up to
    date. The seconds are those of all fits together. Where training stops early, the fit goes back to its
    best epoch in the end.
    """
    first = fits[0]
    networks = [fit.network for fit in fits]
    network = networks[0] if len(fits) == 1 else Heads.stacked(networks)
    codes, weights = [fit.codes[fit.split.trained] for fit in fits], _weights_of(fits)
    learning_rate, penalties = rate_and_penalties(first.config, network, codes, weights)
    settings: dict[str, Any] = {
        "weights": weights,
        "seeds": [fit.seed for fit in fits],
        "epochs": first.config.epochs,
        "learning_rate": learning_rate,
        "solver": first.config.solver,
        "penalty": penalties,
        "batch_size": first.batch_size,
    }
    if first.needs_torch:
        from textransfer.sentiment.training.tables import train_tables  # torch takes a second to load

        epochs, hand_out_tables = train_tables(fits, network, np.stack(codes), settings)
    else:
        inputs, hand_out_tables = _arrays_of(fits)
        epochs = descend(network, inputs, np.stack(codes), **settings)

    def hand_out() -> None:
        hand_out_tables()
        if len(fits) > 1:
            network.hand_out(networks)

    waiting: Epoch | None = None
    for epoch in epochs:
        waiting = epoch
        if epoch.number in marks:
            hand_out()
            yield epoch
            waiting = None
    hand_out()
    if waiting is not None:
        yield waiting


def _weights_of(fits: Sequence[Fit]) -> npt.NDArray[np.float32] | None:
    """Return the weights of the texts that are trained on, 1 on average in each fit."""
    own = []
    for fit in fits:
        rows = fit.split.trained
        weights = None if fit.weights is None else fit.weights[rows]
        own.append(passed_on(weights, fit.codes[rows], fit.bags.has_words[rows]))
    if all(weights is None for weights in own):
        return None
    full = [np.ones(fit.n_trained, np.float32) if w is None else w for fit, w in zip(fits, own, strict=True)]
    return np.stack([weights / weights.mean() for weights in full])


def text_weights(
    config: ClassifierConfig,
    codes: npt.NDArray[np.int64],
    sample_weight: WeightList | None,
    classes: npt.NDArray[Any] | None = None,
) -> npt.NDArray[np.float32] | None:
    """Return how much each text counts, by its own weight and by that of its class; None if all do alike.

    Classes, shape (C,), are what `codes` number; by default the numbers themselves.

    Raises
    ------
    ConfigError
        If the weights are not as many as texts, negative, not finite, or all zero within a class, or one is
        that of no class.
    """
    if sample_weight is None and config.class_weight == "none":
        return None
    weights = np.ones(len(codes)) if sample_weight is None else checked_weights(sample_weight, len(codes))
    sums = np.bincount(codes, weights)
    if not sums.all():
        of_all = "" if sums.any() else "all are zero: "
        raise ConfigError(
            f"{of_all}all texts of a class have the weight 0; leave the class out, or give it weight"
        )
    classes = np.arange(len(sums)) if classes is None else classes
    factors = class_factors(config.class_weight, classes, sums)
    return _in_single_precision(weights if factors is None else weights * factors[codes])


def _in_single_precision(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return weights of texts as float32, all scaled alike if it could not hold them.

    ConfigError if some are so much larger than others that these would count for nothing.
    """
    least, most = float(weights[weights > 0].min()), float(weights.max())
    if not np.isfinite(most) or most > LARGEST_RATIO * least:
        raise ConfigError(
            f"the weights of texts go from {least:g} to {most:g}; expected the largest at most "
            f"{LARGEST_RATIO:g} times the smallest above 0"
        )
    is_usual = least >= 1 / LARGEST_RATIO and most <= LARGEST_RATIO
    return np.asarray(weights if is_usual else weights / most, np.float32)


def checked_weights(sample_weight: WeightList, n: int) -> npt.NDArray[np.float64]:
    """Return the weights of n texts; ConfigError if they are not so many finite numbers of at least 0."""
    try:
        weights = np.asarray(single_column(sample_weight), np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConfigError(f"sample_weight is no list of numbers: {error}") from error
    if weights.shape != (n,):
        raise ConfigError(
            f"sample_weight has the shape {weights.shape}; expected a number for each of the {n} texts"
        )
    odd = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(odd):
        raise ConfigError(
            f"sample_weight of text {odd[0]} is {weights[odd[0]]:g}; expected a finite number of at least 0"
        )
    return weights


def passed_on(
    weights: npt.NDArray[np.float32] | None, codes: npt.NDArray[np.int64], has_words: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float32] | None:
    """Return weights with which texts without a known word tell how frequent their class is, and no more.

    What they weigh goes to the other texts of their class, if it has any. Their own zero vector is the mean
    of the corpus: texts of usual words lie near it, and would be given their class. None is 1 for each text.
    """
    if has_words.all():
        return weights
    own = np.ones(len(codes), np.float32) if weights is None else weights
    known = own * has_words
    sums, known_sums = np.bincount(codes, own), np.bincount(codes, known)
    factors = sums / np.where(known_sums > 0, known_sums, 1)
    return np.where(known_sums[codes] > 0, known * factors[codes], own).astype(np.float32)


def _arrays_of(fits: Sequence[Fit]) -> tuple[ArrayInputs, Callable[[], None]]:
    """Return what is trained on without torch, and what brings the tables of the fits up to date."""
    rate = fits[0].vector_learning_rate
    if rate is None:
        frozen = [fit.averaging.vectors(fit.bags.take(fit.split.trained)) for fit in fits]
        return FixedArrays(np.stack(frozen)), lambda: None
    restricted = [fit.bags.restricted() for fit in fits]
    inputs = DualArrays(
        [
            DualTable.of(
                bags.take(fit.split.trained), fit.averaging.table.take(used, axis=0), fit.averaging.finish
            )
            for fit, (used, bags) in zip(fits, restricted, strict=True)
        ],
        rate,
    )

    def hand_out() -> None:
        tables = [fit.averaging.table for fit in fits]
        whole = [
            table if len(used) == len(table) else None  # rows that are used stand in their order
            for table, (used, _) in zip(tables, restricted, strict=True)
        ]
        for table, (used, _), rows in zip(tables, restricted, inputs.after_training(whole), strict=True):
            if rows is not table:
                table[used] = rows

    return inputs, hand_out
