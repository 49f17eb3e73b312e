"""Work on a stream of items in several threads, results in the order of the items."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import repeat
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")

_AHEAD = 2
"""Items that wait between two steps: enough that neither waits for the other, few in memory."""


def available_cores() -> int:
    """Return the cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_for(n_jobs: int, n_processes: int = 1) -> int:
    """Return the threads that `n_jobs` asks for, where processes share the cores of this machine.

    -1 is every core, -2 all but one, as in joblib.
    """
    return n_jobs if n_jobs >= 0 else max(available_cores() // n_processes + 1 + n_jobs, 1)


def in_order(work: Callable[[_T], _R], items: Iterable[_T], n_jobs: int) -> Generator[_R, None, None]:
    """Yield ``work(item)`` for each item; with more than one job, it is called from so many threads at once.

    That is worth it if it runs without the interpreter's lock.
    """
    return _in_threads(work, items, n_jobs) if n_jobs > 1 else (work(item) for item in items)


def read_ahead(items: Iterator[_T]) -> Generator[_T, None, None]:
    """Yield items that another thread takes from their iterator, a few ahead; its errors are raised here."""
    boxed = ((item,) for item in items)
    with closing(_in_threads(lambda _: next(boxed, None), repeat(None), 1)) as boxes:
        for box in boxes:
            if box is None:
                return
            yield box[0]


def _in_threads(work: Callable[[_T], _R], items: Iterable[_T], n_threads: int) -> Generator[_R, None, None]:
    executor = ThreadPoolExecutor(n_threads)
    waiting: deque[Future[_R]] = deque()
    try:
        for item in items:
            waiting.append(executor.submit(work, item))
            if len(waiting) > n_threads + _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(cancel_futures=True)
