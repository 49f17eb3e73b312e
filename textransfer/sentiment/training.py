"""The training loop: epochs of gradient descent over batches, a record after each."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.errors import NumericalError
from textransfer.randomness import Stream, generator
from textransfer.sentiment.averaging import Floats
from textransfer.sentiment.inputs import Inputs, Rows, take_texts
from textransfer.sentiment.network import OneHiddenLayer
from textransfer.sentiment.solvers import SOLVERS


@dataclass(frozen=True)
class Epoch:
    """The state of training after a pass over the labelled texts.

    Parameters
    ----------
    number : int
        Passes done, from 1.
    seconds : float
        Spent in training so far; what a reader of the records does in between is not counted.
    losses : ndarray of float64, shape (M,)
        Each member's mean loss over the pass, without the penalty.
    """

    number: int
    seconds: float
    losses: npt.NDArray[np.float64]


def penalty_rate(l2: float, n_texts: int, n_classes: int) -> float:
    """Return the weight c of the penalty c/2 |W|^2 that is added to the mean loss.

    A penalty on two layers in a row acts on their product as a sum of singular values, not of squares:
    below a threshold the product is driven to zero. Labels that mean nothing give a gradient of a size
    near 1 / (C sqrt(n)) at zero, so a penalty in proportion to that keeps the threshold at the level of
    the noise for any number of texts and classes. With two classes the rate is l2 / sqrt(n).
    """
    return float(2 * l2 / (n_classes * np.sqrt(n_texts)))


def train(
    network: OneHiddenLayer,
    inputs: Inputs,
    targets: Floats,
    *,
    seeds: Sequence[int],
    epochs: int,
    learning_rate: float,
    vector_learning_rate: float = 0.0,
    solver: str = "adam",
    penalty: float = 0.0,
    batch_size: int = 0,
) -> Iterator[Epoch]:
    """Train all members of a network in place, one pass over the texts at a time.

    Parameters
    ----------
    network : OneHiddenLayer
        M members.
    inputs : Inputs
        The n texts of each.
    targets : ndarray, shape (M, n, C) or (1, n, C)
        1 at the class of the text, else 0.
    seeds : sequence of int, length M
        Each member's order of the texts depends on its own seed alone.
    epochs : int
        Passes over the texts.
    learning_rate, vector_learning_rate : float
        Steps of the network's weights, and of the word vectors if `inputs` trains any.
    solver : {"adam", "sgd"}
        Adam, or plain gradient descent.
    penalty : float
        c in c/2 |W|^2, added to the mean loss; on the weights of both layers, not on biases or word vectors.
    batch_size : int, default=0
        Texts an update; 0 takes all at once, and then nothing is random.

    Yields
    ------
    Epoch
        After each pass. The network can be used, but not changed, before the next is asked for.

    Raises
    ------
    NumericalError
        If a loss is no longer finite.
    """
    for_weights, for_tables = SOLVERS[solver]
    in_weights, in_table = for_weights(), for_tables(len(network.parameters))
    decay = np.asarray(penalty * network.is_weight, dtype=network.parameters.dtype)

    def update(rows: Rows) -> npt.NDArray[np.float64]:
        vectors, batch = inputs.read(rows)
        is_table_trained = inputs.table is not None
        losses, gradient, in_vectors = network.gradients(
            vectors, take_texts(targets, rows), with_inputs=is_table_trained
        )
        if penalty:
            gradient += decay * network.parameters
        in_weights.step(network.parameters, gradient, learning_rate)
        if inputs.table is not None and in_vectors is not None:
            used, in_rows = inputs.pull_back(batch, in_vectors)
            in_table.step(inputs.table, in_rows, vector_learning_rate, used)
        return losses

    seconds = 0.0
    batches = _Batches(seeds, inputs.n_texts, batch_size)
    for number in range(1, epochs + 1):
        start = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):  # a loss that is not finite is reported below
            losses = sum(share * update(rows) for share, rows in batches.of_an_epoch())
        seconds += time.perf_counter() - start
        if not np.isfinite(losses).all():
            raise NumericalError(
                f"the loss is no longer finite in epoch {number} with learning_rate {learning_rate:g}; "
                "expected it to fall: give a smaller learning_rate"
            )
        yield Epoch(number, seconds, np.asarray(losses))


class _Batches:
    """The texts of each update: all, or each member's own random order in pieces."""

    def __init__(self, seeds: Sequence[int], n_texts: int, batch_size: int) -> None:
        self._n_texts = n_texts
        self._size = batch_size if 0 < batch_size < n_texts else n_texts
        self._generators = [generator(seed, Stream.BATCHES) for seed in seeds]

    def of_an_epoch(self) -> Iterator[tuple[float, Rows]]:
        """Yield the batches of the next epoch, each with its share in the texts."""
        if self._size == self._n_texts:
            yield 1.0, None
            return
        order = np.stack([one.permutation(self._n_texts) for one in self._generators])
        for start in range(0, self._n_texts, self._size):
            rows = order[:, start : start + self._size]
            yield rows.shape[1] / self._n_texts, rows
