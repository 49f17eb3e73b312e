"""Write JSON lines: an object a line."""

from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from textransfer.storage.spelling import writable
from textransfer.text.writing.values import json_line


class JsonLinesWriter:
    """Rows as JSON objects, with the names that each row has; `fit` may spell a line in another way."""

    def __init__(self, stream: TextIO, fit: Callable[[str], str] | None = None) -> None:
        self._stream, self._fit = stream, fit

    def write(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Write rows."""
        text = "".join([writable(json_line(row), backslash=r"\\") + "\n" for row in rows])
        self._stream.write(text if self._fit is None else self._fit(text))

    def close(self) -> None:
        """Leave the stream to whoever opened it."""
