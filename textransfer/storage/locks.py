"""One process at a time: a lock on an output that ends with the process that holds it."""

import os
import shlex
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from textransfer.errors import OutputError
from textransfer.storage.spelling import writable

_START = b"process "
"""What a lock file begins with."""


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock of an output within the block.

    The lock lies on ``.NAME.lock`` beside the output. The file names the process that holds it, and is
    removed in the end. After ``kill -9`` the file stays, but not the lock.

    Threads shut each other out as processes do. Yields whether there is a lock: Windows and some network file
    systems have none. Symbolic links of the path are resolved, and its parent exists.

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
        with suppress(OSError):  # the disk may be full
            os.truncate(descriptor, 0)
            os.write(descriptor, writable(_holder()).encode())
        yield True
    finally:
        with suppress(OSError):
            place.unlink()  # before the lock is given up: another process could hold it afterwards
        with suppress(OSError):  # a network file system may tell only now that it could not write
            os.close(descriptor)


def _holder() -> str:
    since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    return f"{_START.decode()}{os.getpid()} on {socket.gethostname()} since {since}: {command}"


def _acquire(place: Path, path: Path) -> int | None:
    """Return the descriptor of a locked file; None where there are no such locks."""
    if sys.platform == "win32":
        return None
    import fcntl

    while True:
        try:
            try:
                descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
            except PermissionError:
                descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)  # that of another user
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), place.stat()):
                if os.pread(descriptor, len(_START), 0) in (b"", _START):
                    return descriptor
                os.close(descriptor)  # a file of others that happens to have this name
                return None
        except BlockingIOError:
            holder = os.pread(descriptor, 2000, 0).decode("utf-8", "replace") or "which just began"
            os.close(descriptor)
            raise OutputError(
                f"another process is writing {path} just now ({holder}); wait for its end, or give another "
                "output"
            ) from None
        except FileNotFoundError:
            pass
        except OSError:
            _do_without(descriptor, place)
            return None
        os.close(descriptor)  # removed by its holder between the two calls: take the next one


def _do_without(descriptor: int, place: Path) -> None:
    """Close a file that cannot be locked, and remove it if it is the empty one that was made for that."""
    with suppress(OSError):
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and not status.st_size:
            place.unlink()
    os.close(descriptor)
