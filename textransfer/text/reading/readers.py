"""Read the records of one file, whatever its kind."""

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TextIO

from textransfer.config import ENCODING, TEXT_COLUMN
from textransfer.errors import CorpusError
from textransfer.text.reading import compression
from textransfer.text.reading.batches import cut_between_words
from textransfer.text.reading.changes import unchanged
from textransfer.text.reading.compression import (
    LongLineError,
    NulError,
    explained,
    is_wide,
    open_binary,
    open_text,
    with_mark,
)
from textransfer.text.reading.delimited import dialect_of, read_delimited
from textransfer.text.reading.dialects import HEAD_LINES, check_is_no_header, is_header, is_table
from textransfer.text.reading.encodings import find_encoding
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.json_lines import read_json_lines
from textransfer.text.reading.markup import has_markup, without_markup
from textransfer.text.reading.parquet import read_parquet
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source
from textransfer.text.reading.spreadsheets import read_sheet

_SIGNATURES = (
    (b"\x1f\x8b", "gzip data", "give the file the ending .gz"),
    (b"BZh", "bzip2 data", "give the file the ending .bz2"),
    (b"\xfd7zXZ\x00", "xz data", "give the file the ending .xz"),
    (b"\x28\xb5\x2f\xfd", "zstandard data", "give the file the ending .zst"),
    (b"PAR1", "parquet data", 'give the file the ending .parquet, or input_format="parquet"'),
    (
        b"PK\x03\x04",
        "a zip archive or an office document",
        'give a workbook the ending .xlsx or input_format="xlsx"; export others as text or CSV',
    ),
    (b"\xd0\xcf\x11\xe0", "an old office document", "give a workbook the ending .xls; export others as text"),
    (b"%PDF-", "a PDF", "export it as text"),
)
"""First bytes, what they tell, what to do."""
_WIDE_SIGNATURES = (
    (b"\xff\xfe\x00\x00", "text in UTF-32", 'give encoding="utf-32", or none'),
    (b"\xff\xfe", "text in UTF-16", 'give encoding="utf-16", or none'),
    (b"\xfe\xff", "text in UTF-16", 'give encoding="utf-16", or none'),
)
"""The same, if another encoding was named."""


def read_records(
    source: Source,
    settings: ReadingSettings,
    *,
    on_read: Callable[[memoryview], None] | None = None,
    findings: Findings | None = None,
) -> Iterator[Record]:
    """Yield the records of a file, the blank ones too.

    Parameters
    ----------
    source : Source
        The file.
    settings : ReadingSettings
        How it is read.
    on_read : callable, optional
        Called with the bytes of each read.
    findings : Findings, optional
        Gathers what a user should know; without it that is said when the file has been read.

    Raises
    ------
    CorpusError
        At the first place where the file is not what it was said to be.
    """
    if findings is None:
        findings = Findings()
        with findings.told():
            yield from read_records(source, settings, on_read=on_read, findings=findings)
        return
    yield from marked(records_as_they_are(source, settings, findings, on_read), settings, findings)


def records_as_they_are(
    source: Source,
    settings: ReadingSettings,
    findings: Findings,
    on_read: Callable[[memoryview], None] | None = None,
) -> Iterator[Record]:
    """Yield the same records without a look at their markup."""
    if source.kind in _BINARY_READERS:
        with unchanged([source]), explained(source.path, source.name):
            yield from _BINARY_READERS[source.kind](source, settings, findings, on_read)
        return
    with unchanged([source]):
        yield from _records_of_text(source, settings, findings, on_read)


def _records_of_text(
    source: Source,
    settings: ReadingSettings,
    findings: Findings,
    on_read: Callable[[memoryview], None] | None,
) -> Iterator[Record]:
    look = look_at(source, settings, findings)
    newline = None if look.kind in (".txt", ".jsonl") else ""
    with _opened(
        source, look, findings, on_read, newline=newline, longest_line=compression.LONGEST_LINE
    ) as stream:
        lines = _without_nul(stream, source) if is_wide(look.encoding) else stream
        yield from _READERS[look.kind](lines, replace(source, kind=look.kind), settings, findings)


def delimiter_of(source: Source, settings: ReadingSettings) -> str | None:
    """Return what separates the fields of a file; None if it has no such fields."""
    if source.kind in _BINARY_READERS:
        return None
    look = look_at(source, settings, Findings())
    if look.kind not in (".csv", ".tsv"):
        return None
    with _opened(source, look, Findings(), None, newline="", longest_line=compression.LONGEST_LINE) as stream:
        return dialect_of(stream, look.kind, settings).delimiter


