"""The figure of a comparison: training curves of the arms, with the verdict as its title."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from textransfer.report.marks import draw_jump_start, draw_threshold
from textransfer.report.plots import Line, learning_curves
from textransfer.transfer.results import NO_PRETRAINING, PRETRAINED, Comparison


def comparison_figure(comparison: Comparison, *, has_title: bool = True) -> Figure:
    """Draw the training curves of the networks, and the accuracy of the other arms as levels.

    Parameters
    ----------
    comparison : Comparison
        What `textransfer.transfer.comparison.compare` returned.
    has_title : bool, default=True
        Whether the verdict stands above the figure.
    """
    figure = learning_curves(
        lines_of(comparison),
        title=comparison.verdict.sentence if has_title else "",
        subtitle=_subtitle(comparison),
        chance=1 / len(comparison.classes),
        levels={arm.name: arm.accuracy.estimate for arm in comparison.arms if arm.curve is None},
    )
    draw_measures(figure.axes[0], comparison)
    return figure


def lines_of(comparison: Comparison) -> list[Line]:
    """Return the training curve of each arm that has one, with its band."""
    lines = []
    for arm in comparison.arms:
        if arm.curve is not None:
            low, high = arm.curve.band()
            lines.append(
                Line(arm.name, arm.curve.epochs, arm.curve.mean, low, high, value=arm.accuracy.estimate)
            )
    return lines


def draw_measures(axes: Axes, comparison: Comparison) -> None:
    """Draw the measures of transfer where they are read: jump start, threshold, and the times to it."""
    measures = comparison.measures
    starts = [
        float(arm.curve.mean[np.flatnonzero(arm.curve.epochs == measures.start_epoch)[0]])
        for arm in comparison.arms
        if arm.name in (PRETRAINED, NO_PRETRAINING) and arm.curve is not None
    ]
    if len(starts) == 2:
        draw_jump_start(axes, measures.start_epoch, *starts)
    times = {
        PRETRAINED: measures.time_to_threshold.epoch,
        NO_PRETRAINING: measures.other_time_to_threshold.epoch,
    }
    draw_threshold(
        axes, measures.threshold, {name: epoch for name, epoch in times.items() if epoch is not None}
    )


def _subtitle(comparison: Comparison) -> str:
    """Say on which texts, over which fits, and what the band is."""
    texts = f"{comparison.n_watched:,} test texts"
    if comparison.mode == "cross-validation":
        fits = f"cross-validation of {comparison.n_pool:,} labelled texts, {comparison.n_folds} folds"
        repeats = f", {comparison.n_draws} times" if comparison.n_draws > 1 else ""
        texts, fits = "", fits + repeats
    elif comparison.mode == "draws":
        draws = "1 draw" if comparison.n_draws == 1 else f"{comparison.n_draws} draws"
        fits = f"{draws} of {comparison.n_labels:,} labels"
    else:
        fits = f"{comparison.n_draws} random states, all {comparison.n_labels:,} labels"
    said = f"{texts}; {fits}" if texts else fits
    return f"{said}; band: 95% interval over fits" if comparison.n_draws > 1 else said
