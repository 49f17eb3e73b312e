"""One process at a time: a lock on an output that ends with the process that holds it."""

import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from textransfer.errors import OutputError
from textransfer.spelling import writable

_LONGEST = 2000
"""Bytes of the holder that are read for a message."""


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock of an output within the block.

    The lock lies on ``.NAME.lock`` beside the output. The file names the process that holds it, and is
    removed in the end. After ``kill -9`` the file stays, but not the lock.

    Parameters
    ----------
    path : Path
        The output, with symbolic links resolved. Its parent must exist.

    Yields
    ------
    bool
        Whether the lock is held. Windows and some network file systems have no such locks; several threads
        of a process shut each other out as several processes do.

    Raises
    ------
    OutputError
        If another process holds it; the message says which.
    """
    place = path.with_name(f".{path.name}.lock")
    descriptor = _acquire(place, path)
    if descriptor is None:
        yield False
        return
    try:
        os.truncate(descriptor, 0)
        os.write(descriptor, _present_process())
        yield True
    finally:
        with suppress(OSError):
            place.unlink()  # before the lock is given up: another process could hold it afterwards
        os.close(descriptor)


def _acquire(place: Path, path: Path) -> int | None:
    """Return the descriptor of a locked file; None where there are no such locks."""
    if sys.platform == "win32":
        return None
    import fcntl

    while True:
        try:
            descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), place.stat()):
                return descriptor
        except BlockingIOError:
            holder = os.pread(descriptor, _LONGEST, 0).decode("utf-8", "replace") or "which just began"
            os.close(descriptor)
            raise OutputError(
                f"another process is writing {path} just now ({holder}); wait for its end, or give another "
                "--output"
            ) from None
        except FileNotFoundError:
            pass
        except OSError:
            os.close(descriptor)
            return None
        os.close(descriptor)  # removed by its holder between the two calls: take the next one


def _present_process() -> bytes:
    since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]) if sys.argv else ""
    text = f"process {os.getpid()} on {socket.gethostname()} since {since}: {command}"
    return writable(text).encode()[:_LONGEST]
