"""Read plain text from a stream line by line, so that each can be answered before the next is there."""

import codecs
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO

from textransfer.config import ENCODING
from textransfer.errors import CorpusError
from textransfer.text.reading.dialects import is_header
from textransfer.text.reading.readers import read_records
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import spool


def live_lines(stream: BinaryIO, settings: ReadingSettings, name: str) -> Iterator[Record]:
    """Yield the same records as a file of the same bytes has.

    Lines are decoded as they come while they are UTF-8. At the first that is not, and wherever settings ask
    for more, the rest is read to its end and then like a file, which tells its encoding.

    Raises
    ------
    CorpusError
        As `read_records`.
    """
    n_lines = 0
    is_plain = settings.encoding in (ENCODING, "utf-8") and not settings.strip_markup
    for line in stream:
        is_other = not is_plain or b"\0" in line or b"\x1b$" in line
        text = None if is_other else _decoded(line, is_first=not n_lines)
        if text is None:
            # In the file the lines before are empty ones.
            source = spool(stream, name, before=b"\n" * n_lines + line)
            yield from islice(read_records(source, settings), n_lines, None)
            return
        if not n_lines:
            check_is_no_header(text, settings, name)
        for piece in _split(text):
            n_lines += 1
            yield Record(n_lines, piece, "")


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
            "a line: give --input-format csv or tsv, or txt if it is a text"
        )


def _decoded(line: bytes, *, is_first: bool) -> str | None:
    with suppress(UnicodeDecodeError):
        return (line.removeprefix(codecs.BOM_UTF8) if is_first else line).decode("utf-8")
    return None


def _split(text: str) -> list[str]:
    """Return the lines of a text that ends with a line; they may end with a carriage return alone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]
