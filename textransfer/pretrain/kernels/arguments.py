"""The groups of arrays and numbers that kernels take, as named tuples that the compiler understands."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Matrices(NamedTuple):
    """What a kernel trains, in place: float32 (V, S), (V, S), (V,); S is D padded to a multiple of LANES."""

    in_vectors: npt.NDArray[np.float32]
    out_vectors: npt.NDArray[np.float32]
    out_bias: npt.NDArray[np.float32]


class Draws(NamedTuple):
    """What a kernel draws samples from.

    keep : uint64 (V,), out of 2^32; noise : uint64 (V,), the alias table with the chance of a column's own
    word, out of 2^32, in the upper half and the other word in the lower, so that a draw reads one place;
    log_counts : float32 (V,), ln of the expected count of each word among K noise words; the keys : uint64,
    one a stream.
    """

    keep: npt.NDArray[np.uint64]
    noise: npt.NDArray[np.uint64]
    log_counts: npt.NDArray[np.float32]
    subsample_key: np.uint64
    window_key: np.uint64
    noise_key: np.uint64


class Options(NamedTuple):
    """How a kernel trains.

    window : furthest neighbour; n_noise : K; is_shrinking : draw the reach of each window; is_skipping :
    skip noise words equal to the context; is_nce : score with bias and expected counts; is_mean : follow
    the mean instead of the sum of a step's losses.
    """

    window: int
    n_noise: int
    is_shrinking: bool
    is_skipping: bool
    is_nce: bool
    is_mean: bool
