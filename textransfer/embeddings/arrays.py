"""Turn what a caller or a file gives into checked, read-only words and arrays."""

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from textransfer.checks import LARGEST_INTEGER, check_range, plain
from textransfer.errors import ConfigError

Scalar = TypeVar("Scalar", bound=np.generic)

_ROWS_A_BLOCK = 65_536


def check_words(words: Iterable[object]) -> list[str]:
    """Return the words as a list; ConfigError if something is no string, is empty, or occurs twice."""
    if isinstance(words, str):
        raise ConfigError(f"words is the string {words!r}; expected a list of words")
    listed: list[Any] = list(words)
    # What is right, as it nearly always is, of a million words in no time; else word by word.
    if set(map(type, listed)) <= {str} and len({"", *listed}) == len(listed) + 1:
        return listed
    checked: dict[str, None] = {}
    for row, word in enumerate(listed):
        if not isinstance(word, str) or not word:
            raise ConfigError(f"word {row} is {word!r}; expected text of at least one character")
        if word in checked:
            raise ConfigError(
                f"the word {word!r} occurs twice (again as word {row}); expected each word once"
            )
        checked[word] = None
    return list(checked)


def frozen_floats(name: str, values: npt.ArrayLike, shape: tuple[int | None, ...]) -> npt.NDArray[np.float32]:
    """Return numbers as read-only float32 in C order; None in `shape` stands for any size of at least 1.

    ConfigError if the shape is another, or a number is not finite.
    """
    if getattr(values, "dtype", None) is not None and np.iscomplexobj(values):
        raise ConfigError(f"{name} holds complex numbers; expected real ones")
    try:
        with np.errstate(over="ignore"):  # an overflow is reported below, with its row
            array = np.ascontiguousarray(values, dtype=np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConfigError(f"{name} cannot be read as an array of numbers: {error}") from error
    if array.size == 0 and array.ndim == 1 and len(shape) == 2:
        array = array.reshape(0, 1)
    fits = array.ndim == len(shape) and all(
        (size >= 1 if wanted is None else size == wanted)
        for size, wanted in zip(array.shape, shape, strict=True)
    )
    if not fits:
        expected = ", ".join("any" if size is None else str(size) for size in shape)
        raise ConfigError(f"{name} has the shape {array.shape}; expected ({expected})")
    for start in range(0, len(array), _ROWS_A_BLOCK):
        is_finite = np.isfinite(array[start : start + _ROWS_A_BLOCK])
        if not is_finite.all():
            row = start + int(np.argwhere(~is_finite)[0][0])
            raise ConfigError(f"{name} holds a number that is not finite in row {row}")
    return _read_only(array)


def frozen_counts(name: str, values: npt.ArrayLike | None, n_words: int) -> npt.NDArray[np.int64] | None:
    """Return counts as read-only int64 (n_words,), None for None; ConfigError if they are no counts."""
    if values is None:
        return None
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ConfigError(f"{name} cannot be read as an array of numbers: {error}") from error
    if array.shape != (n_words,):
        raise ConfigError(f"{name} has the shape {array.shape}; expected ({n_words},)")
    if n_words and (array.dtype.kind not in "iu" or array.min() < 0):
        raise ConfigError(f"{name} holds something else than whole numbers of at least 0")
    if n_words and array.sum(dtype=np.float64) >= LARGEST_INTEGER:
        raise ConfigError(f"{name} add up to more than 64 bits hold; expected counts of a corpus")
    return _read_only(np.ascontiguousarray(array, dtype=np.int64))


def checked_total(name: str, value: object) -> int | None:
    """Return a number of tokens or documents, None for None; ConfigError if it is no whole one."""
    problems = check_range(name, value, 0, is_integer=True, is_open=True)
    if problems:
        raise ConfigError(problems[0])
    return None if value is None else int(plain(value))  # type: ignore[call-overload]


def unit_rows(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the rows at unit length, read-only; a zero row stays zero. Lengths are taken in float64."""
    lengths = np.sqrt(np.einsum("vd,vd->v", matrix, matrix, dtype=np.float64))
    lengths[lengths == 0] = 1
    units = np.empty_like(matrix)
    np.divide(matrix, lengths[:, np.newaxis], out=units, casting="same_kind")
    return _read_only(units)


def _read_only(array: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
    """Return a view that cannot be written, whatever the owner of the memory may do."""
    view = array.view()
    view.flags.writeable = False
    return view
