"""Find out by which character the fields of a table are separated, and whether quotes mean anything.

The standard library's Sniffer and clevercsv judge by the pattern of all characters and know neither which
columns are wanted nor how Excel quotes; both split texts with many commas. Here the header decides.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textransfer.errors import CorpusError
from textransfer.text.reading.columns import header_names, missing_columns
from textransfer.text.reading.settings import ReadingSettings

if TYPE_CHECKING:
    import _csv

DELIMITERS = (",", ";", "\t", "|")
HEAD_LINES, HEAD_CHARACTERS = 2000, 1 << 20
"""What is looked at of a file, at most."""

_NAMED = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True)
class Dialect:
    """How the rows of a table are divided into fields."""

    delimiter: str
    is_quoted: bool = True
    """Whether a field may stand in quotes, and then hold the delimiter and line ends."""
    n_before: int = 0
    """Lines before the header."""


def find_dialect(head: Sequence[str], kind: str, settings: ReadingSettings) -> Dialect:
    """Look at the first lines of a table.

    A line ``sep=;``, as Excel knows it, decides. Else the delimiter is one under which the header has the
    wanted columns; among several, or without any, one that gives more than one column and all rows the same
    number of fields; and at last the usual one for the ending. Separated by tabs, quotes are characters
    like others unless the lines show them to be meant as quotes (see `_means_quotes`).
    """
    named = _NAMED.fullmatch(head[0]) if head else None
    lines = head[1:] if named else head
    usual = "\t" if kind == ".tsv" else ","
    if settings.delimiter is not None:
        candidates: Sequence[str] = (settings.delimiter,)
    else:
        candidates = (named[1],) if named else (usual, *(mark for mark in DELIMITERS if mark != usual))
    dialects = [
        Dialect(mark, is_quoted=mark != "\t" or _means_quotes(lines), n_before=int(named is not None))
        for mark in candidates
    ]
    return max(dialects, key=lambda dialect: _merit(lines, dialect, settings))


def is_header(line: str, settings: ReadingSettings) -> bool:
    """Tell whether a line names the wanted columns, and there are others beside, so that it heads a table."""
    for mark in DELIMITERS:
        names = header_names([name.strip('"') for name in line.rstrip("\r\n").split(mark)])
        if len(names) > 1 and not missing_columns(names, settings):
            return True
    return False


def check_is_no_header(line: str, settings: ReadingSettings, name: str) -> None:
    """Refuse the first line of a stream, of which no name tells the kind, if it names columns.

    Raises
    ------
    CorpusError
        If it does, unless the stream was said to be text.
    """
    if settings.input_format is None and is_header(line, settings):
        raise CorpusError(
            f"{name} begins with names of columns ({line.strip()[:60]!r}); expected plain text, a document "
            'a line: give input_format="csv" or input_format="tsv", or input_format="txt" if it is a text'
        )


def is_table(lines: Sequence[str]) -> bool:
    """Tell whether lines without labels are plainly a table: separated by tabs, as many in each."""
    rows = rows_of(lines, Dialect("\t", is_quoted=_means_quotes(lines)))
    return len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1


def _merit(lines: Sequence[str], dialect: Dialect, settings: ReadingSettings) -> tuple[bool, bool, float]:
    rows = rows_of(lines, dialect)
    if not rows:
        return False, False, 0.0
    names = header_names(rows[0])
    if len(names) == 1:  # of one column; nothing in its texts divides them
        return not missing_columns(names, settings), False, 0.0
    n_alike = sum(len(row) == len(names) for row in rows)
    return not missing_columns(names, settings), True, n_alike / len(rows)


def rows_of(lines: Sequence[str], dialect: Dialect) -> list[list[str]]:
    """Divide some lines, as far as that goes."""
    rows: list[list[str]] = []
    with suppress(csv.Error):  # a bad row, or the last one, whose end is not among the lines
        rows.extend(row for row in reader_of(lines, dialect) if any(row))
    return rows


def reader_of(lines: Iterable[str], dialect: Dialect) -> "_csv.Reader":
    """Return the csv module's reader for a dialect."""
    if not dialect.is_quoted:
        return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=dialect.delimiter, strict=True)


def _means_quotes(lines: Sequence[str]) -> bool:
    """Tell whether the quotes in a table separated by tabs are meant as such, as Excel writes them.

    Plain TSV has no quotes: where the lines have the same number of tabs each, they count as quotes only if
    every field with one is quoted as a whole, and something shows that it is no accident: the header is
    quoted, quotes within are doubled, or it is exactly the fields with a comma that are quoted. Where
    numbers of tabs differ, quotes count if they make all rows equal.
    """
    bare = [line.rstrip("\r\n") for line in lines if line.strip()]
    fields = [field for line in bare for field in line.split("\t")]
    quoted = [field for field in fields if field.startswith('"')]
    if not quoted:
        return False
    if len({line.count("\t") for line in bare}) > 1:
        rows = rows_of(lines, Dialect("\t"))
        return len(rows) > 1 and len({len(row) for row in rows}) == 1
    if sum('"' in field for field in fields) > len(quoted) or not all(map(_QUOTED.fullmatch, quoted)):
        return False
    with_commas = [field for field in fields if "," in field]
    return (
        bare[0].startswith('"')
        or any('""' in field[1:-1] for field in quoted)
        or (len(with_commas) > 0 and set(with_commas) == set(quoted))
    )
