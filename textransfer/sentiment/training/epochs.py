"""What training in numpy and in torch have in common: batches of an epoch, and its record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.errors import NumericalError

Rows = npt.NDArray[np.int64] | None
"""Texts of a batch for each member, shape (M, B); None for all texts."""
LARGEST_RISE = 1.0
"""Of a mean loss between the first epoch and the last; training that works makes it fall."""


@dataclass(frozen=True)
class Epoch:
    """The state of training after a pass over the labelled texts."""

    number: int
    """Passes done, from 1."""
    seconds: float
    """Spent in training so far; what a reader of the records does in between is not counted."""
    losses: npt.NDArray[np.float64]
    """Each member's mean loss over the pass, without the penalty, shape (M,)."""


def batches(
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


def check_losses(losses: npt.NDArray[np.float64], number: int, learning_rate: float) -> None:
    """Raise NumericalError if a loss of the epoch of this number is not finite."""
    if not np.isfinite(losses).all():
        raise NumericalError(
            f"the loss is no longer finite in epoch {number} with learning_rate {learning_rate:g}; "
            "expected it to fall: give a smaller learning_rate"
        )


def check_fall(first: npt.NDArray[np.float64], last: npt.NDArray[np.float64]) -> None:
    """Raise NumericalError if a loss of the last epoch is far above that of the first: steps overshoot."""
    worst = int((last - first).argmax())
    if last[worst] - first[worst] > LARGEST_RISE:
        raise NumericalError(
            f"the loss rose from {first[worst]:.3g} in the first epoch to {last[worst]:.3g} in the last; "
            "expected it to fall: give a smaller learning_rate"
        )
