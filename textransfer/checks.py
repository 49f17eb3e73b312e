"""Complaints about single values of settings, gathered so that a user sees all of them at once."""

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import signature
from numbers import Integral, Real
from pathlib import Path
from types import UnionType
from typing import Any, Literal, ParamSpec, TypeVar, cast, get_args, get_origin

from textransfer.peer_names import check_peer_names

_P = ParamSpec("_P")
_R = TypeVar("_R")

LARGEST_INTEGER = 2**63 - 1
"""What a count can be: numbers that arrays and other libraries hold, too."""
_LONGEST_SHOWN = 40
"""Digits of a number in a message."""


def check_choice(name: str, value: object, choices: Iterable[str], further: str = "") -> list[str]:
    """Return one complaint if a value is none of some choices, else nothing; `further` values also stand."""
    listed = list(choices)
    is_choice = isinstance(value, str) and value in listed
    return [] if is_choice else [f"{name} is {value!r}; expected one of {', '.join(listed)}{further}"]


def choices_of(hint: Any) -> tuple[str, ...]:  # noqa: ANN401 - a typing form
    """Return the choices of a Literal, or of the one in a union with other types; of what has none, ()."""
    parts = get_args(hint) if isinstance(hint, UnionType) or get_origin(hint) is not Literal else (hint,)
    return next((get_args(part) for part in parts if get_origin(part) is Literal), ())


def check_range(
    name: str,
    value: object,
    low: float,
    high: float = float("inf"),
    *,
    is_integer: bool = False,
    is_low_open: bool = False,
    is_open: bool = False,
) -> list[str]:
    """Return one complaint if a value is no finite number of low..high, else nothing.

    Parameters
    ----------
    name : str
        Of the setting.
    value : object
        What the user gave.
    low, high : float
        The range, its ends included. Beyond 64 bits there are no whole numbers, and beyond double precision
        no others.
    is_integer : bool
        Only whole numbers will do; 10.0 is none, as it would fail wherever Python counts.
    is_low_open : bool
        `low` itself is outside.
    is_open : bool
        None will do, too: the setting is to be filled in later.
    """
    number = plain(value)
    is_kind = isinstance(number, int) or not is_integer
    most = min(high, LARGEST_INTEGER if is_integer else sys.float_info.max)
    if (value is None and is_open) or (is_kind and _is_within(number, low, most, is_low_open=is_low_open)):
        return []
    kind = "a whole number" if is_integer else "a number"
    bound = f"above {low:g}" if is_low_open else f"of at least {low:g}"
    is_beyond = isinstance(number, int) and number > most
    upper = "" if high == math.inf and not is_beyond else f" and at most {most:g}"
    return [f"{name} is {_shown(value)}; expected {kind} {bound}{upper}"]


def _shown(value: object) -> str:
    """Return how a message shows a value; Python refuses to spell out numbers of thousands of digits."""
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_SHOWN:
        return f"{'-' * (value < 0)}10^{int(value.bit_length() * math.log10(2))} or so"
    return repr(value)


def check_kind(name: str, value: object, kind: type) -> list[str]:
    """Return one complaint if a value is of another kind than bool, str or Path, else nothing."""
    expected = {bool: "true or false", str: "text"}.get(kind, "a path")
    return [] if isinstance(value, kind) else [f"{name} is {value!r}; expected {expected}"]


def check_hint(name: str, value: object, hint: Any) -> list[str]:  # noqa: ANN401 - a typing form
    """Return one complaint if a value is not what a Literal, bool, str or Path asks for, else nothing.

    A Literal may stand in a union with mappings of labels to weights.
    """
    if choices := choices_of(hint):
        pairs = isinstance(value, tuple) and all(isinstance(item, tuple) and len(item) == 2 for item in value)
        if not pairs or get_origin(hint) is Literal:
            is_union = get_origin(hint) is not Literal
            return check_choice(name, value, choices, ", or a number for each label" if is_union else "")
        return [
            complaint
            for label, weight in cast("tuple[tuple[object, object], ...]", value)
            for complaint in check_range(f"{name} of {label!r}", weight, 0, is_low_open=True)
        ]
    return check_kind(name, value, hint) if hint in (bool, str, Path) else []


def plain(value: object) -> object:
    """Return a number, a flag or a string of NumPy or another library as Python's own; all else as it is."""
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        value = value.item()  # type: ignore[attr-defined]
    if isinstance(value, int | float):
        return value
    if isinstance(value, Integral):
        return int(value)
    if not isinstance(value, Real):
        return value
    try:
        return float(value)
    except OverflowError:
        return math.nan  # beyond all floats, and out of every range


def frozen_pairs(value: object) -> object:
    """Return a mapping, or the list of pairs that JSON makes of it, as a tuple of pairs; else the value."""
    items = list(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(items, list | tuple) or not all(
        isinstance(item, list | tuple) and len(item) == 2 for item in items
    ):
        return value
    return tuple((plain(label), plain(weight)) for label, weight in items)


def plain_arguments(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a function that is called with Python's own values in place of NumPy's, in lists too.

    Other libraries' names for its parameters are answered with ours.
    """
    own = signature(function).parameters

    @wraps(function)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        check_peer_names(function.__name__, kwargs, own)
        return function(*map(_plain_value, args), **{name: _plain_value(kwargs[name]) for name in kwargs})  # type: ignore[arg-type]

    return called


def _plain_value(value: object) -> object:
    if type(value) is list and value and not isinstance(value[0], str | list | tuple):  # no list of texts
        return [plain(item) for item in value]
    return plain(value)


def _is_within(number: object, low: float, high: float, *, is_low_open: bool) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return low <= number <= high and not (is_low_open and number == low)
