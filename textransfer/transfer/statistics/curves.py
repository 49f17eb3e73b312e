"""Accuracy of an arm while it trains."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from textransfer.transfer.statistics.intervals import LEVEL, Floats


@dataclass(frozen=True, eq=False)
class TrainingCurve:
    """Accuracy on the test texts while the network of an arm trains, alone."""

    epochs: npt.NDArray[np.int64]
    """Epochs done at each point, ascending, shape (points,)."""
    seconds: Floats
    """Training time at each point, pretraining not counted; a mean over the draws, shape (points,)."""
    accuracy: Floats
    """Share of the test texts that are right, shape (draws, points)."""
    with_members: Floats | None = None
    """The same share once words, pairs and a student have joined, (draws,); None where none did."""

    @property
    def mean(self) -> Floats:
        """Accuracy averaged over the draws, shape (points,)."""
        return np.asarray(self.accuracy.mean(axis=0))

    def band(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Return the interval of the mean over draws at each point; the line itself for a single draw."""
        n_draws = len(self.accuracy)
        if n_draws < 2:
            return self.mean, self.mean
        quantile = float(special.stdtrit(n_draws - 1, (1 + level) / 2))
        reach = quantile * self.accuracy.std(axis=0, ddof=1) / sqrt(n_draws)
        return np.maximum(self.mean - reach, 0.0), np.minimum(self.mean + reach, 1.0)

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        low, high = self.band()
        return {
            "epochs": self.epochs.tolist(),
            "seconds": self.seconds.tolist(),
            "accuracy": self.mean.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "with_members": None if self.with_members is None else float(self.with_members.mean()),
        }
