"""Standard input, output and error as a program may find them: closed, full, in another encoding."""

import codecs
import os
import sys
from collections.abc import Callable
from io import TextIOWrapper

from textransfer.storage.spelling import visible


def open_standard_streams() -> None:
    r"""Let stdout write characters that its encoding lacks as \u6620, and say so; make up for closed ones.

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
        codecs.register_error("textransfer", _spelt_out(sys.stdout.encoding))
        sys.stdout.reconfigure(errors="textransfer")


def _spelt_out(encoding: str) -> Callable[[UnicodeError], tuple[str | bytes, int]]:
    """Return what spells characters out that an encoding lacks: data that are changed are told of."""
    is_told = encoding.lower().startswith("utf")  # those lack halves of surrogate pairs alone

    def spell_out(error: UnicodeError) -> tuple[str | bytes, int]:
        nonlocal is_told
        if not is_told:
            is_told = True
            say(
                f"warning: standard output is {encoding}: letters it lacks are written as \\uXXXX; set "
                "PYTHONIOENCODING=utf-8, or give --output FILE where the command has it"
            )
        return codecs.backslashreplace_errors(error)

    return spell_out


def say(message: str) -> None:
    """Print on stderr; that nobody can read it is no reason to end."""
    try:
        print(visible(message), file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr.fileno())


def silence(number: int) -> None:
    """Let what a stream of this number still holds, and all that comes, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
