"""Read the sheets of workbooks: .xlsx, and what is like it."""

import datetime
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

from textransfer.errors import ConfigError, CorpusError
from textransfer.extras import require
from textransfer.text.reading.columns import (
    clean_names,
    find_columns,
    header_names,
    joined,
    missing_columns,
    with_place_of_header,
)
from textransfer.text.reading.compression import seekable
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source
from textransfer.text.reading.unpacked import unpacked_size
from textransfer.text.reading.values import is_missing, label_of, text_of

LARGEST_BOOK = 1 << 31
"""Bytes of its parts, unpacked; a sheet of a million rows of texts has about a quarter of them."""
_LONGEST_REASON = 200
"""Characters of what a library says of a damaged workbook."""
_LOOKED_AT = 40
"""Rows among which a header is looked for that does not come first."""


def read_sheet(
    source: Source,
    settings: ReadingSettings,
    findings: Findings,
    on_read: Callable[[memoryview], None] | None,
) -> Iterator[Record]:
    """Yield the rows of a sheet below the first one that is not empty, its header."""
    calamine = require("python_calamine", extra="excel", purpose="reading .xlsx files")
    if source.path.stat().st_size == 0:
        return
    with seekable(source.path, on_read) as stream:
        _check_size(stream, source.name)
        try:
            book = calamine.load_workbook(stream)
            sheet = book.get_sheet_by_name(_name_of_sheet(book, source, settings, findings))
            rows = _rows(sheet)
            yield from _records(rows, source, settings, findings)
        except calamine.CalamineError as error:
            raise _unreadable(source.name, error) from error


def _unreadable(name: str, error: Exception) -> CorpusError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return CorpusError(
        f"{name} is no workbook that can be read ({reason[:_LONGEST_REASON]}); expected a whole .xlsx file "
        "without a password: save it again"
    )


def _check_size(stream: IO[bytes], name: str) -> None:
    """Refuse a workbook whose parts, which are read whole, are larger than memory may be."""
    if not zipfile.is_zipfile(stream):
        stream.seek(0)
        return
    try:
        n_bytes = unpacked_size(stream, LARGEST_BOOK)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError) as error:
        raise _unreadable(name, error) from error
    stream.seek(0)
    if n_bytes > LARGEST_BOOK:
        raise CorpusError(
            f"{name} holds {n_bytes:,} bytes or more when unpacked; expected at most {LARGEST_BOOK:,}, since "
            "a workbook is read whole: save its sheet as CSV"
        )


def _name_of_sheet(book: Any, source: Source, settings: ReadingSettings, findings: Findings) -> str:  # noqa: ANN401
    names = book.sheet_names
    if settings.sheet is not None:
        if settings.sheet not in names:
            raise ConfigError(
                f"{source.name} has the sheets {', '.join(map(repr, names))}; expected {settings.sheet!r}: "
                "name one of them with sheet=NAME"
            )
        return settings.sheet
    visible = [sheet.name for sheet in book.sheets_metadata if str(sheet.visible).endswith("Visible")]
    shown = [name for name in names if name in visible] or names
    if not shown:
        raise CorpusError(f"{source.name} has no sheet; expected one with a row of names and rows below it")
    if len(shown) > 1:
        findings.take_sheet(source.name, shown[0], len(shown))
    return str(shown[0])


def _rows(sheet: Any) -> Iterator[tuple[int, list[object]]]:  # noqa: ANN401 - python-calamine has no types for it
    """Yield rows with their number in the sheet; calamine begins at the first cell that is filled."""
    start = sheet.start
    first = 1 if start is None else start[0] + 1
    for number, row in enumerate(sheet.to_python(skip_empty_area=True), first):
        yield number, [_value(cell) for cell in row]


def _value(cell: object) -> object:
    """Return a cell as the sheet shows it: whole numbers without a point, days without an hour."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date()
    return None if cell == "" else cell


def _records(
    rows: Iterator[tuple[int, list[object]]], source: Source, settings: ReadingSettings, findings: Findings
) -> Iterator[Record]:
    header: Sequence[object] = []
    for _, header in rows:
        if not all(map(is_missing, header)):
            break
    else:
        return
    below = list(rows)
    try:
        places = find_columns(header, source.name, settings)
    except CorpusError as error:
        fit = [n for n, row in below[:_LOOKED_AT] if not missing_columns(header_names(row), settings)]
        raise with_place_of_header(error, f"row {fit[0]}" if fit else None) from error
    names = _names_of(header, below, source, findings)
    findings.names = names
    is_decimal = places.label is not None and any(type(row[places.label]) is float for _, row in below)
    n_empty = 0
    for number, row in below:
        if all(map(is_missing, row)):
            n_empty += 1
            continue
        findings.n_empty += n_empty  # but not those at the end
        n_empty = 0
        place = f"{source.name}, row {number}"
        try:
            texts = [text_of(_as_text(row[column]), place) for column in places.texts]
            yield Record(
                number,
                texts[0] if len(texts) == 1 else joined(texts),
                "" if places.label is None else label_of(_label(row[places.label], is_decimal), place),
                dict(zip(names, row, strict=False)) if settings.has_fields else None,
            )
        except CorpusError as error:
            if settings.bad_rows == "error":
                raise
            findings.skip(error)


def _names_of(
    header: Sequence[object], rows: Sequence[tuple[int, list[object]]], source: Source, findings: Findings
) -> list[str]:
    """Return the names of the columns, up to the last one that has a name or a cell that is filled.

    Behind the last name a column is called by its place, which is noted.
    """
    n_named = max(place for place, name in enumerate(header, 1) if not is_missing(name))
    width = n_named
    for _, row in rows:
        while any(not is_missing(cell) for cell in row[width:]):
            width += 1
    spelt = header_names(header[:n_named])
    names = clean_names([*spelt, *(f"column {place}" for place in range(n_named + 1, width + 1))])
    if width > n_named:
        findings.name_columns(source.name, names[n_named:])
    return names


def _as_text(cell: object) -> str | None:
    return cell if isinstance(cell, str) or cell is None else str(cell)


def _label(cell: object, is_decimal: bool) -> object:
    """Return a label; a whole number among others as 2.0, as other formats have it."""
    return float(cell) if is_decimal and type(cell) is int else cell
