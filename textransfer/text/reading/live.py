"""Read plain text from a stream line by line, so that each can be answered before the next is there."""

import codecs
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from textransfer.config import ENCODING
from textransfer.text.reading.compression import is_wide
from textransfer.text.reading.dialects import check_is_no_header
from textransfer.text.reading.findings import Findings
from textransfer.text.reading.readers import marked, records_as_they_are
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import spool


def live_lines(stream: BinaryIO, settings: ReadingSettings, name: str) -> Iterator[Record]:
    """Yield the same records as a file of the same bytes has, each with its text as it stands there.

    Lines are decoded as they come while they are UTF-8, or in the encoding that was named. At the first that
    is not, and where lines cannot be told by bytes, the rest is read to its end and then like a file, which
    tells its encoding.

    Raises
    ------
    CorpusError
        As `read_records`.
    """
    findings = Findings()
    with findings.told():
        yield from marked(_lines(stream, settings, name, findings), settings, findings)


def _lines(stream: BinaryIO, settings: ReadingSettings, name: str, findings: Findings) -> Iterator[Record]:
    encoding = "utf-8" if settings.encoding == ENCODING else settings.encoding
    name_of_codec = codecs.lookup(encoding).name
    is_by_line = not is_wide(encoding) and not name_of_codec.startswith(("iso2022", "hz", "utf-7"))
    n_lines, is_ascii = 0, True
    for line in stream:
        is_text = is_by_line and b"\0" not in line and (b"\x1b$" not in line or settings.encoding != ENCODING)
        text = _decoded(line, encoding, is_first=not n_lines) if is_text else None
        if text is None:
            # In the file the lines before are empty ones; what was no ASCII among them was UTF-8.
            whole = replace(settings, has_fields=True, encoding=settings.encoding if is_ascii else encoding)
            source = spool(stream, name, before=b"\n" * n_lines + line)
            yield from islice(records_as_they_are(source, whole, findings), n_lines, None)
            return
        if not n_lines:
            check_is_no_header(text, settings, name)
        is_ascii = is_ascii and line.isascii()
        for piece in _split(text):
            n_lines += 1
            yield Record(n_lines, piece, "", {settings.text_column: piece})


def _decoded(line: bytes, encoding: str, *, is_first: bool) -> str | None:
    with suppress(UnicodeDecodeError):
        return (line.removeprefix(codecs.BOM_UTF8) if is_first else line).decode(encoding)
    return None


def _split(text: str) -> list[str]:
    """Return the lines of a text that ends with a line; they may end with a carriage return alone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]
