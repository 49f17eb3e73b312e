"""What heads read for each text while they are trained in numpy: vectors that stay, or that move with all.

The same as `FixedVectors` and `DualTables` in torch, gradients written out.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.sentences.averaging import SMALLEST_SQUARE, Finish
from textransfer.sentiment.training.dual_table import DualTable, starts_and_grams
from textransfer.sentiment.training.epochs import Rows
from textransfer.sentiment.training.heads import Array

BETAS = (0.9, 0.999)
"""Decay rates of the two moments of Adam."""
EPSILON = 1e-16
"""Keeps the division finite."""


class ArrayInputs(Protocol):
    """The texts that members train on."""

    @property
    def n_texts(self) -> int:
        """Texts of each member (n)."""

    @property
    def is_trained(self) -> bool:
        """Whether word vectors are trained along."""

    def read(self, rows: Rows) -> Array:
        """Return the vectors of a batch, shape (M, B, D), or (1, B, D) if all members read the same."""

    def step(self, gradient: Array) -> None:
        """Move word vectors against the gradient in what was read last."""


class FixedArrays:
    """Sentence vectors that stay as they are: for each member its own, (M, n, D), or (1, n, D) for all."""

    is_trained = False

    def __init__(self, vectors: Array) -> None:
        self.vectors = vectors
        self.n_texts = int(vectors.shape[1])

    def read(self, rows: Rows) -> Array:
        """Return the vectors of a batch, shape (M, B, D) or (1, B, D)."""
        return np.asarray(rows_of(self.vectors, rows))

    def step(self, gradient: Array) -> None:
        """Do nothing."""


class DualArrays:
    """What M members read for their texts, with word vectors that full batches train.

    Their tables have as many texts and dimensions each; the words may differ. The coefficients are A,
    (M, n, D), and `rate` is the step size of the tables, whose members have one second moment each, as in
    `TableAdam`.
    """

    is_trained = True

    def __init__(self, tables: Sequence[DualTable], rate: float) -> None:
        self._tables, self._rate = tables, rate
        self._starts, self._grams = starts_and_grams(tables, tables)
        self._has_words = np.stack([table.has_words for table in tables])
        self._finish = stacked_finish([table.finish for table in tables])
        self._sizes = np.array([max(table.start.size, table.start.shape[1]) for table in tables], np.float64)
        self._coefficients, self._means = np.zeros_like(self._starts), np.zeros_like(self._starts)
        self._squares, self._n_steps = np.zeros(len(tables)), 0
        self.n_texts = self._starts.shape[1]
        self._read: Array = self._starts

    def read(self, rows: Rows) -> Array:
        """Return the vectors of all texts, shape (M, n, D)."""
        if rows is not None:
            raise ValueError("word vectors in the space of their texts are trained by full batches only")
        self._read = self._starts + self._grams @ self._coefficients
        return np.asarray(self._finish(self._read, self._has_words))

    def step(self, gradient: Array) -> None:
        """Move A, along the gradient in the means, as `TableAdam` would move the tables."""
        gradient = finish_gradient(self._finish, self._read, self._has_words, gradient)
        fast, slow = BETAS
        self._n_steps += 1
        sums = np.einsum("mnd,mnd->m", gradient, self._grams @ gradient, dtype=np.float64)
        self._squares += (1 - slow) * (np.maximum(sums, 0) / self._sizes - self._squares)
        roots = np.sqrt(self._squares / (1 - slow**self._n_steps)) + EPSILON
        factors = (self._rate / (1 - fast**self._n_steps) / roots).astype(gradient.dtype)
        self._means += (gradient - self._means) * gradient.dtype.type(1 - fast)
        self._coefficients -= factors[:, None, None] * self._means

    def after_training(
        self, out: Sequence[npt.NDArray[np.float32] | None] | None = None
    ) -> list[npt.NDArray[np.float32]]:
        """Return the word vectors of each member as they are now, (V, D) each; in `out` where it has one."""
        places = [None] * len(self._tables) if out is None else out
        return [
            table.after(rows, place)
            for table, rows, place in zip(self._tables, self._coefficients, places, strict=True)
        ]


def rows_of(array: Any, rows: Rows) -> Any:  # noqa: ANN401 - any kind of numbers
    """Take each member's texts out of an array of shape (M, n, ...), or (1, n, ...) shared by all."""
    if rows is None:
        return array
    return array[0][rows] if len(array) == 1 else array[np.arange(len(array))[:, None], rows]


def stacked_finish(finishes: Sequence[Finish]) -> Finish:
    """Put the finishing of all members side by side; all centre, or none does."""
    first = finishes[0]
    scale: Any = np.array([finish.scale for finish in finishes], np.float32)[:, None, None]
    if first.center is None:
        return replace(first, scale=scale)
    center = np.stack([np.asarray(finish.center) for finish in finishes])[:, None]
    return replace(first, center=center, scale=scale)


def finish_gradient(finish: Finish, means: Array, has_words: npt.NDArray[np.bool_], gradient: Array) -> Array:
    """Return the gradient in means, (M, n, D), from that in what `Finish` makes of them.

    With x = s d / |d| of d, the mean without the centre, it is s / |d| (g - d (d g) / |d|^2).
    """
    factor = (has_words[..., None] * finish.scale).astype(means.dtype)
    if not finish.is_unit_length:
        return np.asarray(gradient * factor)
    apart = means if finish.center is None else means - finish.center
    squares = np.einsum("mnd,mnd->mn", apart, apart)[..., None]
    squares = squares + (squares <= SMALLEST_SQUARE)
    along = np.einsum("mnd,mnd->mn", apart, gradient)[..., None]
    return np.asarray((gradient - apart * (along / squares)) * (factor * squares**-0.5))
