"""The page of learning curves, from made-up ones."""

from dataclasses import replace

import pytest
from pages import assert_stands_alone

from textransfer.report.pages import curve_page
from textransfer.transfer.comparing.results import ArmPoint, BudgetResult, LearningCurve
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.measures import label_measures


def point(name, value, behind=None):
    return ArmPoint(
        name,
        Interval(value, value - 0.02, value + 0.02),
        Interval(value - 0.1, value - 0.12, value - 0.08),
        (value, value),
        0.1,
        None if behind is None else Interval(behind, behind - 0.04, behind + 0.04),
    )


@pytest.fixture
def curve():
    budgets = tuple(
        BudgetResult(
            n,
            "draws",
            outcome,
            "a sentence",
            (point("pretrained", high), point("no pretraining", low, high - low), point("<other>", 0.61)),
            (f"a note on {n} <labels>", "the same note"),
        )
        for n, outcome, high, low in ((8, "positive", 0.783, 0.512), (2048, "inconclusive", 0.861, 0.859))
    )
    measures = label_measures([8, 2048], [[[0.783], [0.861]], [[0.512], [0.859]]], chance=0.5)
    return LearningCurve(("a", "<b>"), 5000, 1234, 2, 7, budgets, measures)


def test_all_that_was_measured_is_on_a_page_that_stands_alone(curve):
    page = curve_page(curve, ["90% with 99 <labels>"])
    assert_stands_alone(page)
    text = " ".join(page.split())
    for said in (
        "Pretraining helped with 8 labels</h1>", "with 8 labels +27.1 points",
        "+27.1 <span class=\"faint\">(+23.1 to +31.1)</span>",
        "+0.2 <span class=\"faint\">(-3.8 to +4.2)</span>", "78.3%<br>", "68.3%<br>",
        "2,048 labels", "5,000 labelled texts", "1,234",
        "90% with 99 &lt;labels&gt;", "a note on 8 &lt;labels&gt;",
        "&lt;other&gt;", "kind inconclusive",
    ):  # fmt: skip
        assert said in text, said
    assert text.count("the same note") == 1
    assert "transfer</span>" not in text  # the verdicts differ, so that none stands for all


def test_a_verdict_for_all_stands_at_the_top(curve):
    same = replace(curve, budgets=tuple(replace(one, outcome="negative") for one in curve.budgets))
    assert "negative transfer</span>" in curve_page(same)


def test_there_may_be_many_arms(curve):
    many = tuple(point(f"arm {i}", 0.6) for i in range(30))
    more = replace(curve, budgets=tuple(replace(one, arms=one.arms + many) for one in curve.budgets))
    assert "arm 29" in curve_page(more)
