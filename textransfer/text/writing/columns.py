"""What the columns of some files are, before their rows are written to another."""

import datetime
import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from textransfer.errors import TextransferWarning
from textransfer.text.reading.compression import explained, open_binary
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.parquet import arrow_types
from textransfer.text.reading.sources import Source

_BYTES_A_TIME = 1 << 20
TEXT, EMPTY, NESTED = "text", "empty", "nested"
_KINDS: Mapping[type, str] = {
    str: TEXT,
    bool: "boolean",
    int: "integer",
    float: "number",
    datetime.datetime: "moment",
    datetime.date: "date",
    datetime.time: "time",
}


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    kind: str = TEXT
    """What its values are: text, boolean, integer, number, moment, date, time, nested (lists and objects), or
    empty if it has none; of several kinds it is text, but for integers among numbers."""
    arrow_type: Any = None
    """Its type in the parquet file that it comes from, if it does."""

    def joined(self, other: "Column") -> "Column":
        """Return the column that holds the values of both, which have the same name."""
        arrow_type = self.arrow_type if self.arrow_type == other.arrow_type else None
        return replace(self, kind=joint_kind(self.kind, other.kind), arrow_type=arrow_type)


def joint_kind(kind: str, other: str) -> str:
    """Return what a column is called that holds values of both kinds.

    Examples
    --------
    >>> joint_kind("integer", "number"), joint_kind("empty", "date"), joint_kind("date", "integer")
    ('number', 'date', 'text')
    """
    if other in (kind, EMPTY):
        return kind
    if kind == EMPTY:
        return other
    return "number" if {kind, other} == {"integer", "number"} else TEXT


def kind_of(value: object) -> str:
    """Return what a column is called that holds this value alone."""
    kind = _KINDS.get(type(value), NESTED)
    if value is None or (kind == "number" and value != value):  # noqa: PLR0124 - NaN
        return EMPTY
    if kind == "integer" and isinstance(value, int) and not -(2**63) <= value < 2**63:
        return TEXT
    return kind


@dataclass(frozen=True)
class Survey:
    """What is known of a table before its rows are read for good."""

    columns: tuple[Column, ...]
    """In the order in which they first stand in the files."""
    n_rows: int = 0
    """Rows that were looked at, as for the next two."""
    longest: int = 0
    """Characters of the longest value that is a string."""
    longest_place: str = ""
    """Row and column of that value."""

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self.columns]


def survey(
    corpus: Corpus,
    *,
    is_typed: bool = False,
    is_counted: bool = False,
    sought: Collection[str] | None = None,
) -> Survey:
    """Look at the columns of the files of a corpus.

    JSON lines are read to their end, since each has names of its own. Of other tables the first row tells the
    names, unless rows are to be counted, or sheets, whose cells have kinds of their own, to be typed. Plain
    text, and texts in memory, have one column.

    If all that matters is whether some names stand there, they are `sought`: JSON lines without them are not
    read to their end.

    Raises
    ------
    CorpusError
        As reading the corpus does.
    """
    columns: dict[str, Column] = {}
    n_rows = longest = 0
    place = ""
    with warnings.catch_warnings():  # reading for good says it all
        warnings.simplefilter("ignore", TextransferWarning)
        for source, records, findings in corpus.tables():
            types = arrow_types(source) if source.kind == ".parquet" else {}
            for name, arrow_type in types.items():
                _add(columns, Column(name, NESTED, arrow_type))
            n_before = n_rows
            for record in records:
                fields = record.fields or {corpus.text_column: record.text}
                n_rows += 1
                for name, value in fields.items():
                    if name not in types and (is_typed or name not in columns):
                        _add(columns, Column(name, kind_of(value) if is_typed else TEXT))
                    if is_counted and isinstance(value, str) and len(value) > longest:
                        longest, place = len(value), f"row {n_rows}, column {name!r}"
                if n_rows == n_before + 1 and not (is_counted or _is_to_be_read(source, is_typed, sought)):
                    break
            for name in findings.names:  # of a table without rows
                _add(columns, Column(name, EMPTY if is_typed else TEXT))
    listed = tuple(columns.values()) or (Column(corpus.text_column),)
    return Survey(listed, n_rows, longest, place)


def _is_to_be_read(source: Source, is_typed: bool, sought: Collection[str] | None) -> bool:
    """Tell whether more than the first row is wanted to know the columns of a file."""
    if source.kind == ".jsonl":
        return is_typed or sought is None or _stands_in(source, sought)
    return is_typed and source.kind == ".xlsx"


def _stands_in(source: Source, names: Collection[str]) -> bool:
    """Tell whether one of some names may be a key of JSON lines, by their bytes: a tenth of reading them."""
    spelled = [f'"{name}"'.encode() for name in names]
    longest, end = max(map(len, spelled)), b""
    with explained(source.path, source.name), open_binary(source.path) as stream:
        while block := stream.read(_BYTES_A_TIME):
            seen = end + block.lower()
            if b"\0" in seen or any(name in seen for name in spelled):  # UTF-16 has zero bytes
                return True
            end = seen[-longest:]
    return False


def _add(columns: dict[str, Column], column: Column) -> None:
    present = columns.get(column.name)
    columns[column.name] = column if present is None else present.joined(column)


def free_names(wanted: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return a name for each wanted column that no other has, upper and lower case being the same.

    A name that is taken gets "predicted_" before it and, if need be, a number behind.

    Examples
    --------
    >>> free_names(["label", "probability"], ["text", "Label"])
    {'label': 'predicted_label', 'probability': 'probability'}
    """
    used = {name.strip().casefold() for name in taken}
    names: dict[str, str] = {}
    for name in wanted:
        own, number = name, 1
        while own.casefold() in used:
            own = f"predicted_{name}" + (f"_{number}" if number > 1 else "")
            number += 1
        used.add(own.casefold())
        names[name] = own
    return names
