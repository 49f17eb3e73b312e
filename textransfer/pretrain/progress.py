"""Records of progress: where a run stands after each block of its work."""

import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from textransfer.errors import FormatError

PROGRESS = "progress.jsonl"
"""Name of the file with the records, in an embeddings folder as in a checkpoint."""


OnStage = Callable[[str], None]
"""Called with the name of each stage of a run when it begins."""


class Stages:
    """Which stage a run is in, and how long each took."""

    def __init__(self, on_stage: OnStage | None = None) -> None:
        self._on_stage = on_stage
        self._seconds: dict[str, float] = {}
        self._present: str | None = None
        self._since = 0.0

    def begin(self, name: str) -> None:
        """End the stage under way, and begin this one."""
        self.seconds()
        self._present = name
        if self._on_stage is not None:
            self._on_stage(name)

    def seconds(self) -> dict[str, float]:
        """Return the seconds of each stage so far, in the order in which they began."""
        now = time.perf_counter()
        if self._present is not None:
            self._seconds[self._present] = self._seconds.get(self._present, 0.0) + now - self._since
        self._since = now
        return dict(self._seconds)


@dataclass(frozen=True)
class Progress:
    """Where a run stands after a block."""

    epoch: int
    """The epoch under way, counted from 1."""
    share: float
    """How much of the run is done, 0..1."""
    n_tokens: int
    """Tokens read so far, over all epochs."""
    n_steps: int
    """Updates so far."""
    n_pairs: int
    """Pairs trained so far."""
    seconds: float
    """Since training began."""
    tokens_per_second: float
    """Over the whole run so far."""
    learning_rate: float
    """Of the block just done."""
    loss: float
    """Mean loss a pair in the block just done; NaN if it had no pair."""

    @property
    def seconds_left(self) -> float:
        """Estimated seconds to the end."""
        return self.seconds / self.share - self.seconds if self.share > 0 else math.inf

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON can hold it: a NaN loss becomes None."""
        record = asdict(self)
        if math.isnan(self.loss):
            record["loss"] = None
        return record


def progress_to_lines(history: Sequence[Progress], *, update: int = 0) -> str:
    """Return records as JSON lines; those of an update carry its number."""
    number = {"update": update} if update else {}
    return "".join(json.dumps({**number, **record.to_dict()}) + "\n" for record in history)


def progress_from_lines(lines: Iterable[str], *, update: int = 0) -> list[Progress]:
    """Return the records of pretraining, or of one update, that `progress_to_lines` wrote.

    Raises
    ------
    FormatError
        If a line is damaged or of another kind.
    """
    try:
        records = [record for record in map(json.loads, lines) if record.pop("update", 0) == update]
        losses = [math.nan if record.get("loss") is None else record["loss"] for record in records]
        return [Progress(**record | {"loss": loss}) for record, loss in zip(records, losses, strict=True)]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"no complete record of progress: {error}") from error


def read_progress(path: Path, *, update: int = 0) -> list[Progress]:
    """Read the records of pretraining, or of one update, from a file; see `progress_from_lines`."""
    with path.open(encoding="utf-8") as lines:
        return progress_from_lines(lines, update=update)


def write_progress(path: Path, history: Sequence[Progress], *, update: int = 0, earlier: str = "") -> None:
    """Write records as JSON lines, behind the lines of earlier training."""
    path.write_text(earlier + progress_to_lines(history, update=update), encoding="utf-8", newline="\n")
