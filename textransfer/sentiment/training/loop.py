"""The training loop in torch: epochs of gradient descent over batches, a record after each.

It trains all that there is to train; `textransfer.sentiment.training.descent` does the same in numpy where
word vectors stay as they are, or move with all texts at once.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy

from textransfer.randomness import Stream, generator
from textransfer.sentiment.training.epochs import Epoch, Rows, batches, check_fall, check_losses
from textransfer.sentiment.training.inputs import Inputs, take_texts
from textransfer.sentiment.training.network import OneHiddenLayer
from textransfer.sentiment.training.solvers import HeadSolver, Solver


def text_losses(
    network: OneHiddenLayer, vectors: torch.Tensor, codes: torch.Tensor, weights: torch.Tensor | None = None
) -> torch.Tensor:
    """Return each member's mean loss -ln p of the true class, shape (M,).

    Vectors have the shape (M, B, D), codes of the true classes and weights of the texts (M, B); 1 may stand
    for M. Weights are 1 on average over all texts.
    """
    logits = network(vectors)
    wanted = codes.expand(len(logits), -1)
    losses = cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="none")
    of_texts = losses.view(wanted.shape)
    return (of_texts if weights is None else of_texts * weights).mean(dim=1)


def train(
    network: OneHiddenLayer,
    inputs: Inputs,
    codes: npt.NDArray[np.int64],
    *,
    weights: npt.NDArray[np.float32] | None = None,
    seeds: Sequence[int],
    epochs: int,
    learning_rate: float,
    vector_learning_rate: float = 0.0,
    solver: str = "adam",
    penalty: float | Sequence[float] = 0.0,
    batch_size: int = 0,
) -> Iterator[Epoch]:
    """Train all members of a network in place; hand a record over after each pass over the texts.

    The network can be used, but not changed, before the next record is asked for.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,), or (M, n) if the texts of the members differ
        The class of each text.
    weights : ndarray of float32, shape of `codes`, optional
        How much each text counts, 1 on average.
    seeds : sequence of int, length M
        Each member's order of the texts depends on its own seed alone.
    learning_rate, vector_learning_rate : float
        Steps of the network's weights, and of the word vectors if `inputs` trains any.
    penalty : float, or sequence of float, length M
        c in c/2 |W|^2, added to the mean loss, of all members or of each; on the weights of both layers, not
        on word vectors, and on biases only where there is a prior.
    batch_size : int, default=0
        Texts an update; 0 takes all at once, and then nothing is random.

    Raises
    ------
    NumericalError
        If a loss is no longer finite, or has risen instead of falling.
    """
    targets = torch.tensor(np.atleast_2d(codes))
    shares = None if weights is None else torch.tensor(np.atleast_2d(weights))
    solvers = _solvers(network, inputs, solver, learning_rate, vector_learning_rate, penalty)

    def update(rows: Rows) -> torch.Tensor:
        counted = None if shares is None else take_texts(shares, rows)
        losses = text_losses(network, inputs.read(rows), take_texts(targets, rows), counted)
        for part in solvers:
            part.zero_grad()
        losses.sum().backward()  # type: ignore[no-untyped-call]  # torch has no type for it
        for part in solvers:
            part.step()
        return losses.detach().double()

    seconds = 0.0
    draws = [generator(seed, Stream.BATCHES) for seed in seeds]
    first = np.zeros(0)
    for number in range(1, epochs + 1):
        start = time.perf_counter()
        with _one_thread():
            sums = sum(share * update(rows) for share, rows in batches(draws, inputs.n_texts, batch_size))
        seconds += time.perf_counter() - start
        losses = np.asarray(sums, dtype=np.float64)
        check_losses(losses, number, learning_rate)
        first = losses if number == 1 else first
        if number == epochs:
            check_fall(first, losses)
        yield Epoch(number, seconds, losses)


def _solvers(
    network: OneHiddenLayer,
    inputs: Inputs,
    solver: str,
    rate: float,
    vector_rate: float,
    penalty: float | Sequence[float],
) -> list[Solver]:
    """Return one solver for the head and, if word vectors are trained, one for them."""
    distinct = set(np.atleast_1d(penalty).tolist())
    strength: torch.Tensor | float = torch.tensor(penalty, dtype=network.w2.dtype).reshape(-1, 1, 1)
    if len(distinct) == 1:
        strength = distinct.pop()
    # A prior's opinion includes its threshold, which a few labels would move too far if biases were free.
    bias_strength = 0.0 if network.prior is None else strength
    penalties: list[tuple[torch.nn.Parameter, torch.Tensor | float]] = [
        (network.w1, strength),
        (network.w2, strength),
        (network.b1, bias_strength),
        (network.b2, bias_strength),
    ]
    if network.prior is not None:
        penalties.append((network.prior_strength, 0.0))
    head = HeadSolver(penalties, solver, rate)
    table = inputs.solver_of(solver, vector_rate)
    return [head] if table is None else [head, table]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch work on one thread: steps this small only wait for a second one if the machine is busy."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
