"""A result on one sheet: accuracies, training curves, confusion and deciding words, as PNG or SVG."""

from typing import Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from textransfer.report.curve_figures import draw_comparison_measures, lines_of
from textransfer.report.lines import draw_line
from textransfer.report.style import COLOURS, INK, SUBTITLE, colours_of, installed_fonts, plain_axes
from textransfer.transfer.comparing.results import Comparison
from textransfer.transfer.inspection import Inspection

WORDS_SHOWN = 10
CLASSES_SHOWN = 4


def comparison_sheet(comparison: Comparison, inspection: Inspection) -> Figure:
    """Draw four panels, two of the arms and two of what the trained classifier does, below the verdict."""
    subtitle = f"{comparison.n_labels:,} labels, {len(comparison.classes)} classes; {inspection.source}"
    with matplotlib.rc_context({"font.family": installed_fonts()}):
        figure = Figure(figsize=(11.7, 8.3), facecolor="white")
        figure.text(0.03, 0.955, comparison.verdict.sentence, fontsize=14, fontweight="bold", color=INK)
        figure.text(0.03, 0.92, subtitle, fontsize=9.5, color=SUBTITLE)
        _accuracies(figure.add_axes((0.15, 0.58, 0.30, 0.27)), comparison)
        _curves(figure.add_axes((0.56, 0.58, 0.40, 0.27)), comparison)
        _confusion(figure.add_axes((0.09, 0.08, 0.30, 0.36)), inspection)
        _words(figure, inspection)
    return figure


def _finish(axes: Axes, title: str, grid: Literal["x", "y"] | None = None) -> None:
    axes.set_title(title, loc="left", fontsize=10.5, fontweight="bold", color=INK, pad=8, parse_math=False)
    plain_axes(axes, grid=grid)


def _accuracies(axes: Axes, comparison: Comparison) -> None:
    arms = comparison.arms[::-1]
    colours = colours_of(arm.name for arm in comparison.arms)
    for place, arm in enumerate(arms):
        accuracy, colour = arm.accuracy, colours[arm.name]
        axes.plot([accuracy.low, accuracy.high], [place, place], color=colour, linewidth=3, alpha=0.4)
        axes.plot(accuracy.estimate, place, "o", color=colour, markersize=7)
        axes.annotate(
            f"{accuracy.estimate:.1%}",
            (accuracy.estimate, place),
            (0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            color=colour,
        )
    axes.set_yticks(range(len(arms)), [arm.name for arm in arms])
    axes.set_ylim(-0.6, len(arms) - 0.3)
    axes.xaxis.set_major_formatter("{x:.0%}")
    _finish(axes, "Accuracy, with 95% interval", grid="x")


def _curves(axes: Axes, comparison: Comparison) -> None:
    colours = colours_of(arm.name for arm in comparison.arms)
    for line in lines_of(comparison):
        draw_line(axes, line, colours[line.name], linewidth=2, alpha=0.15)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:.0%}")
    draw_comparison_measures(axes, comparison)
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")
    _finish(axes, "Accuracy by epoch of training", grid="y")


def _confusion(axes: Axes, inspection: Inspection) -> None:
    totals = np.maximum(inspection.confusion.sum(axis=1, keepdims=True), 1)
    axes.imshow(inspection.confusion / totals, cmap="Blues", vmin=0, vmax=1.4, aspect="auto")
    names = [name if len(name) <= 14 else name[:13] + "…" for name in inspection.classes]
    places = range(len(names))
    axes.set_xticks(places, names, parse_math=False)
    axes.set_yticks(places, names, parse_math=False)
    axes.set_xlabel("called", color=INK, fontsize=9)
    axes.set_ylabel("is", color=INK, fontsize=9)
    if len(names) <= 10:
        for row in places:
            for column in places:
                n_texts = f"{inspection.confusion[row, column]:,}"
                axes.text(column, row, n_texts, ha="center", va="center", fontsize=10, color=INK)
    _finish(axes, "Confusion")
    axes.spines["bottom"].set_visible(False)


def _words(figure: Figure, inspection: Inspection) -> None:
    names = inspection.classes[:CLASSES_SHOWN]
    width = 0.46 / len(names)
    for place, (name, colour) in enumerate(zip(names, COLOURS.values(), strict=False)):
        axes = figure.add_axes((0.50 + place * width + 0.05, 0.08, max(width - 0.075, 0.03), 0.36))
        words = inspection.words[name][:WORDS_SHOWN][::-1]
        axes.barh(range(len(words)), [word.contribution for word in words], color=colour)
        axes.set_yticks(range(len(words)), [word.word for word in words], parse_math=False)
        axes.set_xticks([])
        _finish(axes, f"Words for {name}" if len(names) <= 2 else name)
        axes.spines["bottom"].set_visible(False)
