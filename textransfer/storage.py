"""Write a file or a folder whole or not at all: to a sibling first, then renamed."""

import ctypes
import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from textransfer.errors import OutputError

_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG, errno.EIO)


def check_writable(path: Path, *, force: bool) -> None:
    """Refuse an output that exists, before any work is spent on it.

    Raises
    ------
    OutputError
        If it exists and `force` is false, if it is a folder of other things than textransfer's, or if its
        parent cannot hold it.
    """
    try:
        _check_existing(path, force=force)
        parent = _target(path).parent
        while not parent.exists():
            parent = parent.parent
        is_fit = parent.is_dir() and os.access(parent, os.W_OK)
    except OutputError:
        raise
    except OSError as error:
        raise _output_error(path, error) from error
    if not is_fit:
        raise OutputError(f"cannot write to {parent}: expected a folder that you may write to")


@contextmanager
def staged_folder(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a fresh sibling folder to fill; rename it to `path` when the block ends without an error.

    An interrupted or failed block leaves whatever stood at `path` untouched and removes the sibling. After
    `kill -9` the sibling stays, under a name that starts with a dot and ends in ``.tmp``; the next block for
    the same `path` removes it.

    Parameters
    ----------
    path : Path
        Where the folder shall stand in the end. A symbolic link is followed.
    force : bool, default=False
        Replace what stands there: an empty folder, or one with a record of textransfer's in it. Neither a
        file nor a folder of other things is ever replaced.

    Raises
    ------
    OutputError
        If `path` exists and `force` is false, or if writing fails (disk full, access denied).
    """
    check_writable(path, force=force)
    if path.is_file():
        raise OutputError(f"{path} is a file; expected a folder or a new name: give another --output")
    target = _target(path)
    with _staged(path, target) as stage:
        yield stage
        stage.chmod(0o777 & ~_umask())
        _flush(stage)
        _swap_in(stage, target)


@contextmanager
def staged_file(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a sibling file name to write to; rename it to `path` when the block ends without an error.

    Parameters
    ----------
    path : Path
        Where the file shall stand in the end. A symbolic link is followed.
    force : bool, default=False
        Replace what stands there. Only a file is replaced, never a folder.

    Raises
    ------
    OutputError
        If `path` exists and `force` is false, or if writing fails (disk full, access denied).
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder; expected a file name: give another --output")
    check_writable(path, force=force)
    target = _target(path)
    with _staged(path, target) as stage:
        # A folder of its own keeps the suffix, which writers such as matplotlib go by.
        yield stage / target.name
        _flush(stage)
        (stage / target.name).replace(target)


def remove_folder(path: Path) -> None:
    """Remove a folder of ours: it vanishes at once, so that a kill leaves no half of it under its name.

    Raises
    ------
    OutputError
        If it holds other things than textransfer's, or cannot be removed.
    """
    target = _target(path)
    _check_existing(path, force=True)
    with _staged(path, target) as stage:
        target.rename(stage)  # replaces the empty folder


def check_unused(path: Path) -> None:
    """Refuse an output that another process is writing just now.

    Raises
    ------
    OutputError
        If its staged sibling is there and locked.
    """
    target = _target(path)
    if target.parent.is_dir() and not _clear_leftovers(target):
        raise OutputError(
            f"another process is writing {path} just now; wait for its end, or give another --output"
        )


@contextmanager
def _staged(path: Path, target: Path) -> Iterator[Path]:
    """Make a sibling folder of the target, remove it in the end, and name the disk's errors.

    It is locked as long as the process lives, which tells it from what a killed process left.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(target)
        stage, lock = _new_stage(target)
    except OSError as error:
        raise _output_error(path, error) from error
    try:
        yield stage
    except OSError as error:
        if isinstance(error, OutputError) or not _is_ours(error, stage, target):
            raise
        raise _output_error(path, error) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        _unlock(lock)


def _new_stage(target: Path) -> tuple[Path, int | None]:
    """Make a sibling folder and lock it; return it with the lock."""
    while True:
        stage = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
        lock = _lock(stage, is_waiting=True)
        if stage.exists():
            return stage, lock
        _unlock(lock)  # another process took it for a leftover before it was locked


def _clear_leftovers(target: Path) -> bool:
    """Remove what killed runs left beside a target; false if a sibling belongs to a process that lives.

    What a killed run had moved aside to put its own output there, and did not, is moved back.
    """
    is_leftover = re.compile(rf"\.{re.escape(target.name)}\.[a-z0-9_]{{8}}\.tmp(\.old)?").fullmatch
    is_clear = True
    for stage in [entry for entry in target.parent.iterdir() if is_leftover(entry.name)]:
        try:
            lock = _lock(stage, is_waiting=False)
        except BlockingIOError:
            is_clear = False
            continue
        if lock is None:
            continue
        if stage.suffix == ".old" and not target.exists():
            stage.rename(target)
        shutil.rmtree(stage, ignore_errors=True)
        _unlock(lock)
    return is_clear


def _lock(folder: Path, *, is_waiting: bool) -> int | None:
    """Lock a folder until `_unlock` or the end of the process; None where there are no such locks.

    Windows and some network file systems have none: leftovers stay there.

    Raises
    ------
    BlockingIOError
        If another process holds the lock and one does not want to wait.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise
        return None
    return descriptor


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _check_existing(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise OutputError(f"{path} exists already; give --force to replace it, or another --output")
    if path.is_dir() and any(path.iterdir()) and not _holds_record(path):
        raise OutputError(
            f"{path} holds files that textransfer did not write, and is not replaced: "
            "remove it yourself, or give another --output"
        )


def _holds_record(folder: Path) -> bool:
    """Tell whether a folder is an output of ours: one of its JSON files has a `format_version`."""
    for record in folder.glob("*.json"):
        with record.open("rb") as file:
            if b'"format_version"' in file.read(2**16):
                return True
    return False


def _target(path: Path) -> Path:
    """Follow symbolic links, so that the link stays and what it points to is replaced."""
    return path.resolve()


def _is_ours(error: OSError, stage: Path, target: Path) -> bool:
    """Tell a failed write from, say, an input file in the block that may not be read."""
    if error.errno not in _DISK_ERRORS:
        return False
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return True
    place = Path(os.fsdecode(error.filename)).absolute()
    return place == target or place.is_relative_to(stage)


def _output_error(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write {path}: {error.strerror or error}; nothing was changed there: "
        "free some space or give another --output"
    )


def _umask() -> int:
    """Read the process's umask; there is no way to read it without setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush(folder: Path) -> None:
    """Bring the files to the disk before any rename: a power cut must not leave names of empty files.

    Some file systems also tell only here that they are full.
    """
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as opened:
                os.fsync(opened.fileno())


def _swap_in(stage: Path, target: Path) -> None:
    """Put the staged folder in the place of an older one, whose remains are left in a sibling's name."""
    if not target.exists():
        stage.rename(target)
        return
    if _exchange(stage, target):
        return
    older = stage.with_name(stage.name + ".old")
    target.rename(older)
    try:
        stage.rename(target)
    except OSError:
        older.rename(target)
        raise
    shutil.rmtree(older, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places in one step, so that not even `kill -9` finds one of them missing.

    Linux alone has it (renameat2 with RENAME_EXCHANGE), and not on every file system; false if it failed.
    """
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    present_folder, exchange = -100, 2
    return bool(
        renameat2(present_folder, os.fsencode(one), present_folder, os.fsencode(other), exchange) == 0
    )
