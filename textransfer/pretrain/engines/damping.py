"""Damping: what many windows do at once to the vector of one frequent word, held within bounds.

Windows that are worked on at the same time are computed from one state of the tables, and their changes add
up. Nearly all words occur in few of them. The most frequent ones occur in hundreds: their summed change
overshoots, and training leaves the finite numbers. Such a vector takes a smaller step, so that its changes
at any one time weigh no more than a fixed number of them.
"""

import numpy as np
import numpy.typing as npt

from textransfer.pretrain.sampling.plan import TrainingPlan

MOST_CHANGES = 200.0
"""Changes that may be added to one vector at once. On IMDb (window 5, 5 noise words), in simulation: without
damping 1,024 windows at once, up to 490 changes to a vector, cost nothing, and 4,096 diverged; 4,096 diverged
at a bound of 500 too, and did not at 250. See docs/benchmarks.md."""

FloatArray = npt.NDArray[np.float32]


def damping(
    plan: TrainingPlan, n_windows: int, most_changes: float = MOST_CHANGES
) -> tuple[FloatArray, FloatArray]:
    """Return what to multiply the changes of each input and each output vector with.

    Parameters
    ----------
    n_windows : int
        Windows in flight; one alone damps nothing.

    Returns
    -------
    in_damping, out_damping : ndarray of float32, shape (V,), in (0, 1]
    """
    in_damping, out_damping = (
        (most_changes / np.maximum(n_windows * changes, most_changes)).astype(np.float32)
        if n_windows > 1
        else np.ones(changes.size, dtype=np.float32)
        for changes in changes_a_window(plan)
    )
    return in_damping, out_damping


def changes_a_window(plan: TrainingPlan) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return how many changes a window is expected to make to each input and output vector.

    Each of its m pairs changes the input vector of its centre by 1 + K output vectors, and each of those by
    it; with f the share of a word among the kept words, that makes m (1 + K) f(w) changes of the input vector
    of word w, and m (f(w) + K q(w)) of its output vector. A step that follows the mean of the pairs counts as
    one pair.
    """
    sampler = plan.sampler
    window, n_noise = sampler.windows.window, sampler.noise.n_noise
    n_pairs = window + 1 if sampler.windows.is_shrinking else 2 * window
    if plan.reduction == "mean":
        n_pairs = 1
    in_changes = n_pairs * (1 + n_noise) * plan.kept_shares
    return in_changes, n_pairs * (plan.kept_shares + n_noise * sampler.noise.probabilities)
