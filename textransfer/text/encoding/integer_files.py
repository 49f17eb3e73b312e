"""Files of integers, written piece by piece."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from textransfer.errors import OutputError
from textransfer.storage import mapping
from textransfer.storage.replacement import MARK


def new_file(folder: Path, name: str = "tokens") -> BinaryIO:
    """Open a file of a new name, so that no earlier result that is still in use is overwritten."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".bin", dir=folder)
        os.close(handle)
        return Path(path).open("wb")


def write(stream: BinaryIO, values: npt.NDArray[Any]) -> None:
    """Append integers as they are in memory."""
    with writing(Path(stream.name).parent):
        stream.write(np.ascontiguousarray(values).data)


@contextmanager
def writing(
    folder: Path, what: str = "the encoded corpus", size: str = "it takes 4 bytes a token, twice: "
) -> Iterator[None]:
    """Raise an OutputError that says what would help, if a folder cannot be written to inside the block."""
    try:
        yield
    except OSError as error:
        stages = (parent for parent in (folder, *folder.parents) if (parent / MARK).exists())
        place = next((stage.parent for stage in stages), folder)  # a stage's name tells a user nothing
        raise OutputError(
            f"cannot write {what} to the folder {place}: {error.strerror or error}; {size}"
            "free some space, or write where there is more (output=FOLDER, or work_folder=FOLDER)"
        ) from error


def mapped(path: Path, n_values: int) -> npt.NDArray[np.int32]:
    """Return a file's int32 numbers as an array that stays on disk, read-only."""
    if not n_values:  # an empty file cannot be mapped
        empty = np.zeros(0, dtype=np.int32)
        empty.flags.writeable = False
        return empty
    return mapping.mapped(path, np.int32, (n_values,))


def read_runs(
    path: Path, starts: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64]
) -> npt.NDArray[np.int32]:
    """Read parts of a file of int32 numbers without mapping it, one after the other.

    Part i begins at number ``starts[i]`` of the file and goes to ``offsets[i]:offsets[i + 1]`` of the result.
    """
    tokens = np.empty(int(offsets[-1]), dtype=np.int32)
    goal = tokens.view(np.uint8).data
    # Parts that follow each other in the file are read at once.
    shifts = starts - offsets[:-1]
    firsts = np.flatnonzero(np.diff(shifts, prepend=shifts[:1] - 1))
    begins = offsets[firsts]
    ends = np.append(begins, offsets[-1])[1:]
    with path.open("rb", buffering=0) as stream:
        for place, begin, end in zip(
            (4 * (begins + shifts[firsts])).tolist(), (4 * begins).tolist(), (4 * ends).tolist(), strict=True
        ):
            stream.seek(place)
            while begin < end:
                n_read = stream.readinto(goal[begin:end])
                if not n_read:
                    raise OSError(f"{path} ended too soon; expected the ids that were written there")
                begin += n_read
    return tokens
