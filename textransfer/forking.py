"""Forked processes: work that is done in one; torch must not wait there for threads of the parent."""

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ctypes import CDLL
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

_SIGNAL_WHEN_PARENT_ENDS = 1
"""PR_SET_PDEATHSIG of Linux."""

_T = TypeVar("_T")


def can_fork() -> bool:
    """Tell whether a forked process can compute like this one: on Linux, and without the threads of torch."""
    return sys.platform == "linux" and "torch" not in sys.modules


@contextmanager
def begun(work: Callable[[], _T]) -> Iterator[Callable[[], _T]]:
    """Begin work in a forked process; give what waits for its outcome, or raises its error.

    What is returned, or raised, must be such that it can be pickled. The work is done here, when it is waited
    for, if no process can be had, or it ends without a word, as where memory is short. When the block ends,
    so does the process.
    """
    reader, writer, parent = *Pipe(duplex=False), os.getpid()
    try:
        with warnings.catch_warnings():  # of threads: those of BLAS survive, others are not needed there
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
    except OSError:
        yield work
        return
    if not child:
        _answer(work, writer, parent)
    writer.close()

    def outcome() -> _T:
        try:
            is_done, value = reader.recv()
        except EOFError:
            return work()
        if not is_done:
            raise value
        result: _T = value
        return result

    try:
        yield outcome
    finally:
        reader.close()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _answer(work: Callable[[], Any], writer: Connection, parent: int) -> None:
    """Do work, write its outcome, and end the process without touching what its parent left open."""
    try:
        with suppress(OSError, AttributeError):  # a system without it lets the work be done for nothing
            CDLL(None).prctl(_SIGNAL_WHEN_PARENT_ENDS, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
        try:
            said = True, work()
        except Exception as error:
            said = False, error
        writer.send(said)
    finally:
        os._exit(0)


@cache
def spare_children_the_threads_of_torch() -> None:
    """Let torch compute with one thread in processes that are forked from this one from now on.

    Threads do not survive a fork, and torch waits for those that it knew before
    (https://github.com/pytorch/pytorch/issues/17199). Whoever forks, as multiprocessing on Linux and
    ``gunicorn --preload`` do, has a process for each core anyway. Called where torch is imported.
    """
    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(after_in_child=_use_one_thread)


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)