def marked(records: Iterator[Record], settings: ReadingSettings, findings: Findings) -> Iterator[Record]:
    """Count texts with HTML in them, or take it out."""
    if settings.strip_markup:
        for record in records:
            yield record._replace(text=without_markup(record.text))
        return
    number = findings.n_looked_at
    try:
        for record in records:
            number += 1
            text = record[1]
            if ("<" in text or "&" in text) and has_markup(text):
                findings.n_marked += 1
                findings.n_looked_at = number  # what is found may be told before the end is reached
            yield record
    finally:
        findings.n_looked_at = number


def read_blocks(
    source: Source,
    look: "Look",
    n_characters: int,
    *,
    on_read: Callable[[memoryview], None] | None = None,
    findings: Findings,
) -> Iterator[tuple[str, bool]]:
    """Yield a plain text file in pieces of about so many characters, as it is, markup too.

    Yields
    ------
    str
        Whole lines, each ended by a line feed, and the rest of a line that was begun before. Lines of more
        than twice the size of a piece are cut between words.
    bool
        Whether the last line goes on in the next piece; it is then the only one.
    """
    with _opened(source, look, findings, on_read) as stream:
        line, rest = 1, ""
        while block := stream.read(n_characters):
            if "\0" in block:
                raise _binary_error(source, line + block[: block.index("\0")].count("\n"))
            if line == 1 and not findings.n_looked_at:
                _look_for_markup(block, findings)
            line += block.count("\n")
            text = rest + block
            end = text.rfind("\n") + 1
            is_open = not end and len(text) > 2 * n_characters
            if is_open:
                end = cut_between_words(text, n_characters) or 0
            if end:
                yield text[:end], is_open
            rest = text[end:]
            if is_open and not end and len(rest) > compression.LONGEST_LINE:
                raise _long_line_error(source, line)
        if rest:
            yield rest, False


def _look_for_markup(block: str, findings: Findings) -> None:
    """Count the texts with HTML at the beginning of a file, so that the rest is read as fast as without."""
    for text in filter(None, block[:_LOOKED_AT].split("\n")):
        findings.n_looked_at += 1
        findings.n_marked += has_markup(text)


@contextmanager
def _opened(
    source: Source,
    look: "Look",
    findings: Findings,
    on_read: Callable[[memoryview], None] | None,
    *,
    newline: str | None = None,
    longest_line: int | None = None,
) -> Iterator[TextIO]:
    """Open a text file in its encoding; raise a CorpusError for what cannot be read or decoded."""
    if look.is_guess:
        findings.guess_encoding(source.name, look.encoding)
    with explained(source.path, source.name):
        try:
            with open_text(
                source.path,
                encoding=look.encoding,
                on_read=on_read,
                newline=newline,
                longest_line=longest_line,
            ) as stream:
                yield stream
        except LongLineError as error:
            raise _long_line_error(source, error.line) from error
        except UnicodeError as error:
            raise _encoding_error(source, look, error) from error
        except NulError as error:
            raise _binary_error(source, _line_of_nul(source)) from error
        except CorpusError as error:
            if not look.is_guess:
                raise
            raise CorpusError(
                f"{error} (read as {look.encoding}, a guess: encoding=NAME overrules it)"
            ) from error


@dataclass(frozen=True)
class Look:
    """What the first bytes of a text file tell."""

    kind: str
    """That of the source; but ".tsv" for a .txt file that is a table."""
    encoding: str
    is_guess: bool
    """Whether the encoding is one."""


def look_at(source: Source, settings: ReadingSettings, findings: Findings) -> Look:
    """Look at the first bytes of a text file.

    Excel's "Unicode text" is a table separated by tabs in a file that ends in .txt: a .txt file whose first
    line names the wanted columns, and whose other lines have as many fields, is one, unless it was said to be
    text. So is any whose lines have as many fields if a column was named.

    Raises
    ------
    CorpusError
        If it holds binary data.
    """
    with explained(source.path, source.name), open_binary(source.path) as stream:
        head = stream.peek(_HEAD_BYTES)
        is_narrow = settings.encoding != ENCODING and not is_wide(settings.encoding)
        signatures = (*_SIGNATURES, *(_WIDE_SIGNATURES if is_narrow else ()))
        for signature, kind, advice in signatures:
            if head.startswith(signature):
                raise CorpusError(f"{source.name} looks like {kind}; expected text: {advice}")
        encoding, is_guess = find_encoding(stream, settings.encoding, source.name)
    if not is_wide(encoding) and b"\0" in head:
        raise _binary_error(source, head[: head.index(b"\0")].count(b"\n") + 1)
    kind = source.kind
    if kind == ".txt" and settings.input_format is None:
        lines = re.split(r"\r\n|\r|\n", head.decode(with_mark(encoding), "ignore"), maxsplit=HEAD_LINES)
        kind = _kind_of_text(lines, source, settings, findings)
    return Look(kind, encoding, is_guess)


