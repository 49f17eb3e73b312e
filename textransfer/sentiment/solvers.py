"""Steps of gradient descent: plain, or scaled by running moments of the gradient."""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.averaging import Floats

DECAYS = (0.9, 0.999)
"""Decay rates of the two moments in Kingma & Ba (2015)."""
FLOOR = 1e-8

TableRows = npt.NDArray[np.int64] | None
"""Rows that a gradient is for; None for all."""


class GradientDescent:
    """Plain gradient descent on weights: a step of `rate` against the gradient."""

    def step(self, parameters: Floats, gradient: Floats, rate: float) -> None:
        """Take a step."""
        parameters -= rate * gradient


class TableDescent:
    """Plain gradient descent on word vectors."""

    def __init__(self, n_members: int) -> None:
        pass

    def step(self, table: Floats, gradient: Floats, rate: float, rows: TableRows) -> None:
        """Take a step in the rows that the gradient is for."""
        if rows is None:
            table -= rate * gradient
        else:
            table[rows] -= rate * gradient


class Adam:
    """Each weight's step is scaled by the moments of its own gradient.

    References
    ----------
    Kingma, Ba (2015), Adam: a method for stochastic optimization, Algorithm 1.
    """

    def __init__(self) -> None:
        self._n_steps = 0
        self._means: Floats | None = None
        self._squares: Floats | None = None

    def step(self, parameters: Floats, gradient: Floats, rate: float) -> None:
        """Take a step."""
        if self._means is None or self._squares is None:
            self._means, self._squares = np.zeros_like(parameters), np.zeros_like(parameters)
        self._n_steps += 1
        self._means += (1 - DECAYS[0]) * (gradient - self._means)
        self._squares += (1 - DECAYS[1]) * (gradient * gradient - self._squares)
        root = np.sqrt(self._squares / (1 - DECAYS[1] ** self._n_steps)) + FLOOR
        parameters -= (rate / (1 - DECAYS[0] ** self._n_steps)) * self._means / root


class TableAdam:
    """Adam with one second moment for all word vectors of a member.

    With a second moment for each number, a word that occurs once is moved as far as one that occurs in
    every text, and the rare words of the labelled texts are learned by heart. Without pretraining that cost
    four points of accuracy at 512 labels. Here a word moves in proportion to its gradient, and `rate` is
    about the root mean square change of a number in a step. The first moment of a word moves only in
    batches that hold it.
    """

    def __init__(self, n_members: int) -> None:
        self._n_steps = 0
        self._means: Floats | None = None
        self._squares = np.zeros(n_members)

    def step(self, table: Floats, gradient: Floats, rate: float, rows: TableRows) -> None:
        """Take a step in the rows that the gradient is for."""
        if self._means is None:
            self._means = np.zeros_like(table)
        self._n_steps += 1
        where = np.arange(len(table)) if rows is None else rows
        n_words = len(table) // len(self._squares)
        member = where // n_words
        sums = np.bincount(
            member, np.einsum("rd,rd->r", gradient, gradient, dtype=np.float64), minlength=len(self._squares)
        )
        self._squares += (1 - DECAYS[1]) * (sums / (n_words * table.shape[1]) - self._squares)
        root = np.sqrt(self._squares / (1 - DECAYS[1] ** self._n_steps)) + FLOOR**2
        means = self._means[where]
        means += (1 - DECAYS[0]) * (gradient - means)
        self._means[where] = means
        factors = rate / (1 - DECAYS[0] ** self._n_steps) / root
        table[where] -= factors[member, None].astype(table.dtype) * means


SOLVERS: MappingProxyType[str, tuple[type[Adam | GradientDescent], type[TableAdam | TableDescent]]] = (
    MappingProxyType({"adam": (Adam, TableAdam), "sgd": (GradientDescent, TableDescent)})
)
"""Name -> what changes the weights of the network, and what changes word vectors."""
