"""How progress, notes and results look: results on stdout, all else on stderr."""

import json
import logging
import os
import re
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textransfer.cli.streams import say
from textransfer.storage.spelling import columns_of, visible, writable

if TYPE_CHECKING:
    from rich.progress import Progress

SECONDS_BETWEEN_LINES = 10.0
"""Without a terminal, progress is a line now and then."""
_PARAMETERS = (
    "bad_rows|delimiter|encoding|force|host|init_from|input_format|label_column|output|port|resume|sheet"
    "|strip_markup|text_column|tokenizer|unknown_labels"
)
_ADVISED = re.compile(rf'\b({_PARAMETERS})=(?:True\b|"([^"]*)"|([A-Z]+)\b)')
"""Parameters with a value, as messages of the library advise them; commands have options for them."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CONTROL_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def is_first_process() -> bool:
    """Tell whether this process speaks for the whole run, as it does unless torchrun started several."""
    return int(os.environ.get("WORLD_SIZE", "1")) < 2 or os.environ.get("RANK", "0") == "0"


def one_line(message: str) -> str:
    """Return a message as one line, without characters that a terminal would obey."""
    text = writable(" ".join(message.split()))
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def with_options(message: str) -> str:
    """Return a message of the library with parameters that it advises written as options.

    Examples
    --------
    >>> with_options('give force=True, or bad_rows="skip"')
    'give --force, or --bad-rows skip'
    """

    def option(match: re.Match[str]) -> str:
        value = match[2] or match[3]
        return f"--{match[1].replace('_', '-')}" + (f" {value}" if value else "")

    return _ADVISED.sub(option, message)


def command_line() -> str:
    """Return how the program was called, for the shell."""
    return writable(shlex.join(["textransfer", *sys.argv[1:]]))


def json_text(value: object, *, indent: int | None = None, is_for_stdout: bool = True) -> str:
    """Return a value as JSON that stdout, or else a file in UTF-8, can hold."""
    text = writable(json.dumps(value, ensure_ascii=False, indent=indent), backslash=r"\\")
    return fitting_stdout(text) if is_for_stdout else text


def fitting_stdout(text: str) -> str:
    """Return JSON, or some lines of it, in characters that stdout has and no terminal obeys."""
    text = _CONTROL_IN_JSON.sub(lambda match: json.dumps(match[0])[1:-1], text)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if encoding.lower().startswith("utf"):
        return text
    return _NOT_ASCII.sub(lambda match: json.dumps(match[0])[1:-1], text)


@dataclass
class Meter:
    """One progress display; `update` may be called as often as one likes."""

    title: str
    """What is going on."""
    is_shown: bool = True
    _bar: "Progress | None" = None
    _first: float = field(default_factory=time.monotonic)
    _last: float = field(default_factory=time.monotonic)

    def update(self, share: float | None, text: str) -> None:
        """Show which share is done, None if the end is not known, and a text beside it."""
        if self._bar is not None:
            total = None if share is None else 1.0
            self._bar.update(self._bar.task_ids[0], completed=share or 0.0, total=total, text=visible(text))
        elif self.is_shown and time.monotonic() - self._last >= SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            done = "" if share is None else f" {share:4.0%}"
            say(f"{self.title}{done}  {text}")

    def begin(self, title: str) -> None:
        """Name the stage that begins; without a terminal, on a line if the run is a long one."""
        self.title = title
        if self._bar is not None:
            self._bar.remove_task(self._bar.task_ids[0])  # one of known length cannot become one without
            self._bar.add_task(title, total=None, text="")
        elif self.is_shown and time.monotonic() - self._first >= SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            say(title)

    def show_fits(self, n_done: int, n_all: int, text: str) -> None:
        """Show how many steps are done, mostly fits, and which come next."""
        self.update(n_done / n_all, f"{text}, {n_done} of {n_all}" if n_all > 1 else text)


@dataclass(frozen=True)
class Console:
    """What a command may say: results alone if quiet, as JSON if asked for."""

    is_quiet: bool = False
    is_json: bool = False

    def note(self, message: str) -> None:
        """Say something on stderr, unless quiet."""
        if not self.is_quiet:
            say(writable(message))

    def show(self, record: object, lines: Sequence[str]) -> None:
        """Print a result on stdout: its record as JSON, or its lines."""
        print(json_text(record, indent=2) if self.is_json else visible(writable("\n".join(lines))))

    @contextmanager
    def showing(self, record: object, lines: list[str]) -> Iterator[None]:
        """Print a result when the block ends, which saves it and says so in further lines, or fails to."""
        try:
            yield
        finally:
            self.show(record, lines)

    @contextmanager
    def meter(self, title: str) -> Iterator[Meter]:
        """Show progress while the block runs: a bar on a terminal, else a line now and then."""
        if self.is_quiet or not sys.stderr.isatty():
            yield Meter(title, is_shown=not self.is_quiet)
            return
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[text]}", markup=False),
        )
        with Progress(*columns, console=RichConsole(stderr=True), transient=True) as bar:
            bar.add_task(title, total=None, text="")
            yield Meter(title, _bar=bar)


def configure(*, quiet: bool, verbose: bool, as_json: bool = False) -> Console:
    """Make the console of a command, and let through the library's log if verbose, else its notes."""
    console = Console(quiet, as_json)
    if verbose:
        handler = _LogHandler()
        logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", handlers=[handler])
        logging.getLogger("textransfer").setLevel(logging.DEBUG)
    else:
        from textransfer.text.reading.findings import logger

        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.handlers[:] = [_NoteHandler(console)]
        if sys.stderr.isatty():
            compiling = logging.getLogger("textransfer.compiling")  # by name, for it loads a compiler
            compiling.setLevel(logging.INFO)
            compiling.handlers[:] = [_NoteHandler(console)]
    return console


class _LogHandler(logging.Handler):
    """Prints what the library and others log, which may hold words of a stranger."""

    def emit(self, record: logging.LogRecord) -> None:
        say(writable(self.format(record)))


class _NoteHandler(logging.Handler):
    """Prints what reading notes of files, the same once: a file may be read for several purposes."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._shown: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        message = with_options(record.getMessage())
        if message not in self._shown:
            self._shown.add(message)
            self._console.note(f"note: {message}")


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right_from: int = 1) -> str:
    """Lay out a table in plain text; columns from a number on are set flush right."""
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(columns_of(row[i]) for row in cells) for i in range(len(header))]
    lines = []
    for number, row in enumerate(cells):
        padded = [
            " " * (width - columns_of(cell)) + cell
            if i >= right_from
            else cell + " " * (width - columns_of(cell))
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines)
