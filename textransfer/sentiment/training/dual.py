"""Word vectors that full batches train, in torch; see `textransfer.sentiment.training.dual_table`."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch

from textransfer.sentiment.sentences.averaging import Finish
from textransfer.sentiment.training.dual_table import DualTable, starts_and_grams
from textransfer.sentiment.training.epochs import Rows
from textransfer.sentiment.training.inputs import take_texts
from textransfer.sentiment.training.solvers import DualTableAdam, Solver


class DualTables:
    """What M members read for their texts, with word vectors that full batches train.

    Their tables have as many texts and dimensions each; the words may differ. Texts to be read with the same
    word vectors may be others than those that train, and A, (M, n, D), may be shared with other inputs.
    """

    def __init__(
        self,
        tables: Sequence[DualTable],
        read: Sequence[DualTable] | None = None,
        coefficients: torch.nn.Parameter | None = None,
    ) -> None:
        self._tables = tables
        self._is_trained = read is None
        read = tables if read is None else read
        self._starts, self._grams = map(torch.tensor, starts_and_grams(tables, read))
        self._coefficients = (
            torch.nn.Parameter(torch.zeros_like(self._starts)) if coefficients is None else coefficients
        )
        self._has_words = torch.tensor(np.stack([member.has_words for member in read]))
        self._finish = _stacked([member.finish for member in read])
        self.n_texts = self._starts.shape[1]

    @property
    def trained(self) -> list[torch.Tensor]:
        """The coefficients A."""
        return [self._coefficients]

    def solver_of(self, solver: str, rate: float) -> Solver:
        """Return what moves A as `TableAdam` would move the tables; "adam" is the only solver."""
        if solver != "adam":
            raise ValueError(f"no rule for the solver {solver!r} in the space of the texts")
        n_words = [len(table.start) for table in self._tables]
        return DualTableAdam(self._coefficients, self._grams, n_words, rate)

    def read(self, rows: Rows) -> torch.Tensor:
        """Return the vectors of all texts, shape (M, n, D)."""
        if rows is not None:
            raise ValueError("word vectors in the space of their texts are trained by full batches only")
        constant = self._coefficients.detach()
        means = torch.baddbmm(self._starts, self._grams, constant)
        if self._is_trained:  # the gradient that is wanted for A is the one in the means, whatever K is
            means = means + (self._coefficients - constant)
        return self._finish(means, take_texts(self._has_words, rows))

    def of_other_texts(self, read: Sequence[DualTable]) -> "DualTables":
        """Return inputs for other texts of each member, over the same word vectors."""
        return DualTables(self._tables, read, self._coefficients)

    def after_training(self) -> list[npt.NDArray[np.float32]]:
        """Return the word vectors of each member as they are now, shape (V, D) each."""
        now = self._coefficients.detach().numpy()
        return [table.after(rows) for table, rows in zip(self._tables, now, strict=True)]


def _stacked(finishes: Sequence[Finish]) -> Finish:
    """Put the finishing of all members side by side; all centre, or none does."""
    first = finishes[0]
    scale = torch.tensor([finish.scale for finish in finishes], dtype=torch.float32)[:, None, None]
    if first.center is None:
        return replace(first, scale=scale)
    center = torch.stack([torch.as_tensor(finish.center) for finish in finishes])[:, None]
    return replace(first, center=center, scale=scale)
