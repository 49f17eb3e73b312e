"""Keep the memory of a long-lived process flat where glibc hands it out.

Each read of a connection takes 256 kB and gives back all but what came. By default glibc learns from that to
take such blocks from its heaps, one for each thread. These get fuller of holes: a hundred bytes a request.
"""

import ctypes
import sys

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""Of malloc.h."""
LARGE_BLOCK = 131_072
"""Bytes from which a block is the system's own and goes back to it: glibc's start, here fixed."""


def keep_memory_flat() -> bool:
    """Tell glibc to fix that size, and to keep one heap; return whether it could be told."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another library than glibc
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK)) and bool(mallopt(_M_ARENA_MAX, 1))
