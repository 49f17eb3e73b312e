"""Write .xlsx files row by row; strings stay strings, and are never taken for formulas or addresses."""

import datetime
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textransfer.errors import OutputError
from textransfer.extras import require
from textransfer.storage.spelling import columns_of, writable
from textransfer.text.writing.values import spelled

MOST_ROWS = 1_048_575
"""Of a sheet, below its header."""
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767
_MOST_EXACT = 2**53
_NARROWEST, _WIDEST = 8, 60
_MEASURED_ROWS = 1000
"""Columns are as wide as what stands in so many rows, within bounds in characters."""
_FORMATS = {
    "duration": "[h]:mm:ss",
    "moment": "yyyy-mm-dd hh:mm:ss",
    "date": "yyyy-mm-dd",
    "time": "hh:mm:ss",
}
_FIRST_YEAR = 1900
_OTHER = "give the output a name that ends in .csv, .jsonl or .parquet"


def check_extent(n_rows: int, n_columns: int, longest: int, place: str) -> None:
    """Refuse a table that no sheet can hold.

    Raises
    ------
    OutputError
        If it has too many rows or columns, or a cell that is too long, which is at `place`.
    """
    if n_rows > MOST_ROWS:
        raise OutputError(f"{n_rows:,} rows are more than the {MOST_ROWS:,} of an .xlsx sheet; {_OTHER}")
    if n_columns > MOST_COLUMNS:
        raise OutputError(f"{n_columns:,} columns are more than the {MOST_COLUMNS:,} of .xlsx; {_OTHER}")
    if longest > LONGEST_CELL:
        raise OutputError(
            f"{place} has {longest:,} characters, more than the {LONGEST_CELL:,} of an .xlsx cell; {_OTHER}"
        )


class ExcelWriter:
    """Rows of one sheet; numbers, truth values and dates keep their kind."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        xlsxwriter = require("xlsxwriter", extra="excel", purpose="writing .xlsx files")
        # Rows wait there, and vanish with it.
        self._folder = TemporaryDirectory(prefix="textransfer-", ignore_cleanup_errors=True)
        options = {"constant_memory": True, "tmpdir": self._folder.name}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.use_zip64()
        self._errors = xlsxwriter.exceptions.FileCreateError
        self._sheet: Any = self._book.add_worksheet()
        self._formats = {kind: self._book.add_format({"num_format": f}) for kind, f in _FORMATS.items()}
        self._names = list(names)
        self._n_rows = 0
        self._widths = [_NARROWEST] * len(self._names)
        self._sheet.freeze_panes(1, 0)
        self.write([{name: name for name in names}])

    def write(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Write rows.

        Raises
        ------
        OutputError
            If a row or a cell is more than a sheet can hold.
        """
        for row in rows:
            if self._n_rows > MOST_ROWS:
                check_extent(self._n_rows, len(row), 0, "")
            for place, name in enumerate(self._names):
                self._write_cell(place, row.get(name))
            if self._n_rows <= _MEASURED_ROWS:
                self._measure(row)
            self._n_rows += 1

    def _write_cell(self, place: int, value: object) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(self._n_rows, place, value)
        elif isinstance(value, int | float | Decimal) and _is_exact(value):
            self._sheet.write_number(self._n_rows, place, value)
        elif kind := _kind_of_time(value):
            self._sheet.write_datetime(self._n_rows, place, value, self._formats[kind])
        else:
            text = writable(spelled(value))
            check_extent(0, 0, len(text), f"row {self._n_rows}, column {self._names[place]!r},")
            if text:
                self._sheet.write_string(self._n_rows, place, text)

    def _measure(self, row: Mapping[str, object]) -> None:
        for place, name in enumerate(self._names):
            value = row.get(name)
            text = f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime.datetime) else spelled(value)
            n_characters = max(map(columns_of, text.splitlines()), default=0)
            self._widths[place] = min(max(self._widths[place], n_characters + 2), _WIDEST)

    def close(self) -> None:
        """Put the file together."""
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, width)
        try:
            self._book.close()
        except self._errors as error:  # holds what the disk said
            raise error.args[0] from error
        finally:
            self._folder.cleanup()


def _is_exact(value: int | float | Decimal) -> bool:
    """Tell whether a number of Excel, which is a double, holds this one."""
    if isinstance(value, Decimal):
        return value.is_finite() and Decimal(float(value)) == value
    return abs(value) <= _MOST_EXACT if isinstance(value, int) else math.isfinite(value)


def _kind_of_time(value: object) -> str | None:
    """Return what an Excel date or time is called; None for what is none, as one with a time zone."""
    if isinstance(value, datetime.timedelta):
        return "duration" if value >= datetime.timedelta() else None
    if isinstance(value, datetime.datetime):
        return "moment" if value.tzinfo is None and value.year >= _FIRST_YEAR else None
    if isinstance(value, datetime.date):
        return "date" if value.year >= _FIRST_YEAR else None
    return "time" if isinstance(value, datetime.time) and value.tzinfo is None else None
