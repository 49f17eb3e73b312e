"""The figure of the three-by-three experiment: accuracy above, loss below, a panel for each column."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from textransfer.report.style import (
    ARM_COLOURS,
    FAINT,
    INK,
    OTHER_COLOURS,
    SUBTITLE,
    label_ends,
    plain_axes,
)
from textransfer.transfer.comparing.grid import ALL, FINE_TUNED, FROM_SCRATCH, FROZEN, ROWS, Cell, Grid

COLOURS = {
    FROM_SCRATCH: ARM_COLOURS["no pretraining"],
    FROZEN: ARM_COLOURS["pretrained"],
    FINE_TUNED: OTHER_COLOURS[0],
}
STYLES = {FROM_SCRATCH: (0, (5, 2)), FROZEN: (0, ()), FINE_TUNED: (0, (2, 1.2))}
"""Told apart without colour too."""
_GAP = 0.075
"""Least distance between two numbers, as a share of the height of a panel."""
_LOSS_CEILING = 2.0
"""A loss that runs away is cut at so many times that of a guess, so that the others can be read."""

Floats = npt.NDArray[np.float64]


def experiment_figure(grid: Grid) -> Figure:
    """Draw accuracy and loss of each cell by epoch, means over the draws, below the advice."""
    columns = grid.columns
    figure = Figure(figsize=(2.2 + 3.2 * len(columns), 6.6), layout=None, facecolor="white")
    panels = figure.subplots(2, len(columns), sharex=True, sharey="row", squeeze=False)
    figure.subplots_adjust(left=0.075, right=0.938, bottom=0.085, top=0.815, wspace=0.22, hspace=0.12)
    guess = float(np.log(len(grid.classes)))
    for place, column in enumerate(columns):
        cells = [grid.cell(row, column) for row in ROWS]
        panels[0, place].set_title(_heading(grid, cells[0]), fontsize=10.5, color=INK, pad=8)
        _panel(panels[0, place], cells, lambda cell: np.array(cell.accuracy_by_epoch))
        _panel(panels[1, place], cells, lambda cell: np.array(cell.loss_by_epoch))
        panels[1, place].set_xlabel("Epochs of training", color=INK, fontsize=9.5)
    _limit(panels[0], grid, lambda cell: np.array(cell.accuracy_by_epoch), most=1.0)
    _limit(panels[1], grid, lambda cell: np.array(cell.loss_by_epoch), most=_LOSS_CEILING * guess)
    for axes in panels[0]:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        _mark(axes, 1 / len(grid.classes), "{:.1%}")
    for axes in panels[1]:
        _mark(axes, guess, "{:.2f}")
    panels[0, 0].set_ylabel("Accuracy on the test texts", color=INK, fontsize=9.5)
    panels[1, 0].set_ylabel("Loss on the test texts", color=INK, fontsize=9.5)
    _head(figure, grid)
    return figure


def _heading(grid: Grid, cell: Cell) -> str:
    if cell.column == ALL:
        return f"all: {cell.n_labels:,} labels"
    if cell.n_texts > cell.n_labels:
        return f"few + augmentation: {cell.n_labels:,} labels, {cell.n_texts:,} texts"
    return f"few: {cell.n_labels:,} labels"


def _panel(axes: Axes, cells: Sequence[Cell], values_of: Callable[[Cell], Floats]) -> None:
    for cell in cells:
        values = values_of(cell)
        # As far as all draws train; those that stopped early went back to an earlier epoch: the dot.
        shown = max(int(np.searchsorted(cell.epochs, min(cell.n_epochs), side="right")), 1)
        x, mean = np.array(cell.epochs[:shown], float), values.mean(axis=0)
        kept, colour = float(np.mean(cell.n_epochs)), COLOURS[cell.row]
        if len(values) > 1:
            deviation = values.std(axis=0, ddof=1)[:shown]
            low, high = mean[:shown] - deviation, mean[:shown] + deviation
            axes.fill_between(x, low, high, color=colour, alpha=0.13, linewidth=0)
        axes.plot(x, mean[:shown], color=colour, linewidth=2.0, linestyle=STYLES[cell.row], zorder=3)
        way = [x[-1], kept], [mean[shown - 1], mean[-1]]
        axes.plot(*way, color=colour, linewidth=0.9, alpha=0.6, zorder=2)
        axes.plot([kept], [mean[-1]], "o", color=colour, markersize=5, zorder=4, clip_on=False, gid=cell.row)
    last = float(max(cells[0].epochs))
    axes.set_xscale("log")
    axes.set_xlim(1, max(last, 2))
    ticks = [float(m * 10**k) for k in range(6) for m in (1, 3)]
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if tick <= last]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:,.0f}")
    plain_axes(axes, tick_length=3, has_grid=True)


def _limit(panels: Sequence[Axes], grid: Grid, values_of: Callable[[Cell], Floats], *, most: float) -> None:
    """Give the panels of a line of the figure the same height of scale."""
    means = [values_of(cell).mean(axis=0) for cell in grid.cells]
    spans = [values_of(cell).std(axis=0) for cell in grid.cells]
    low = min(float((mean - span).min()) for mean, span in zip(means, spans, strict=True))
    high = max(float((mean + span).max()) for mean, span in zip(means, spans, strict=True))
    high = min(high, most)
    margin = 0.05 * max(high - low, 0.02)
    panels[0].set_ylim(max(low - margin, 0.0), high + margin)


def _mark(axes: Axes, guess: float, pattern: str) -> None:
    """Draw the level of a guess, and write the last value of each line at the right edge."""
    axes.axhline(guess, color=FAINT, linewidth=1.0, linestyle=":", zorder=1)
    ends = sorted(
        (float(np.asarray(line.get_ydata())[-1]), str(line.get_color()))
        for line in axes.lines
        if line.get_gid() in ROWS
    )
    heights, colours = [end[0] for end in ends], [end[1] for end in ends]
    label_ends(axes, heights, [pattern.format(height) for height in heights], colours, x=1.03, gap=_GAP)


def _head(figure: Figure, grid: Grid) -> None:
    title = grid.advice[:1].upper() + grid.advice[1:]
    size = min(13.5, 13.5 * 86 / max(len(title), 1) * (len(grid.columns) / 3))
    figure.text(0.02, 0.962, title, fontsize=size, fontweight="bold", color=INK, va="center")
    subtitle = (
        f"{grid.n_watched:,} test texts; mean of {grid.n_draws} draws, band: one standard deviation; "
        "dotted: a guess; dot: where training ended, and what was kept"
    )
    figure.text(0.02, 0.918, subtitle, fontsize=9.5, color=SUBTITLE, va="center")
    handles = [Line2D([], [], color=COLOURS[row], linewidth=2.2, linestyle=STYLES[row]) for row in ROWS]
    figure.legend(
        handles,
        list(ROWS),
        loc="upper left",
        bbox_to_anchor=(0.012, 0.905),
        ncols=len(ROWS),
        frameon=False,
        fontsize=10,
        labelcolor=[COLOURS[row] for row in ROWS],
        handlelength=2.6,
        columnspacing=2.2,
    )
