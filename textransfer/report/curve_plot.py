"""The figure of learning curves: accuracy of every arm against the number of labels."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from textransfer.report.marks import draw_jump_start, draw_threshold
from textransfer.report.plots import Line, learning_curves
from textransfer.transfer.results import MAJORITY, NO_PRETRAINING, PRETRAINED, LearningCurve


def curve_figure(curve: LearningCurve, title: str) -> Figure:
    """Draw each arm over the budgets, with its 95% interval, and the measures of transfer on them.

    Parameters
    ----------
    curve : LearningCurve
    title : str
        What the figure shows, as a finding; may be empty.
    """
    x = [budget.n_labels for budget in curve.budgets]
    lines, levels = [], {}
    for name in curve.arms:
        spans = [budget.arm(name).accuracy for budget in curve.budgets]
        if name == MAJORITY:
            levels[name] = spans[-1].estimate
            continue
        y, low, high = ([getattr(span, end) for span in spans] for end in ("estimate", "low", "high"))
        lines.append(Line(name, x, y, low, high))
    figure = learning_curves(
        lines,
        title=title,
        subtitle=f"{curve.n_test:,} test texts; {curve.n_draws} nested draws of labels from "
        f"{curve.n_pool:,}; band: 95% interval",
        x_label="Labels in all",
        levels=levels,
        ticks=x,
    )
    _draw_measures(figure.axes[0], curve)
    return figure


def _draw_measures(axes: Axes, curve: LearningCurve) -> None:
    """Draw the jump start, and with how many labels each arm is where the one without pretraining ends."""
    first, last, measures = curve.budgets[0], curve.budgets[-1], curve.measures
    if NO_PRETRAINING not in curve.arms or first is last:
        return
    starts = [first.arm(name).accuracy.estimate for name in (PRETRAINED, NO_PRETRAINING)]
    draw_jump_start(axes, first.n_labels, *starts)
    reached = {NO_PRETRAINING: measures.other_labels_to_threshold}
    if measures.labels_to_threshold is not None:
        reached[PRETRAINED] = measures.labels_to_threshold.estimate
    draw_threshold(axes, measures.threshold, reached)
