"""What many windows in flight do to quality, on a CPU: each batch is computed from one copy of the tables."""

import numpy as np

from textransfer.pretrain.engines.base import BlockStats
from textransfer.pretrain.engines.cpu import CpuEngine
from textransfer.pretrain.engines.damping import damping
from textransfer.pretrain.kernels.steps import train_steps
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.tables import Tables


class Simulation:
    """The minibatch kernel of the CPU engine, with the damping of the GPU engine."""

    name = "simulation"
    is_deterministic = True

    def __init__(self, plan: TrainingPlan, tables: Tables, most_changes: float | None) -> None:
        self._plan = plan
        self._engine = CpuEngine(plan, tables, n_jobs=1)
        bound = np.inf if most_changes is None else most_changes
        self._damped = []
        for damped in damping(plan, plan.sampler.batch_size, bound):
            rows = np.flatnonzero(damped < 1.0)
            self._damped.append((rows, damped[rows, None]))

    def train_block(
        self,
        tokens: np.ndarray,
        offsets: np.ndarray,
        position: int,
        rate: float,
        *,
        max_steps: int | None = None,
    ) -> BlockStats:
        """Train a batch at a time; take back a part of what it did to frequent words."""
        steps = self._plan.sampler.draw(tokens, offsets, position)
        matrices = self._engine._matrices
        loss = 0.0
        for low, high in zip(steps.offsets[:-1], steps.offsets[1:], strict=True):
            before = [matrix[rows] for matrix, (rows, _) in zip(matrices[:2], self._damped, strict=True)]
            parts = [values[low:high] for name, values in vars(steps).items() if name != "offsets"]
            ends = np.array([0, high - low])
            loss += train_steps(*parts, ends, rate, matrices, self._engine._options)
            for matrix, (rows, factor), old in zip(matrices[:2], self._damped, before, strict=True):
                matrix[rows] = old + factor * (matrix[rows] - old)
        return BlockStats(loss, steps.centers.size, steps.n_steps)

    def tables(self) -> Tables:
        """Return a copy of the tables."""
        return self._engine.tables()

    def load(self, tables: Tables) -> None:
        """Go on from other tables."""
        self._engine.load(tables)
