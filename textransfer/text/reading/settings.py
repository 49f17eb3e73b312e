"""How files are read: columns, encoding, delimiter, kind, and what becomes of rows that are broken."""

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from textransfer.config import BAD_ROWS, ENCODING, TEXT_COLUMN, BadRows, InputFormat
from textransfer.errors import ConfigError

FORMATS: tuple[str, ...] = get_args(InputFormat)


@dataclass(frozen=True)
class ReadingSettings:
    """How the records of files are read; None as far as the file itself tells."""

    text_column: str = TEXT_COLUMN
    label_column: str | None = None
    """None: no label is wanted."""
    encoding: str = ENCODING
    delimiter: str | None = None
    input_format: str | None = None
    bad_rows: str = BAD_ROWS
    strip_markup: bool = False
    sheet: str | None = None
    has_fields: bool = False
    """Whether each record shall hold all fields of its row."""

    def __post_init__(self) -> None:
        for name in ("text_column", "label_column", "encoding", "delimiter", "sheet"):
            value = getattr(self, name)
            if not isinstance(value, str) and (value is not None or name in ("text_column", "encoding")):
                raise ConfigError(f"{name} is {value!r}; expected a string")
        _check_encoding(self.encoding)
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n\0'):
            raise ConfigError(
                f"delimiter is {self.delimiter!r}; expected one character, such as ',', ';', '|' or a tab"
            )
        if self.input_format is not None and self.input_format not in FORMATS:
            raise ConfigError(f"input_format is {self.input_format!r}; expected one of {', '.join(FORMATS)}")
        if self.bad_rows not in get_args(BadRows):
            raise ConfigError(f"bad_rows is {self.bad_rows!r}; expected {' or '.join(get_args(BadRows))}")

    def check(self, kinds: Iterable[str]) -> None:
        """Refuse what cannot act on any file of these kinds."""
        kinds = set(kinds)
        if self.delimiter is not None and not kinds & {".csv", ".tsv", ".txt"}:
            raise ConfigError(
                f"delimiter is {self.delimiter!r}, but no input is a .csv or .tsv file; leave it out"
            )
        if self.delimiter is not None and self.input_format == "txt":
            raise ConfigError(f"delimiter is {self.delimiter!r}, but the inputs are plain text; leave it out")
        if self.sheet is not None and ".xlsx" not in kinds:
            raise ConfigError(f"sheet is {self.sheet!r}, but no input is a workbook; leave it out")

    @property
    def key(self) -> list[str]:
        """What chooses among the content of files, for their fingerprint."""
        defaults = ReadingSettings()
        encoding = "utf-8" if self.encoding == ENCODING else self.encoding
        names = ("delimiter", "input_format", "bad_rows", "strip_markup", "sheet")
        changed = [name for name in names if getattr(self, name) != getattr(defaults, name)]
        return [self.text_column, encoding, *(f"{name}={getattr(self, name)}" for name in changed)]


def _check_encoding(encoding: str) -> None:
    try:
        if encoding != ENCODING:
            "".encode(encoding)
            codecs.getincrementaldecoder(encoding)("ignore").decode("a text".encode(encoding), final=True)
    except (LookupError, ValueError) as error:  # or a name that no encoding can have, or one of no texts
        raise ConfigError(
            f"encoding is {encoding!r}, which is unknown; expected auto, or such as utf-8, cp1252, shift_jis"
        ) from error
