"""Numbers of the system calls of Linux that are watched, and what their arguments mean."""

import platform

MACHINE = platform.machine()
CALLS = {
    "x86_64": {
        "write": (1, 18, 20, 296, 328, 326, 40),
        "open": (2, 85, 257),
        "rename": (82, 264, 316),
        "sync": (74, 75, 26),
        "mkdir": (83, 258),
        "unlink": (87, 263, 84),
        "link": (86, 265, 88, 266),
        "size": (76, 77, 285),
        "mode": (90, 91, 268),
    },
    "aarch64": {
        "write": (64, 68, 66, 70, 287, 285, 71),
        "open": (56,),
        "rename": (38, 276),
        "sync": (82, 83, 227),
        "mkdir": (34,),
        "unlink": (35,),
        "link": (37, 36),
        "size": (45, 46, 47),
        "mode": (52, 53),
    },
}.get(MACHINE, {})
"""Numbers of each family of calls that open or change a file."""
LOOKS = {
    "x86_64": {
        "read": (0, 17, 19, 295, 327),
        "close": (3,),
        "list": (78, 217),
        "stat": (4, 5, 6, 262, 332),
        "access": (21, 269, 439),
        "readlink": (89, 267),
        "lock": (73,),
        "map": (9,),
    },
    "aarch64": {
        "read": (63, 67, 65, 69, 286),
        "close": (57,),
        "list": (61,),
        "stat": (80, 79, 291),
        "access": (48, 439),
        "readlink": (78,),
        "lock": (32,),
        "map": (222,),
    },
}.get(MACHINE, {})
"""Those of calls that read, look at, lock or let go of one."""
BY_DESCRIPTOR = {
    "x86_64": (1, 18, 20, 296, 328, 40, 74, 75, 77, 285, 91, 0, 17, 19, 295, 327, 3, 78, 217, 5, 73),
    "aarch64": (64, 68, 66, 70, 287, 71, 82, 83, 46, 47, 52, 63, 67, 65, 69, 286, 57, 61, 80, 32),
}.get(MACHINE, ())
"""Whose first argument is an open file (of copy_file_range it is the third, of mmap the fifth)."""
WRITES = {"x86_64": (1, 18), "aarch64": (64, 68)}.get(MACHINE, ())
"""write and pwrite."""
COPY, MAP = {"x86_64": (326, 9), "aarch64": (285, 222)}.get(MACHINE, (-1, -1))
AT = {
    "x86_64": (257, 258, 263, 264, 265, 268, 316, 262, 332, 269, 439, 267),
    "aarch64": (56, 34, 35, 36, 37, 38, 53, 276, 79, 291, 48, 439, 78),
}.get(MACHINE, ())
"""Whose first argument is a folder, and whose second is a path."""
PLAIN_OPENS = {"x86_64": {2: 1, 85: None, 257: 2}, "aarch64": {56: 2}}.get(MACHINE, {})
"""Where the flags of an open stand."""
EXCHANGE = {"x86_64": 316, "aarch64": 276}.get(MACHINE, -1)
"""renameat2."""
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}.get(MACHINE, -1)
SECCOMP = {"x86_64": 317, "aarch64": 277}.get(MACHINE, -1)
