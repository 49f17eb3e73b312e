"""Where temporary files lie."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from textransfer.errors import OutputError


def temporary_folder() -> str:
    """Return the folder of temporary files.

    Raises
    ------
    OutputError
        If there is none that can be written.
    """
    try:
        return tempfile.gettempdir()
    except FileNotFoundError as error:
        raise OutputError(
            "no folder for temporary files can be written (tried /tmp, /var/tmp and the working folder); set "
            "TMPDIR to one that can"
        ) from error


def lend_temporary_folder(folders: Iterable[Path]) -> None:
    """Let this process and those that it starts have their temporary files in the first of these folders.

    Only if there is no place for them, as in a container in which nothing but one folder can be written.
    """
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        for folder in folders:
            if os.access(folder, os.W_OK):
                os.environ["TMPDIR"] = str(folder)  # where `tempfile` looks first
                return
