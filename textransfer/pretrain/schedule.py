"""Learning rate by how much of the training is done."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class LearningRate:
    """The step size as a function of progress."""

    start: float
    """Step size at the first token."""
    end: float
    """Step size after the last token."""
    shape: Literal["linear", "constant"]
    """Whether it goes from one to the other ("linear") or stays at `start` ("constant")."""

    def at(self, progress: float) -> float:
        """Return the step size when a share `progress`, 0..1, of the training is done."""
        if self.shape == "constant":
            return self.start
        return self.start + (self.end - self.start) * min(max(progress, 0.0), 1.0)


def continued_rate(start: float, end: float, n_old: int, n_new: int) -> float:
    """Return where a linear schedule stands when a share n_old / (n_old + n_new) of the training is done.

    That is ``end + (start - end) * n_new / (n_old + n_new)``: as if both texts had been one, and the old one
    had been read first. Little new text then moves the old vectors little. Tokens count over all epochs.
    """
    return end + (start - end) * n_new / max(n_old + n_new, 1)
