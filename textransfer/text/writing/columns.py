"""What the columns of some files are, before their rows are written to another."""

import datetime
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from textransfer.errors import TextransferWarning
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.parquet import arrow_types

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


def survey(corpus: Corpus, *, is_typed: bool = False, is_counted: bool = False) -> Survey:
    """Look at the columns of the files of a corpus.

    JSON lines are read to their end, since each has names of its own. Of other tables the first row tells the
    names, unless rows are to be counted, or sheets, whose cells have kinds of their own, to be typed. Plain
    text, and texts in memory, have one column.

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
        for source, records in corpus.tables():
            types = arrow_types(source) if source.kind == ".parquet" else {}
            for name, arrow_type in types.items():
                _add(columns, Column(name, NESTED, arrow_type))
            for record in records:
                fields = record.fields or {corpus.text_column: record.text}
                for name, value in fields.items():
                    if name not in types:
                        _add(columns, Column(name, kind_of(value)))
                    if isinstance(value, str) and len(value) > longest:
                        longest, place = len(value), f"row {n_rows + 1}, column {name!r}"
                n_rows += 1
                if not (is_counted or source.kind == ".jsonl" or (is_typed and source.kind == ".xlsx")):
                    break
    listed = tuple(columns.values()) or (Column(corpus.text_column),)
    return Survey(listed, n_rows, longest, place)


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
