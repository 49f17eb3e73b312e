"""Put a staged output in the place of an older one; clear away what is ours and nothing else."""

import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from textransfer.errors import OutputError
from textransfer.storage.kinds import Kind
from textransfer.storage.rights import give_mode

MARK = ".textransfer-stage"
"""An empty file that tells a folder being filled from any other of such a name."""
_NOREPLACE, _EXCHANGE = 1, 2
"""Flags of renameat2: fail if the name is taken; let two names change places."""
_State = Mapping[str, tuple[int, int, int]]


@dataclass
class Claim:
    """An output that this run alone may write: its name and where that leads, its kind and present files.

    `state` has the inode, size and time of each file by name; None if there is nothing. It is not known
    after the disk failed to tell it.
    """

    path: Path
    target: Path
    kind: Kind
    is_folder: bool
    state: _State | None
    is_state_known: bool = True

    def is_changed(self) -> bool:
        """Tell whether another program changed the output since this run looked at it or wrote it."""
        return self.is_state_known and state_of(self.target, self.kind) != self.state

    def look(self) -> None:
        """Keep how the output is now."""
        try:
            self.state, self.is_state_known = state_of(self.target, self.kind), True
        except OSError:
            self.is_state_known = False


def state_of(target: Path, kind: Kind) -> _State | None:
    """Return what tells whether our files are still the same."""
    if not target.exists():
        return None
    files = target.iterdir() if target.is_dir() else [target]
    known = {file.name: file.stat() for file in files if _is_file_of(kind, file) and file.exists()}
    return {name: (file.st_ino, file.st_size, file.st_mtime_ns) for name, file in known.items()}


