"""Read tables whose fields are separated by a character: CSV and its like."""

import csv
import sys
from collections.abc import Iterable, Iterator

from textransfer.errors import CorpusError
from textransfer.text.reading.columns import clean_names, find_columns, header_names, listed
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source


def read_delimited(lines: Iterable[str], source: Source, settings: ReadingSettings) -> Iterator[Record]:
    """Yield the rows of a table below its header."""
    # A field may be as long as memory allows; the module's own limit is 128 KiB.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    delimiter = settings.delimiter or ("\t" if source.kind == ".tsv" else ",")
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(rows, [])
        if not header:
            return
        places = find_columns(header, source.name, settings)
        names = clean_names(header) if settings.has_fields else None
        text_place, label_place = places[0], places[1] if len(places) > 1 else None
        n_fields = len(header)
        for row in rows:
            if not row:
                continue
            if len(row) != n_fields:
                row = _checked(row, rows.line_num, header, source)
            label = "" if label_place is None else row[label_place].strip()
            fields: dict[str, object] | None = None if names is None else dict(zip(names, row, strict=True))
            yield Record(rows.line_num, row[text_place], label, fields)
    except csv.Error as error:
        raise CorpusError(
            f"{source.name}, line {rows.line_num}: {error}; expected proper CSV, where a field with quotes, "
            'separators or line ends is quoted, and quotes in it are doubled (""): look for a quote left open'
        ) from error


def _checked(row: list[str], line: int, header: list[str], source: Source) -> list[str]:
    """Return a row without surplus fields that are empty, or say that it has too many or too few."""
    n_fields = len(header)
    if len(row) > n_fields and not any(field.strip() for field in row[n_fields:]):
        return row[:n_fields]
    advice = "quote fields that hold a comma" if len(row) > n_fields else "mend the row"
    raise CorpusError(
        f"{source.name}, line {line}: the row has {len(row)} of {n_fields} fields; expected one for each "
        f"column ({listed(header_names(header))}): {advice}"
    )
