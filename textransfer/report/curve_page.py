"""The page of learning curves: the figure, every arm at every number of labels, the measures of transfer."""

from collections.abc import Mapping, Sequence

from textransfer.report.curve_plot import curve_figure
from textransfer.report.page import arm_colours, inline_svg, render
from textransfer.report.wording import curve_notes
from textransfer.transfer.results import NO_PRETRAINING, LearningCurve


def curve_page(
    curve: LearningCurve, finding: str, *, measures: Mapping[str, str], outlook: Sequence[str] = ()
) -> str:
    """Return the page of learning curves.

    Parameters
    ----------
    curve : LearningCurve
        The arms at every budget.
    finding : str
        What the curves show, in a sentence.
    measures : mapping of str to str
        The measures of transfer, each with what it says.
    outlook : sequence of str
        How many labels a wanted accuracy would take, a sentence an arm.
    """
    outcomes = {budget.outcome for budget in curve.budgets}
    return render(
        "curve.html",
        curve=curve,
        finding=finding,
        outcome=outcomes.pop() if len(outcomes) == 1 else "mixed",
        figure=inline_svg(curve_figure(curve, "")),
        arm_colours=arm_colours(list(curve.arms)),
        gains=[budget.arm(NO_PRETRAINING).behind for budget in curve.budgets],
        measures=measures,
        outlook=outlook,
        notes=curve_notes(curve),
    )
