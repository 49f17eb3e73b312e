"""How all figures look: colours, fonts, axes, names at the ends of lines, and how a figure is saved."""

import re
import warnings
from collections.abc import Iterable, Sequence
from itertools import cycle
from pathlib import Path
from typing import IO, Any, Literal

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from textransfer.errors import ConfigError, TextransferWarning
from textransfer.report.fonts import fonts_for, packages_for, use_fonts
from textransfer.storage.writing import staged_file

COLOURS = {
    "vermilion": "#D55E00",
    "blue": "#0072B2",
    "green": "#007F5F",
    "purple": "#AA3377",
    "ochre": "#8C6D00",
    "indigo": "#332288",
    "forest": "#117733",
    "grey": "#767676",
}
"""Of arms and classes; a page has each in a light and a dark shade. Blue, vermilion and green are those of
Okabe and Ito (2008), told apart with any colour vision; the green is darker, to be read on white."""
ARM_COLOURS = {
    "pretrained": COLOURS["blue"],
    "no pretraining": COLOURS["vermilion"],
    "TF-IDF + LR": COLOURS["green"],
    "majority": COLOURS["grey"],
}
OTHER_COLOURS = tuple(COLOURS[name] for name in ("purple", "ochre", "indigo", "forest"))
INK, SOFT, SUBTITLE, EDGE = "#222222", "#444444", "#555555", "#999999"
FAINT, GRID = COLOURS["grey"], "#E6E6E6"
_MISSING = re.compile(r"Glyph (\d+) ")
_MOST_SHOWN = 10


def colours_of(names: Iterable[str]) -> dict[str, str]:
    """Return the colour of each arm: known ones have their own, the others take what is left, in order."""
    spare = cycle(OTHER_COLOURS)
    return {name: ARM_COLOURS.get(name) or next(spare) for name in names}


def plain_axes(axes: Axes, *, tick_length: float = 0, grid: Literal["x", "y"] | None = None) -> None:
    """Leave of the frame the bottom line only; draw faint lines from the ticks of one axis."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(EDGE)
    axes.tick_params(colors=SOFT, length=tick_length, labelsize=9)
    axes.tick_params(axis="y", length=0)
    if grid is not None:
        axes.grid(axis=grid, color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)


def mark_decades(axes: Axes, least: float, most: float, steps: Sequence[int]) -> None:
    """Mark 0 and so many times each power of ten below the axes, as far as they lie between two numbers."""
    ticks = [0.0, *(float(step * 10**power) for power in range(7) for step in steps)]
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if least <= tick <= most]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:,.0f}")


def write_head(figure: Figure, title: str, subtitle: str, *, heights: tuple[float, float], fits: int) -> None:
    """Write a finding and its data above a figure, smaller where the title has more letters than fit."""
    size = min(13.5, 13.5 * fits / max(len(title), 1))
    figure.text(0.02, heights[0], title, fontsize=size, fontweight="bold", color=INK, va="center")
    size = min(9.5, 9.5 * 1.6 * fits / max(len(subtitle), 1))
    figure.text(0.02, heights[1], subtitle, fontsize=size, color=SUBTITLE, va="center")


def label_ends(
    axes: Axes,
    heights: Sequence[float],
    texts: Sequence[str],
    colours: Sequence[str],
    *,
    x: float,
    gap: float,
) -> None:
    """Write a text beside the end of each line, moved apart where they would overlap.

    `heights` are in units of the data; where texts begin (x) and their least distance (gap) are shares of
    the width and height of the axes.
    """
    bottom, top = axes.get_ylim()
    order = np.argsort(heights, kind="stable")
    wanted = np.array([min((heights[i] - bottom) / (top - bottom), 1.0) for i in order])
    for i, place in zip(order, spread_apart(wanted, gap), strict=True):
        axes.text(
            x,
            place,
            texts[i],
            transform=axes.transAxes,
            color=colours[i],
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


def save_figure(figure: Figure, path: str | Path, *, force: bool = False) -> Path:
    """Write a figure whole or not at all; the suffix chooses PNG or SVG, others are refused.

    Letters that no font here has are drawn as boxes, with a warning.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in (".png", ".svg"):
        raise ConfigError(f"cannot write a figure as {path.name!r}; give a name that ends in .png or .svg")
    metadata = {"Date": None} if suffix == ".svg" else None
    options = {"format": suffix[1:], "dpi": 200, "metadata": metadata}
    with staged_file(path, force=force) as staged:
        missing = render(figure, staged, **options)
        if missing and (names := fonts_for(missing)):
            use_fonts(figure, names)
            missing = render(figure, staged, **options)
    if missing:
        shown = "".join(sorted(missing)[:_MOST_SHOWN]) + ("…" if len(missing) > _MOST_SHOWN else "")
        warnings.warn(
            f"{path.name}: {len(missing)} letters ({shown}) are in no font of this machine and are drawn as "
            f"boxes; install {packages_for(missing)}, or write a page (.html), which browsers find fonts for",
            TextransferWarning,
            stacklevel=2,
        )
    return path


def render(figure: Figure, target: Path | IO[str], **options: Any) -> set[str]:  # noqa: ANN401 - of matplotlib
    """Draw a figure into a file or stream; return the letters that no font has."""
    with (
        warnings.catch_warnings(record=True) as caught,
        matplotlib.rc_context({"svg.hashsalt": "textransfer"}),  # else the names of parts are drawn at random
    ):
        warnings.simplefilter("always")
        figure.savefig(target, **options)
    missing = set()
    for warning in caught:
        if match := _MISSING.match(str(warning.message)):
            missing.add(chr(int(match[1])))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return missing
