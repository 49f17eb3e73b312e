"""The figure of learning curves: accuracy of every arm against the number of labels."""

from matplotlib.figure import Figure

from textransfer.report.plots import Line, learning_curves
from textransfer.transfer.arms import MAJORITY
from textransfer.transfer.learning_curve import LearningCurve


def curve_figure(curve: LearningCurve, title: str) -> Figure:
    """Draw each arm over the budgets, with its 95% interval.

    Parameters
    ----------
    curve : LearningCurve
    title : str
        What the figure shows, as a finding.
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
    return learning_curves(
        lines,
        title=title,
        subtitle=f"{curve.n_test:,} test texts; {curve.n_draws} nested draws of labels from "
        f"{curve.n_pool:,}; band: 95% interval",
        x_label="Labels in all",
        levels=levels,
        ticks=x,
    )
