"""Figures of results: matplotlib objects without global state, saved as PNG or SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from textransfer.errors import ConfigError
from textransfer.storage import staged_file

ARM_COLOURS = {
    "pretrained": "#0072B2",
    "no pretraining": "#D55E00",
    "TF-IDF + LR": "#007F5F",
    "majority": "#767676",
}
"""Blue, vermilion and green of Okabe and Ito (2008), told apart with any colour vision; the green is darker
than theirs, so that text in it can be read on white."""
OTHER_COLOURS = ("#AA3377", "#8C6D00", "#332288", "#117733")

FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK JP",
    "Hiragino Sans",
    "Yu Gothic",
    "IPAexGothic",
    "Noto Sans CJK SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK KR",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "Noto Sans",
    "Arial Unicode MS",
)
"""For letters that the first has not, the others are asked, as far as they are installed."""

_INK, _FAINT = "#222222", "#767676"
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


@dataclass(frozen=True)
class _End:
    """Where a line ends, and what is written there."""

    name: str
    height: float
    value: float
    colour: str


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
    ends: list[_End] = []
    for line, colour in zip(lines, _colours([line.name for line in lines]), strict=True):
        x, y = np.asarray(line.x, float), np.asarray(line.y, float)
        if line.low is not None and line.high is not None:
            low, high = np.asarray(line.low, float), np.asarray(line.high, float)
            axes.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
        axes.plot(x, y, color=colour, linewidth=2.2, solid_capstyle="round", zorder=3)
        axes.plot(x[-1:], y[-1:], "o", color=colour, markersize=4.5, zorder=4, clip_on=False)
        ends.append(_End(line.name, float(y[-1]), float(y[-1]) if line.value is None else line.value, colour))
    for (name, level), colour in zip(levels.items(), _colours(list(levels)), strict=True):
        axes.axhline(level, color=colour, linewidth=1.4, linestyle=(0, (5, 3)), zorder=2)
        ends.append(_End(name, level, level, colour))
    _set_axes(axes, lines, chance, [end.height for end in ends])
    if ticks is not None:
        axes.xaxis.set_major_locator(FixedLocator(list(ticks)))
    axes.set_xlabel(x_label, color=_INK)
    axes.set_ylabel(y_label, color=_INK)
    _label_ends(axes, ends)
    figure.text(
        0.02,
        0.945,
        title,
        fontsize=min(13.5, 13.5 * 68 / max(len(title), 1)),
        fontweight="bold",
        color=_INK,
        va="center",
    )
    if subtitle:
        figure.text(
            0.02, 0.885, subtitle, fontsize=min(9.5, 9.5 * 108 / len(subtitle)), color="#555555", va="center"
        )
    return figure


def installed_fonts() -> list[str]:
    """Return those of `FONTS` that this machine has."""
    known = set(get_font_names())
    return [name for name in FONTS if name in known]


def save_figure(figure: Figure, path: str | Path, *, force: bool = False) -> Path:
    """Write a figure whole or not at all; the suffix chooses PNG or SVG.

    Raises
    ------
    ConfigError
        If the suffix is neither .png nor .svg.
    OutputError
        If the file exists and `force` is false, or cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in (".png", ".svg"):
        raise ConfigError(f"cannot write a figure as {path.name!r}; give a name that ends in .png or .svg")
    with staged_file(path, force=force) as staged:
        figure.savefig(
            staged, format=suffix[1:], dpi=200, metadata={"Date": None} if suffix == ".svg" else None
        )
    return path


def _colours(names: Sequence[str]) -> list[str]:
    """Known arms have their own colour; the others take what is left, in order."""
    spare = iter(OTHER_COLOURS * (1 + len(names) // len(OTHER_COLOURS)))
    return [ARM_COLOURS.get(name) or next(spare) for name in names]


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
    shown = [
        np.asarray(values, float)
        for line in lines
        for values in (line.y, line.low, line.high)
        if values is not None
    ]
    least = min([float(values.min()) for values in shown] + list(ends) + ([] if chance is None else [chance]))
    most = max([float(values.max()) for values in shown] + list(ends) + ([] if chance is None else [chance]))
    margin = 0.06 * max(most - least, 0.1)
    axes.set_ylim(max(least - margin, -0.03), min(most + margin, 1.03))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    if chance is not None:
        axes.axhline(chance, color=_FAINT, linewidth=1.0, linestyle=":", zorder=1)
        axes.annotate(
            "chance",
            (0.995, chance),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, -3),
            textcoords="offset points",
            color=_FAINT,
            fontsize=8.5,
            ha="right",
            va="top",
        )
    axes.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#999999")
    axes.tick_params(colors="#444444", length=3, labelsize=9)
    axes.tick_params(axis="y", length=0)


def _label_ends(axes: Axes, ends: Sequence[_End]) -> None:
    """Write each arm's name and last value beside its end, moved apart where they would overlap."""
    bottom, top = axes.get_ylim()
    order = sorted(ends, key=lambda end: end.height)
    wanted = np.array([(end.height - bottom) / (top - bottom) for end in order])
    placed = spread_apart(wanted, _LABEL_GAP)
    for end, height in zip(order, placed, strict=True):
        axes.text(
            1.02,
            height,
            f"{end.name}  {end.value:.1%}",
            transform=axes.transAxes,
            color=end.colour,
            fontsize=9,
            fontweight="bold",
            va="center",
        )


def spread_apart(wanted: npt.NDArray[np.float64], gap: float) -> npt.NDArray[np.float64]:
    """Move ascending positions as little as needed, in least squares, so that neighbours are a gap apart.

    Pool-adjacent-violators on the positions less their share of the gaps: neighbours that would overlap
    become a block around their mean.
    """
    offsets = gap * np.arange(len(wanted))
    blocks: list[tuple[float, int]] = []
    for value in wanted - offsets:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            below, n_below = blocks.pop()
            mean, size = (mean * size + below * n_below) / (size + n_below), size + n_below
        blocks.append((mean, size))
    means = np.array([mean for mean, _ in blocks])
    return np.asarray(means.repeat([size for _, size in blocks]) + offsets)
