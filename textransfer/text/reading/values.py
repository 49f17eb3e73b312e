"""Values of any type as texts and labels; None, NaN, nothing and blanks are all missing."""

import datetime
import math
from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from textransfer.errors import ConfigError, CorpusError
from textransfer.storage.spelling import whole

_SPELT_OUT = ("nan", "<na>", "nat", "#n/a")
"""What programs write for a missing label where they must write something."""


def is_missing(value: object) -> bool:
    """Tell whether a value stands for none: None, NaN, NaT, NA, an empty or a blank string.

    Examples
    --------
    >>> [is_missing(value) for value in (None, float("nan"), " ", 0, "none")]
    [True, True, True, False, False]
    """
    if value is None:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType") or _differs_from_itself(value)


def _differs_from_itself(value: object) -> bool:
    """Tell it of NaN in types that are no float: numpy's, Decimal."""
    try:
        return bool(value != value)  # noqa: PLR0124 - only NaN does
    except (TypeError, ValueError, ArithmeticError):
        return False


def check_labels(labels: Iterable[object]) -> None:
    """Refuse labels one of which is missing, or would lose its end.

    Raises
    ------
    ConfigError
        With the position of the first one.
    """
    dtype = getattr(labels, "dtype", None)
    if (isinstance(dtype, np.dtype) and dtype.kind in "biu") or getattr(labels, "ndim", 1) != 1:
        return  # an array that can hold no missing one; another shape is refused elsewhere
    for position, label in enumerate(labels):
        if is_missing(label) or (isinstance(label, str) and label.strip().casefold() in _SPELT_OUT):
            shown = "nan" if isinstance(label, float) else repr(label)
            raise ConfigError(
                f"label {position} is {shown}; expected a label for each text: leave unlabelled texts out"
            )
        if isinstance(label, list | tuple | set | dict):
            raise ConfigError(
                f"label {position} is {shortened(label)}; expected a string or a number for each text"
            )
        if isinstance(label, str) and label.endswith("\0"):
            raise ConfigError(
                f"label {position} is {label!r}; expected no zero character at its end, which NumPy drops"
            )


def text_of(value: object, place: str) -> str:
    """Return a value as a text, "" if it is missing.

    Raises
    ------
    CorpusError
        If it is neither missing nor a string; the message starts with the place.
    """
    if isinstance(value, str):
        return whole(value)
    if is_missing(value):
        return ""
    raise CorpusError(f"{place}: the text is {shortened(value)}; expected a string")


def label_of(value: object, place: str) -> str:
    """Return a value as a label, "" if it is missing.

    A spelt-out "nan" is missing, too. A number is spelt as it was written; see `without_points` for what
    becomes of whole ones.

    Raises
    ------
    CorpusError
        If it is a list, an object, or another thing that is no label; the message starts with the place.

    Examples
    --------
    >>> [label_of(value, "row 1") for value in (1, 1.0, "1.0", 2.5, True, " pos ", None)]
    ['1', '1.0', '1.0', '2.5', 'True', 'pos', '']
    """
    if isinstance(value, str):
        label = value.strip()
        if label.casefold() in _SPELT_OUT:
            return ""
        return whole(label)
    if is_missing(value):
        return ""
    if isinstance(value, Decimal):
        return str(float(value)) if value == Decimal(float(value)) else str(value.normalize())
    if isinstance(value, int | float | datetime.date | datetime.time | datetime.timedelta):
        return str(value)
    raise CorpusError(f"{place}: the label is {shortened(value)}; expected a string or a number")


def shortened(value: object) -> str:
    """Return how a message shows a value."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."
