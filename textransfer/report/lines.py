"""Arms as lines, each with its name at its end, over an axis of epochs or labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from textransfer.errors import ConfigError
from textransfer.report.style import FAINT, INK, colours_of, label_ends, mark_decades, plain_axes, write_head
from textransfer.report.wording import percent

_LABEL_GAP = 0.052
"""Least distance between two direct labels, as a share of the height of the axes."""
_WIDE = (8.0, 4.8), (0.085, 0.125, 0.68, 0.70)
_WITHOUT_TITLE = (8.0, 4.5), (0.085, 0.13, 0.68, 0.79)
_NARROW = (4.3, 4.3), (0.15, 0.31, 0.81, 0.66)
"""Size in inches, and where the axes are: on a screen, and on a phone."""
Numbers = Sequence[float] | npt.NDArray[np.int64] | npt.NDArray[np.float64]
LineStyle = str | tuple[float, tuple[float, ...]]
_DASHES: LineStyle = (0, (5, 3))


@dataclass(frozen=True, eq=False)
class Line:
    """A line, all its numbers of shape (points,), with a band around it."""

    name: str
    """Written at its end; those of `ARM_COLOURS` keep their colour in every figure."""
    x: Numbers
    """Ascending, not negative."""
    y: Numbers
    """Shares of 1."""
    low: Numbers | None = None
    high: Numbers | None = None
    value: float | None = None
    """The number written at its end; by default the last of `y`."""
    is_level: bool = False
    """Dashed: an arm that learns nothing from the texts."""
    mark: float | None = None
    """Drawn as a diamond at its end, with the name: where an arm ends that is more than the line."""


def learning_curves(
    lines: Sequence[Line],
    *,
    title: str,
    subtitle: str = "",
    x_label: str = "Epochs of training",
    y_label: str = "Accuracy on the test texts",
    chance: float | None = None,
    levels: Mapping[str, float] | None = None,
    ticks: Sequence[float] | None = None,
    is_narrow: bool = False,
) -> Figure:
    """Draw a line for each arm, labelled at its end, over a logarithmic axis that begins at zero.

    The title says what the figure shows, the subtitle of which data and what the band is. Arms without a
    curve are dashed levels, the chance of a guess is a dotted one. By default 1, 2, 5, 10, ... are marked.
    A narrow figure, for a phone, has no head, and the names below.
    """
    if not lines:
        raise ConfigError("there is no training curve to draw; expected at least one arm with a curve")
    levels = levels or {}
    names = [*(line.name for line in lines), *levels]
    size, place = _NARROW if is_narrow else _WIDE if title else _WITHOUT_TITLE
    figure = Figure(figsize=size, layout=None, facecolor="white")
    axes = figure.add_axes(place)
    colours = colours_of(names)
    for line in lines:
        colour = colours[line.name]
        if line.is_level:
            draw_line(axes, line, colour, linewidth=1.4, alpha=0, linestyle=_DASHES)
            continue
        draw_line(axes, line, colour, linewidth=2.2, alpha=0.16)
        axes.plot(line.x[-1:], line.y[-1:], "o", color=colour, markersize=4.5, zorder=4, clip_on=False)
        draw_mark(axes, line, colour)
    for name, level in levels.items():
        axes.axhline(level, color=colours[name], linewidth=1.4, linestyle=_DASHES, zorder=2)
    ends = [line.y[-1] if line.mark is None else line.mark for line in lines]
    heights = [*map(float, ends), *levels.values()]
    values = [line.value for line in lines] + [None] * len(levels)
    texts = [
        f"{name}  {percent(height if value is None else value)}"
        for name, height, value in zip(names, heights, values, strict=True)
    ]
    _set_axes(axes, lines, chance, heights, steps=(1, 5) if is_narrow else (1, 2, 5))
    if ticks is not None:
        axes.xaxis.set_major_locator(FixedLocator(list(ticks)))
    axes.set_xlabel(x_label, color=INK)
    axes.set_ylabel(y_label, color=INK)
    if is_narrow:
        for place_of_name, (name, text) in enumerate(zip(names, texts, strict=True)):
            row, column = divmod(place_of_name, 2)
            at = (0.03 + 0.5 * column, 0.165 - 0.052 * row)
            figure.text(*at, text, color=colours[name], fontsize=9, fontweight="bold", va="center")
        return figure
    label_ends(axes, heights, texts, [colours[name] for name in names], x=1.02, gap=_LABEL_GAP)
    write_head(figure, title, subtitle, heights=(0.945, 0.885 if title else 0.96), fits=68)
    return figure


def draw_line(
    axes: Axes, line: Line, colour: str, *, linewidth: float, alpha: float, linestyle: LineStyle = "-"
) -> None:
    """Draw a line over its band."""
    if line.low is not None and line.high is not None:
        axes.fill_between(line.x, line.low, line.high, color=colour, alpha=alpha, linewidth=0)
    axes.plot(
        line.x,
        line.y,
        color=colour,
        linewidth=linewidth,
        linestyle=linestyle,
        solid_capstyle="round",
        zorder=3,
        label=line.name,
    )


def draw_mark(axes: Axes, line: Line, colour: str) -> None:
    """Draw the mark of a line, if it has one."""
    if line.mark is not None:
        axes.plot(line.x[-1:], [line.mark], "D", color=colour, markersize=6, zorder=4, clip_on=False)


def _set_axes(
    axes: Axes, lines: Sequence[Line], chance: float | None, ends: Sequence[float], steps: Sequence[int]
) -> None:
    x_min = min(float(np.min(line.x)) for line in lines)
    x_max = max(float(np.max(line.x)) for line in lines)
    axes.set_xscale("symlog", linthresh=1.0, linscale=0.35)
    axes.set_xlim(x_min, max(x_max, x_min + 1))
    mark_decades(axes, x_min, x_max, steps=steps)
    drawn = [values for line in lines for values in (line.y, line.low, line.high) if values is not None]
    heights = np.concatenate([*drawn, ends, [] if chance is None else [chance]])
    least, most = float(heights.min()), float(heights.max())
    margin = 0.06 * max(most - least, 0.1)
    axes.set_ylim(max(least - margin, -0.03), min(most + margin, 1.03))
    axes.yaxis.set_major_formatter("{x:.0%}")
    if chance is not None:
        axes.axhline(chance, color=FAINT, linewidth=1.0, linestyle=":", zorder=1)
        axes.annotate(
            "chance",
            (0.995, chance),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, -3),
            textcoords="offset points",
            color=FAINT,
            fontsize=8.5,
            ha="right",
            va="top",
        )
    plain_axes(axes, tick_length=3, grid="y")
