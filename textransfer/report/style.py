"""How all figures look: colours, fonts, axes, names at the ends of lines, and how a figure is saved."""

from collections.abc import Iterable, Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names

from textransfer.errors import ConfigError
from textransfer.storage.writing import staged_file

ARM_COLOURS = {
    "pretrained": "#0072B2",
    "no pretraining": "#D55E00",
    "TF-IDF + LR": "#007F5F",
    "majority": "#767676",
}
"""Blue, vermilion and green of Okabe and Ito (2008), told apart with any colour vision; the green is darker
than theirs, so that text in it can be read on white."""
OTHER_COLOURS = ("#AA3377", "#8C6D00", "#332288", "#117733")
INK, FAINT, SUBTITLE = "#222222", "#767676", "#555555"

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


def installed_fonts() -> list[str]:
    """Return those of `FONTS` that this machine has."""
    known = set(get_font_names())
    return [name for name in FONTS if name in known]


def colours_of(names: Iterable[str]) -> dict[str, str]:
    """Return the colour of each arm: known ones have their own, the others take what is left, in order."""
    spare = cycle(OTHER_COLOURS)
    return {name: ARM_COLOURS.get(name) or next(spare) for name in names}


def plain_axes(axes: Axes, *, tick_length: float = 0, has_grid: bool = False) -> None:
    """Leave of the frame the bottom line only; draw faint lines across if there is a grid."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#999999")
    axes.tick_params(colors="#444444", length=tick_length, labelsize=9)
    axes.tick_params(axis="y", length=0)
    if has_grid:
        axes.grid(axis="y", color="#E6E6E6", linewidth=0.8)
        axes.set_axisbelow(True)


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

    Parameters
    ----------
    axes : Axes
    heights : sequence of float, length n
        Where the lines end.
    texts, colours : sequences of str, length n
    x, gap : float
        Where the texts begin, and their least distance, as shares of the width and height of the axes.
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
    metadata = {"Date": None} if suffix == ".svg" else None
    with staged_file(path, force=force) as staged:
        figure.savefig(staged, format=suffix[1:], dpi=200, metadata=metadata)
    return path
