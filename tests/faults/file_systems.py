"""What file systems lack, or refuse from some moment on, and standard streams that are full or closed."""

import errno
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from .call_numbers import CALLS, COPY, EXCHANGE, LOOKS
from .settings import INTERRUPTED_CODE, Setting
from .system_calls import Call
from .trial import Trial

_SEND_FILE = 40


def lacking(trial: Trial, few: int) -> Iterator[Setting]:
    """Let a file system lack something that others have: the command does without."""
    for name, error, is_lacking in _LACKING:

        def answer(
            _: int, call: Call, __: int, error: int = error, is_lacking: Callable[[Call], bool] = is_lacking
        ) -> int:
            return error if is_lacking(call) else 0

        families = {**CALLS, "lock": LOOKS["lock"], "map": LOOKS["map"]}
        yield Setting(f"no {name}", answer=answer, codes=(), families=families)


def _is_sync_of_folder(call: Call) -> bool:
    return call.family == "sync" and Path(call.path).is_dir()


_LACKING = (
    ("locks", errno.ENOLCK, lambda call: call.family == "lock"),
    ("exchange of names", errno.EINVAL, lambda call: call.number == EXCHANGE and call.arguments[4] > 0),
    ("hard links", errno.EPERM, lambda call: call.family == "link"),
    ("sync of folders", errno.EINVAL, _is_sync_of_folder),
    ("rights", errno.EPERM, lambda call: call.family == "mode"),
    ("copies by the system", errno.EXDEV, lambda call: call.number in (COPY, _SEND_FILE)),
    ("mapping into memory", errno.ENODEV, lambda call: call.family == "map"),
)


def refusing(trial: Trial, few: int) -> Iterator[Setting]:
    """Let the disk refuse from some call on: it turned read-only, the quota is used up, rights were taken."""
    for error in (errno.EROFS, errno.EDQUOT, errno.EACCES):
        for number in trial.positions("interrupted", few):
            yield Setting(
                f"{errno.errorcode[error]} from call {number} on",
                answer=_from(number, error),
                names_file=True,
                is_stuck=True,
            )


def _from(number: int, error: int) -> Callable[[int, Call, int], int]:
    is_full = error == errno.EDQUOT

    def answer(position: int, call: Call, _: int) -> int:
        changes = call.makes_room if is_full or call.family == "open" else call.family != "write"
        return error if position >= number and changes and call.family != "sync" else 0

    return answer


def interrupting_twice(trial: Trial, few: int) -> Iterator[Setting]:
    """Send SIGINT, and again while the command clears up."""
    for number in trial.positions("interrupted", few):
        for gap in (1, 2, 4):
            yield Setting(
                f"at calls {number} and {number + gap}",
                answer=partial(_interrupt, (number, number + gap)),
                codes=(INTERRUPTED_CODE,),
            )


def _interrupt(numbers: tuple[int, int], position: int, _: Call, process: int) -> int:
    if position in numbers:
        os.kill(process, signal.SIGINT)
    return 0


def closing_streams(trial: Trial, few: int) -> Iterator[Setting]:
    """Close standard input, output or error, or let them be a full disk."""
    for name, setup in (
        ("output is full", partial(_fill, 1)),
        ("error is full", partial(_fill, 2)),
        ("output is closed", partial(_close, 1)),
        ("error is closed", partial(_close, 2)),
        ("all are closed", partial(_close, 0, 1, 2)),
    ):
        yield Setting(name, (setup,), has_reader=False, has_errors="error" not in name and "all" not in name)


def _fill(number: int) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, number)
    os.close(full)


def _close(*numbers: int) -> None:
    for number in numbers:
        if stat.S_ISREG(os.fstat(number).st_mode) or number == 0:
            os.close(number)
        setattr(sys, ("stdin", "stdout", "stderr")[number], None)
