"""The figure of arms as lines: matplotlib without global state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from textransfer.errors import ConfigError
from textransfer.report.style import FAINT, INK, SUBTITLE, colours_of, label_ends, plain_axes

_LABEL_GAP = 0.052
"""Least distance between two direct labels, as a share of the height of the axes."""


@dataclass(frozen=True, eq=False)
class Line:
    """A line with a band around it.

    Parameters
    ----------
    name : str
        What is written at its end.
    x : array-like of float, shape (points,)
        Ascending, not negative.
    y : array-like of float, shape (points,)
        Shares of 1.
    low, high : array-like of float, shape (points,), optional
        The band.
    value : float, optional
        The number written at its end; by default the last of `y`.
    """

    name: str
    x: npt.ArrayLike
    y: npt.ArrayLike
    low: npt.ArrayLike | None = None
    high: npt.ArrayLike | None = None
    value: float | None = None


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
) -> Figure:
    """Draw a line for each arm, labelled at its end, over a logarithmic axis that begins at zero.

    Parameters
    ----------
    lines : sequence of Line
        The arms that have a curve. Names in `ARM_COLOURS` keep their colour in every figure.
    title : str
        What the figure shows, as a finding.
    subtitle : str, optional
        A smaller line below: the data, and what the band is.
    x_label, y_label : str
        What the axes are.
    chance : float, optional
        Accuracy of a guess; a dotted line.
    levels : mapping of str to float, optional
        Arms without a curve: a dashed line at their accuracy.
    ticks : sequence of float, optional
        Where the horizontal axis is marked; by default at 1, 2, 5, 10, ...

    Raises
    ------
    ConfigError
        If there is no line to draw.
    """
    if not lines:
        raise ConfigError("there is no training curve to draw; expected at least one arm with a curve")
    figure = Figure(figsize=(8.0, 4.8), layout=None, facecolor="white")
    axes = figure.add_axes((0.085, 0.125, 0.68, 0.70))
    levels = levels or {}
    names = [*(line.name for line in lines), *levels]
    colours = colours_of(names)
    for line in lines:
        draw_line(axes, line, colours[line.name], linewidth=2.2, alpha=0.16)
        x, y = np.asarray(line.x, float), np.asarray(line.y, float)
        axes.plot(x[-1:], y[-1:], "o", color=colours[line.name], markersize=4.5, zorder=4, clip_on=False)
    for name, level in levels.items():
        axes.axhline(level, color=colours[name], linewidth=1.4, linestyle=(0, (5, 3)), zorder=2)
    heights = [*(float(np.asarray(line.y, float)[-1]) for line in lines), *levels.values()]
    values = [line.value for line in lines] + [None] * len(levels)
    texts = [
        f"{name}  {height if value is None else value:.1%}"
        for name, height, value in zip(names, heights, values, strict=True)
    ]
    _set_axes(axes, lines, chance, heights)
    if ticks is not None:
        axes.xaxis.set_major_locator(FixedLocator(list(ticks)))
    axes.set_xlabel(x_label, color=INK)
    axes.set_ylabel(y_label, color=INK)
    label_ends(axes, heights, texts, [colours[name] for name in names], x=1.02, gap=_LABEL_GAP)
    size = min(13.5, 13.5 * 68 / max(len(title), 1))
    figure.text(0.02, 0.945, title, fontsize=size, fontweight="bold", color=INK, va="center")
    if subtitle:
        size = min(9.5, 9.5 * 108 / len(subtitle))
        figure.text(0.02, 0.885, subtitle, fontsize=size, color=SUBTITLE, va="center")
    return figure


def draw_line(axes: Axes, line: Line, colour: str, *, linewidth: float, alpha: float) -> None:
    """Draw a line over its band."""
    x = np.asarray(line.x, float)
    if line.low is not None and line.high is not None:
        low, high = np.asarray(line.low, float), np.asarray(line.high, float)
        axes.fill_between(x, low, high, color=colour, alpha=alpha, linewidth=0)
    axes.plot(
        x,
        np.asarray(line.y, float),
        color=colour,
        linewidth=linewidth,
        solid_capstyle="round",
        zorder=3,
        label=line.name,
    )


def _set_axes(axes: Axes, lines: Sequence[Line], chance: float | None, ends: Sequence[float]) -> None:
    x_max = max(float(np.max(np.asarray(line.x, float))) for line in lines)
    x_min = min(float(np.min(np.asarray(line.x, float))) for line in lines)
    axes.set_xscale("symlog", linthresh=1.0, linscale=0.35)
    axes.set_xlim(x_min, max(x_max, x_min + 1))
    decades = [float(m * 10**k) for k in range(0, 7) for m in (1, 2, 5)]
    ticks = [tick for tick in [0.0, *decades] if x_min <= tick <= x_max]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:,.0f}")
    drawn = [values for line in lines for values in (line.y, line.low, line.high) if values is not None]
    heights = np.concatenate([np.asarray(values, float) for values in [*drawn, ends]])
    if chance is not None:
        heights = np.append(heights, chance)
    least, most = float(heights.min()), float(heights.max())
    margin = 0.06 * max(most - least, 0.1)
    axes.set_ylim(max(least - margin, -0.03), min(most + margin, 1.03))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
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
    plain_axes(axes, tick_length=3, has_grid=True)
