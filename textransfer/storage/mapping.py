"""Let the numbers of a file lie there, or read them where a file system cannot map files into memory."""

import errno
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def mapped(
    path: Path, dtype: npt.DTypeLike, shape: tuple[int, ...] | None = None, *, start: int = 0
) -> npt.NDArray[Any]:
    """Return the numbers of a file, read-only, of which the system reads what is looked at.

    Without a shape all of them behind `start`, in bytes; there is at least one. Some file systems of networks
    or in user space cannot map: there they are read.
    """
    try:
        return np.memmap(path, dtype, "r", start, shape)
    except OSError as error:
        if not cannot_map(error):
            raise
    count = -1 if shape is None else int(np.prod(shape))
    numbers = np.fromfile(path, dtype, count, offset=start)
    numbers.flags.writeable = False
    return numbers if shape is None else numbers.reshape(shape)


def cannot_map(error: OSError) -> bool:
    """Tell whether an error, perhaps of a library in Rust, says that the file system cannot map files."""
    return error.errno == errno.ENODEV or f"(os error {errno.ENODEV})" in str(error)
