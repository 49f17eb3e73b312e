"""Read tables whose fields are separated by a character: CSV and its like."""

import csv
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from textransfer.errors import CorpusError
from textransfer.text.reading.columns import clean_names, find_columns, header_names, listed
from textransfer.text.reading.dialects import (
    HEAD_CHARACTERS,
    HEAD_LINES,
    Dialect,
    find_dialect,
    reader_of,
)
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source
from textransfer.text.reading.values import label_of

Row = tuple[int, list[str]]
"""The line that a row begins in, counted from 1, and its fields."""


def read_delimited(
    lines: Iterable[str], source: Source, settings: ReadingSettings, findings: Findings
) -> Iterator[Record]:
    """Yield the rows of a table below its header; empty ones are left out and counted."""
    lines = iter(lines)
    head = _head(lines)
    dialect = find_dialect(head, source.kind, settings)
    usual = "\t" if source.kind == ".tsv" else ","
    if dialect.delimiter != usual and settings.delimiter is None:
        findings.take_delimiter(source.name, dialect.delimiter)
    rows = iter(_Rows(chain(head, lines), source.name, dialect, settings, findings))
    yield from _records(rows, source.name, dialect, settings, findings)


def dialect_of(lines: Iterable[str], kind: str, settings: ReadingSettings) -> Dialect:
    """Return how the rows of a table are divided, by its first lines."""
    return find_dialect(_head(iter(lines)), kind, settings)


def _head(lines: Iterator[str]) -> list[str]:
    """Take the first lines of a table, to look at."""
    head: list[str] = []
    n_characters = 0
    for line in islice(lines, HEAD_LINES):
        head.append(line)
        n_characters += len(line)
        if n_characters >= HEAD_CHARACTERS:
            break
    return head


def _records(
    rows: Iterator[Row], name: str, dialect: Dialect, settings: ReadingSettings, findings: Findings
) -> Iterator[Record]:
    header = next((row for _, row in rows if any(map(str.strip, row))), None)
    if header is None:
        return
    places = find_columns(header, name, settings)
    names = clean_names(header) if settings.has_fields else None
    text_place, label_place = places[0], places[1] if len(places) > 1 else None
    n_fields, n_empty = len(header), 0
    for line, row in rows:
        if not row or (not any(row) or not "".join(row).strip()) and (n_fields > 1 or len(row) > 1):
            n_empty += 1
            continue
        findings.n_empty += n_empty  # but not those at the end
        n_empty = 0
        fault = "" if len(row) == n_fields else _fault(row, header, dialect)
        if not fault and (
            row[text_place][:1] == " " or (label_place is not None and row[label_place][:1] == " ")
        ):
            fault = _blank_before_quote(row, places, header, dialect)
        if fault:
            error = CorpusError(f"{name}, line {line}: {fault}")
            if settings.bad_rows == "error":
                raise error
            findings.skip(error)
            continue
        label = "" if label_place is None else label_of(row[label_place], name)
        fields: dict[str, object] | None = None if names is None else dict(zip(names, row, strict=False))
        yield Record(line, row[text_place], label, fields)


class _Rows:
    """The rows of a table, each with the line that it begins in."""

    def __init__(
        self,
        lines: Iterable[str],
        name: str,
        dialect: Dialect,
        settings: ReadingSettings,
        findings: Findings,
    ) -> None:
        # A field may be as long as memory allows; the module's own limit is 128 KiB.
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self._present: list[str] = []
        self._name, self._dialect, self._findings = name, dialect, findings
        self._is_skipping = settings.bad_rows == "skip"

    def __iter__(self) -> Iterator[Row]:
        n_before = 0
        for _ in range(self._dialect.n_before):
            next(self._lines, None)
            n_before += 1
        reader = reader_of(self._feed(), self._dialect)
        n_read = 0
        while True:
            self._present.clear()
            try:
                for row in reader:
                    yield n_before + n_read + 1, row
                    n_read = reader.line_num
                    self._present.clear()
            except csv.Error as error:
                n_before += n_read
                n_before, n_read = n_before + self._refuse(error, n_before + 1), 0
                reader = reader_of(self._feed(), self._dialect)
            else:
                return

    def _feed(self) -> Iterator[str]:
        """Yield lines, those first that are read once more; keep those of the present row."""
        present = self._present
        while self._again:
            present.append(self._again.popleft())
            yield present[-1]
        for line in self._lines:
            present.append(line)
            yield line

    def _refuse(self, cause: csv.Error, first_line: int) -> int:
        """Say in an error where a quote is wrong; or leave out the lines to there, and return how many."""
        opened = _open_quote("".join(self._present), self._dialect.delimiter)
        line = first_line + opened
        error = CorpusError(
            f"{self._name}, line {line}: a quote that is opened here is not closed as it should be "
            f"({cause}); expected proper CSV, where a field with quotes, separators or line ends is quoted, "
            'and quotes in it are doubled (""): look for a quote left open'
        )
        if not self._is_skipping:
            raise error from cause
        self._findings.skip(error)
        self._again.extendleft(reversed(self._present[opened + 1 :]))
        return opened + 1


def _open_quote(text: str, delimiter: str) -> int:
    """Return how many lines below the first the last quote was opened."""
    place = opened = 0
    is_at_start = True
    while place < len(text):
        if is_at_start and text[place] == '"':
            opened = place
            place = _end_of_quoted(text, place + 1)
            is_at_start = False
            continue
        is_at_start = text[place] in (delimiter, "\n", "\r")
        place += 1
    return text[:opened].replace("\r\n", "\n").replace("\r", "\n").count("\n")


def _end_of_quoted(text: str, place: int) -> int:
    """Return the place behind the quote that closes a field, or the end."""
    while (place := text.find('"', place)) >= 0:
        if text[place + 1 : place + 2] != '"':
            return place + 1
        place += 2
    return len(text)


def _fault(row: list[str], header: list[str], dialect: Dialect) -> str:
    """Return what is wrong with a row of too many or too few fields; "" if the surplus ones are empty."""
    n_fields = len(header)
    if len(row) > n_fields and not any(map(str.strip, row[n_fields:])):
        return ""
    name = {",": "a comma", ";": "a semicolon", "\t": "a tab"}.get(dialect.delimiter, repr(dialect.delimiter))
    if len(row) < n_fields:
        advice = "mend the row, or leave such rows out with --bad-rows skip"
    elif not dialect.is_quoted:
        advice = f"take {name} out of the text, or leave such rows out with --bad-rows skip"
    else:
        advice = f"quote fields that hold {name}, with no blank before the quote; or --bad-rows skip"
    return (
        f"the row has {len(row)} of {n_fields} fields; expected one for each column "
        f"({listed(header_names(header))}): {advice}"
    )


def _blank_before_quote(row: list[str], places: list[int], header: list[str], dialect: Dialect) -> str:
    """Return what is wrong if a blank keeps a quote from being one."""
    for place in places:
        field = row[place].strip()
        if dialect.is_quoted and row[place][:1] == " " and field[:1] == '"' and field[-1:] == '"' != field:
            column = header_names(header)[place]
            return (
                f"the field in column {column!r} has a blank before its quote; expected the quote right "
                "behind the separator: take the blank out, or leave such rows out with --bad-rows skip"
            )
    return ""
