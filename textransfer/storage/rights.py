"""Who may read and write a file, where the file system knows of that."""

import errno
from pathlib import Path

_UNKNOWN = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)
"""What file systems without rights say, as some of Windows, of networks and of containers."""


def give_mode(path: Path, mode: int) -> None:
    """Set the permission bits of a file or folder of ours, if its file system has them."""
    try:
        path.chmod(mode & 0o7777)
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
