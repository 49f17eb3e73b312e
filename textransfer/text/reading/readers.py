"""Read the records of one file, whatever its kind."""

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from textransfer.errors import CorpusError
from textransfer.text.reading.batches import cut_between_words
from textransfer.text.reading.compression import explained, open_binary, open_text, with_mark
from textransfer.text.reading.delimited import read_delimited
from textransfer.text.reading.encodings import encoding_of
from textransfer.text.reading.json_lines import read_json_lines
from textransfer.text.reading.parquet import read_parquet
from textransfer.text.reading.records import Record
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import Source

_SIGNATURES = (
    (b"\x1f\x8b", "gzip data", "give the file the ending .gz", "zcat"),
    (b"BZh", "bzip2 data", "give the file the ending .bz2", "bzcat"),
    (b"\xfd7zXZ\x00", "xz data", "give the file the ending .xz", "xzcat"),
    (b"\x28\xb5\x2f\xfd", "zstandard data", "give the file the ending .zst", "zstdcat"),
    (b"PAR1", "parquet data", "give the file the ending .parquet", ""),
    (b"PK\x03\x04", "a zip archive or an office document", "export it as text or CSV", ""),
    (b"%PDF-", "a PDF", "export it as text", ""),
    (b"\xff\xfe\x00\x00", "text in UTF-32", "give --encoding utf-32", ""),
    (b"\xff\xfe", "text in UTF-16", "give --encoding utf-16", ""),
    (b"\xfe\xff", "text in UTF-16", "give --encoding utf-16", ""),
)
"""First bytes, what they tell, what to do, what unpacks such data in a pipe, where no name has an ending."""


def read_records(
    source: Source, settings: ReadingSettings, *, on_read: Callable[[memoryview], None] | None = None
) -> Iterator[Record]:
    """Yield the records of a file, the blank ones too; `on_read` is called with the bytes of each read.

    Raises
    ------
    CorpusError
        At the first place where the file is not what it was said to be.
    """
    encoding = encoding_of(source, settings.encoding)
    with _explained(source, encoding):
        if source.kind == ".parquet":
            yield from read_parquet(source, settings, on_read)
            return
        _refuse_binary(source, encoding)
        newline = "" if source.kind in (".csv", ".tsv") else None
        with open_text(source.path, encoding=encoding, on_read=on_read, newline=newline) as stream:
            yield from _READERS[source.kind](_without_nul(stream, source), source, settings)


def read_blocks(
    source: Source,
    settings: ReadingSettings,
    n_characters: int,
    *,
    on_read: Callable[[memoryview], None] | None = None,
) -> Iterator[tuple[str, bool]]:
    """Yield a plain text file in pieces of about so many characters.

    Yields
    ------
    str
        Whole lines, each ended by a line feed, and the rest of a line that was begun before. Lines of more
        than twice the size of a piece are cut between words.
    bool
        Whether the last line goes on in the next piece; it is then the only one.
    """
    encoding = encoding_of(source, settings.encoding)
    with (
        _explained(source, encoding),
        open_text(source.path, encoding=encoding, on_read=on_read) as stream,
    ):
        _refuse_binary(source, encoding)
        line, rest = 1, ""
        while block := stream.read(n_characters):
            if "\0" in block:
                raise _binary_error(source, line + block[: block.index("\0")].count("\n"))
            line += block.count("\n")
            text = rest + block
            end = text.rfind("\n") + 1
            is_open = not end and len(text) > 2 * n_characters
            if is_open:
                end = cut_between_words(text, n_characters) or 0
            if end:
                yield text[:end], is_open
            rest = text[end:]
        if rest:
            yield rest, False


@contextmanager
def _explained(source: Source, encoding: str) -> Iterator[None]:
    """Raise a CorpusError for what cannot be read or decoded inside the block."""
    with explained(source.path, source.name):
        try:
            yield
        except UnicodeError as error:
            raise _encoding_error(source, encoding, error) from error


def _read_lines(lines: Iterable[str], source: Source, settings: ReadingSettings) -> Iterator[Record]:
    if settings.label_column is not None:
        raise CorpusError(
            f"{source.name} is a plain text file and has no labels; expected a .csv, .tsv, .jsonl or "
            f".parquet file with the columns {settings.text_column!r} and {settings.label_column!r}"
        )
    for number, line in enumerate(lines, 1):
        yield Record(number, line.rstrip("\n"), "", None)


_READERS = {
    ".txt": _read_lines,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".jsonl": read_json_lines,
}


def _refuse_binary(source: Source, encoding: str) -> None:
    """Look at the first bytes, so that binary data is called so and not a wrong encoding."""
    if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):  # they write NUL for ordinary text
        return
    with open_binary(source.path) as stream:
        head = stream.read(1 << 14)
    for signature, kind, advice, unpacker in _SIGNATURES:
        if head.startswith(signature):
            if source.is_stream and unpacker:
                advice = f"unpack it on the way, as in {unpacker} FILE | textransfer ... -"
            raise CorpusError(f"{source.name} looks like {kind}; expected text: {advice}")
    if b"\0" in head:
        raise _binary_error(source, head[: head.index(b"\0")].count(b"\n") + 1)


def _binary_error(source: Source, line: int) -> CorpusError:
    return CorpusError(
        f"{source.name} holds binary data (a NUL byte in line {line}); expected text: "
        "export it as text, CSV or JSON lines"
    )


def _without_nul(lines: Iterable[str], source: Source) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            raise _binary_error(source, number)
        yield line


def _encoding_error(source: Source, encoding: str, error: UnicodeError) -> CorpusError:
    """Read the file again up to the byte that cannot be decoded, to say where it is."""
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
    return CorpusError(
        f"{source.name}, line {line}: {byte} is no valid {encoding} text; expected {encoding}: "
        "give the file's encoding, such as --encoding cp1252 or --encoding shift_jis"
    )
