"""The figure of a comparison: training curves of the arms, with the verdict as its title."""

from matplotlib.figure import Figure

from textransfer.report.plots import Line, learning_curves
from textransfer.transfer.results import Comparison


def comparison_figure(comparison: Comparison) -> Figure:
    """Draw the training curves of the networks, and the accuracy of the other arms as levels.

    Parameters
    ----------
    comparison : Comparison
        What `textransfer.transfer.comparison.compare` returned.
    """
    lines = []
    for arm in comparison.arms:
        if arm.curve is not None:
            low, high = arm.curve.band()
            lines.append(
                Line(arm.name, arm.curve.epochs, arm.curve.mean, low, high, value=arm.accuracy.estimate)
            )
    return learning_curves(
        lines,
        title=comparison.verdict.sentence,
        subtitle=_subtitle(comparison),
        chance=1 / len(comparison.classes),
        levels={arm.name: arm.accuracy.estimate for arm in comparison.arms if arm.curve is None},
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
