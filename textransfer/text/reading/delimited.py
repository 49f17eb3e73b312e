"""Read tables whose fields are separated by a character: CSV and its like."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from textransfer.errors import CorpusError
from textransfer.text.reading import compression
from textransfer.text.reading.columns import (
    clean_names,
    find_columns,
    header_names,
    joined,
    listed,
    with_place_of_header,
)
from textransfer.text.reading.dialects import (
    HEAD_CHARACTERS,
    HEAD_LINES,
    Dialect,
    find_dialect,
    is_header,
    reader_of,
)
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source
from textransfer.text.reading.values import label_of

_MOST_LABELS = 1000
"""So many are looked up, which is quicker."""
_LOOKED_AT = 40
"""Lines among which a header is looked for that does not come first."""


def read_delimited(
    lines: Iterable[str], source: Source, settings: ReadingSettings, findings: Findings
) -> Iterator[Record]:
    """Yield the rows of a table below its header; empty ones are left out and counted."""
    csv.field_size_limit(compression.LONGEST_LINE)  # the module's own is 128 KiB
    lines = iter(lines)
    head = _head(lines)
    dialect = find_dialect(head, source.kind, settings)
    usual = "\t" if source.kind == ".tsv" else ","
    if dialect.delimiter != usual and settings.delimiter is None:
        findings.take_delimiter(source.name, dialect.delimiter)
    table = _Lines(islice(chain(head, lines), dialect.n_before, None), dialect, head[:_LOOKED_AT])
    while True:
        try:
            yield from _records(table, source.name, settings, findings)
            return
        except csv.Error as cause:
            table.begin_again(source.name, cause, settings, findings)


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


def _records(table: "_Lines", name: str, settings: ReadingSettings, findings: Findings) -> Iterator[Record]:
    """Yield rows until the end, or a csv.Error, behind which the same call goes on."""
    present, dialect = table.present, table.dialect
    reader = reader_of(table.feed(), dialect)
    if not table.header:
        table.header = next((row for row in reader if any(map(str.strip, row))), [])
        table.n_read = table.n_before + reader.line_num
        present.clear()
        if not table.header:
            return
    header = table.header
    try:
        places = find_columns(header, name, settings)
    except CorpusError as cause:
        raise _with_hint(cause, table, settings) from cause
    names = clean_names(header) if settings.has_fields else None
    findings.names = names or []
    wanted = [*places.texts, *([] if places.label is None else [places.label])]
    text_place, label_place, is_joined = wanted[0], wanted[-1], len(places.texts) > 1
    has_label, n_fields, n_before, n_empty = places.label is not None, len(header), table.n_before, 0
    n_read = table.n_read
    spelt: dict[str, str] = {}
    try:
        for row in reader:
            line = n_read + 1
            n_read = n_before + reader.line_num
            present.clear()
            # What begins with more than a blank needs no closer look.
            if len(row) != n_fields or row[text_place] < "!" or (has_label and row[label_place] < "!"):
                if not "".join(row).strip() and (n_fields > 1 or len(row) != 1):
                    n_empty += 1
                    continue
                if fault := _fault(row, header, wanted, dialect):
                    error = CorpusError(f"{name}, line {line}: {fault}")
                    if settings.bad_rows == "error":
                        raise error
                    findings.skip(error)
                    continue
            if n_empty:
                findings.n_empty += n_empty  # but not those at the end
                n_empty = 0
            label = (spelt.get(row[label_place]) or _spell(row[label_place], spelt)) if has_label else ""
            fields: dict[str, object] | None = None if names is None else dict(zip(names, row, strict=False))
            text = joined(row[place] for place in places.texts) if is_joined else row[text_place]
            yield Record._make((line, text, label, fields))
    finally:
        table.n_read = n_read


def _with_hint(cause: CorpusError, table: "_Lines", settings: ReadingSettings) -> CorpusError:
    """Return the error of a header that lacks columns, with what may be the reason."""
    fit = [number for number, line in enumerate(table.head, 1) if is_header(line, settings)]
    if table.n_read not in fit:
        return with_place_of_header(cause, f"line {fit[0]}" if fit else None)
    if settings.delimiter is None:
        return cause
    return CorpusError(f"{cause}; {settings.delimiter!r} does not separate them: leave delimiter out")


def _spell(field: str, spelt: dict[str, str]) -> str:
    """Return a field as a label, and keep it with those that were met before."""
    label = label_of(field, "")
    if len(spelt) < _MOST_LABELS:
        spelt[field] = label
    return label


class _Lines:
    """The lines of a table: kept while they are those of one row, and read again if that is none."""

    def __init__(self, lines: Iterator[str], dialect: Dialect, head: list[str]) -> None:
        self.dialect, self.head = dialect, head
        self.header: list[str] = []
        self.present: list[str] = []
        self.n_before = self.n_read = dialect.n_before
        self._lines = lines
        self._again: deque[str] = deque()

    def feed(self) -> Iterator[str]:
        """Yield lines, those first that are read once more."""
        while self._again:
            self.present.append(self._again.popleft())
            yield self.present[-1]
        n_characters = 0
        for line in self._lines:
            n_characters = len(line) + (n_characters if self.present else 0)
            self.present.append(line)
            if n_characters > compression.LONGEST_LINE:
                raise csv.Error(f"its row has more than {compression.LONGEST_LINE:,} characters")
            yield line

    def begin_again(self, name: str, cause: csv.Error, settings: ReadingSettings, findings: Findings) -> None:
        """Raise an error that says where a quote is wrong; or leave out the lines to there."""
        opened = _open_quote("".join(self.present), self.dialect.delimiter)
        error = CorpusError(
            f"{name}, line {self.n_read + 1 + opened}: a quote that is opened here is not closed as it "
            f"should be ({cause}); expected proper CSV, where a field with quotes, separators or line ends "
            'is quoted, and quotes in it are doubled (""): look for a quote left open'
        )
        if settings.bad_rows == "error" or not self.header:
            raise error from cause
        findings.skip(error)
        self.n_before = self.n_read = self.n_read + opened + 1
        self._again.extendleft(reversed(self.present[opened + 1 :]))
        self.present.clear()


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


def _fault(row: list[str], header: list[str], places: list[int], dialect: Dialect) -> str:
    """Return what is wrong with a row that is not empty, if something is."""
    n_fields = len(header)
    if len(row) == n_fields or (len(row) > n_fields and not any(map(str.strip, row[n_fields:]))):
        return _blank_before_quote(row, places, header) if dialect.is_quoted else ""
    name = {",": "a comma", ";": "a semicolon", "\t": "a tab"}.get(dialect.delimiter, repr(dialect.delimiter))
    if len(row) < n_fields:
        advice = 'mend the row, or leave such rows out with bad_rows="skip"'
    elif not dialect.is_quoted:
        advice = f'take {name} out of the text, or leave such rows out with bad_rows="skip"'
    else:
        advice = f'quote fields that hold {name}, with no blank before the quote; or bad_rows="skip"'
    return (
        f"the row has {len(row)} of {n_fields} fields; expected one for each column "
        f"({listed(header_names(header))}): {advice}"
    )


def _blank_before_quote(row: list[str], places: list[int], header: list[str]) -> str:
    """Return what is wrong if a blank keeps a quote from being one."""
    for place in places:
        field = row[place].strip()
        if row[place][:1] == " " and field[:1] == '"' and field[-1:] == '"' != field:
            column = header_names(header)[place]
            return (
                f"the field in column {column!r} has a blank before its quote; expected the quote right "
                'behind the separator: take the blank out, or leave such rows out with bad_rows="skip"'
            )
    return ""
