from dataclasses import replace

import pytest

from textransfer.report.curve_figures import curve_figure
from textransfer.transfer.comparing.results import ArmPoint, BudgetResult, LearningCurve
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.measures import label_measures


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


def with_other(found, *values):
    budgets = [
        replace(one, arms=(*one.arms, point("no pretraining", value)))
        for one, value in zip(found.budgets, values, strict=True)
    ]
    return replace(found, budgets=tuple(budgets))


def test_the_measures_are_drawn_where_they_are_read():
    axes = curve_figure(with_other(curve(), 0.5, 0.78)).axes[0]
    assert any("jump start +28.0" in text.get_text() for text in axes.texts)
    marks = {(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "v"}
    assert marks == {(8.0, 0.6), (16.0, 0.6)}  # the pretrained arm starts above where the other ends


def test_a_single_budget_has_no_measures_to_draw():
    single = with_other(curve(), 0.5, 0.6)
    axes = curve_figure(replace(single, budgets=single.budgets[:1])).axes[0]
    assert not any("jump" in text.get_text() for text in axes.texts)


def test_arms_are_lines_over_the_budgets():
    axes = curve_figure(curve()).axes[0]
    lines = {tuple(line.get_xdata()): list(line.get_ydata()) for line in axes.lines}
    assert lines[8.0, 16.0] == pytest.approx([0.78, 0.86])
    assert list(axes.get_xticks()) == [8, 16]
    assert any("majority" in text.get_text() for text in axes.texts)
