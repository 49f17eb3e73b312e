"""Standard input, output and error as a program may find them: closed, full, in another encoding."""

import os
import sys
from io import TextIOWrapper


def open_standard_streams() -> None:
    r"""Let stdout write characters that its encoding lacks as \u6620; make up for closed ones.

    The number of a closed stream is taken, or a file that is opened later would get it, and with it what is
    meant for the stream. A closed stdout refuses what is written, as one on a full disk does. Messages to a
    closed stderr are dropped; Python would print them on stdout.
    """
    for number, flags in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115, PTH123
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115, PTH123
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(message: str) -> None:
    """Print on stderr; that nobody can read it is no reason to end."""
    try:
        print(message, file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr.fileno())


def silence(number: int) -> None:
    """Let what a stream of this number still holds, and all that comes, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
