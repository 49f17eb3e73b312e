"""Integers from (seed, stream, position): the same on every device, nothing to save for resume.

A draw is a hash of where it is used. No generator is carried along, so that any engine, in any order and
on any number of threads, draws the same samples for the same corpus position. The hash is the output
function of SplitMix64 over a Weyl sequence.

References
----------
Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, Figure 17.
"""

from enum import Enum, IntEnum
from numbers import Integral

import numpy as np
import numpy.typing as npt

from textransfer.errors import ConfigError

WEYL = 0x9E3779B97F4A7C15
"""Odd increment between neighbouring positions: 2^64 divided by the golden ratio."""
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB
_MASK = 2**64 - 1


class Stream(IntEnum):
    """What a draw is for. Two streams of one seed are unrelated; numbers must never be reused."""

    SUBSAMPLE = 1
    WINDOW = 2
    NOISE = 3
    IN_VECTORS = 4
    OUT_VECTORS = 5
    SPLITS = 6
    NETWORK = 7
    BATCHES = 8
    RANDOM_VECTORS = 9
    BOOTSTRAP = 10
    DOCUMENTS = 11
    UPDATE = 12


class Purpose(Enum):
    """What a generator of the host is for: its stream, and the first numbers of its path.

    Each use has its own, so that the draws of one seed for two purposes are unrelated. Numbers must never
    be reused.
    """

    FEW_SHOT_DRAWS = Stream.SPLITS, 0
    FOLDS = Stream.SPLITS, 1
    WATCHED_TEXTS = Stream.SPLITS, 2
    CURVE_RESAMPLES = Stream.SPLITS, 3
    SUGGESTED_TEXTS = Stream.SPLITS, 4
    FORECAST_RESAMPLES = Stream.SPLITS, 5
    VARIANTS = Stream.SPLITS, 6, 1
    CORPUS_SAMPLES = Stream.SPLITS, 7, 0
    SHUFFLED_LABELS = Stream.SPLITS, 7, 1
    UNLABELLED_TEXTS = Stream.SPLITS, 7, 2
    HALVES = Stream.SPLITS, 8
    CALIBRATION_FOLDS = Stream.SPLITS, 9
    POLES = Stream.SPLITS, 11
    HASHING = Stream.SPLITS, 12


def mix(value: int) -> int:
    """Scramble one 64-bit integer (plain Python twin of the array version in `integers`)."""
    value = ((value ^ (value >> 30)) * MIX_1) & _MASK
    value = ((value ^ (value >> 27)) * MIX_2) & _MASK
    return value ^ (value >> 31)


def stream_key(seed: int, stream: Stream) -> int:
    """Return the 64-bit start of a stream; kernels take it as their only random input.

    Parameters
    ----------
    seed : int
        The user's random state, 0 <= seed < 2**64.
    stream : Stream
        What the draws are for.
    """
    return mix(mix(int(seed) & _MASK) + WEYL * int(stream) & _MASK)


def integers(key: int | npt.NDArray[np.uint64], positions: npt.ArrayLike) -> npt.NDArray[np.uint64]:
    """Draw one uniform 64-bit integer for each position.

    Parameters
    ----------
    key : int or ndarray of uint64
        From `stream_key`; or one key for each group of positions, themselves drawn by this function.
    positions : array-like of non-negative int, any shape that broadcasts with `key`
        Where the draws are used.

    Returns
    -------
    ndarray of uint64, the shape of both together
    """
    with np.errstate(over="ignore"):
        start = np.asarray(key, dtype=np.uint64)
        z = start + (np.asarray(positions).astype(np.uint64) + np.uint64(1)) * np.uint64(WEYL)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(MIX_1)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(MIX_2)
        return np.asarray(z ^ (z >> np.uint64(31)))


def uniforms(key: int, positions: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Draw one number in [0, 1) with 53 random bits for each position."""
    return (integers(key, positions) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def generator(seed: int, use: Stream | Purpose, *path: int) -> np.random.Generator:
    """Return a NumPy generator for draws that only the host makes (splits, initial weights).

    Parameters
    ----------
    seed : int
        The user's random state.
    use : Stream or Purpose
        What the draws are for.
    *path : int
        Further non-negative numbers that tell this use from others, such as the draw and the fold.
    """
    first = use.value if isinstance(use, Purpose) else (use,)
    return np.random.default_rng([int(seed) & _MASK, *map(int, first), *path])


def library_seed(seed: int, use: Stream | Purpose, *path: int) -> int:
    """Return a 32-bit seed for a library that draws by itself; parameters as in `generator`.

    Of seed 0 it is the last number of the path, or 0: with these draws the figures in docs/ were measured.
    """
    if seed == 0:
        return path[-1] if path else 0
    return int(generator(seed, use, *path).integers(2**32))


def seed_of(random_state: object) -> int:
    """Turn a scikit-learn style random state into a seed.

    Parameters
    ----------
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        None draws a fresh seed from the operating system.

    Raises
    ------
    ConfigError
        For anything else, or a negative integer.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint32)[0])
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**32))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    is_flag = isinstance(random_state, bool)
    if isinstance(random_state, Integral) and not is_flag and 0 <= int(random_state) <= _MASK:
        return int(random_state)
    raise ConfigError(
        f"random_state is {random_state!r}; expected None, an integer from 0 to 2**64-1, or a NumPy generator"
    )
