"""The reference engine: torch on any device, gradients by autograd; the truth the kernels are held to.

Only the rows that a step touches take part: they are gathered, differentiated and added back, so that no
gradient of the size of a whole matrix is ever made.
"""

from dataclasses import astuple

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import softplus

from textransfer.forking import spare_children_the_threads_of_torch
from textransfer.pretrain.engines.base import BlockStats
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.sampling.steps import Steps
from textransfer.pretrain.tables import Tables


class ReferenceEngine:
    """Trains a copy of the tables with torch, a minibatch of windows at a time.

    On a CPU every operation runs in a fixed order, so that a seed repeats exactly. On CUDA the additions of
    one row's several gradients come in any order: the last digits vary.
    """

    name = "torch"

    def __init__(self, plan: TrainingPlan, tables: Tables, *, device: str = "cpu") -> None:
        spare_children_the_threads_of_torch()
        self._plan = plan
        self._device = torch.device(device)
        self.is_deterministic = self._device.type == "cpu"
        self.load(tables)

    def load(self, tables: Tables) -> None:
        """Go on from other tables of the same shapes; their float type is kept."""
        self._in, self._out, self._bias = (
            torch.tensor(np.asarray(table), device=self._device) for table in astuple(tables)
        )

    def compile(self) -> None:
        """Do nothing: torch is compiled."""

    def tables(self) -> Tables:
        """Return a copy of the tables as they stand."""
        return Tables(*(table.cpu().numpy().copy() for table in (self._in, self._out, self._bias)))

    def live(self) -> list[torch.Tensor]:
        """Return the tables themselves; see `Engine.live`."""
        return [self._in, self._out, *([self._bias] if self._plan.has_bias else [])]

    def train_block(
        self,
        tokens: npt.NDArray[np.int32],
        offsets: npt.NDArray[np.int64],
        position: int,
        rate: float,
        *,
        max_steps: int | None = None,
    ) -> BlockStats:
        """Train on some documents; see `Engine.train_block`."""
        steps = self._plan.sampler.draw(tokens, offsets, position)
        if max_steps is not None:
            steps = steps.first(max_steps)
        return self.train_steps(steps, rate)

    def train_steps(self, steps: Steps, rate: float) -> BlockStats:
        """Train on explicit updates, one after the other."""
        loss = torch.zeros((), dtype=torch.float64, device=self._device)
        parts = (
            self._tensor(steps.centers).long(),
            self._tensor(steps.contexts).long(),
            self._tensor(steps.negatives).long(),
            self._tensor(steps.is_active),
            self._tensor(steps.context_log_counts),
            self._tensor(steps.noise_log_counts),
        )
        for start, stop in zip(steps.offsets[:-1].tolist(), steps.offsets[1:].tolist(), strict=True):
            loss += self._step(*(part[start:stop] for part in parts), rate=rate)
        return BlockStats(float(loss), steps.centers.size, steps.n_steps)

    def _step(
        self,
        centers: torch.Tensor,
        contexts: torch.Tensor,
        negatives: torch.Tensor,
        is_active: torch.Tensor,
        context_log_counts: torch.Tensor,
        noise_log_counts: torch.Tensor,
        *,
        rate: float,
    ) -> torch.Tensor:
        """Take one step; return its summed loss, float64."""
        u = self._in[centers].requires_grad_()
        v = self._out[contexts].requires_grad_()
        n = self._out[negatives].requires_grad_()
        rows = [u, v, n]
        x_true = (u * v).sum(-1)
        x_noise = (n * u[:, None, :]).sum(-1)
        if self._plan.has_bias:
            b_true = self._bias[contexts].requires_grad_()
            b_noise = self._bias[negatives].requires_grad_()
            rows += [b_true, b_noise]
            x_true = x_true + b_true - context_log_counts
            x_noise = x_noise + b_noise - noise_log_counts
        losses_true = softplus(-x_true)
        losses_noise = torch.where(is_active, softplus(x_noise), 0.0)
        total = losses_true.sum() + losses_noise.sum()

        changes = [-rate * gradient for gradient in torch.autograd.grad(total, rows)]
        if self._plan.reduction == "mean":
            changes = [change / centers.numel() for change in changes]
        self._in.index_add_(0, centers, changes[0])
        self._out.index_add_(0, contexts, changes[1])
        self._out.index_add_(0, negatives.reshape(-1), changes[2].flatten(0, 1))
        if self._plan.has_bias:
            self._bias.index_add_(0, contexts, changes[3])
            self._bias.index_add_(0, negatives.reshape(-1), changes[4].reshape(-1))
        return losses_true.detach().double().sum() + losses_noise.detach().double().sum()

    def _tensor(self, array: npt.NDArray[np.generic]) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self._device)
