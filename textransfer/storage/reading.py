"""Refuse a folder that another program replaces while its files are read one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from textransfer.errors import FormatError

_Stamp = tuple[int, int, int]


@contextmanager
def read_as_one(path: Path) -> Iterator[None]:
    """Within the block the files of a folder, or a file, are read; refuse them if they changed meanwhile.

    Else the settings of an older model could meet the numbers of a newer one. So is what a reader complains
    of there, which may be of the change.

    Raises
    ------
    FormatError
        If a file was written to, or is another one than at the beginning.
    """
    before = _stamps(path)
    try:
        yield
    except FormatError as error:
        if before and _stamps(path) != before:
            raise _changed(path) from error
        raise
    if _stamps(path) != before:
        raise _changed(path)


def _stamps(path: Path) -> dict[str, _Stamp]:
    """Return inode, size and time of each file; nothing if there is none."""
    try:
        files = list(path.iterdir()) if path.is_dir() else [path]
        statuses = {file.name: file.stat() for file in files if file.is_file()}
    except OSError:
        return {}
    return {name: (status.st_ino, status.st_size, status.st_mtime_ns) for name, status in statuses.items()}


def _changed(path: Path) -> FormatError:
    return FormatError(
        f"{path} was changed by another program while it was being read; expected one that stays as it is: "
        "read it again"
    )
