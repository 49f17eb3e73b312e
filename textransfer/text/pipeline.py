"""Work on a stream of items in several threads, results in the order of the items."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")

_AHEAD = 2
"""Items that wait between two steps: enough that neither waits for the other, few in memory."""
_PATIENCE = 0.1
"""Seconds after which a waiting thread looks whether it is still needed."""


def available_cores() -> int:
    """Return the cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(work: Callable[[_T], _R], items: Iterable[_T], n_jobs: int) -> Generator[_R, None, None]:
    """Yield ``work(item)`` for each item; with more than one job, items are worked on side by side.

    Parameters
    ----------
    work : callable
        Called from `n_jobs` threads at once; worth it if it runs without the interpreter's lock.
    items : iterable
    n_jobs : int
        With 1 there is no other thread.
    """
    if n_jobs == 1:
        yield from map(work, items)
        return
    executor = ThreadPoolExecutor(n_jobs)
    waiting: deque[Future[_R]] = deque()
    try:
        for item in items:
            waiting.append(executor.submit(work, item))
            if len(waiting) > n_jobs + _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(cancel_futures=True)


def read_ahead(items: Iterator[_T]) -> Generator[_T, None, None]:
    """Yield items that another thread takes from their iterator, a few ahead; its errors are raised here."""
    reader = _Reader(items)
    reader.start()
    try:
        while True:
            found = reader.get()
            if found is None:
                return
            yield found[0]
    finally:
        reader.is_over.set()
        reader.join()


class _Reader(Thread, Generic[_T]):
    """Puts items, one in a tuple each, into a queue; then None, or what went wrong."""

    def __init__(self, items: Iterator[_T]) -> None:
        super().__init__(daemon=True)
        self.is_over = Event()
        self._items = items
        self._queue: Queue[tuple[_T] | BaseException | None] = Queue(_AHEAD)

    def run(self) -> None:
        """Read until there is no more, or nobody wants it."""
        try:
            for item in self._items:
                self._put((item,))
                if self.is_over.is_set():
                    return
            self._put(None)
        except BaseException as error:  # noqa: BLE001 - raised again by `get`
            self._put(error)

    def _put(self, found: tuple[_T] | BaseException | None) -> None:
        while not self.is_over.is_set():
            with suppress(Full):
                self._queue.put(found, timeout=_PATIENCE)
                return

    def get(self) -> tuple[_T] | None:
        """Return the next item in a tuple, or None at the end; raise what the iterator raised."""
        found = self._queue.get()
        if isinstance(found, BaseException):
            raise found
        return found
