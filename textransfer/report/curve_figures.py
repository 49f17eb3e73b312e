"""Training curves and learning curves as figures, with the measures of transfer where they are read."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from textransfer.bundled import HELD_OUT
from textransfer.report.lines import Line, learning_curves
from textransfer.report.style import ARM_COLOURS, SOFT
from textransfer.report.wording import curve_finding, has_members
from textransfer.transfer.article import ArticleResult
from textransfer.transfer.comparing.results import (
    MAJORITY,
    NO_PRETRAINING,
    PRETRAINED,
    Comparison,
    LearningCurve,
)
from textransfer.transfer.statistics.intervals import Interval, signed_points

MARKED = "lines: networks alone, diamonds: with text features"
SHORTEST_ARROW = 0.02
"""A smaller jump start is not drawn: its name would cover the curves."""


def comparison_figure(comparison: Comparison, *, has_title: bool = True, is_narrow: bool = False) -> Figure:
    """Draw the training curves of the networks, the other arms as levels, and the verdict as the title."""
    figure = learning_curves(
        lines_of(comparison),
        title=comparison.verdict.sentence if has_title else "",
        subtitle=_subtitle(comparison),
        chance=1 / len(comparison.classes),
        levels={arm.name: arm.accuracy.estimate for arm in comparison.arms if arm.curve is None},
        is_narrow=is_narrow,
    )
    draw_comparison_measures(figure.axes[0], comparison)
    return figure


def curve_figure(curve: LearningCurve, *, has_title: bool = True, is_narrow: bool = False) -> Figure:
    """Draw each arm over the numbers of labels, with its 95% interval, and the measures of transfer."""
    x = [budget.n_labels for budget in curve.budgets]
    lines = []
    for name in curve.arms:
        spans = [budget.arm(name).accuracy for budget in curve.budgets]
        y, low, high = ([getattr(span, end) for span in spans] for end in ("estimate", "low", "high"))
        is_level = name == MAJORITY
        lines.append(Line(name, x, y, is_level=True) if is_level else Line(name, x, y, low, high))
    figure = learning_curves(
        lines,
        title=curve_finding(curve) if has_title else "",
        subtitle=f"{curve.n_test:,} test texts; {curve.n_draws} nested draws of labels from "
        f"{curve.n_pool:,}; band: 95% interval",
        x_label="Labels in all",
        ticks=x,
        is_narrow=is_narrow,
    )
    first, measures = curve.budgets[0], curve.measures
    if NO_PRETRAINING in curve.arms and len(curve.budgets) > 1:
        starts = [first.arm(name).accuracy.estimate for name in (PRETRAINED, NO_PRETRAINING)]
        gain = first.arm(NO_PRETRAINING).behind
        needed = measures.labels_to_threshold
        times = {NO_PRETRAINING: measures.other_labels_to_threshold}
        times |= {} if needed is None else {PRETRAINED: needed.estimate}
        _draw_measures(figure.axes[0], first.n_labels, starts, gain, measures.threshold, times)
    return figure


def article_figure(result: ArticleResult, language: str) -> Figure:
    """Draw both arms of the demo by epoch, the mean over random states in the middle 80% of them."""
    lines = []
    for arm in (PRETRAINED, NO_PRETRAINING):
        accuracy = result.accuracy[arm, HELD_OUT]
        lines.append(
            Line(arm, result.epochs, accuracy.mean(axis=0), *np.quantile(accuracy, [0.1, 0.9], axis=0))
        )
    gain = 100 * (lines[0].y[-1] - lines[1].y[-1])
    return learning_curves(
        lines,
        title=f"62 unlabelled sentences are worth {gain:.0f} points to 8 labelled ones",
        subtitle=f"Bundled reviews ({language}), 40 held-out sentences; mean and middle 80% of "
        f"{len(accuracy)} random states",
        y_label="Accuracy on the held-out sentences",
        chance=0.5,
    )


def lines_of(comparison: Comparison) -> list[Line]:
    """Return the training curve of each arm that has one, with its band."""
    lines = []
    for arm in comparison.arms:
        if (curve := arm.curve) is not None:
            mark = None if curve.with_members is None else float(curve.with_members.mean())
            value = arm.accuracy.estimate
            lines.append(Line(arm.name, curve.epochs, curve.mean, *curve.band(), value=value, mark=mark))
    return lines


def draw_comparison_measures(axes: Axes, comparison: Comparison) -> None:
    """Draw the measures of transfer on training curves."""
    measures = comparison.measures
    starts = [
        float(arm.curve.mean[arm.curve.epochs == measures.start_epoch][0])
        for arm in comparison.arms
        if arm.name in (PRETRAINED, NO_PRETRAINING) and arm.curve is not None
    ]
    times = {
        PRETRAINED: measures.time_to_threshold.epoch,
        NO_PRETRAINING: measures.other_time_to_threshold.epoch,
    }
    reached = {name: epoch for name, epoch in times.items() if epoch is not None}
    gain = comparison.jump_start
    _draw_measures(axes, measures.start_epoch, starts, gain, measures.threshold, reached)


def _draw_measures(
    axes: Axes,
    x: float,
    starts: Sequence[float],
    gain: Interval | None,
    threshold: float,
    reached: Mapping[str, float],
) -> None:
    """Draw the jump start as an arrow at x, and the threshold as a level with marks where arms reach it."""
    if gain is not None and len(starts) == 2 and abs(gain.estimate) > SHORTEST_ARROW:
        arrow = {"arrowstyle": "->", "color": SOFT, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (x, starts[0]), (x, starts[1]), arrowprops=arrow, zorder=6)
        axes.annotate(
            f"jump start {signed_points(gain.estimate)}",
            (x, sum(starts) / 2),
            (6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=SOFT,
            zorder=6,
        )
    if reached:
        ends = [axes.get_xlim()[0], max(reached.values())]
        axes.plot(ends, [threshold] * 2, color=SOFT, linewidth=0.9, linestyle=(0, (3, 3)), zorder=2)
    for name, place in reached.items():
        colour = ARM_COLOURS[name]
        axes.plot(place, threshold, marker="v", markersize=7, color=colour, markeredgecolor="white", zorder=7)


def _subtitle(comparison: Comparison) -> str:
    """Say on which texts, over which fits, and what the band is."""
    n_draws, n_labels = comparison.n_draws, comparison.n_labels
    texts = f"{comparison.n_watched:,} test texts; "
    if comparison.mode == "cross-validation":
        texts = ""
        fits = f"cross-validation of {comparison.n_pool:,} labelled texts, {comparison.n_folds} folds"
        fits += f", {n_draws} times" if n_draws > 1 else ""
    elif comparison.mode == "draws":
        fits = f"{'1 draw' if n_draws == 1 else f'{n_draws} draws'} of {n_labels:,} labels"
    else:
        fits = f"{n_draws} random states, all {n_labels:,} labels"
    band = "; band: 95% interval over fits" if n_draws > 1 else ""
    return f"{texts}{fits}{band}" + (f"; {MARKED}" if has_members(comparison) else "")
