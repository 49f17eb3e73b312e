"""The figure of the three-by-three experiment: accuracy above, loss below, a panel for each column."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from textransfer.report.lines import Line, draw_line
from textransfer.report.style import COLOURS, FAINT, INK, label_ends, mark_decades, plain_axes, write_head
from textransfer.transfer.comparing.grid import ALL, FINE_TUNED, FROM_SCRATCH, FROZEN, ROWS, Cell, Grid

ROW_COLOURS = {FROM_SCRATCH: COLOURS["vermilion"], FROZEN: COLOURS["blue"], FINE_TUNED: COLOURS["purple"]}
STYLES = {FROM_SCRATCH: (0, (5, 2)), FROZEN: (0, ()), FINE_TUNED: (0, (2, 1.2))}
"""Told apart without colour too."""
_GAP = 0.075
"""Least distance between two numbers, as a share of the height of a panel."""
_LOSS_CEILING = 2.0
"""A loss that runs away is cut at so many times that of a guess, so that the others can be read."""

Measure = Literal["accuracy_by_epoch", "loss_by_epoch"]


def experiment_figure(grid: Grid, *, has_title: bool = True, is_narrow: bool = False) -> Figure:
    """Draw accuracy and loss of each cell by epoch, means over the draws, below the advice.

    A narrow figure, for a phone, has the columns of the grid below each other.
    """
    n_columns, n_classes = len(grid.columns), len(grid.classes)
    if is_narrow:
        figure = Figure(figsize=(4.6, 0.9 + 2.2 * n_columns), layout=None, facecolor="white")
        panels = figure.subplots(n_columns, 2, sharex=True, sharey="col", squeeze=False).T
        figure.subplots_adjust(left=0.13, right=0.9, bottom=0.075, top=0.88, wspace=0.62, hspace=0.38)
    else:
        figure = Figure(figsize=(2.2 + 3.2 * n_columns, 6.6), layout=None, facecolor="white")
        panels = figure.subplots(2, n_columns, sharex=True, sharey="row", squeeze=False)
        figure.subplots_adjust(
            left=0.075, right=0.938, bottom=0.085, top=0.815 if has_title else 0.87, wspace=0.22, hspace=0.12
        )
    _draw(panels[0], grid, "accuracy_by_epoch", "{:.1%}", guess=1 / n_classes, most=1.0)
    guess = float(np.log(n_classes))
    _draw(panels[1], grid, "loss_by_epoch", "{:.2f}", guess=guess, most=_LOSS_CEILING * guess)
    for axes, column in zip(panels[0], grid.columns, strict=True):
        axes.set_title(
            _heading(grid.cell(ROWS[0], column)),
            fontsize=10.5,
            color=INK,
            pad=8,
            loc="left" if is_narrow else None,
        )
        axes.yaxis.set_major_formatter("{x:.0%}")
    for axes in panels[:, -1] if is_narrow else panels[1]:
        axes.set_xlabel("Epochs of training", color=INK, fontsize=9.5)
    for axes, name in zip(panels[:, 0], ("Accuracy", "Loss"), strict=True):
        axes.set_ylabel(name if is_narrow else f"{name} on the test texts", color=INK, fontsize=9.5)
    if has_title:
        subtitle = (
            f"{grid.n_watched:,} test texts; mean of {grid.n_draws} draws, band: one standard deviation; "
            "dotted: a guess; dot: where training ended, and what was kept"
        )
        title = grid.advice[:1].upper() + grid.advice[1:]
        write_head(figure, title, subtitle, heights=(0.962, 0.918), fits=86 * n_columns // 3)
    figure.legend(
        [Line2D([], [], color=ROW_COLOURS[row], linewidth=2.2, linestyle=STYLES[row]) for row in ROWS],
        list(ROWS),
        loc="upper left",
        bbox_to_anchor=(0.0, 0.99) if is_narrow else (0.012, 0.905 if has_title else 0.975),
        ncols=len(ROWS),
        frameon=False,
        fontsize=9 if is_narrow else 10,
        labelcolor=[ROW_COLOURS[row] for row in ROWS],
        handlelength=1.8 if is_narrow else 2.6,
        columnspacing=1.2 if is_narrow else 2.2,
    )
    return figure


def _heading(cell: Cell) -> str:
    if cell.column == ALL:
        return f"all: {cell.n_labels:,} labels"
    if cell.n_texts > cell.n_labels:
        return f"few + augmentation: {cell.n_labels:,} labels, {cell.n_texts:,} texts"
    return f"few: {cell.n_labels:,} labels"


def _draw(
    panels: Sequence[Axes], grid: Grid, measure: Measure, pattern: str, *, guess: float, most: float
) -> None:
    """Fill a line of panels, all with the same height of scale, and mark the level of a guess."""
    values = [np.array(getattr(cell, measure)) for cell in grid.cells]
    low = min(float((value.mean(axis=0) - value.std(axis=0)).min()) for value in values)
    high = max(float((value.mean(axis=0) + value.std(axis=0)).max()) for value in values)
    margin = 0.05 * max(min(high, most) - low, 0.02)
    for axes, column in zip(panels, grid.columns, strict=True):
        cells = [grid.cell(row, column) for row in ROWS]
        heights = [_draw_cell(axes, cell, np.array(getattr(cell, measure))) for cell in cells]
        axes.set_xscale("log")
        axes.set_xlim(1, max(cells[0].epochs[-1], 2))
        mark_decades(axes, 1, cells[0].epochs[-1], steps=(1, 3))
        plain_axes(axes, tick_length=3, grid="y")
        axes.set_ylim(max(low - margin, 0.0), min(high, most) + margin)
        axes.axhline(guess, color=FAINT, linewidth=1.0, linestyle=":", zorder=1)
        colours = [ROW_COLOURS[row] for row in ROWS]
        label_ends(axes, heights, [pattern.format(height) for height in heights], colours, x=1.03, gap=_GAP)


def _draw_cell(axes: Axes, cell: Cell, values: npt.NDArray[np.float64]) -> float:
    """Draw a line as far as all draws train, then the way to the dot; return the height of the dot.

    Draws that stopped early went back to an earlier epoch.
    """
    shown = max(int(np.searchsorted(cell.epochs, min(cell.n_epochs), side="right")), 1)
    x, mean, deviation = cell.epochs[:shown], values.mean(axis=0), values.std(axis=0, ddof=len(values) > 1)
    kept, colour = float(np.mean(cell.n_epochs)), ROW_COLOURS[cell.row]
    line = Line(cell.row, x, mean[:shown], (mean - deviation)[:shown], (mean + deviation)[:shown])
    draw_line(axes, line, colour, linewidth=2.0, alpha=0.13, linestyle=STYLES[cell.row])
    way = [x[-1], kept], [mean[shown - 1], mean[-1]]
    axes.plot(*way, color=colour, linewidth=0.9, alpha=0.6, zorder=2)
    axes.plot([kept], [mean[-1]], "o", color=colour, markersize=5, zorder=4, clip_on=False, gid=cell.row)
    return float(mean[-1])
