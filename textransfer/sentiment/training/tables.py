"""Train the word vectors of a fit with torch: by batches, or until texts that are held out say stop."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.training.dual import DualTables
from textransfer.sentiment.training.dual_table import DualTable
from textransfer.sentiment.training.epochs import Epoch
from textransfer.sentiment.training.fit import Fit
from textransfer.sentiment.training.heads import Heads
from textransfer.sentiment.training.inputs import Inputs, WordTables, stacked_table
from textransfer.sentiment.training.loop import train
from textransfer.sentiment.training.network import OneHiddenLayer
from textransfer.sentiment.training.stopping import stop_early


def train_tables(
    fits: Sequence[Fit], heads: Heads, codes: npt.NDArray[np.int64], settings: dict[str, Any]
) -> tuple[Iterator[Epoch], Callable[[], None]]:
    """Return the epochs of a fit, and what brings its table up to date; heads are trained in place.

    There is one fit; codes, (1, n), and settings are those of `train`.
    """
    (fit,) = fits
    inputs, held_out, hand_out = _dual_inputs(fit) if fit.is_dual else _table_inputs(fit)
    network = OneHiddenLayer.over(heads)
    rate = fit.vector_learning_rate or 0.0
    epochs = train(network, inputs, codes, vector_learning_rate=rate, **settings)
    if held_out is not None:
        epochs = stop_early(epochs, network, inputs, held_out, fit.codes[fit.split.held_out])
    return epochs, hand_out


def _dual_inputs(fit: Fit) -> tuple[Inputs, Inputs | None, Callable[[], None]]:
    used, bags = fit.bags.restricted()
    start = fit.averaging.table[used]

    def tables(rows: npt.NDArray[np.int64]) -> list[DualTable]:
        return [DualTable.of(bags.take(rows), start, fit.averaging.finish)]

    inputs = DualTables(tables(fit.split.trained))
    held_out = None
    if len(fit.split.held_out):
        held_out = inputs.of_other_texts(tables(fit.split.held_out))

    def hand_out() -> None:
        fit.averaging.table[used] = inputs.after_training()[0]

    return inputs, held_out, hand_out


def _table_inputs(fit: Fit) -> tuple[Inputs, Inputs | None, Callable[[], None]]:
    used, compact = fit.bags.restricted()
    table = stacked_table(fit.averaging.table[used])

    def inputs_of(rows: npt.NDArray[np.int64]) -> Inputs:
        is_sparse = fit.batch_size > 0
        return WordTables(compact.take(rows), table, 1, fit.averaging.finish, is_gradient_sparse=is_sparse)

    def hand_out() -> None:
        fit.averaging.table[used] = table.detach().numpy()

    held_out = inputs_of(fit.split.held_out) if len(fit.split.held_out) else None
    return inputs_of(fit.split.trained), held_out, hand_out
