"""The training loop: epochs of gradient descent over batches, a record after each."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy

from textransfer.errors import NumericalError
from textransfer.randomness import Stream, generator
from textransfer.sentiment.training.inputs import Inputs, Rows, take_texts
from textransfer.sentiment.training.network import OneHiddenLayer
from textransfer.sentiment.training.solvers import HeadSolver, Solver

LEAST_UNEVENNESS = 0.7
"""Of the penalty where one class is small, beside that of even classes."""
FEW_TEXTS = 32
"""Up to so many, the smallest class counts whole; with n texts, to the power 32 / n."""


@dataclass(frozen=True)
class Epoch:
    """The state of training after a pass over the labelled texts."""

    number: int
    """Passes done, from 1."""
    seconds: float
    """Spent in training so far; what a reader of the records does in between is not counted."""
    losses: npt.NDArray[np.float64]
    """Each member's mean loss over the pass, without the penalty, shape (M,)."""


def penalty_rate(
    l2: float,
    n_texts: int,
    n_classes: int,
    *,
    smallest_share: float | None = None,
    has_hidden_layer: bool = True,
) -> float:
    """Return the weight c of the penalty c/2 |W|^2 that is added to the mean loss.

    A penalty on two layers in a row drives their product to zero below a threshold. Labels that mean nothing
    give a gradient near 1 / (C sqrt(n)) at zero; in proportion to that, the threshold stays at the level of
    the noise for any number of texts and classes. With two classes the rate is l2 / sqrt(n). The gradient of
    a class that has the share p of the texts is in proportion to sqrt(p (1 - p)). Where classes are uneven
    and texts few, the threshold follows that of the smallest, since others would leave nothing of it, but
    not below 0.7 times that of even classes: large ones have more noise.

    One layer has no such threshold. Its penalty is a normal prior on the weights, which n texts outweigh in
    proportion to n, and whose deviation grows with ln C: the scores of one class must rise so much above
    those of all the others.
    """
    if not has_hidden_layer:
        return float(2 * l2 / (np.log(n_classes) ** 2 * n_texts))
    even = 1 / n_classes
    smallest = even if smallest_share is None else min(smallest_share, even)
    unevenness = max(float(np.sqrt(smallest * (1 - smallest) / (even * (1 - even)))), LEAST_UNEVENNESS)
    unevenness **= min(1.0, FEW_TEXTS / n_texts)
    return float(2 * l2 / (n_classes * np.sqrt(n_texts)) * unevenness)


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
        If a loss is no longer finite.
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
    for number in range(1, epochs + 1):
        start = time.perf_counter()
        with _one_thread():
            sums = sum(share * update(rows) for share, rows in _batches(draws, inputs.n_texts, batch_size))
        seconds += time.perf_counter() - start
        losses = np.asarray(sums, dtype=np.float64)
        if not np.isfinite(losses).all():
            raise NumericalError(
                f"the loss is no longer finite in epoch {number} with learning_rate {learning_rate:g}; "
                "expected it to fall: give a smaller learning_rate"
            )
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


def _batches(
    draws: Sequence[np.random.Generator], n_texts: int, batch_size: int
) -> Iterator[tuple[float, Rows]]:
    """Yield the batches of an epoch with their shares in it: all texts, or pieces of each member's order."""
    if not 0 < batch_size < n_texts:
        yield 1.0, None
        return
    order = np.stack([own.permutation(n_texts) for own in draws])
    for start in range(0, n_texts, batch_size):
        rows = order[:, start : start + batch_size]
        yield rows.shape[1] / n_texts, rows
