from types import SimpleNamespace

import pytest

from textransfer.report.wording import curve_finding, duration, outlook_of
from textransfer.transfer.statistics.forecast import Forecast


@pytest.mark.parametrize(
    ("outcomes", "finding"),
    [
        (["positive"] * 3, "Pretraining helped at every number of labels, from 8 to 1,024"),
        (["positive", "positive", "inconclusive"], "Pretraining helped with 8 to 32 labels"),
        (["inconclusive", "negative", "inconclusive"], "Pretraining hurt with 32 labels"),
        (
            ["positive", "inconclusive", "negative"],
            "Pretraining helped at some numbers of labels",
        ),
        (["inconclusive"] * 3, "Whether pretraining helped remains open"),
    ],
)
def test_what_learning_curves_show(outcomes, finding):
    budgets = [
        SimpleNamespace(n_labels=n_labels, outcome=outcome)
        for n_labels, outcome in zip((8, 32, 1024), outcomes, strict=True)
    ]
    assert curve_finding(SimpleNamespace(budgets=budgets)).startswith(finding)


def test_durations():
    assert [duration(seconds) for seconds in (3.24, 245, 7800)] == ["3.2 s", "4 min 05 s", "2 h 10 min"]


def test_forecasts():
    forecasts = {
        "a": Forecast(0.9, "reached", 64, 64),
        "b": Forecast(0.9, "range", 640, None),
        "c": Forecast(0.9, "beyond"),
        "d": Forecast(0.9, "unknown"),
    }
    sentences = outlook_of(forecasts)
    assert sentences[0] == "90.0% with a: 64 labels"
    assert sentences[1].startswith("90.0% with b: 640 labels at least")
    assert "nothing can be said beyond" in sentences[2]
    assert "too few budgets" in sentences[3]
