"""What a network reads for each text: a fixed vector, or the mean of word vectors that are trained along."""

from dataclasses import replace
from typing import Protocol

import numpy as np
import torch
from torch.nn.functional import embedding_bag

from textransfer.sentiment.sentences.averaging import Finish, Floats
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.training.epochs import Rows
from textransfer.sentiment.training.solvers import HeadSolver, Solver, TableAdam

MAX_DENSE_SHARES = 10_000
"""Texts times words up to which a full matrix of shares is quicker than a sparse one."""


class Inputs(Protocol):
    """The texts that members train on."""

    @property
    def n_texts(self) -> int:
        """Texts of each member (n)."""

    @property
    def trained(self) -> list[torch.Tensor]:
        """What is trained along with the network: nothing, or something that stands for word vectors."""

    def solver_of(self, solver: str, rate: float) -> Solver | None:
        """Return what trains it with steps of a size; None if nothing is trained."""

    def read(self, rows: Rows) -> torch.Tensor:
        """Return the vectors of a batch, shape (M, B, D), or (1, B, D) if all members read the same."""


class FixedVectors:
    """Sentence vectors that stay as they are: for each member its own, (M, n, D), or (1, n, D) for all."""

    def __init__(self, vectors: Floats) -> None:
        self.vectors = torch.tensor(vectors)
        self.trained: list[torch.Tensor] = []
        self.n_texts = int(vectors.shape[1])

    def solver_of(self, solver: str, rate: float) -> Solver | None:
        """Return None: nothing is trained."""
        return None

    def read(self, rows: Rows) -> torch.Tensor:
        """Return the vectors of a batch, shape (M, B, D) or (1, B, D)."""
        return take_texts(self.vectors, rows)


class WordTables:
    """Means of word vectors, with a table of trained word vectors for each member.

    All members have the same texts, with ids below V. The table, (M V, D), has the word vectors of one of the
    `n_members` (M) below the other; several inputs may share it. A sparse gradient has only the rows that a
    batch holds, which pays for small batches of many words.
    """

    def __init__(
        self,
        bags: Bags,
        table: torch.nn.Parameter,
        n_members: int,
        finish: Finish,
        *,
        is_gradient_sparse: bool = False,
    ) -> None:
        self.trained: list[torch.Tensor] = [table]
        self.n_texts = len(bags)
        self._vectors, self._bags, self._n_members = table, bags, n_members
        self._n_words = len(table) // n_members
        center = None if finish.center is None else torch.as_tensor(finish.center).to(table.dtype)
        self._finish = replace(finish, center=center)
        self._has_words = torch.tensor(np.broadcast_to(bags.has_words, (n_members, len(bags))))
        self._is_gradient_sparse = is_gradient_sparse
        self._shares: torch.Tensor | None = None
        if len(bags) * self._n_words <= MAX_DENSE_SHARES and not is_gradient_sparse:
            shares = bags.matrix(self._n_words).toarray()
            self._shares = torch.tensor(shares, dtype=table.dtype)[None]

    def solver_of(self, solver: str, rate: float) -> Solver:
        """Return what trains the table with steps of a size."""
        if solver == "adam":
            return TableAdam(self._vectors, self._n_members, lr=rate)
        return HeadSolver([(self._vectors, 0.0)], solver, rate)

    def read(self, rows: Rows) -> torch.Tensor:
        """Return the vectors of a batch, shape (M, B, D)."""
        means = self._bag_means(rows) if self._shares is None else self._dense_means(self._shares, rows)
        return self._finish(means, take_texts(self._has_words, rows))

    def _dense_means(self, shares: torch.Tensor, rows: Rows) -> torch.Tensor:
        tables = self._vectors.view(self._n_members, self._n_words, -1)
        return take_texts(shares, rows).expand(self._n_members, -1, -1) @ tables

    def _bag_means(self, rows: Rows) -> torch.Tensor:
        if rows is None:
            rows = np.broadcast_to(np.arange(self.n_texts), (self._n_members, self.n_texts))
        bags = self._bags.take(rows.ravel())
        member = np.repeat(np.arange(self._n_members), rows.shape[1])
        ids = bags.ids + self._n_words * np.repeat(member, np.diff(bags.offsets))
        means = embedding_bag(
            torch.tensor(ids),
            self._vectors,
            torch.tensor(bags.offsets),
            mode="sum",
            per_sample_weights=torch.tensor(bags.weights).to(self._vectors.dtype),
            include_last_offset=True,
            sparse=self._is_gradient_sparse,
        )
        return means.view(self._n_members, rows.shape[1], -1)


def stacked_table(tables: Floats) -> torch.nn.Parameter:
    """Turn the word vectors of M members, shape (M, V, D), into one table to be trained, shape (M V, D)."""
    return torch.nn.Parameter(torch.tensor(tables.reshape(-1, tables.shape[-1])))


def take_texts(array: torch.Tensor, rows: Rows) -> torch.Tensor:
    """Take each member's texts out of an array of shape (M, n, ...), or (1, n, ...) shared by all."""
    if rows is None:
        return array
    if len(array) == 1:
        return array[0][torch.as_tensor(rows)]
    return array[torch.arange(len(array))[:, None], torch.as_tensor(rows)]
