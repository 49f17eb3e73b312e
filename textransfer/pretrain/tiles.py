"""Tiles: stretches of kept words that take one step together and share one large set of noise words.

A second way to sample, made for matrix units; this room is its specification. The pairs are those of
`WindowSampler`. Only the noise differs: instead of K words for each window, the N words of the tile stand
against each pair, with weight K/N, so that what noise contributes is the same in expectation and each output
vector that was fetched serves the whole tile.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.errors import ConfigError
from textransfer.pretrain.noise import NoiseSampler
from textransfer.pretrain.plan import Plan
from textransfer.pretrain.steps import Steps
from textransfer.randomness import integers

_HALF = np.uint64(32)


@dataclass(frozen=True)
class Tiling:
    """How text is cut into tiles.

    Parameters
    ----------
    size : int
        Kept words a tile (T), counted from the start of a block.
    n_noise : int
        Noise words a tile (N).
    """

    size: int
    n_noise: int

    def noise_weight(self, plan: Plan) -> float:
        """Return K/N, the weight of a noise word in the loss of a pair."""
        return plan.sampler.noise.n_noise / self.n_noise

    def draw(
        self, plan: Plan, tokens: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64], position: int
    ) -> Steps:
        """Draw the steps of some documents, one a tile that has pairs; parameters as in `StepSampler.draw`.

        Raises
        ------
        ConfigError
            If the plan follows the mean of a window's losses, which a tile does not know.
        """
        if plan.reduction != "sum" or not plan.is_window_wise:
            raise ConfigError("tiles follow the sum of the losses of windows that are steps of their own")
        sampler = plan.sampler
        positions = position + np.arange(tokens.size, dtype=np.int64)
        bits = integers(sampler.windows.subsample_key, positions)
        is_kept = (bits >> _HALF) < sampler.windows.keep[tokens]
        windows = sampler.windows.draw(tokens, offsets, position)
        tile_of_window = (np.cumsum(is_kept) - 1)[windows.positions - position] // self.size
        tiles, first_windows = np.unique(tile_of_window, return_index=True)

        noise = NoiseSampler(sampler.noise.probabilities, self.n_noise)
        keys = integers(sampler.noise_key, positions[is_kept][tiles * self.size])
        words, _ = noise.draw(keys)
        sizes = np.diff(windows.offsets)
        contexts = np.repeat(windows.contexts, sizes)
        tile_of_pair = np.repeat(np.searchsorted(tiles, tile_of_window), sizes)
        negatives = words[tile_of_pair]
        is_active = negatives != contexts[:, None]
        if not sampler.is_skipping:
            is_active[:] = True
        expected = sampler.noise.n_noise
        return Steps(
            windows.centers,
            contexts,
            negatives,
            is_active,
            sampler.noise.log_expected_counts(expected, contexts),
            sampler.noise.log_expected_counts(expected, negatives),
            np.append(windows.offsets[first_windows], windows.offsets[-1]),
        )
