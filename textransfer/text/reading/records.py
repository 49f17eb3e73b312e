"""What is read of a file: records."""

from typing import NamedTuple


class Record(NamedTuple):
    """A line, row or object of a file."""

    place: int
    """The line, or the row of a parquet file or a sheet, counted from 1."""
    text: str
    """Empty if it is missing."""
    label: str
    """Without surrounding blanks; empty if it is missing, or if no label is wanted."""
    fields: dict[str, object] | None = None
    """Every column in its order, with the value as it was read; None unless asked for."""
