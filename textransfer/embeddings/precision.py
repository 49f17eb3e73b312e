"""Vectors in fewer bits: half precision, or whole numbers with a scale for each row; and what that costs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.arrays import unit_rows
from textransfer.errors import ConfigError, FormatError
from textransfer.formats import PRECISIONS, Precision

N_ASKED = 200
"""Words, evenly spread, whose neighbours are compared."""
N_NEIGHBORS = 10
_LARGEST_INT8 = 127
_ROWS_A_BLOCK = 65_536

Floats = npt.NDArray[np.float32]
Rounded = npt.NDArray[np.float32] | npt.NDArray[np.float16] | npt.NDArray[np.int8]


@dataclass(frozen=True)
class RoundingLoss:
    """How far rounded vectors are from what they were."""

    mean_cosine: float
    lowest_cosine: float
    neighbors_kept: float
    """Share of the ten nearest words, of up to 200 words, that are among the ten nearest still."""

    def __str__(self) -> str:
        return (
            f"cosine with the vectors before {self.mean_cosine:.6f} on average, {self.lowest_cosine:.6f} at "
            f"the lowest; {self.neighbors_kept:.1%} of the {N_NEIGHBORS} nearest words stay"
        )


def rounded(matrix: Floats, precision: Precision) -> tuple[Rounded, Floats | None]:
    """Return vectors, (V, D), in a precision; of int8 also what each row is to be multiplied by, (V,).

    Raises
    ------
    ConfigError
        If the precision is unknown, or a number is too large for half precision.
    """
    if precision == "float32":
        return matrix, None
    if precision == "float16":
        with np.errstate(over="ignore"):
            half = matrix.astype(np.float16)
        if not np.isfinite(half).all():
            raise ConfigError(
                f"the vectors hold numbers up to {np.abs(matrix).max():.3g}, and float16 ends at 65,504; "
                "expected smaller ones: take float32 or int8"
            )
        return half, None
    if precision != "int8":
        raise ConfigError(f"precision is {precision!r}; expected one of {', '.join(PRECISIONS)}")
    scales = np.abs(matrix).max(axis=1, initial=0) / _LARGEST_INT8
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales


def restored(values: npt.NDArray[np.generic], scales: npt.NDArray[np.generic] | None) -> Floats:
    """Return float32 of what `rounded` gave; float32 is not copied. FormatError if the two do not fit."""
    if scales is None:
        return single(values)
    if scales.shape != values.shape[:1]:
        raise FormatError(
            f"there are {scales.shape} scales for vectors of the shape {values.shape}; expected one a row"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        return single(values) * single(scales)[:, None]


def single(values: npt.ArrayLike) -> Floats:
    """Return float32, not copied if it is that already; what it cannot hold is infinite."""
    with np.errstate(over="ignore"):
        return np.asarray(values, np.float32)


def rounding_loss(matrix: Floats, written: Floats) -> RoundingLoss | None:
    """Return how far vectors are from what was written of them, both (V, D); None if all are zero.

    Lengths do not count.
    """
    cosines = [
        np.einsum("vd,vd->v", unit_rows(matrix[rows]), unit_rows(written[rows]))[matrix[rows].any(axis=1)]
        for rows in (slice(start, start + _ROWS_A_BLOCK) for start in range(0, len(matrix), _ROWS_A_BLOCK))
    ]
    every = np.concatenate([np.zeros(0, np.float32), *cosines])
    if not len(every):
        return None
    asked = np.unique(np.linspace(0, len(matrix) - 1, min(len(matrix), N_ASKED)).astype(np.int64))
    before, after = (_nearest(unit_rows(table), asked) for table in (matrix, written))
    kept = [len(set(a) & set(b)) / max(len(a), 1) for a, b in zip(before, after, strict=True)]
    return RoundingLoss(float(every.mean(dtype=np.float64)), float(every.min()), float(np.mean(kept)))


def _nearest(units: Floats, asked: npt.NDArray[np.int64]) -> list[list[int]]:
    """Return the nearest rows to some, themselves left out."""
    n = min(N_NEIGHBORS, len(units) - 1)
    if not n:
        return [[] for _ in asked]
    cosines = units[asked] @ units.T
    cosines[np.arange(len(asked)), asked] = -np.inf
    rows: list[list[int]] = np.argpartition(-cosines, n - 1, axis=1)[:, :n].tolist()
    return rows