def put_in_place(stage: Path, claim: Claim, *, has_spare: bool = True) -> None:
    """Rename the staged file or folder to the target; to a spare name if that is not what it was.

    Nothing that took long to make is thrown away because its place was taken.
    """
    target = claim.target
    is_full = target.is_file() or (target.is_dir() and any(target.iterdir()))
    try:
        if target.is_symlink() or (is_full and claim.is_changed()):
            raise _changed()
        if is_full:
            give_mode(stage, target.stat().st_mode)
        older = _swap_in(stage, claim) if claim.is_folder else _put_file(stage, claim)
        sync_folder(target.parent)
    except OutputError:
        raise
    except OSError as error:
        spare = _spare_of(target)
        if claim.is_folder:
            (stage / MARK).unlink(missing_ok=True)
        try:
            if not has_spare:
                raise
            stage.rename(spare)
        except OSError:
            if claim.is_folder:
                clear(stage, claim.kind, target)
            raise error from None
        raise OutputError(
            f"{claim.path} was not replaced: {error.strerror or error}; "
            f"the result is saved as {spare} instead"
        ) from error
    with suppress(OSError):  # the next run will clear what is left
        if claim.is_folder and older.exists():
            clear(older, claim.kind, target)
    claim.look()


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: a renamed file is its new name's only after that.

    Not all systems can, and a file system that fails at it has the files all the same.
    """
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _put_file(stage: Path, claim: Claim) -> Path:
    """Put the staged file in the place of an older one; return where that is then, to be cleared away.

    Where names can be exchanged, nothing that another program puts there at the last moment is lost.
    """
    target = claim.target
    if not _rename(stage, target, _EXCHANGE if target.exists() else _NOREPLACE):
        return stage.replace(target)
    _check_older(stage, claim)
    return stage


def _check_older(older: Path, claim: Claim) -> None:
    """Look at what has changed places with the output; if another program put it there, change back."""
    is_theirs = False
    with suppress(OSError):  # what cannot be looked at is taken for what was there
        is_full = older.is_file() or (older.is_dir() and any(older.iterdir()))
        is_theirs = is_full and claim.is_state_known and state_of(older, claim.kind) != claim.state
    if is_theirs:
        if not _rename(older, claim.target, _EXCHANGE):
            older.rename(spare := _spare_of(claim.target))
            raise OutputError(
                f"{claim.path} is written; what another program put there in the meantime could not "
                f"stay, and is saved as {spare}"
            )
        if claim.is_folder:
            _return(_guests(older, claim.kind, is_stage=True), claim.target)  # what was lent to the stage
        raise _changed()


def _spare_of(target: Path) -> Path:
    """Return a name beside an output that is free."""
    number = 2
    while os.path.lexists(spare := target.with_stem(f"{target.stem}-{number}")):
        number += 1
    return spare


def _changed() -> FileExistsError:
    return FileExistsError(errno.EEXIST, "it was changed by another program in the meantime")


def _swap_in(stage: Path, claim: Claim) -> Path:
    """Put the staged folder in the place of an older one; return where that is then, if there was one."""
    target, kind = claim.target, claim.kind
    if target.exists():
        _lend(target, stage, kind)
    (stage / MARK).unlink()
    if not target.exists():
        stage.rename(target)
    elif not _rename(stage, target, _EXCHANGE):
        older = stage.with_name(stage.name + ".old")
        target.rename(older)
        try:
            stage.rename(target)
        except OSError:
            older.rename(target)
            raise
        return older
    else:
        _check_older(stage, claim)
    return stage


def _rename(stage: Path, target: Path, flag: int) -> bool:
    """Rename as the flag says, so that not even `kill -9` finds a name missing; false if it failed.

    Linux alone has it (renameat2), and not on every file system. Raises FileExistsError if a name that was
    to be new is taken.
    """
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here = -100
    if renameat2 is None:
        return False
    is_done = not renameat2(here, os.fsencode(stage), here, os.fsencode(target), flag)
    if not is_done and ctypes.get_errno() == errno.EEXIST:
        raise _changed()
    return is_done


def clear_leftovers(target: Path, kind: Kind) -> None:
    """Remove what killed runs left beside a target that is locked.

    What a killed run had moved aside to put its own output there, and did not, is moved back. A folder that
    is not known to be ours stays.
    """
    is_leftover = re.compile(rf"\.{re.escape(target.name)}\.[a-z0-9_]{{8}}\.tmp(\.old)?").fullmatch
    leftovers = [
        entry for entry in target.parent.iterdir() if is_leftover(entry.name) and not _is_file(entry)
    ]
    for stage in sorted(leftovers, key=lambda entry: entry.suffix != ".old"):
        if stage.suffix == ".old" and kind.is_marked(stage) and not target.exists():
            stage.rename(target)
        elif (stage / MARK).exists() or kind.is_marked(stage):
            clear(stage, kind, target)
        else:
            with suppress(OSError):  # of a stage that was being cleared empty folders may be left
                for inner in sorted((entry for entry in stage.rglob("*") if entry.is_dir()), reverse=True):
                    inner.rmdir()
                stage.rmdir()


def clear(folder: Path, kind: Kind, target: Path) -> None:
    """Delete our files of a stage, or of an older output in its place; files of others go to the target.

    What cannot be moved there, or deleted, stays, and so does the folder then: the next run clears it.
    """
    with suppress(OSError):
        _clear(folder, kind, target)


def _clear(folder: Path, kind: Kind, target: Path) -> None:
    is_stage = (folder / MARK).exists()
    guests = _guests(folder, kind, is_stage=is_stage)
    if guests and (target.is_dir() or not is_stage):
        target.mkdir(exist_ok=True)
        _return(guests, target)
    files = [
        file
        for file in folder.rglob("*")
        if _is_file(file) and kind.has_file(file.relative_to(folder).as_posix(), or_work=is_stage)
    ]
    # The record and the mark go last, once all else is gone: they tell the next run that the rest is ours.
    for file in [*sorted(files, key=lambda file: file.name in kind.records), folder / MARK]:
        file.unlink(missing_ok=True)
    for inner in [*sorted((entry for entry in folder.rglob("*") if entry.is_dir()), reverse=True), folder]:
        with suppress(OSError):
            inner.rmdir()


def _guests(folder: Path, kind: Kind, *, is_stage: bool) -> list[Path]:
    """Return what others have put into a stage or an output of ours."""
    ours = (MARK, "work") if is_stage else ()
    return [
        entry
        for entry in folder.iterdir()
        if entry.name not in ours
        and not _is_file_of(kind, entry, or_work=is_stage)
        and (_is_file(entry) or not _holds_ours_alone(kind, entry, is_stage=is_stage))
    ]


def _lend(target: Path, stage: Path, kind: Kind) -> None:
    """Let files of others stand in the stage too, so that they are in the folder at every moment.

    Hard links, where the file system has them; elsewhere `_return` moves the files an instant later.
    """
    for entry in target.iterdir():
        with suppress(OSError):
            if _is_file_of(kind, entry):
                continue
            if _is_file(entry):
                os.link(entry, stage / entry.name, follow_symlinks=False)
            else:
                shutil.copytree(entry, stage / entry.name, symlinks=True, copy_function=os.link)


def _return(entries: list[Path], target: Path) -> None:
    """Move files of others to a folder, but for those that are there already by another name."""
    for entry in entries:
        place = target / entry.name
        with suppress(OSError):
            if not os.path.lexists(place):
                entry.rename(place)
            elif not _is_file(entry) and not _is_file(place):
                _return(list(entry.iterdir()), place)
                entry.rmdir()
            elif os.path.samestat(entry.lstat(), place.lstat()) or (
                entry.is_symlink() and place.is_symlink() and entry.readlink() == place.readlink()
            ):
                entry.unlink()


def _is_file(entry: Path) -> bool:
    """Tell whether an entry is a file or a link, of which the link alone would be deleted."""
    return entry.is_symlink() or not entry.is_dir()


def _holds_ours_alone(kind: Kind, folder: Path, *, is_stage: bool) -> bool:
    """Tell whether all files beneath a subfolder are ours (none, in a stage alone): it is no guest then."""
    files = [file for file in folder.rglob("*") if _is_file(file)]
    parent = folder.parent
    return (is_stage or bool(files)) and all(
        kind.has_file(file.relative_to(parent).as_posix(), or_work=is_stage) for file in files
    )


def _is_file_of(kind: Kind, entry: Path, *, or_work: bool = False) -> bool:
    return _is_file(entry) and kind.has_file(entry.name, or_work=or_work)
