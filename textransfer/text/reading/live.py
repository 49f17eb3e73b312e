"""Read plain text from a stream line by line, so that each can be answered before the next is there."""

import codecs
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from itertools import islice
from select import select
from time import monotonic
from typing import BinaryIO

from textransfer.config import ENCODING
from textransfer.errors import CorpusError
from textransfer.text.reading.compression import is_wide
from textransfer.text.reading.dialects import check_is_no_header
from textransfer.text.reading.findings import Findings, logger
from textransfer.text.reading.readers import marked, records_as_they_are
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import spool

SECONDS_TO_WAIT, SECONDS_IN_ALL = 1.0, 10.0
"""How long the end of a stream is waited for: between two pieces of it, and in all."""


def live_lines(stream: BinaryIO, settings: ReadingSettings, name: str) -> Iterator[Record]:
    """Yield the same records as a file of the same bytes has, each with its text as it stands there.

    Lines are decoded as they come: as UTF-8, or in the encoding that was named. If the first line is not
    UTF-8, or lines cannot be told by bytes, the stream is read to its end and then like a file, which tells
    its encoding; that is said first. So it is where the end of the stream is there, or comes in a second, if
    a later line is not UTF-8 and all before it are ASCII. Else a later line that cannot be decoded is an
    error, or is left out and counted, as `settings` say of bad rows.

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
    has_end, is_ascii = _has_end(stream), True
    n_lines = 0
    for line in stream:
        is_text = is_by_line and b"\0" not in line and (b"\x1b$" not in line or settings.encoding != ENCODING)
        text = _decoded(line, encoding, is_first=not n_lines) if is_text else None
        rest: BinaryIO | None = stream
        if text is None and n_lines and is_by_line and not has_end:
            may_be_guessed = is_ascii and settings.encoding == ENCODING and settings.bad_rows == "error"
            rest = _rest_that_ends(stream) if may_be_guessed else None
        if rest is None:
            n_lines += 1
            error = _error(line, encoding, f"{name}, line {n_lines}")
            if settings.bad_rows == "error":
                raise error
            findings.skip(error)
            continue
        if text is None:
            if rest is stream and not has_end:
                advice = "; encoding=NAME says what it is" if settings.encoding == ENCODING else ""
                logger.info("%s cannot be answered line by line: it is read to its end first%s", name, advice)
            # In the file the lines before are empty ones; what was no ASCII among them was UTF-8.
            whole = replace(settings, has_fields=True, encoding=settings.encoding if is_ascii else encoding)
            source = spool(rest, name, before=b"\n" * n_lines + line)
            yield from islice(records_as_they_are(source, whole, findings), n_lines, None)
            return
        if not n_lines:
            check_is_no_header(text, settings, name)
        is_ascii = is_ascii and line.isascii()
        for piece in _split(text):
            n_lines += 1
            yield Record(n_lines, piece, "", {settings.text_column: piece})


def _has_end(stream: BinaryIO) -> bool:
    """Tell whether a stream is a file or bytes in memory, so that reading it to its end waits for nobody."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:  # it has no number
        return True


def _rest_that_ends(stream: BinaryIO) -> BinaryIO | None:
    """Return the rest of a pipe whose end comes soon, such as that of ``cat``; None if more is to come."""
    number, began, parts = stream.fileno(), monotonic(), []
    try:
        os.set_blocking(number, False)
        parts.append(stream.read() or b"")  # what is buffered, and what is there
        while monotonic() < began + SECONDS_IN_ALL and select([number], [], [], SECONDS_TO_WAIT)[0]:
            parts.append(os.read(number, 1 << 20))
            if not parts[-1]:
                return BytesIO(b"".join(parts))
    except (OSError, ValueError):  # a system that cannot wait for pipes
        return None
    finally:
        with suppress(OSError):
            os.set_blocking(number, True)
    return None


def _error(line: bytes, encoding: str, place: str) -> CorpusError:
    """Return what is wrong with a line that cannot be decoded."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError as error:
        what = f"byte 0x{line[error.start]:02x} is no valid {encoding} text"
    else:
        what = "a NUL byte is binary data" if b"\0" in line else "byte 0x1b begins text in ISO-2022-JP"
    return CorpusError(
        f"{place}: {what}; expected {encoding}, as the lines before: give the encoding of all, such as "
        'encoding="cp1252", or leave such lines out with bad_rows="skip"'
    )


def _decoded(line: bytes, encoding: str, *, is_first: bool) -> str | None:
    with suppress(UnicodeDecodeError):
        return (line.removeprefix(codecs.BOM_UTF8) if is_first else line).decode(encoding)
    return None


def _split(text: str) -> list[str]:
    """Return the lines of a text that ends with a line; they may end with a carriage return alone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]
