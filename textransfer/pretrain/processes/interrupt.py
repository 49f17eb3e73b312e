"""Ctrl-C that waits until the work under way is whole."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

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
    """Note the first Ctrl-C instead of raising KeyboardInterrupt; the second one raises it at once.

    Outside the main thread, where Python hears no signals, nothing changes.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        interrupt.n_times += 1
        if interrupt.n_times > 1:
            raise KeyboardInterrupt

    former = signal.signal(signal.SIGINT, on_signal)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, former)
