"""What the three-by-three experiment found: frozen tables that become JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textransfer.records import record_of
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.verdict import Outcome

FROM_SCRATCH, FROZEN, FINE_TUNED = "from scratch", "frozen", "fine-tuned"
ROWS = (FROM_SCRATCH, FROZEN, FINE_TUNED)
FEW, AUGMENTED, ALL = "few", "few + augmentation", "all"
COLUMNS = (FEW, AUGMENTED, ALL)
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Cell:
    """One way to start, with one set of labelled texts."""

    row: str
    """Random vectors, trained; pretrained ones, left alone; or pretrained ones, trained at a low rate."""
    column: str
    """What it trains on, of `COLUMNS`."""
    n_labels: int
    n_texts: int
    """Labelled texts with the variants that were made of them, mean over the draws."""
    accuracy: Interval
    """Over draws and test texts."""
    by_draw: tuple[float, ...]
    """Accuracy of each draw."""
    epochs: tuple[int, ...]
    """Where the curves are measured."""
    accuracy_by_epoch: tuple[tuple[float, ...], ...]
    """For each draw, at each of `epochs`, on the watched test texts."""
    loss_by_epoch: tuple[tuple[float, ...], ...]
    """The same of the mean of -ln p of the true class."""
    n_epochs: tuple[int, ...]
    """Passes that each draw made until it stopped."""
    is_stopped_early: bool
    """Whether labels were held out to stop by."""
    seconds_per_epoch: float
    """Time of a fit over its epochs, mean over the draws; reading and averaging the texts are counted in,
    making variants is not. Fits that are made side by side share their time equally."""
    n_parameters: int
    """Numbers that were trained, mean over the draws."""


@dataclass(frozen=True)
class Contrast:
    """A paired difference of the accuracy of a cell and another, and what it lets one say."""

    row: str
    column: str
    against: str
    """The row or column that it is compared with."""
    difference: Interval
    """Accuracy of the cell minus that of the other."""
    outcome: Outcome
    """Whether the interval lies above zero, below it, or holds it."""
    sentence: str


@dataclass(frozen=True)
class Grid:
    """The nine cells, and the questions that they answer."""

    classes: tuple[str, ...]
    n_labels: int
    """How many are few."""
    n_pool: int
    """All labelled texts."""
    n_test: int
    n_watched: int
    """Test texts that the curves are measured on."""
    n_draws: int
    random_state: int
    augmentations: tuple[str, ...]
    """What was done in the middle column."""
    n_variants: int
    """Variants of each text there."""
    cells: tuple[Cell, ...]
    """Row by row."""
    augmentation: tuple[Contrast, ...]
    """The middle column less the first, for each row."""
    fine_tuning: tuple[Contrast, ...]
    """Fine-tuned less frozen, for each column."""
    advice: str
    """Freeze or fine-tune: one sentence."""
    notes: tuple[str, ...]
    """What the reader of the numbers must know."""

    def __repr__(self) -> str:
        return f"<Grid: {self.advice}>"

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns; two of them if nothing is augmented."""
        return tuple(column for column in COLUMNS if any(cell.column == column for cell in self.cells))

    def cell(self, row: str, column: str) -> Cell:
        """Return a cell by its names."""
        return next(cell for cell in self.cells if (cell.row, cell.column) == (row, column))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the long table: a row for each cell, draw and epoch of the curves.

        The curve of a fit that stopped early goes on with what it kept.
        """
        for cell in self.cells:
            for draw, n_epochs in enumerate(cell.n_epochs):
                for point, epoch in enumerate(cell.epochs):
                    yield {
                        "row": cell.row,
                        "column": cell.column,
                        "draw": draw,
                        "epoch": epoch,
                        "accuracy": cell.accuracy_by_epoch[draw][point],
                        "loss": cell.loss_by_epoch[draw][point],
                        "n_epochs": n_epochs,
                    }

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return {"format_version": FORMAT_VERSION, **record_of(self)}
