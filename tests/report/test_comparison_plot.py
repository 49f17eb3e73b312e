from dataclasses import replace

import numpy as np
import pytest

from textransfer.embeddings.vectors import WordVectors
from textransfer.report.curve_figures import comparison_figure
from textransfer.report.wording import facts_of
from textransfer.transfer.comparing.coverage import Coverage
from textransfer.transfer.comparing.results import ArmResult, Comparison
from textransfer.transfer.statistics.curves import TrainingCurve
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.lead import Lead
from textransfer.transfer.statistics.measures import transfer_measures
from textransfer.transfer.statistics.verdict import verdict_on

NOTHING = Coverage(0, 0, 0, 0, 0, 0)


def result(mode, n_draws):
    curve = TrainingCurve(np.array([1, 10]), np.array([0.1, 1.0]), np.array([[0.5, 0.8]] * n_draws))
    wide = Interval(0.81, 0.7, 0.9)
    return Comparison(
        mode=mode,
        classes=("a", "b", "c", "d"),
        n_labels=32,
        n_pool=1200,
        n_test=5000,
        n_draws=n_draws,
        n_folds=5,
        random_state=0,
        arms=(
            ArmResult("pretrained", wide, wide, 0.0, 0.1, 10, curve=curve),
            ArmResult("majority", Interval(0.3, 0.2, 0.4), wide, 0.0, 0.1, 0),
        ),
        verdict=verdict_on(wide, n_texts=5000),
        lead=Lead("pretrained", (), ("accuracy",)),
        jump_start=wide,
        measures=transfer_measures(curve, curve),
        n_watched=2000,
        labelled_coverage=NOTHING,
        test_coverage=NOTHING,
        notes=(),
        rows=(),
    )


@pytest.mark.parametrize(
    ("mode", "n_draws", "subtitle"),
    [
        ("draws", 20, "2,000 test texts; 20 draws of 32 labels; band: 95% interval over fits"),
        ("draws", 1, "2,000 test texts; 1 draw of 32 labels"),
        (
            "random states",
            3,
            "2,000 test texts; 3 random states, all 32 labels; band: 95% interval over fits",
        ),
        (
            "cross-validation",
            4,
            "cross-validation of 1,200 labelled texts, 5 folds, 4 times; band: 95% interval over fits",
        ),
        ("cross-validation", 1, "cross-validation of 1,200 labelled texts, 5 folds"),
    ],
)
def test_title_and_subtitle(mode, n_draws, subtitle):
    figure = comparison_figure(result(mode, n_draws))
    title, below = (text.get_text() for text in figure.texts)
    assert title.startswith("Pretraining helped: +81.0")
    assert below == subtitle


def test_labels_carry_the_accuracy_on_all_test_texts():
    texts = {text.get_text() for text in comparison_figure(result("draws", 2)).axes[0].texts}
    assert {"pretrained  81.0%", "majority  30.0%", "chance"} == texts


def test_text_features_are_a_diamond_beyond_the_curve_of_the_network():
    plain = result("draws", 20)
    curve = replace(plain.arms[0].curve, with_members=np.full(20, 0.9))
    axes = comparison_figure(
        replace(plain, arms=(replace(plain.arms[0], curve=curve), *plain.arms[1:]))
    ).axes[0]
    (mark,) = [line for line in axes.lines if line.get_marker() == "D"]
    np.testing.assert_allclose(mark.get_xydata(), [[10.0, 0.9]])
    assert not [line for line in comparison_figure(plain).axes[0].lines if line.get_marker() == "D"]
    assert any("networks alone" in text.get_text() for text in axes.figure.texts)
    assert curve.to_dict()["with_members"] == pytest.approx(0.9)
    assert curve.to_dict()["accuracy"][-1] == pytest.approx(0.8)


def test_words_say_whether_times_are_of_networks_alone():
    vectors = WordVectors(["a"], [[1.0]])
    plain = result("draws", 20)
    curve = replace(plain.arms[0].curve, with_members=np.full(20, 0.9))
    joined = replace(plain, arms=(replace(plain.arms[0], curve=curve), *plain.arms[1:]))
    for comparison, is_alone in ((plain, False), (joined, True)):
        facts = facts_of(comparison, vectors)
        for name in ("start", "time"):
            assert facts[name].startswith("the networks alone, ") is is_alone
