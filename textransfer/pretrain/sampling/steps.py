"""Windows and noise words put together: the explicit updates that every engine can be given.

The fused kernels draw the same samples on their way; this module is what they are compared with, and what
the torch engine and the minibatch kernel train on.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from textransfer.pretrain.sampling.noise import NoiseSampler
from textransfer.pretrain.sampling.windows import NEIGHBOURS, WindowSampler
from textransfer.randomness import integers


@dataclass(frozen=True)
class Steps:
    """Pairs with their noise words, cut into updates."""

    centers: npt.NDArray[np.int32]
    """Input word of each pair, shape (B,)."""
    contexts: npt.NDArray[np.int32]
    """Output word of each pair, shape (B,)."""
    negatives: npt.NDArray[np.int32]
    """Noise words of each pair, shape (B, K)."""
    is_active: npt.NDArray[np.bool_]
    """False where a noise word is skipped because it equals the context, shape (B, K)."""
    context_log_counts: npt.NDArray[np.float32]
    """ln of the expected count of the context among the noise words, shape (B,); NCE subtracts it."""
    noise_log_counts: npt.NDArray[np.float32]
    """The same for each noise word, shape (B, K)."""
    offsets: npt.NDArray[np.int64]
    """Update i takes pairs ``offsets[i]:offsets[i + 1]``, shape (S + 1,)."""

    @property
    def n_steps(self) -> int:
        """Number of updates."""
        return self.offsets.size - 1

    def first(self, n_steps: int) -> "Steps":
        """Return only the first updates."""
        if n_steps >= self.n_steps:
            return self
        n_pairs = int(self.offsets[n_steps])
        return Steps(
            self.centers[:n_pairs],
            self.contexts[:n_pairs],
            self.negatives[:n_pairs],
            self.is_active[:n_pairs],
            self.context_log_counts[:n_pairs],
            self.noise_log_counts[:n_pairs],
            self.offsets[: n_steps + 1],
        )


@dataclass(frozen=True)
class StepSampler:
    """Draws the updates for a stretch of text."""

    windows: WindowSampler
    noise: NoiseSampler
    noise_key: int
    """Key of the noise stream."""
    sharing: Literal["pair", "window", "neighbours", "batch"]
    """Who shares a set of noise words."""
    batch_size: int
    """Windows an update, or groups of neighbours if these share noise words."""
    is_skipping: bool
    """Skip noise words that equal the context."""

    @property
    def group(self) -> int:
        """Windows in a row that always belong to one update."""
        return NEIGHBOURS if self.sharing == "neighbours" else 1

    def draw(self, tokens: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64], position: int) -> Steps:
        """Draw the updates of some documents, the last one perhaps smaller; see `Engine.train_block`."""
        windows = self.windows.draw(tokens, offsets, position)
        n_windows = windows.contexts.size
        sizes = np.diff(windows.offsets)
        is_first = windows.ranks % self.group == 0
        first_windows = np.flatnonzero(is_first)[:: self.batch_size]
        if self.sharing == "batch":
            group_position = windows.positions[first_windows]
            pair_group = np.repeat(np.arange(n_windows) // self.batch_size, sizes)
        elif self.sharing in ("window", "neighbours"):
            group_position = windows.positions[is_first]
            pair_group = np.repeat(is_first.cumsum() - 1, sizes)
        else:
            places = 2 * self.windows.window
            group_position = np.repeat(windows.positions, sizes) * places + windows.slots
            pair_group = np.arange(windows.centers.size)
        words, tries = self.noise.draw(integers(self.noise_key, group_position))

        contexts = np.repeat(windows.contexts, sizes)
        negatives = words[pair_group]
        is_active = np.ones(negatives.shape, dtype=np.bool_)
        if self.is_skipping:
            is_active = negatives != contexts[:, None]
        return Steps(
            windows.centers,
            contexts,
            negatives,
            is_active,
            self.noise.log_expected_counts(tries[pair_group], contexts),
            self.noise.log_expected_counts(tries[:, None], words)[pair_group],
            np.append(windows.offsets[first_windows], windows.offsets[-1]),
        )