def _kind_of_text(lines: list[str], source: Source, settings: ReadingSettings, findings: Findings) -> str:
    """Tell by its first lines whether a plain text file is a table."""
    whole_lines = lines[:-1] if len(lines) > 2 else lines  # the last one may be cut off
    if source.is_stream and settings.label_column is None:
        check_is_no_header(lines[0], settings, source.name)
    elif is_header(lines[0], settings):
        if settings.label_column is not None or is_table(whole_lines):
            return ".tsv"
        findings.suspect_table(source.name)
        return ".txt"
    if is_table(whole_lines):
        if settings.label_column is not None or settings.text_column != TEXT_COLUMN:
            return ".tsv"  # and which column it lacks will be said
        if len(whole_lines) > _FEWEST_ROWS:
            findings.suspect_columns(source.name)
    return ".txt"


def _read_lines(
    lines: Iterable[str], source: Source, settings: ReadingSettings, findings: Findings
) -> Iterator[Record]:
    if settings.label_column is not None:
        raise CorpusError(
            f"{source.name} is plain text and has no labels; expected a table with the columns "
            f"{settings.text_column!r} and {settings.label_column!r}: say what it is by its ending (.csv, "
            ".tsv, .jsonl, .parquet, .xlsx) or with input_format=KIND"
        )
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\n")
        yield Record(number, text, "", {settings.text_column: text} if settings.has_fields else None)


_READERS = {
    ".txt": _read_lines,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".jsonl": read_json_lines,
}
_BINARY_READERS = {".parquet": read_parquet, ".xlsx": read_sheet}
_LOOKED_AT = 1 << 18
"""Characters of a plain text file in which HTML is looked for."""
_HEAD_BYTES = 1 << 14
_FEWEST_ROWS = 3
"""Lines with as many tabs each, above which a text may be a table."""


def _long_line_error(source: Source, line: int) -> CorpusError:
    return CorpusError(
        f"{source.name}, line {line}, has more than {compression.LONGEST_LINE:,} bytes without a place to be "
        "cut; expected a document a line: put line breaks between documents"
    )


def _binary_error(source: Source, line: int) -> CorpusError:
    return CorpusError(
        f"{source.name} holds binary data (a NUL byte in line {line}); expected text: "
        "export it as text, CSV or JSON lines"
    )


def _line_of_nul(source: Source) -> int:
    """Return the line, counted from 1, of the first NUL byte of a file."""
    line = 1
    with open_binary(source.path) as stream:
        while block := stream.read(io.DEFAULT_BUFFER_SIZE):
            if b"\0" in block:
                return line + block[: block.index(b"\0")].count(b"\n")
            line += block.count(b"\n")
    return line


def _without_nul(lines: Iterable[str], source: Source) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            raise _binary_error(source, number)
        yield line


def _encoding_error(source: Source, look: Look, error: UnicodeError) -> CorpusError:
    """Read the file again up to the byte that cannot be decoded, to say where it is."""
    encoding = look.encoding
    decoder = codecs.getincrementaldecoder(with_mark(encoding))()
    line, byte = 1, f"something ({error})"
    with open_binary(source.path) as stream, suppress(UnicodeError):
        block = b" "
        while block:
            block = stream.read(io.DEFAULT_BUFFER_SIZE)
            try:
                line += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as cause:
                # The decoder saw bytes kept from the block before, too: cause.object holds them all.
                line += cause.object[: cause.start].decode(encoding, "replace").count("\n")
                byte = f"byte 0x{cause.object[cause.start]:02x}"
                break
    what = f"{encoding}, as its first lines let guess" if look.is_guess else encoding
    return CorpusError(
        f"{source.name}, line {line}: {byte} is no valid {encoding} text; expected {what}: "
        'give the encoding of the file, such as encoding="cp1252" or encoding="shift_jis"'
    )
