"""How many rows of the tables updates touch: what a training run moves, and what it multiplies."""

import numpy as np

from textransfer.pretrain.sampling.steps import StepSampler


def rows_of_updates(sampler: StepSampler, tokens: np.ndarray, offsets: np.ndarray) -> tuple[int, int]:
    """Return the rows of input and of output vectors that the updates of some documents read and change.

    Each is counted once an update: a centre in several windows of one update is one row.
    """
    windows = sampler.windows.draw(tokens, offsets, 0)
    n_windows = windows.positions.size
    update = (windows.ranks % sampler.group == 0).cumsum() - 1
    owner = np.repeat(np.arange(n_windows), np.diff(windows.offsets))
    reach = sampler.windows.window
    center = owner + windows.slots - reach + (windows.slots >= reach)
    n_updates = int(update[-1]) + 1 if n_windows else 0
    n_in = np.unique(np.stack([update[owner], center]), axis=1).shape[1]
    return n_in, n_windows + n_updates * sampler.noise.n_noise
