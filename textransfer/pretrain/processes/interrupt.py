"""Ctrl-C that waits until the work under way is whole."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from textransfer.embeddings.vectors import WordVectors


@dataclass
class Interrupt:
    """What came in from the keyboard."""

    n_times: int = 0
    """How often Ctrl-C was pressed; the second time is not waited with."""

    @property
    def is_wanted(self) -> bool:
        """Whether the work shall end at the next good moment."""
        return self.n_times > 0


class TrainingInterrupted(KeyboardInterrupt):  # noqa: N818 - named as KeyboardInterrupt is
    """Ctrl-C during pretraining or an update.

    Attributes
    ----------
    vectors : WordVectors
        What was learned until then.
    """

    def __init__(self, vectors: WordVectors) -> None:
        super().__init__()
        self.vectors = vectors


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """Note the first Ctrl-C instead of raising KeyboardInterrupt; the second one raises it at once."""
    interrupt = Interrupt()

    def on_signal() -> None:
        interrupt.n_times += 1
        if interrupt.n_times > 1:
            raise KeyboardInterrupt

    with signals_to(on_signal, signal.SIGINT):
        yield interrupt


@contextmanager
def signals_to(function: Callable[[], None], number: int) -> Iterator[None]:
    """Call a function for a signal within the block.

    Outside the main thread, which gets no signals, do nothing; nor where a program that holds Python has a
    handler of its own, which could not be put back.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(number) is None:
        yield
        return
    former = signal.signal(number, lambda *_: function())
    try:
        yield
    finally:
        signal.signal(number, former)
