import re
from dataclasses import replace

import pytest

from textransfer.cli.curve import _table_lines
from textransfer.report.curve_figures import curve_figure
from textransfer.report.pages import curve_page
from textransfer.report.wording import curve_measures, percent
from textransfer.transfer.comparing.results import ArmPoint, BudgetResult, LearningCurve
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.measures import label_measures


def point(name, value, behind=None):
    span = Interval(value, value - 0.02, value + 0.02)
    gain = None if behind is None else Interval(behind, behind - 0.04, behind + 0.04)
    return ArmPoint(name, span, span, (value, value), 0.1, gain)


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
        replace(one, arms=(*one.arms, point("no pretraining", value, 0.7 + one.n_labels / 100 - value)))
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
    lines = {line.get_label(): line for line in axes.lines}
    assert list(lines["pretrained"].get_xdata()) == [8, 16]
    assert lines["pretrained"].get_ydata() == pytest.approx([0.78, 0.86])
    assert list(axes.get_xticks()) == [8, 16]
    assert any("majority" in text.get_text() for text in axes.texts)


def test_the_majority_is_drawn_where_it_is():
    budgets = curve().budgets
    moving = replace(budgets[0], arms=(budgets[0].arm("pretrained"), point("majority", 0.02)))
    axes = curve_figure(replace(curve(), budgets=(moving, budgets[1]))).axes[0]
    line = next(line for line in axes.lines if line.get_label() == "majority")
    assert list(line.get_ydata()) == [0.02, 0.5]
    assert axes.get_ylim()[0] < 0.02, "not cut off"
    assert line.is_dashed()


def test_one_number_with_one_interval_wherever_it_stands():
    both = with_other(curve(), 0.6725, 0.75)  # differences in binary: 0.10749999, 0.10999999
    gain = Interval(0.1075, 0.00255, 0.2115)
    first = replace(both.budgets[0].arm("no pretraining"), behind=gain)
    budgets = (replace(both.budgets[0], arms=(*both.budgets[0].arms[:2], first)), both.budgets[1])
    whole = replace(both, budgets=budgets)
    shown = gain.points()
    number = shown.split()[0]
    figure = [text.get_text() for text in curve_figure(whole).axes[0].texts]
    assert f"jump start {number}" in figure
    assert curve_measures(whole)["start"].startswith(f"with 8 labels {gain.points('points')}")
    table = next(line for line in _table_lines(whole)[2].splitlines() if line.strip().startswith("8"))
    assert number in table
    assert gain.span("+") in table
    page = " ".join(curve_page(whole).split())
    assert f'{number} <span class="faint">({gain.span("+")})</span>' in page
    assert set(re.findall(r"\+10\.\d", page + str(figure) + table)) == {number}
    for budget in whole.budgets:
        for arm in budget.arms:
            assert f'{percent(arm.accuracy.estimate)}<br> <span class="faint">{arm.accuracy.span()}' in page
    assert [name for name in whole.to_dict()["measures"] if "start" in name] == []
