import pytest

from textransfer.report.curve_plot import curve_figure
from textransfer.transfer.intervals import Interval
from textransfer.transfer.label_measures import label_measures
from textransfer.transfer.learning_curve import ArmPoint, BudgetResult, LearningCurve


def point(name, value):
    span = Interval(value, value - 0.02, value + 0.02)
    return ArmPoint(name, span, span, (value, value), 0.1)


def curve():
    budgets = tuple(
        BudgetResult(
            n, "draws", "positive", "", (point("pretrained", 0.7 + n / 100), point("majority", 0.5)), ()
        )
        for n in (8, 16)
    )
    measures = label_measures([8, 16], [[[0.78], [0.86]], [[0.5], [0.6]]], chance=0.5)
    return LearningCurve(("a", "b"), 100, 50, 2, 0, budgets, measures)


def test_arms_are_lines_over_the_budgets():
    axes = curve_figure(curve(), "A finding").axes[0]
    lines = {tuple(line.get_xdata()): list(line.get_ydata()) for line in axes.lines}
    assert lines[8.0, 16.0] == pytest.approx([0.78, 0.86])
    assert list(axes.get_xticks()) == [8, 16]
    assert any("majority" in text.get_text() for text in axes.texts)
