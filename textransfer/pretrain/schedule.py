"""Learning rate by how much of the training is done."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class LearningRate:
    """The step size as a function of progress.

    Parameters
    ----------
    start, end : float
        Step size at the first and after the last token.
    shape : {"linear", "constant"}
        "linear" goes from one to the other; "constant" stays at `start`.
    """

    start: float
    end: float
    shape: Literal["linear", "constant"]

    def at(self, progress: float) -> float:
        """Return the step size when a share `progress`, 0..1, of the training is done."""
        if self.shape == "constant":
            return self.start
        return self.start + (self.end - self.start) * min(max(progress, 0.0), 1.0)
