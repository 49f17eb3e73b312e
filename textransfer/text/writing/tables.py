"""Write a table to a file in the format of its ending, whole or not at all."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO

from textransfer.errors import ConfigError
from textransfer.storage.writing import staged_file
from textransfer.text.reading.compression import COMPRESSIONS, split_endings
from textransfer.text.writing.columns import Column
from textransfer.text.writing.compressing import open_binary
from textransfer.text.writing.delimited import DelimitedWriter
from textransfer.text.writing.json_lines import JsonLinesWriter

DELIMITED = (".csv", ".tsv")
JSON_LINES = (".jsonl", ".ndjson")
TEXT_KINDS = (*DELIMITED, *JSON_LINES)
"""Kinds that can be compressed."""
KINDS = (".csv", ".tsv", ".jsonl", ".parquet", ".xlsx")


class TableWriter(Protocol):
    """What rows are written to, a block at a time."""

    def write(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Write rows, each with its values by the names of the columns."""

    def close(self) -> None:
        """Write what is left."""


def output_kind(path: Path) -> str:
    """Return the ending of a name that tells the format of an output.

    Raises
    ------
    ConfigError
        If it tells no format that is written.

    Examples
    --------
    >>> output_kind(Path("predictions.CSV.gz"))
    '.csv'
    """
    kind, compression = split_endings(path)
    if kind in TEXT_KINDS or (kind in KINDS and not compression):
        return kind
    named = ", ".join(KINDS)
    raise ConfigError(
        f"cannot write {path.name!r}; give a name that ends in {named}; .csv, .tsv and .jsonl also with "
        f"{', '.join(COMPRESSIONS)}"
    )


def checked_delimiter(delimiter: str | None, path: Path) -> str | None:
    """Return what shall separate the fields of CSV, if that is said.

    Raises
    ------
    ConfigError
        If it is no single character that can, or the output is no CSV.
    """
    if delimiter is None:
        return None
    if output_kind(path) != ".csv":
        raise ConfigError(f"output_delimiter is {delimiter!r}, but {path.name} is no .csv file; leave it out")
    if delimiter == "\t":
        raise ConfigError("output_delimiter is a tab; give the output a name that ends in .tsv")
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in '"\r\n\0':
        raise ConfigError(f"output_delimiter is {delimiter!r}; expected one character, such as ',' or ';'")
    return delimiter


@contextmanager
def staged_table(
    path: Path, columns: Sequence[Column], *, delimiter: str | None = None, force: bool = False
) -> Iterator[TableWriter]:
    """Give a writer of rows; they stand at `path` when the block ends without an error.

    CSV starts with a byte-order mark, and cells that a spreadsheet would take for formulas are made harmless;
    in TSV too. `delimiter` is what separates the fields of CSV, a comma for None or a tab.

    Raises
    ------
    ConfigError
        As `output_kind`.
    OutputError
        As `textransfer.storage.writing.staged_file`, or if the format cannot hold a row.
    MissingExtraError
        If the format needs a library that is not installed.
    """
    kind = output_kind(path)
    with staged_file(path, force=force) as stage:
        names = [column.name for column in columns]
        if kind in TEXT_KINDS:
            with open_text(stage) as stream:
                if kind == ".csv":
                    stream.write("\ufeff")  # not by its codec, which encodes ten times as slowly
                if kind in DELIMITED:
                    separator = "\t" if kind == ".tsv" else "," if delimiter in (None, "\t") else delimiter
                    yield DelimitedWriter(stream, names, separator, is_for_people=True)
                else:
                    yield JsonLinesWriter(stream)
            return
        if kind == ".parquet":
            from textransfer.text.writing.parquet import ParquetWriter

            writer: TableWriter = ParquetWriter(stage, columns)
        else:
            from textransfer.text.writing.excel import ExcelWriter

            writer = ExcelWriter(stage, names)
        yield writer
        writer.close()


def open_text(path: Path) -> TextIO:
    """Open a file for writing UTF-8 as it is, compressed by its ending."""
    return io.TextIOWrapper(open_binary(path), encoding="utf-8", newline="")
