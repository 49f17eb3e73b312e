"""Warnings of this package and of others, each as one line on stderr."""

import logging
import warnings
from typing import TextIO

from textransfer.cli.console import is_first_process, one_line, with_options
from textransfer.cli.streams import say
from textransfer.errors import TextransferWarning
from textransfer.storage.spelling import writable


def show_notices_on_lines() -> None:
    """From here on show warnings, and what matplotlib says of its cache, as lines of this program."""
    shown: set[str] = set()

    def show_once(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        """Print our own warnings as one line, the same one once; others as Python does."""
        if not issubclass(category, TextransferWarning):
            say(writable(warnings.formatwarning(message, category, filename, lineno, line).rstrip("\n")))
        elif is_first_process() and str(message) not in shown:
            shown.add(str(message))
            say(f"warning: {one_line(with_options(str(message)))}")

    warnings.showwarning = show_once
    # What needs several processes says so itself; see `textransfer.parallel`.
    warnings.filterwarnings("ignore", message=".*joblib will operate in serial mode", category=UserWarning)
    logger = logging.getLogger("matplotlib")
    if not any(isinstance(handler, _Matplotlib) for handler in logger.handlers):
        logger.addHandler(_Matplotlib())
    logger.propagate = False


class _Matplotlib(logging.Handler):
    """Shows what matplotlib logs when it is imported where it cannot keep a list of the fonts."""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.levelno < logging.WARNING or not is_first_process():
            return
        if "MPLCONFIGDIR" in message:
            message = (
                "matplotlib cannot keep its list of fonts, so that each command that draws makes it anew, "
                "which takes a while; set MPLCONFIGDIR to a folder that can be written"
            )
        say("warning: " + one_line(message))
