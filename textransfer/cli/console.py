"""How progress, notes and results look: results on stdout, all else on stderr."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from textransfer.storage.spelling import writable

SECONDS_BETWEEN_LINES = 10.0
"""Without a terminal, progress is a line now and then."""


@dataclass
class Meter:
    """One progress display; `update` may be called as often as one likes.

    Parameters
    ----------
    title : str
        What is going on.
    is_shown : bool
        Whether anything is shown at all.
    """

    title: str
    is_shown: bool
    _bar: Any = None
    _task: Any = None
    _last: float = field(default_factory=time.monotonic)

    def update(self, share: float | None, text: str) -> None:
        """Show how far it is.

        Parameters
        ----------
        share : float or None
            Part done, 0..1; None if the end is not known.
        text : str
            What to say beside it.
        """
        if not self.is_shown:
            return
        if self._bar is not None:
            total = None if share is None else 1.0
            self._bar.update(self._task, completed=share or 0.0, total=total, text=text)
        elif time.monotonic() - self._last >= SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            done = "" if share is None else f" {share:4.0%}"
            print(f"{self.title}{done}  {text}", file=sys.stderr, flush=True)

    def show_fits(self, n_done: int, n_all: int, text: str) -> None:
        """Show how many fits are done, and which come next."""
        self.update(n_done / n_all, f"{text}, fit {n_done} of {n_all}" if n_all > 1 else text)


@dataclass(frozen=True)
class Console:
    """What a command may say.

    Parameters
    ----------
    is_quiet : bool
        From ``--quiet``.
    """

    is_quiet: bool = False

    def note(self, message: str) -> None:
        """Say something on stderr, unless quiet."""
        if not self.is_quiet:
            print(writable(message), file=sys.stderr, flush=True)

    def result(self, text: str) -> None:
        """Print a result on stdout."""
        print(writable(text))

    def result_json(self, value: object) -> None:
        """Print a result on stdout as JSON."""
        print(writable(json.dumps(value, ensure_ascii=False, indent=2), backslash=r"\\"))

    @contextmanager
    def meter(self, title: str) -> Iterator[Meter]:
        """Show progress while the block runs: a bar on a terminal, else a line now and then."""
        if self.is_quiet or not sys.stderr.isatty():
            yield Meter(title, is_shown=not self.is_quiet)
            return
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[text]}"),
        )
        with Progress(*columns, console=RichConsole(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=None, text="")
            yield Meter(title, is_shown=True, _bar=bar, _task=task)


def configure(*, quiet: bool, verbose: bool) -> Console:
    """Make the console of a command, and let the library's log through if verbose."""
    if verbose:
        import logging

        logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)
        logging.getLogger("textransfer").setLevel(logging.DEBUG)
    return Console(is_quiet=quiet)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right_from: int = 1) -> str:
    """Lay out a table in plain text.

    Parameters
    ----------
    header, rows : sequences of str
        Cells.
    right_from : int
        Columns from this one on are set flush right.
    """
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(header))]
    lines = []
    for number, row in enumerate(cells):
        padded = [
            " " * (width - _width(cell)) + cell if i >= right_from else cell + " " * (width - _width(cell))
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _width(text: str) -> int:
    """Return the columns that a text takes on a terminal; CJK characters take two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def shortened(text: str, longest: int) -> str:
    """Return a text, cut to a number of characters with dots at its end."""
    return text if len(text) <= longest else text[: longest - 3] + "..."
