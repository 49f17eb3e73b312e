"""A result on one sheet, as PNG or SVG: what was compared, or tested, in a few panels."""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
from matplotlib.figure import Figure

from textransfer.report.fonts import installed_fonts
from textransfer.report.panels import (
    MOST_CLASSES,
    draw_classes,
    draw_confusion,
    draw_curves,
    draw_spans,
    draw_words,
    finish,
    short,
)
from textransfer.report.reliability_figure import draw_reliability
from textransfer.report.style import COLOURS, INK, SUBTITLE, colours_of
from textransfer.report.wording import basename, percent, vectors_finding
from textransfer.transfer.comparing.results import Comparison
from textransfer.transfer.evaluation import Evaluation
from textransfer.transfer.inspection import Inspection
from textransfer.transfer.vector_evaluation import VectorEvaluation

A4 = (11.7, 8.3)
LOWER_LEFT, LOWER_RIGHT = (0.135, 0.08, 0.27, 0.36), (0.50, 0.08, 0.46, 0.36)


def comparison_sheet(comparison: Comparison, inspection: Inspection) -> Figure:
    """Draw four panels, two of the arms and two of what the trained classifier does, below the verdict."""
    subtitle = f"{comparison.n_labels:,} labels, {len(comparison.classes)} classes; {inspection.source}"
    with _sheet(comparison.verdict.sentence, subtitle) as figure:
        accuracies = {arm.name: arm.accuracy for arm in comparison.arms}
        axes = figure.add_axes((0.15, 0.58, 0.30, 0.27))
        draw_spans(axes, accuracies, colours_of(accuracies), "Accuracy, with 95% interval")
        draw_curves(figure.add_axes((0.56, 0.58, 0.40, 0.27)), comparison)
        _confusion(figure, inspection)
        draw_words(figure, inspection, LOWER_RIGHT)
    return figure


def evaluation_sheet(evaluation: Evaluation) -> Figure:
    """Draw what a tested classifier is right about: classes, confusion, probabilities, words."""
    inspection, calibration = evaluation.inspection, evaluation.calibration
    title = f"{percent(evaluation.accuracy.estimate)} of {evaluation.n_texts:,} texts classified rightly"
    subtitle = (
        f"95% interval {evaluation.accuracy.span()}; macro-F1 {percent(evaluation.macro_f1.estimate)} "
        f"({evaluation.macro_f1.span()}); {len(evaluation.classes)} classes; {evaluation.source}"
    )
    with _sheet(title, subtitle) as figure:
        draw_classes(figure.add_axes((0.17, 0.56, 0.26, 0.29)), inspection)
        if calibration is not None:
            axes = figure.add_axes((0.58, 0.58, 0.36, 0.27))
            draw_reliability(axes, calibration.bins)
            finish(
                axes, f"Probabilities are off by {100 * calibration.error:.1f} points on average", grid="y"
            )
        _confusion(figure, inspection)
        if len(inspection.classes) <= MOST_CLASSES:
            draw_words(figure, inspection, LOWER_RIGHT)
    return figure


def vectors_sheet(evaluation: VectorEvaluation) -> Figure:
    """Draw correlations and the accuracies of sections, with intervals."""
    subtitle = f"{evaluation.n_words:,} words, {evaluation.vector_size} dimensions; known pairs and questions"
    with _sheet(vectors_finding(evaluation), subtitle) as figure:
        correlations = {
            f"{basename(test.file)} ({test.n_known:,} of {test.n_pairs:,})": test.spearman
            for test in evaluation.similarity
            if test.spearman is not None
        }
        sections = {
            f"{part.name or basename(test.file)} ({part.n_known:,} of {part.n_questions:,})": part.accuracy
            for test in evaluation.analogies
            for part in (*test.sections, test.total)
            if part.accuracy is not None
        }
        blue = dict.fromkeys((*correlations, *sections), COLOURS["blue"])
        if correlations:
            axes = figure.add_axes((0.22, 0.56, 0.24, 0.29) if sections else (0.25, 0.2, 0.6, 0.6))
            title = "Spearman's correlation, with 95% interval"
            draw_spans(axes, correlations, blue, title, pattern="{:.3f}", ticks="{x:.1f}")
        if sections:
            axes = figure.add_axes((0.70, 0.08, 0.26, 0.77) if correlations else (0.3, 0.08, 0.6, 0.77))
            draw_spans(axes, sections, blue, "Analogies answered rightly")
    return figure


@contextmanager
def _sheet(title: str, subtitle: str) -> Iterator[Figure]:
    """Begin a sheet with its title, in fonts for the letters of many scripts."""
    with matplotlib.rc_context({"font.family": installed_fonts()}):
        figure = Figure(figsize=A4, facecolor="white")
        size = min(14.0, 14.0 * 95 / max(len(title), 1))
        figure.text(0.03, 0.955, title, fontsize=size, fontweight="bold", color=INK, parse_math=False)
        figure.text(0.03, 0.92, short(subtitle, 170), fontsize=9.5, color=SUBTITLE, parse_math=False)
        yield figure


def _confusion(figure: Figure, inspection: Inspection) -> None:
    """Draw the confusion at the lower left, with space for the names of many pairs."""
    left, bottom, width, height = LOWER_LEFT
    if len(inspection.classes) > MOST_CLASSES:
        left, width = left + 0.12, width - 0.06
    draw_confusion(figure.add_axes((left, bottom + 0.03, width, height - 0.03)), inspection)
