"""The training loop in numpy: what `textransfer.sentiment.training.loop` does with torch, without it.

It trains heads over sentence vectors that stay as they are, or that move with all texts at once: what few
labels need. Loading torch would take longer than that.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from textransfer.randomness import Stream, generator
from textransfer.sentiment.head import ACTIVATIONS
from textransfer.sentiment.training.array_inputs import BETAS, ArrayInputs, rows_of
from textransfer.sentiment.training.epochs import Epoch, Rows, batches, check_fall, check_losses
from textransfer.sentiment.training.heads import Array, Heads

HEAD_EPSILON = 1e-8
"""Keeps the division of Adam finite."""

SLOPES: MappingProxyType[str, Callable[[Array], Array]] = MappingProxyType(
    {"tanh": lambda h: 1 - h * h, "relu": np.sign, "sigmoid": lambda h: h * (1 - h)}
)
"""Derivative of each activation, from its value."""


def descend(
    heads: Heads,
    inputs: ArrayInputs,
    codes: npt.NDArray[np.int64],
    *,
    weights: npt.NDArray[np.float32] | None = None,
    seeds: Sequence[int],
    epochs: int,
    learning_rate: float,
    solver: str = "adam",
    penalty: float | Sequence[float] = 0.0,
    batch_size: int = 0,
) -> Iterator[Epoch]:
    """Train all members in place; hand a record over after each pass over the texts.

    Parameters, records and errors are those of `textransfer.sentiment.training.loop.train`, with the same
    results but for rounding. The heads may be used, but not changed, before the next record is asked for.
    """
    targets = np.atleast_2d(codes)
    shares = None if weights is None else np.atleast_2d(weights)
    block = _Block(heads, solver, learning_rate, penalty)

    def update(rows: Rows) -> npt.NDArray[np.float64]:
        counted = None if shares is None else rows_of(shares, rows)
        vectors = inputs.read(rows)
        losses, gradient = gradients(
            heads, vectors, rows_of(targets, rows), counted, block.slopes, is_read_trained=inputs.is_trained
        )
        block.step()
        if gradient is not None:
            inputs.step(gradient)
        return losses

    seconds = 0.0
    draws = [generator(seed, Stream.BATCHES) for seed in seeds]
    first = np.zeros(0)
    for number in range(1, epochs + 1):
        start = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):  # a loss that is not finite says so below
            sums = [share * update(rows) for share, rows in batches(draws, inputs.n_texts, batch_size)]
        losses = np.sum(sums, axis=0)
        seconds += time.perf_counter() - start
        check_losses(losses, number, learning_rate)
        first = losses if number == 1 else first
        if number == epochs:
            check_fall(first, losses)
        yield Epoch(number, seconds, losses)


def gradients(
    heads: Heads,
    vectors: Array,
    codes: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float32] | None,
    slopes: Heads,
    *,
    is_read_trained: bool = False,
) -> tuple[npt.NDArray[np.float64], Array | None]:
    """Return each member's mean loss -ln p of the true class, (M,), and put its slopes in `slopes`.

    With it the gradient of the sum of the losses in the vectors, (M, B, D), if it is asked for. Vectors have
    the shape (M, B, D), codes and weights (M, B); 1 may stand for M.
    """
    n_members, n_texts = heads.n_members, vectors.shape[1]
    kind = heads.w2.dtype
    hidden = vectors
    if heads.hidden_size:
        hidden = _activated(heads, vectors @ heads.w1 + heads.b1)
    logits = hidden @ heads.w2 + heads.b2
    opinion = None if heads.prior is None else vectors @ heads.prior
    if opinion is not None and heads.prior_strength is not None:
        logits = logits + heads.prior_strength * opinion
    logits -= logits.max(axis=2, keepdims=True)
    p = np.exp(logits)
    sums = p.sum(axis=2, keepdims=True)
    p /= sums
    wanted = np.arange(n_members)[:, None], np.arange(n_texts), codes
    of_texts = np.log(sums[..., 0]) - logits[wanted]
    p[wanted] -= 1  # from here on p is the gradient in the logits
    p *= (np.ones((1, 1), kind) if weights is None else weights.astype(kind))[..., None] / kind.type(n_texts)
    np.matmul(hidden.swapaxes(1, 2), p, out=slopes.w2)
    np.sum(p, axis=1, keepdims=True, out=slopes.b2)
    if opinion is not None and slopes.prior_strength is not None:
        slopes.prior_strength[:, 0, 0] = (p * opinion).sum(axis=(1, 2))
    behind = p
    if heads.hidden_size:
        behind = (p @ heads.w2.swapaxes(1, 2)) * SLOPES[heads.activation](hidden)
        np.matmul(vectors.swapaxes(1, 2), behind, out=slopes.w1)
        np.sum(behind, axis=1, keepdims=True, out=slopes.b1)
    in_vectors = None
    if is_read_trained:
        in_vectors = behind @ (heads.w1 if heads.hidden_size else heads.w2).swapaxes(1, 2)
        if heads.prior is not None and heads.prior_strength is not None:
            in_vectors += heads.prior_strength * (p @ heads.prior.T)
    mean = of_texts if weights is None else of_texts * weights
    return mean.mean(axis=1, dtype=np.float64), in_vectors


def _activated(heads: Heads, sums: Array) -> Array:
    """Return f of the sums, in their own precision."""
    if heads.activation == "tanh":
        return np.tanh(sums, out=sums)
    return np.asarray(ACTIVATIONS[heads.activation](sums), sums.dtype)  # type: ignore[arg-type]


class _Block:
    """The numbers of all members in one array, (M, P), so that a step is a few operations on all of them.

    Adam or plain gradient descent, with the penalty c/2 |w|^2 of each member's own c on the weights; on the
    biases too where there is a prior: its opinion includes its threshold, which a few labels would move too
    far if biases were free.

    References
    ----------
    Kingma, Ba (2015), Adam: a method for stochastic optimization, Algorithm 1.
    """

    def __init__(self, heads: Heads, solver: str, rate: float, penalty: float | Sequence[float]) -> None:
        numbers = heads.numbers()
        held = ["w1", "w2", *(["b1", "b2"] if heads.prior is not None else [])]
        order = [*held, *(name for name in numbers if name not in held)]
        flat = [numbers[name].reshape(heads.n_members, -1) for name in order]
        self._values = np.concatenate(flat, axis=1)
        self._gradient = np.zeros_like(self._values)
        self._is_adam, self._rate, self._n_steps = solver == "adam", rate, 0
        n_held = sum(part.shape[1] for part in flat[: len(held)])
        self._held = (slice(None), slice(0, n_held))
        self._penalty = np.asarray(penalty, self._values.dtype).reshape(-1, 1)
        self._fast, self._slow, self._spare = (np.zeros_like(self._values) for _ in range(3))
        ends = np.cumsum([0, *(part.shape[1] for part in flat)])
        places = {name: slice(*ends[i : i + 2]) for i, name in enumerate(order)}
        shapes = {name: numbers[name].shape for name in order}
        slopes = {name: self._gradient[:, at].reshape(shapes[name]) for name, at in places.items()}
        self.slopes = Heads(**slopes, activation=heads.activation, prior=heads.prior)
        for name, at in places.items():
            setattr(heads, name, self._values[:, at].reshape(shapes[name]))

    def step(self) -> None:
        """Take a step against the slopes."""
        values, gradient, spare = self._values, self._gradient, self._spare
        np.multiply(values[self._held], self._penalty, out=spare[self._held])
        gradient[self._held] += spare[self._held]
        if not self._is_adam:
            values -= self._rate * gradient
            return
        self._n_steps += 1
        fast, slow = BETAS
        np.subtract(gradient, self._fast, out=spare)
        spare *= 1 - fast
        self._fast += spare
        self._slow *= slow
        np.multiply(gradient, gradient, out=spare)
        spare *= 1 - slow
        self._slow += spare
        np.sqrt(self._slow, out=spare)
        spare /= float(np.sqrt(1 - slow**self._n_steps))  # a number of numpy would make it reckon in doubles
        spare += HEAD_EPSILON
        np.divide(self._fast, spare, out=spare)
        spare *= self._rate / (1 - fast**self._n_steps)
        values -= spare
