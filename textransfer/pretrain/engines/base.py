"""The contract of an engine: what the trainer may ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from textransfer.pretrain.tables import Tables

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class BlockStats:
    """What happened in a block."""

    loss: float
    """Summed over all pairs, in float64."""
    n_pairs: int
    """Pairs of centre and context."""
    n_steps: int
    """Updates."""


class Engine(Protocol):
    """Trains tables on encoded text; knows neither files nor words."""

    name: str
    is_deterministic: bool

    def train_block(
        self,
        tokens: npt.NDArray[np.int32],
        offsets: npt.NDArray[np.int64],
        position: int,
        rate: float,
        *,
        max_steps: int | None = None,
    ) -> BlockStats:
        """Train on some documents.

        Parameters
        ----------
        tokens : ndarray of int32, shape (N,)
            Word ids.
        offsets : ndarray of int64, shape (n_documents + 1,)
            Document i is ``tokens[offsets[i]:offsets[i + 1]]``; ``offsets[0]`` is 0.
        position : int
            Position of ``tokens[0]`` in the training run; all random draws are keyed by it.
        rate : float
            Learning rate, the same for the whole block.
        max_steps : int, optional
            Stop after so many updates.
        """
        ...

    def compile(self) -> None:
        """Compile what training runs, or load it, so that this is no part of its time."""
        ...

    def tables(self) -> Tables:
        """Return a copy of the tables as they stand."""
        ...

    def live(self) -> "Sequence[torch.Tensor]":
        """Return the tables themselves, as tensors on the engine's device: who writes there changes them.

        In the order of `Tables`; only the bias is left out where nothing trains it. `load` may end the tie.
        """
        ...

    def load(self, tables: Tables) -> None:
        """Go on from other tables of the same shapes."""
        ...
