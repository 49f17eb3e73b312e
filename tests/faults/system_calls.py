"""Watch the file calls of a child process, and let one of them fail.

Linux hands the calls of a process that has installed a filter (seccomp, SECCOMP_RET_USER_NOTIF) to another
one, which lets them through or answers in the kernel's place. So every write is seen, whatever library and
language it comes from: Python, numpy's C, the Rust of safetensors, the C++ of Arrow.
"""

import ctypes
import errno
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .call_numbers import (
    ARCHITECTURE,
    AT,
    BY_DESCRIPTOR,
    CALLS,
    COPY,
    LOOKS,
    MAP,
    PLAIN_OPENS,
    SECCOMP,
    WRITES,
)

_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1
_FAMILY = {number: name for calls in (CALLS, LOOKS) for name, numbers in calls.items() for number in numbers}
Families = Mapping[str, tuple[int, ...]]
"""Which calls are watched: `CALLS` or `LOOKS`."""


@dataclass(frozen=True)
class Call:
    """A call that is about to be made."""

    family: str
    """A key of `CALLS` or `LOOKS`."""
    path: str
    """The file, or the first of two."""
    makes_room: bool
    """Whether it needs space on the disk."""
    number: int = 0
    """Of the system call."""
    arguments: tuple[int, ...] = ()


@dataclass
class Watched:
    """What became of a child."""

    calls: list[Call] = field(default_factory=list)
    """Those beneath the root, in order."""
    code: int = 0
    """Exit code; below 0 a signal's number."""
    is_hung: bool = False
    """Whether it had to be killed after the time allowed."""


Answer = Callable[[int, Call, int], int]
"""Called with the number of a call from 1 on, the call and the process: the error to give, 0 for none.

Below 0: the call was made in the process's place, and returned so much.
"""


def can_watch() -> bool:
    """Tell whether this system hands over the calls of a process."""
    if sys.platform != "linux" or not CALLS:
        return False
    child = os.fork()
    if not child:
        try:
            os.close(_filtered(CALLS))
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)
    return os.waitpid(child, 0)[1] == 0


def watch(
    work: Callable[[], int],
    root: Path,
    answer: Answer,
    *,
    families: Families = CALLS,
    seconds: float = 120,
    on_idle: Callable[[int], None] | None = None,
) -> Watched:
    """Run work in a forked child; ask for an answer to each of its calls on files beneath the root.

    `on_idle` is called with the process now and then while it makes no calls.
    """
    ours, childs = socket.socketpair()
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if not process:
        ours.close()
        _run_child(childs, work, families)
    childs.close()
    try:
        _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
    finally:
        ours.close()
    if not descriptors:
        os.waitpid(process, 0)
        raise OSError("the child could not be watched")
    try:
        return _supervise(process, descriptors[0], root, answer, seconds, on_idle)
    finally:
        os.close(descriptors[0])


def _run_child(channel: socket.socket, work: Callable[[], int], families: Families) -> None:
    code = 70
    try:
        os.setsid()
        listener = _filtered(families)
        socket.send_fds(channel, [b"x"], [listener])
        os.close(listener)
        channel.close()
        code = work()
    finally:
        os._exit(code)


def _supervise(
    process: int,
    listener: int,
    root: Path,
    answer: Answer,
    seconds: float,
    on_idle: Callable[[int], None] | None,
) -> Watched:
    watched = Watched()
    until = time.monotonic() + seconds
    ended = os.pidfd_open(process)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(ended, select.POLLIN)
    try:
        while True:
            ready = dict(poll.poll(200))
            if ready.get(listener, 0) & select.POLLIN:
                _answer_one(listener, root, answer, watched)
            elif ready:
                break
            elif on_idle is not None:
                on_idle(process)
            if time.monotonic() > until and not watched.is_hung:
                watched.is_hung = True
                os.kill(process, signal.SIGKILL)
    finally:
        os.close(ended)
    watched.code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)  # workers that it started
    return watched


def _answer_one(listener: int, root: Path, answer: Answer, watched: Watched) -> None:
    request = bytearray(80)
    try:
        fcntl.ioctl(listener, _RECEIVE, request)
    except OSError:  # it was killed in between
        return
    identity, process, _, number = struct.unpack_from("=QIIi", request)
    arguments = struct.unpack_from("=6Q", request, 32)
    error, flags = 0, _CONTINUE
    try:
        call = _call(process, number, arguments, root)
    except OSError:
        call = None
    if call is not None:
        watched.calls.append(call)
        error = answer(len(watched.calls), call, process)
        flags = 0 if error else _CONTINUE
    done = max(-error, 0)
    try:
        fcntl.ioctl(listener, _SEND, struct.pack("=QqiI", identity, done, -max(error, 0), flags))
    except OSError as gone:
        if gone.errno not in (errno.ENOENT, errno.EINPROGRESS):
            raise


