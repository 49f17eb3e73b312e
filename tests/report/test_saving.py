"""Results as files, each kind in the kinds of file that it has."""

import pytest
from pages import assert_stands_alone

from textransfer import SkipGram
from textransfer.bundled import bundled_corpora
from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError, OutputError
from textransfer.report.saving import save_report
from textransfer.text.reading.labelled import read_labelled
from textransfer.transfer.classification import classify
from textransfer.transfer.learning_curve import learning_curve
from textransfer.transfer.statistics.forecast import Forecast

REVIEWS = bundled_corpora("en")
CONFIG = ClassifierConfig(epochs=5)


@pytest.fixture(scope="module")
def vectors():
    return SkipGram(vector_size=4, epochs=5).fit(REVIEWS / "unlabeled.txt").vectors_


@pytest.fixture(scope="module")
def result(vectors):
    labelled, test = (read_labelled(REVIEWS / name) for name in ("few.csv", "heldout.csv"))
    return classify(vectors, labelled, test, n_draws=2, config=CONFIG)


def test_a_classification_is_a_page_or_a_sheet(result, tmp_path):
    page = save_report(result, tmp_path / "report.html").read_text()
    assert_stands_alone(page)
    assert result.comparison.verdict.sentence in page
    assert "all 8 labels, 2 random states" in page
    assert save_report(result, tmp_path / "sheet.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", ["curves.svg", "curves.png"])
def test_a_comparison_alone_is_a_figure_of_the_same_bytes_each_time(name, result, tmp_path):
    first = save_report(result.comparison, tmp_path / name).read_bytes()
    assert (b"svg" if name.endswith("svg") else b"PNG") in first[:500]
    assert save_report(result.comparison, tmp_path / name, force=True).read_bytes() == first
    with pytest.raises(ConfigError, match="no page of a Comparison"):
        save_report(result.comparison, tmp_path / "curves.html")


def test_learning_curves_are_a_page_with_forecasts_or_a_figure(vectors, tmp_path):
    labelled, test = (read_labelled(REVIEWS / name) for name in ("heldout.csv", "few.csv"))
    curve = learning_curve(
        vectors, labelled, test, budgets=[4, 8], n_draws=2, config=CONFIG, is_fine_tuned_too=False
    )
    forecasts = {"pretrained": Forecast(0.9, "range", 16, 64)}
    page = save_report(curve, tmp_path / "curve.html", forecasts=forecasts).read_text()
    assert_stands_alone(page)
    assert "90.0% with pretrained: 16 to 64 labels" in page
    assert save_report(curve, tmp_path / "curve.png").stat().st_size > 10_000


def test_what_is_refused(result, vectors, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("something")
    with pytest.raises(OutputError):
        save_report(result, path)
    with pytest.raises(ConfigError, match=r"ends in \.png or \.svg"):
        save_report(result, tmp_path / "report.pdf")
    seeds = {"positive": ["superb"], "negative": ["boring"]}
    with pytest.raises(ConfigError, match="seed words alone"):
        save_report(classify(vectors, seed_words=seeds), tmp_path / "seeds.html")
