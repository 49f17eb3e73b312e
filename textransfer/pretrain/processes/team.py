"""The processes of a run as the trainer sees them: one alone, or several that share the work."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from textransfer.pretrain.engines import BlockStats, Engine, EngineChoice
from textransfer.pretrain.preparation import PreparedCorpus
from textransfer.pretrain.processes.interrupt import Interrupt
from textransfer.pretrain.tables import Tables


class Team(Protocol):
    """Processes that train the same vectors together; each of them calls every method at the same point."""

    rank: int
    """Of this process, from 0; the first one speaks and writes."""
    size: int
    """Processes in all."""
    local_size: int
    """Processes on this machine."""
    words_a_round: int
    """Tokens that all of them train on between two combinations; 0: as many as suit one process."""
    is_whole: bool
    """Whether all processes have the same tables just now."""
    interrupt: Interrupt
    """The Ctrl-C of this process."""

    @property
    def is_stopping(self) -> bool:
        """Whether one of them was interrupted."""

    def settings(self) -> dict[str, int]:
        """Return what the result depends on: how many processes, and how often they combine."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """Do in the block what may fail on one process alone; then all of them end."""
        ...

    def from_first(self, text: str) -> str:
        """Return what the first process gave."""
        ...

    def read_once(self, read: Callable[[], PreparedCorpus], folder: Path) -> PreparedCorpus:
        """Read the text on one process of each machine; the others map what it encoded."""
        ...

    def choose(self, choice: EngineChoice) -> EngineChoice:
        """Give each process of a machine a device of its own, where there are several."""
        ...

    def check_same(self, facts: Mapping[str, str]) -> None:
        """Refuse to go on unless all processes give the same facts."""
        ...

    def attach(
        self, engine: Engine, choice: EngineChoice, prepared: PreparedCorpus, tables: Tables | None
    ) -> None:
        """From here on combine this engine's tables; start from those that the first process has, if any."""
        ...

    def combine(self, stats: BlockStats, *, rate: float, is_last: bool) -> BlockStats:
        """Bring together what the processes learned in a block; all of it after the last one.

        Returns
        -------
        BlockStats
            Summed over the processes.
        """
        ...


class Alone:
    """A team of one: nothing to share, and always whole."""

    rank = 0
    size = 1
    local_size = 1
    words_a_round = 0
    is_whole = True

    def __init__(self) -> None:
        self.interrupt = Interrupt()

    @property
    def is_stopping(self) -> bool:
        """Whether it was interrupted."""
        return self.interrupt.is_wanted

    def settings(self) -> dict[str, int]:
        """Return that it is alone."""
        return {"n_processes": 1}

    def together(self) -> AbstractContextManager[None]:
        """Add nothing to the block."""
        return nullcontext()

    def from_first(self, text: str) -> str:
        """Return the text."""
        return text

    def read_once(self, read: Callable[[], PreparedCorpus], folder: Path) -> PreparedCorpus:
        """Read."""
        return read()

    def choose(self, choice: EngineChoice) -> EngineChoice:
        """Return the choice as it is."""
        return choice

    def check_same(self, facts: Mapping[str, str]) -> None:
        """Agree."""

    def attach(
        self, engine: Engine, choice: EngineChoice, prepared: PreparedCorpus, tables: Tables | None
    ) -> None:
        """Start from the tables, if there are any."""
        if tables is not None:
            engine.load(tables)

    def combine(self, stats: BlockStats, *, rate: float, is_last: bool) -> BlockStats:
        """Return the statistics as they are."""
        return stats
