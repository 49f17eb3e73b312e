"""The processes of a run as the trainer sees them; here one that is alone."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from textransfer.pretrain.engines import BlockStats, Engine, EngineChoice
from textransfer.pretrain.preparation import PreparedCorpus
from textransfer.pretrain.processes.interrupt import Interrupt
from textransfer.pretrain.tables import Tables


class Team:
    """Processes that train the same vectors together; each of them calls every method at the same point.

    This is a team of one: nothing to share, and always whole. See `TorchTeam` for several.
    """

    rank = 0
    """Of this process; the first one speaks and writes."""
    size = 1
    """Processes in all."""
    local_size = 1
    """Processes on this machine."""
    words_a_round = 0
    """Tokens that all of them train on between two combinations; 0: as many as suit one process."""
    is_whole = True
    """Whether all processes have the same tables just now."""

    def __init__(self) -> None:
        self.interrupt = Interrupt()
        """The Ctrl-C of this process."""

    @property
    def is_stopping(self) -> bool:
        """Whether one of them was interrupted."""
        return self.interrupt.is_wanted

    def settings(self) -> dict[str, int]:
        """Return what the result depends on: how many processes, and how often they combine."""
        return {"n_processes": self.size}

    def together(self) -> AbstractContextManager[None]:
        """Do in the block what may fail on one process alone; then all of them end."""
        return nullcontext()

    def from_first(self, text: str) -> str:
        """Return what the first process gave."""
        return text

    def read_once(self, read: Callable[[], PreparedCorpus], folder: Path) -> PreparedCorpus:
        """Read the text on one process of each machine; the others map what it encoded."""
        return read()

    def choose(self, choice: EngineChoice) -> EngineChoice:
        """Give each process of a machine a device of its own, where there are several."""
        return choice

    def check_same(self, facts: Mapping[str, str]) -> None:
        """Refuse to go on, on all processes, unless all of them give the same facts."""

    def attach(
        self, engine: Engine, choice: EngineChoice, prepared: PreparedCorpus, tables: Tables | None
    ) -> None:
        """From here on combine this engine's tables; start from those that the first process has, if any."""
        if tables is not None:
            engine.load(tables)

    def combine(self, stats: BlockStats, *, rate: float, is_last: bool) -> BlockStats:
        """Bring together what the processes learned in a block, all of it after the last; return the sums."""
        return stats
