"""Read the records of one file, whatever its kind."""

import codecs
import csv
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

from textransfer.config import ENCODING, TEXT_COLUMN
from textransfer.errors import ConfigError, CorpusError
from textransfer.extras import require
from textransfer.storage.spelling import whole
from textransfer.text.reading.batches import cut_between_words
from textransfer.text.reading.compression import explained, open_binary, open_text, split_endings, with_mark
from textransfer.text.reading.sources import Source

Record = tuple[int, str, str]
"""The line (in a parquet file: the row) counted from 1, the text, the label (empty if none was asked for)."""

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


@dataclass(frozen=True)
class Columns:
    """Where the texts and labels (None: not wanted) of a table are, with the encoding of its file."""

    text: str = TEXT_COLUMN
    label: str | None = None
    encoding: str = ENCODING

    def __post_init__(self) -> None:
        try:
            "".encode(self.encoding)
        except LookupError as error:
            raise ConfigError(
                f"encoding is {self.encoding!r}, which is unknown; expected such as utf-8, cp1252, shift_jis"
            ) from error

    @property
    def names(self) -> list[str]:
        """The columns that are wanted."""
        return [self.text] if self.label is None else [self.text, self.label]


def read_records(
    source: Source, columns: Columns, *, on_read: Callable[[memoryview], None] | None = None
) -> Iterator[Record]:
    """Yield the records of a file, the blank ones too; `on_read` is called with the bytes of each read.

    Raises
    ------
    CorpusError
        At the first place where the file is not what it was said to be.
    """
    with _explained(source, columns.encoding):
        if source.kind == ".parquet":
            yield from _read_parquet(source, columns, on_read)
            return
        _refuse_binary(source, columns.encoding)
        newline = "" if source.kind in (".csv", ".tsv") else None
        with open_text(source.path, encoding=columns.encoding, on_read=on_read, newline=newline) as stream:
            yield from _READERS[source.kind](_without_nul(stream, source), source, columns)


def read_blocks(
    source: Source,
    columns: Columns,
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
    with (
        _explained(source, columns.encoding),
        open_text(source.path, encoding=columns.encoding, on_read=on_read) as stream,
    ):
        _refuse_binary(source, columns.encoding)
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


def _read_lines(lines: Iterable[str], source: Source, columns: Columns) -> Iterator[Record]:
    if columns.label is not None:
        raise CorpusError(
            f"{source.name} is a plain text file and has no labels; expected a .csv, .tsv, .jsonl or "
            f".parquet file with the columns {columns.text!r} and {columns.label!r}"
        )
    for number, line in enumerate(lines, 1):
        yield number, line.rstrip("\n"), ""


def _read_csv(lines: Iterable[str], source: Source, columns: Columns) -> Iterator[Record]:
    # A field may be as long as memory allows; the module's own limit is 128 KiB.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    rows = csv.reader(lines, delimiter="\t" if source.kind == ".tsv" else ",", strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if not header:
            return
        places = _places(header, source, columns)
        n_needed = max(places) + 1
        label_place = places[-1] if columns.label is not None else None
        for row in rows:
            if not row:
                continue
            if len(row) < n_needed:
                raise CorpusError(
                    f"{source.name}, line {rows.line_num}: the row has {len(row)} of {len(header)} fields; "
                    f"expected one for each column ({_listed(header)}): mend the row"
                )
            yield rows.line_num, row[places[0]], "" if label_place is None else row[label_place]
    except csv.Error as error:
        raise CorpusError(
            f"{source.name}, line {rows.line_num}: {error}; expected proper CSV, where a field with quotes, "
            'separators or line ends is quoted, and quotes in it are doubled (""): look for a quote left open'
        ) from error


def _places(header: Sequence[str], source: Source, columns: Columns) -> list[int]:
    """Return where the wanted columns are, or say which there are."""
    missing = [name for name in columns.names if name not in header]
    if missing:
        advice = "name yours with --text-column" + (" and --label-column" if columns.label else "")
        if len(header) == 1 and (separator := re.search(r"[;\t|]", header[0])):
            advice = f"separate the fields by commas, not by {separator[0]!r}"
        raise CorpusError(
            f"{source.name} has the columns {_listed(header)}; expected {' and '.join(map(repr, missing))}: "
            f"{advice}"
        )
    twice = [name for name in columns.names if header.count(name) > 1]
    if twice:
        raise CorpusError(
            f"{source.name} has the column {twice[0]!r} more than once; expected it once: rename one"
        )
    return [header.index(name) for name in columns.names]


def _listed(names: Sequence[str]) -> str:
    shown = [repr(name if len(name) <= 40 else f"{name[:40]}...") for name in names[:12]]
    return ", ".join(shown) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _read_jsonl(lines: Iterable[str], source: Source, columns: Columns) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{source.name}, line {number}"
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CorpusError(
                f"{place}: no valid JSON ({error}); expected one object a line, such as "
                f'{{"{columns.text}": "..."}}'
            ) from error
        if not isinstance(item, dict):
            raise CorpusError(f"{place}: found {_shortened(item)}; expected an object with {columns.text!r}")
        missing = [name for name in columns.names if name not in item]
        if missing:
            raise CorpusError(
                f"{place}: the object has {_listed(list(item))}; "
                f"expected {' and '.join(map(repr, missing))}: "
                "name yours with --text-column and --label-column"
            )
        label = "" if columns.label is None else _label(item[columns.label], place)
        yield number, whole(_text(item[columns.text], place)), whole(label)


def _read_parquet(
    source: Source, columns: Columns, on_read: Callable[[memoryview], None] | None
) -> Iterator[Record]:
    parquet = require("pyarrow.parquet", extra="parquet", purpose="reading parquet files")
    arrow = require("pyarrow", extra="parquet", purpose="reading parquet files")
    if source.path.stat().st_size == 0:
        return
    with open_binary(source.path, on_read=on_read) as stream:
        seekable: IO[bytes] = stream
        if split_endings(source.path)[1]:
            seekable = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
            shutil.copyfileobj(stream, seekable)
            seekable.seek(0)
        try:
            table = parquet.ParquetFile(seekable)
            _places(table.schema_arrow.names, source, columns)
            row = 0
            for batch in table.iter_batches(batch_size=1024, columns=columns.names):
                texts, *labels = (batch.column(name).to_pylist() for name in columns.names)
                for text, label in zip(texts, labels[0] if labels else [""] * len(texts), strict=True):
                    row += 1
                    place = f"{source.name}, row {row}"
                    yield row, _text(text, place), _label(label, place)
        except arrow.ArrowException as error:
            reason = str(error).splitlines()[0]
            raise CorpusError(
                f"{source.name} is no valid parquet file ({reason}); expected a whole one: copy it again"
            ) from error
        finally:
            seekable.close()


def _text(value: object, place: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise CorpusError(f"{place}: the text is {_shortened(value)}; expected a string")


def _label(value: object, place: str) -> str:
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value)
    raise CorpusError(f"{place}: the label is {_shortened(value)}; expected a string or a number")


def _shortened(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."


_READERS = {".txt": _read_lines, ".csv": _read_csv, ".tsv": _read_csv, ".jsonl": _read_jsonl}


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
