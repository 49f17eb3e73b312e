"""Results as plain values that JSON can hold, and as tables."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar

import numpy as np

from textransfer.storage.spelling import writable


class Record:
    """A dataclass that knows itself as plain values."""

    _properties: ClassVar[tuple[str, ...]] = ()
    """Names of properties that its record holds besides the fields."""

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return record_of(self, *self._properties)


def record_of(result: object, *properties: str) -> dict[str, Any]:
    """Return the fields of a dataclass, and further properties of it, as plain values.

    Parameters
    ----------
    result : dataclass
        May hold NumPy arrays and numbers, and further dataclasses at any depth. One that has a method
        `to_dict` of its own becomes what that returns.
    *properties : str
        Properties to add behind the fields.

    Examples
    --------
    >>> from textransfer.transfer.statistics.intervals import Interval
    >>> record_of(Interval(0.5, 0.25, 0.75), "width")
    {'estimate': 0.5, 'low': 0.25, 'high': 0.75, 'level': 0.95, 'width': 0.5}
    """
    if not is_dataclass(result):
        raise TypeError(f"{type(result).__name__} is no dataclass")
    names = [*(field.name for field in fields(result)), *properties]
    return {name: plain_value(getattr(result, name)) for name in names}


def plain_value(value: Any) -> Any:  # noqa: ANN401 - any value of a record
    """Return a value, at any depth, without NumPy, dataclasses and tuples."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if is_dataclass(value):
        return record_of(value)
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {name: plain_value(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(entry) for entry in value]
    return value


def csv_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows that have the same names as the text of a CSV file with a header."""
    listed = list(rows)
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    return writable(stream.getvalue())