def _call(process: int, number: int, arguments: tuple[int, ...], root: Path) -> Call | None:
    """Read what a call is about; None if that does not lie beneath the root."""
    if number in BY_DESCRIPTOR or number in (COPY, MAP):
        descriptor = arguments[{COPY: 2, MAP: 4}.get(number, 0)] & 0xFFFFFFFF
        path = str(Path(f"/proc/{process}/fd/{descriptor}").readlink())
    else:
        is_at = number in AT
        name = _text(process, arguments[1] if is_at else arguments[0])
        folder = ctypes.c_int(arguments[0] & 0xFFFFFFFF).value if is_at else -100
        place = f"/proc/{process}/cwd" if folder == -100 else f"/proc/{process}/fd/{folder}"
        path = os.path.normpath(Path(place).readlink() / name)
    if path != str(root) and not path.startswith(f"{root}/"):
        return None
    family = _FAMILY[number]
    if family == "close" and _is_read_alone(process, arguments[0] & 0xFFFFFFFF):
        return None  # of what was only read all is known by then
    makes_room = family in ("write", "mkdir", "rename", "link", "sync", "size")
    if family == "open":
        position = PLAIN_OPENS[number]
        makes_room = position is None or bool(arguments[position] & os.O_CREAT)
    return Call(family, path, makes_room, number, arguments)


def _is_read_alone(process: int, descriptor: int) -> bool:
    flags = Path(f"/proc/{process}/fdinfo/{descriptor}").read_text().split("flags:")[1].split()[0]
    return int(flags, 8) & os.O_ACCMODE == os.O_RDONLY


def write_half(call: Call, process: int) -> int:
    """Make a write in the place of a process, of half of its bytes; return how many, below 0.

    Returns 0 if that cannot be done, or if it is no such call.
    """
    if call.number not in WRITES or call.arguments[2] < 2:
        return 0
    descriptor, address, n_bytes, place = call.arguments[:4]
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
        memory.seek(address)
        content = memory.read(n_bytes // 2)
    handle = os.pidfd_open(process)
    own = ctypes.CDLL(None).syscall(438, handle, descriptor & 0xFFFFFFFF, 0)  # pidfd_getfd
    os.close(handle)
    if own < 0:
        return 0
    try:
        is_placed = call.number == WRITES[1]
        return -(os.pwrite(own, content, place) if is_placed else os.write(own, content))
    finally:
        os.close(own)


def _text(process: int, address: int) -> str:
    """Read a string of C from another process."""
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
        memory.seek(address)
        content = b""
        while b"\0" not in content and len(content) < 8192:
            content += memory.read(4096 - (address + len(content)) % 4096)
    return os.fsdecode(content.partition(b"\0")[0])


def _filtered(families: Families) -> int:
    """Hand the calls of this process over from now on; return the file at which they can be heard."""
    lines = list(_program(families))
    code = b"".join(struct.pack("=HBBI", *line) for line in lines)
    memory = ctypes.create_string_buffer(code)
    program = struct.pack("@HP", len(lines), ctypes.addressof(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_filter, new_listener = 38, 1, 8
    if libc.prctl(no_new_privileges, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    listener = libc.syscall(SECCOMP, set_filter, new_listener, program)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return int(listener)


def _program(families: Families) -> Iterator[tuple[int, int, int, int]]:
    """Yield the filter: calls of these families but those on standard input, output and error."""
    load, is_equal, is_above, leave = 0x20, 0x15, 0x25, 0x06
    allow, ask = 0x7FFF0000, 0x7FC00000
    yield load, 0, 0, 4  # architecture
    yield is_equal, 1, 0, ARCHITECTURE
    yield leave, 0, 0, allow
    yield load, 0, 0, 0  # number of the call
    for number in (number for numbers in families.values() for number in numbers):
        if number in BY_DESCRIPTOR or number == MAP:
            yield is_equal, 0, 5, number
            yield load, 0, 0, 48 if number == MAP else 16  # the argument that is a descriptor
            yield is_above, 2, 0, 0x7FFFFFFF  # -1: memory without a file
            yield is_above, 0, 1, 2
            yield leave, 0, 0, ask
            yield leave, 0, 0, allow
        else:
            yield is_equal, 0, 1, number
            yield leave, 0, 0, ask
    yield leave, 0, 0, allow
