"""Write parquet files, a group of rows at a time."""

import errno
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from textransfer.extras import require
from textransfer.storage.spelling import writable
from textransfer.text.writing.columns import EMPTY, NESTED, TEXT, Column
from textransfer.text.writing.values import spelled

_ROWS_A_GROUP = 1 << 14
_BLOCKS_A_GROUP = 16
"""A group of rows ends with the first of the two that is reached: long texts come in short blocks."""


class ParquetWriter:
    """Rows with typed columns: those of a parquet file keep their type, others get that of their values."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._arrow = require("pyarrow", extra="parquet", purpose="writing parquet files")
        parquet = require("pyarrow.parquet", extra="parquet", purpose="writing parquet files")
        self._types = {column.name: self._type(column) for column in columns}
        self._converters = {
            column.name: _CONVERTERS.get(column.kind, _without_nan)
            for column in columns
            if column.arrow_type is None
        }
        self._schema = self._arrow.schema(list(self._types.items()))
        self._file = parquet.ParquetWriter(path, self._schema)
        self._waiting: list[Mapping[str, object]] = []
        self._n_blocks = 0

    def _type(self, column: Column) -> Any:  # noqa: ANN401 - a type of pyarrow
        if column.arrow_type is not None:
            return column.arrow_type
        arrow = self._arrow
        types = {
            "boolean": arrow.bool_(),
            "integer": arrow.int64(),
            "number": arrow.float64(),
            "moment": arrow.timestamp("us"),
            "date": arrow.date32(),
            "time": arrow.time64("us"),
        }
        return types.get(column.kind, arrow.string())

    def write(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Write rows; what a row lacks is null."""
        self._waiting += rows
        self._n_blocks += 1
        if len(self._waiting) >= _ROWS_A_GROUP or self._n_blocks >= _BLOCKS_A_GROUP:
            self._end_group()

    def _end_group(self) -> None:
        if self._waiting:
            arrays = [self._array(name) for name in self._types]
            self._file.write_table(self._arrow.table(arrays, schema=self._schema))
        self._waiting, self._n_blocks = [], 0

    def _array(self, name: str) -> Any:  # noqa: ANN401 - an array of pyarrow
        values = [row.get(name) for row in self._waiting]
        convert = self._converters.get(name)
        if convert is not None:
            values = [None if value is None else convert(value) for value in values]
        if self._arrow.types.is_timestamp(self._types[name]) and any(type(value) is str for value in values):
            spelt = [value if value is None or isinstance(value, str) else str(value) for value in values]
            return self._arrow.array(spelt).cast(self._types[name])  # moments with nanoseconds
        try:
            return self._arrow.array(values, self._types[name])
        except UnicodeEncodeError:  # half a character
            mended = [writable(value) if isinstance(value, str) else value for value in values]
            return self._arrow.array(mended, self._types[name])

    def close(self) -> None:
        """Write what waits, and the end of the file."""
        self._end_group()
        with numbered_errors():
            self._file.close()


@contextmanager
def numbered_errors() -> Iterator[None]:
    """Give an error of the disk its number, which Arrow leaves out where a file cannot be closed."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise
        raise OSError(errno.EIO, str(error)) from error


def _as_text(value: object) -> str | None:
    return value if isinstance(value, str) else spelled(value) or None


def _without_nan(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def _as_float(value: object) -> float:
    return float(cast("float", value))


_CONVERTERS: Mapping[str, Callable[[object], object]] = {
    TEXT: _as_text,
    EMPTY: _as_text,
    NESTED: _as_text,
    "number": _as_float,
}
