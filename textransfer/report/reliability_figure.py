"""How far probabilities can be trusted, as a chart: confidence against accuracy."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from textransfer.report.style import COLOURS, FAINT, INK, plain_axes
from textransfer.sentiment.judging.calibration import ReliabilityBin
from textransfer.transfer.statistics.intervals import share_interval


def reliability_figure(bins: Sequence[ReliabilityBin]) -> Figure:
    """Draw the parts of texts, as small as a phone shows it."""
    figure = Figure(figsize=(4.3, 3.5), layout=None, facecolor="white")
    draw_reliability(figure.add_axes((0.15, 0.145, 0.82, 0.83)), bins)
    return figure


def draw_reliability(axes: Axes, bins: Sequence[ReliabilityBin]) -> None:
    """Draw for each part how sure the classifier is, and how often right, with its interval."""
    low = min((part.confidence for part in bins), default=0.0)
    for part in bins:
        span = share_interval(round(part.accuracy * part.n_texts), part.n_texts)
        low = min(low, span.low)
        axes.plot(
            [part.confidence] * 2, [span.low, span.high], color=COLOURS["blue"], linewidth=2.5, alpha=0.35
        )
    points = [(part.confidence, part.accuracy) for part in bins]
    axes.plot(*zip(*points, strict=True), "o-", color=COLOURS["blue"], markersize=4.5, linewidth=1.2)
    axes.plot([low, 1], [low, 1], color=FAINT, linewidth=1, linestyle=":", zorder=1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:.0%}")
    axes.set_xlabel("Probability of the class given", color=INK, fontsize=9)
    axes.set_ylabel("Right", color=INK, fontsize=9)
    plain_axes(axes, tick_length=3, grid="y")
