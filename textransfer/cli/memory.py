"""How much memory the system allows this process."""

import os
import sys

_OF_LIBRARIES, _OF_THREAD = 1 << 30, 128 << 20
"""Bytes of addresses that loaded libraries take, and that OpenBLAS reserves for each of its threads."""


def is_short() -> bool:
    """Tell whether a limit of addresses (``ulimit -v``) is too low for a thread of BLAS on each core.

    OpenBLAS ends the program in the middle of its work where it gets no memory for one.
    """
    if sys.platform == "win32":
        return False
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return limit != resource.RLIM_INFINITY and limit < _OF_LIBRARIES + (os.cpu_count() or 1) * _OF_THREAD
