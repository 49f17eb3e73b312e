"""Fit a classifier's network to averaged texts: which texts are trained on, in which batches, until when."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from textransfer.config import ClassifierConfig
from textransfer.sentiment.averaging import Averaging, Bags
from textransfer.sentiment.inputs import FixedVectors, Inputs, WordTables, stacked_table
from textransfer.sentiment.network import OneHiddenLayer
from textransfer.sentiment.stopping import MIN_LABELS, hold_out, stop_early
from textransfer.sentiment.training import Epoch, penalty_rate, train

MAX_TEXTS_AT_ONCE = 1000
AUTO_BATCH_SIZE = 64
"""Texts an update, if nothing is said, once word vectors are trained on more texts than that."""


UNITS_A_CLASS = 3
MIN_HIDDEN_SIZE = 16
"""Hidden units, if nothing is said. Fewer units than classes cannot tell the classes apart."""


@dataclass(frozen=True)
class Split:
    """Positions of the labelled texts that are trained on, and of those held out to stop by."""

    trained: npt.NDArray[np.int64]
    held_out: npt.NDArray[np.int64]


def hidden_size_for(config: ClassifierConfig, n_classes: int) -> int:
    """Return the hidden units that the settings ask for, or enough for the classes."""
    if config.hidden_size is not None:
        return config.hidden_size
    return max(MIN_HIDDEN_SIZE, UNITS_A_CLASS * n_classes)


def plan_split(codes: npt.NDArray[np.int64], seed: int, *, is_stopped_early: bool) -> Split:
    """Hold texts out if training shall stop early and there are labels to spare; else train on all."""
    if is_stopped_early and len(codes) >= MIN_LABELS:
        return Split(*hold_out(codes, seed))
    return Split(np.arange(len(codes)), np.arange(0))


def fit_network(
    network: OneHiddenLayer,
    averaging: Averaging,
    bags: Bags,
    codes: npt.NDArray[np.int64],
    split: Split,
    config: ClassifierConfig,
    *,
    seed: int,
    vector_learning_rate: float | None,
) -> Iterator[Epoch]:
    """Train a network of one member, in place, and perhaps the word vectors.

    Parameters
    ----------
    network : OneHiddenLayer
        With its initial weights.
    averaging : Averaging
        How words become vectors; its table is changed after each epoch if word vectors are trained.
    bags : Bags
        The known words of the n labelled texts.
    codes : ndarray of int64, shape (n,)
        The class of each text.
    split : Split
        From `plan_split`.
    config : ClassifierConfig
        Epochs, rates, penalty, batches.
    seed : int
        Order of the texts.
    vector_learning_rate : float, optional
        Step of the word vectors; None leaves them as they are.

    Yields
    ------
    Epoch
        After each pass; network and table are then up to date.
    """
    n_trained = len(split.trained)
    batch_size = config.batch_size
    if vector_learning_rate is not None and batch_size == 0 and n_trained > MAX_TEXTS_AT_ONCE:
        batch_size = AUTO_BATCH_SIZE
    used, compact = bags.restricted()
    table = None if vector_learning_rate is None else stacked_table(averaging.table[used])

    def inputs_of(rows: npt.NDArray[np.int64]) -> Inputs:
        if table is None:
            return FixedVectors(averaging.vectors(bags.take(rows))[None])
        is_sparse = 0 < batch_size < n_trained
        return WordTables(compact.take(rows), table, 1, averaging.finish, is_gradient_sparse=is_sparse)

    inputs = inputs_of(split.trained)
    epochs = train(
        network,
        inputs,
        codes[split.trained],
        seeds=[seed],
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        vector_learning_rate=vector_learning_rate or 0.0,
        solver=config.solver,
        penalty=penalty_rate(config.l2, n_trained, network.n_classes),
        batch_size=batch_size,
    )
    if len(split.held_out):
        epochs = stop_early(epochs, network, inputs, inputs_of(split.held_out), codes[split.held_out])
    for epoch in epochs:
        _copy_back(table, averaging, used)
        yield epoch
    _copy_back(table, averaging, used)


def _copy_back(table: torch.nn.Parameter | None, averaging: Averaging, used: npt.NDArray[np.int64]) -> None:
    """Write trained word vectors to where the classifier reads them."""
    if table is not None:
        averaging.table[used] = table.detach().numpy()
