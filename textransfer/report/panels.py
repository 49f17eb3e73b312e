"""Parts of a sheet: intervals side by side, training curves, scores of classes, confusion, deciding words."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from textransfer.report.curve_figures import draw_comparison_measures, lines_of
from textransfer.report.lines import draw_line, draw_mark
from textransfer.report.style import COLOURS, INK, colours_of, plain_axes
from textransfer.report.word_map import LETTER_WIDTH, text_width
from textransfer.report.wording import has_members
from textransfer.transfer.comparing.results import Comparison
from textransfer.transfer.inspection import Inspection
from textransfer.transfer.statistics.intervals import Interval

MOST_CLASSES = 10
"""Classes up to which all pairs are a table that can be read; of more, the ends of the list are shown."""
ROWS_SHOWN, WORDS_SHOWN, CLASSES_SHOWN = 12, 10, 4
LONGEST_NAME = 18


def finish(axes: Axes, title: str, grid: Literal["x", "y"] | None = None) -> None:
    """Write the title of a panel, and draw its axes plainly."""
    axes.set_title(title, loc="left", fontsize=10.5, fontweight="bold", color=INK, pad=8, parse_math=False)
    plain_axes(axes, grid=grid)


def short(name: str, longest: int = LONGEST_NAME) -> str:
    """Return a name that fits beside an axis, cut to so many letters of usual width."""
    room, kept = longest * LETTER_WIDTH, name
    while text_width(kept) > room:
        kept = kept[:-1]
    return name if kept == name else kept[:-1] + "…"


def draw_spans(
    axes: Axes,
    spans: dict[str, Interval],
    colours: Mapping[str, str],
    title: str,
    pattern: str = "{:.1%}",
    ticks: str = "{x:.0%}",
) -> None:
    """Draw estimates with their intervals, the first on top."""
    for place, (name, span) in enumerate(reversed(spans.items())):
        colour = colours[name]
        axes.plot([span.low, span.high], [place, place], color=colour, linewidth=3, alpha=0.4)
        axes.plot(span.estimate, place, "o", color=colour, markersize=7)
        axes.annotate(
            pattern.format(span.estimate),
            (span.estimate, place),
            (0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            color=colour,
        )
    axes.set_yticks(range(len(spans)), [short(name, 44) for name in reversed(spans)], parse_math=False)
    axes.set_ylim(-0.6, len(spans) - 0.3)
    axes.xaxis.set_major_formatter(ticks)
    finish(axes, title, grid="x")


def draw_curves(axes: Axes, comparison: Comparison) -> None:
    """Draw the training curves of the arms that have one, with the measures of transfer."""
    colours = colours_of(arm.name for arm in comparison.arms)
    for line in lines_of(comparison):
        draw_line(axes, line, colours[line.name], linewidth=2, alpha=0.15)
        draw_mark(axes, line, colours[line.name])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:.0%}")
    draw_comparison_measures(axes, comparison)
    axes.legend(frameon=False, fontsize=8.5, loc="best")
    if has_members(comparison):
        axes.set_xlabel("lines: networks alone; diamonds: with text features", color=INK, fontsize=8.5)
    finish(axes, "Accuracy by epoch of training", grid="y")


def draw_confusion(axes: Axes, inspection: Inspection) -> None:
    """Draw all pairs of classes as a table, or of many classes the pairs that are confused most."""
    if len(inspection.classes) > MOST_CLASSES:
        pairs = inspection.confused[:ROWS_SHOWN]
        names = [f"{short(pair.label)} → {short(pair.predicted)}" for pair in pairs]
        numbers = [pair.n_texts for pair in pairs]
        _draw_bars(axes, names, numbers, [f"{n:,}" for n in numbers], COLOURS["vermilion"])
        finish(axes, "Confused most: is → called, texts")
        return
    totals = np.maximum(inspection.confusion.sum(axis=1, keepdims=True), 1)
    axes.imshow(inspection.confusion / totals, cmap="Blues", vmin=0, vmax=1.4, aspect="auto")
    places = range(len(inspection.classes))
    wide = len(places) <= CLASSES_SHOWN
    names = [short(name, 14) for name in inspection.classes]
    axes.set_xticks(
        places, names, parse_math=False, rotation=0 if wide else 40, ha="center" if wide else "right"
    )
    axes.set_yticks(places, names, parse_math=False)
    axes.set_xlabel("called", color=INK, fontsize=9)
    axes.set_ylabel("is", color=INK, fontsize=9)
    for row in places:
        for column in places:
            n_texts = f"{inspection.confusion[row, column]:,}"
            axes.text(column, row, n_texts, ha="center", va="center", fontsize=10 if wide else 8, color=INK)
    finish(axes, "Confusion")
    axes.spines["bottom"].set_visible(False)


def draw_classes(axes: Axes, inspection: Inspection) -> None:
    """Draw the F1 of the classes, of many those where it is lowest."""
    scores = [score for score in inspection.worst_first if score.n_texts]
    shown = scores[:ROWS_SHOWN]
    sizes = [score.f1 or 0.0 for score in shown]
    _draw_bars(
        axes, [short(score.label) for score in shown], sizes, [f"{f1:.1%}" for f1 in sizes], COLOURS["blue"]
    )
    axes.set_xlim(0, 1.18)
    finish(axes, "F1 by class" if len(scores) <= ROWS_SHOWN else f"Lowest F1 of {len(scores)} classes")


def draw_words(figure: Figure, inspection: Inspection, place: tuple[float, float, float, float]) -> None:
    """Draw the words that count most for each class, side by side; of many classes, their scores instead."""
    left, bottom, width, height = place
    if len(inspection.classes) > MOST_CLASSES:
        draw_classes(figure.add_axes((left + 0.13, bottom, width - 0.16, height)), inspection)
        return
    names = list(inspection.words)[:CLASSES_SHOWN] if inspection.has_words else []
    step = width / max(len(names), 1)
    for number, (name, colour) in enumerate(zip(names, COLOURS.values(), strict=False)):
        axes = figure.add_axes((left + number * step + 0.05, bottom, max(step - 0.075, 0.03), height))
        words = inspection.words[name][:WORDS_SHOWN][::-1]
        axes.barh(range(len(words)), [word.contribution for word in words], color=colour)
        axes.set_yticks(
            range(len(words)),
            [short(word.word, 14 if len(names) < CLASSES_SHOWN else 11) for word in words],
            parse_math=False,
        )
        axes.set_xticks([])
        finish(axes, f"Words for {short(name, 24)}" if len(names) <= 2 else short(name, 12))
        axes.spines["bottom"].set_visible(False)


def _draw_bars(
    axes: Axes, names: Sequence[str], sizes: Sequence[float], texts: Sequence[str], colour: str
) -> None:
    """Draw bars with their numbers at the end, the first on top."""
    places = range(len(names) - 1, -1, -1)
    axes.barh(places, sizes, color=colour, height=0.7)
    for place, size, text in zip(places, sizes, texts, strict=True):
        axes.annotate(
            text, (size, place), (4, 0), textcoords="offset points", va="center", fontsize=8.5, color=INK
        )
    axes.set_yticks(places, names, parse_math=False)
    axes.set_xticks([])
