"""Measures of transfer, drawn where they are read from two curves."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from textransfer.report.plots import ARM_COLOURS

_INK = "#444444"
SHORTEST_ARROW = 0.02
"""A smaller jump start is not drawn: its name would cover the curves."""


def draw_jump_start(axes: Axes, x: float, start: float, other: float) -> None:
    """Draw an arrow at x from the start of the other curve to that of the pretrained arm."""
    if abs(start - other) <= SHORTEST_ARROW:
        return
    axes.annotate(
        "",
        (x, start),
        (x, other),
        arrowprops={"arrowstyle": "->", "color": _INK, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0},
        zorder=6,
    )
    axes.annotate(
        f"jump start {100 * (start - other):+.1f}",
        (x, (start + other) / 2),
        (6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=_INK,
        zorder=6,
    )


def draw_threshold(axes: Axes, threshold: float, reached: Mapping[str, float]) -> None:
    """Draw a level, and on it where each arm reaches it; nothing if none does."""
    if not reached:
        return
    axes.plot(
        [axes.get_xlim()[0], max(reached.values())],
        [threshold] * 2,
        color=_INK,
        linewidth=0.9,
        linestyle=(0, (3, 3)),
        zorder=2,
    )
    for name, x in reached.items():
        axes.plot(
            x, threshold, marker="v", markersize=7, color=ARM_COLOURS[name], markeredgecolor="white", zorder=7
        )
