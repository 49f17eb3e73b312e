"""Files that a command writes: checked before any work is done, and tables as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from textransfer.storage.spelling import writable


def check_figure(
    path: Path | None, option: str, kind: str, endings: tuple[str, ...], *, force: bool, hint: str = ""
) -> None:
    """Refuse a figure or page that cannot be written.

    Parameters
    ----------
    path : Path, optional
        What the option names.
    option, kind : str
        The option, and what it writes, for messages.
    endings : tuple of str
        Suffixes of the kinds of file there are.
    force : bool
        Whether an existing file is replaced.
    hint : str
        What else the user may want to know of the endings.

    Raises
    ------
    ConfigError
        If the ending is none of these.
    OutputError
        If the file exists and `force` is false, or its folder cannot hold it.
    """
    from textransfer.errors import ConfigError, OutputError
    from textransfer.storage.writing import check_writable

    if path is None:
        return
    if path.suffix.lower() not in endings:
        names = ", ".join(endings)
        raise ConfigError(f"cannot write {kind} as {path.name!r}; give a name that ends in {names}{hint}")
    if path.is_file() and not force:
        raise OutputError(f"{path} exists already; give {option} another name, or --force to replace it")
    check_writable(path, force=force)


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows that have the same names as a CSV file with a header."""
    listed = list(rows)
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    path.write_text(writable(stream.getvalue()), encoding="utf-8", newline="")
