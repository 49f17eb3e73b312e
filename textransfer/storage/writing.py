"""Write a file or a folder whole or not at all: to a sibling first, then renamed."""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from glob import glob
from pathlib import Path
from secrets import token_hex
from types import MappingProxyType

from textransfer.errors import OutputError
from textransfer.storage.kinds import Kind
from textransfer.storage.locks import locked
from textransfer.storage.replacement import (
    MARK,
    Claim,
    clear,
    clear_leftovers,
    put_in_place,
    state_of,
    sync_folder,
)

_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG, errno.EIO)
_CLAIMS: ContextVar[Mapping[Path, Claim]] = ContextVar("_CLAIMS", default=MappingProxyType({}))


def check_writable(
    path: Path, kind: Kind | None = None, *, force: bool = False, in_place: bool = False
) -> None:
    """Refuse an output that must not be replaced or cannot be written, before any work is spent on it.

    No kind of folder means a file. With `force`, what stands there may be replaced if it is of this kind and
    holds nothing else; with `in_place` a folder may be renewed, through a symbolic link too, and files of
    others in it stay.

    Raises
    ------
    OutputError
        If it exists and may not be replaced, or if its parent cannot hold it.
    """
    target = _resolved(path, kind)
    with _named(path):
        if kind is None:
            _check_file(path, force=force)
        else:
            _check_folder(path, kind, force=force, in_place=in_place)
        parent = next(parent for parent in target.parents if parent.exists())
        if not (parent.is_dir() and os.access(parent, os.W_OK)):
            raise OutputError(f"cannot write to {parent}: expected a folder that you may write to")
        with suppress(FileNotFoundError):
            os.lstat(parent / f".{target.name}.{token_hex(4)}.tmp.old")  # may be longer than any name


def check_apart(path: Path, inputs: Iterable[str | Path]) -> None:
    """Refuse an output among the files, folders or patterns that are read: labels might be the only copy."""
    with _named(path):
        if not path.exists():
            return
        own = path.resolve()
        for pattern in inputs:
            name = "/dev/stdin" if pattern == "-" else str(pattern)
            names = (name, *glob(name, recursive=True))  # noqa: PTH207 - may be absolute
            if not {own, *own.parents}.isdisjoint(Path(name).resolve() for name in names):
                raise OutputError(f"{path} is among the texts to read; give another name")


@contextmanager
def claimed(
    path: Path, kind: Kind | None = None, *, force: bool = False, in_place: bool = False
) -> Iterator[Claim]:
    """Keep other processes from an output while the block reads, works and writes.

    What killed processes left beside it is cleared away. A block within the block that claims or stages the
    same output works under this claim. The parameters are those of `check_writable`.

    Raises
    ------
    OutputError
        As `check_writable`, or if another process has claimed it.
    """
    target = _resolved(path, kind)  # a symbolic link stays
    claims = _CLAIMS.get()
    if target in claims:
        yield claims[target]
        return
    check_writable(path, kind, force=force, in_place=in_place)
    own = kind or _as_file(target)
    new_folders = [parent for parent in target.parents if not parent.exists()]
    try:
        with _named(path):
            target.parent.mkdir(parents=True, exist_ok=True)
        with locked(target) as is_locked:
            with _named(path):
                if is_locked:
                    clear_leftovers(target, own)
                    check_writable(path, kind, force=force, in_place=in_place)
                claim = Claim(path, target, own, kind is not None, state_of(target, own))
            token = _CLAIMS.set({**claims, target: claim})
            try:
                yield claim
            finally:
                _CLAIMS.reset(token)
    finally:
        for folder in new_folders:
            with suppress(OSError):
                folder.rmdir()  # nothing was written


@contextmanager
def staged_folder(
    path: Path, kind: Kind, *, force: bool = False, in_place: bool = False, has_spare: bool = True
) -> Iterator[Path]:
    """Give a fresh sibling folder to fill; rename it to `path` when the block ends without an error.

    An interrupted or failed block leaves what stood at `path` untouched and removes the sibling. After
    `kill -9` the sibling stays, under a name that starts with a dot and ends in ``.tmp``, until `path` is
    claimed again. The parameters are those of `check_writable`.

    Raises
    ------
    OutputError
        As `claimed`, or if writing fails (disk full, access denied). If `path` was changed by others in the
        meantime, the new folder gets another name beside it, or is dropped if `has_spare` is false.
    """
    with claimed(path, kind, force=force, in_place=in_place) as claim, _staged(claim) as stage:
        yield stage
        _flush(stage)
        if in_place and claim.state is None:
            claim.state = {}  # the folder may have been begun since
        put_in_place(stage, claim, has_spare=has_spare)


@contextmanager
def staged_file(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a sibling file name to write to; rename it to `path` when the block ends without an error.

    A symbolic link is followed. Only a file is replaced, never a folder or a device, and only if `force` is
    true. Raises what `staged_folder` does.
    """
    with _named(path):
        is_inner = (path.parent / MARK).exists()  # in a folder that is staged as a whole
    if is_inner:
        yield path
        return
    with claimed(path, force=force) as claim, _staged(claim) as stage:
        # A folder of its own keeps the suffix, which writers such as matplotlib go by.
        yield stage / claim.target.name
        _flush(stage)
        put_in_place(stage / claim.target.name, claim)


def remove_folder(path: Path, kind: Kind) -> None:
    """Remove a folder of ours: it vanishes at once, so that a kill leaves no half of it under its name.

    Files of others in it stay where they are. Raises OutputError if it is not of this kind, is claimed by
    another process, or cannot be removed.
    """
    with claimed(path, kind, in_place=True) as claim, _staged(claim) as stage:
        if not kind.is_marked(claim.target):
            kind.check(claim.target)
        (stage / MARK).unlink()
        try:
            claim.target.rename(stage)  # replaces the empty folder
        except OSError:
            stage.rmdir()
            raise
        clear(stage, kind, claim.target)


@contextmanager
def _staged(claim: Claim) -> Iterator[Path]:
    """Make a sibling folder of the target, remove it in the end, and name the disk's errors."""
    target = claim.target
    stage = target.with_name(f".{target.name}.{token_hex(4)}.tmp")
    with _named(claim.path):
        stage.mkdir()
        try:
            (stage / MARK).touch()
        except OSError:
            stage.rmdir()
            raise
    try:
        yield stage
    except OSError as error:
        if isinstance(error, OutputError) or not _is_ours(error, stage, target):
            raise
        raise _output_error(claim.path, error) from error
    finally:
        with suppress(OSError):  # the next run clears what is left
            if (stage / MARK).exists():
                clear(stage, claim.kind, target)


def _as_file(target: Path) -> Kind:
    return Kind("a file", re.escape(target.name))


def _resolved(path: Path, kind: Kind | None) -> Path:
    """Follow symbolic links; refuse what is another kind of output of this run already."""
    with _named(path):
        _refuse_circles(path)
        target = path.resolve()
    claim = _CLAIMS.get().get(target)
    if claim is not None and claim.kind != (kind or _as_file(target)):
        raise OutputError(f"{path} is to be {claim.kind.title} in the same run; give it another")
    return target


def _refuse_circles(path: Path) -> None:
    """Raise the error of links in a circle, as `resolve` does before Python 3.13."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise


def _check_file(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise OutputError(f"{path} is a folder; expected a file name: give another name")
    if path.exists() and not path.is_file():
        raise OutputError(f"{path} is a device; expected a file name: give another name")
    if path.exists() and not force:
        raise OutputError(f"{path} exists already; give force=True to replace it, or another name")


def _check_folder(path: Path, kind: Kind, *, force: bool, in_place: bool) -> None:
    target = path.resolve()
    _check_place(path, target)
    if not path.exists():
        return
    if not path.is_dir():
        raise OutputError(f"{path} is a file; expected a folder or a new name: give another name")
    if in_place:
        for entry in kind.foreign(target):
            for folder in () if entry.is_symlink() else (entry, *entry.rglob("*")):
                _check_movable(folder)
    elif not force:
        raise OutputError(f"{path} exists already; give force=True to replace it, or another name")
    elif path.is_symlink():
        raise OutputError(
            f"{path} is a symbolic link, and what it points to is not replaced; give {target}, or another "
            "output"
        )
    else:
        kind.check(path)
    _check_movable(target)


def _check_movable(entry: Path) -> None:
    """Refuse a folder whose entries can be neither moved nor deleted."""
    is_folder = entry.is_dir() and not entry.is_symlink()
    if is_folder and (os.path.ismount(entry) or not os.access(entry, os.R_OK | os.W_OK | os.X_OK)):
        raise OutputError(
            f"{entry} is read-only or a mount point, and cannot be moved: move it away yourself, or give "
            "another name"
        )


def _check_place(path: Path, target: Path) -> None:
    """Refuse the folders that a user stands in or lives in, and those that cannot be renamed."""
    for name, find in (("working", Path.cwd), ("home", Path.home)):
        with suppress(FileNotFoundError, RuntimeError):
            place = find().resolve()
            if target == place or target in place.parents:
                raise OutputError(
                    f"{str(path)!r} is the {name} folder or holds it; expected a name of its own (is a "
                    "variable empty?): give another name"
                )
    if os.path.ismount(target):
        raise OutputError(f"{path} is a mount point, which cannot be replaced; give a new folder within it")


def _is_ours(error: OSError, stage: Path, target: Path) -> bool:
    """Tell a failed write from, say, an input file in the block that may not be read."""
    is_of_disk = error.errno in _DISK_ERRORS
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return is_of_disk
    place = Path(os.fsdecode(error.filename)).absolute()
    return (is_of_disk and place == target) or place.is_relative_to(stage)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say of an error within the block which output cannot be written."""
    try:
        yield
    except OutputError:
        raise
    except (OSError, RuntimeError, ValueError) as error:  # also what is no name for a disk
        raise _output_error(path, error) from error


def _output_error(path: Path, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or str(error)
    if isinstance(error, OSError) and error.errno and "/" in reason:  # Arrow's tells the stage's name
        reason = os.strerror(error.errno)
    is_long = isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG
    remedy = "give a shorter name" if is_long else "free some space or give another name"
    return OutputError(f"cannot write {path}: {reason}; nothing was changed there: {remedy}")


def _flush(folder: Path) -> None:
    """Bring the files to the disk before any rename: a power cut must not leave names of empty files.

    Some file systems also tell only here that they are full.
    """
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as opened:
                os.fsync(opened.fileno())
        elif file.is_dir():
            sync_folder(file)
    sync_folder(folder)
