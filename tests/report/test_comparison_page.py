"""The report page and sheet, made from a real comparison on the bundled reviews."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from pages import assert_stands_alone

from textransfer import SentimentClassifier, SkipGram
from textransfer.config import ClassifierConfig
from textransfer.report.pages import comparison_page
from textransfer.report.shading import shaded
from textransfer.report.sheets import comparison_sheet
from textransfer.report.style import save_figure
from textransfer.report.word_map import lay_out, text_width
from textransfer.sentiment.judging.trust import Answered, Trust
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.comparison import compare
from textransfer.transfer.inspection import Mistake, PlacedWord, inspect

EVIL = "<script>alert(1)</script> & a dull, lifeless film"


@pytest.fixture(scope="module")
def result():
    texts = ["a warm and funny film", "a dull lifeless film", "warm, funny, lovely", EVIL] * 5
    labels = ["good & warm", "<bad>"] * 10
    vectors = SkipGram(vector_size=6, epochs=10, min_count=1).fit(texts).vectors_
    labelled = LabelledTexts(texts, labels, "few.csv")
    comparison = compare(vectors, labelled, n_draws=4, config=ClassifierConfig(epochs=10))
    classifier = SentimentClassifier(vectors, epochs=10).fit(texts, labels)
    wrong = ["<bad>"] * len(labels)
    wrong[1] = "good & warm"
    mislabelled = LabelledTexts(texts, wrong, "few.csv")
    found = inspect(classifier, mislabelled, classifier.predict_proba(texts), "20 labelled texts")
    return comparison, found


def page_of(result, trust=None):
    return comparison_page(*result, trust, {"vectors": "6 dimensions"})


def test_the_page_stands_alone_and_is_well_formed(result):
    assert_stands_alone(page_of(result))


def test_texts_and_labels_are_escaped(result):
    page = page_of(result)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page or "&lt;" in page
    assert "good &amp; warm" in page
    assert "&lt;bad&gt;" in page


def test_the_page_says_what_was_found(result):
    comparison, found = result
    trust = Trust("test texts", 1234, 1.2, 0.0567, (Answered(0.8, 0.5, 0.9),))
    page = page_of(result, trust)
    assert '<th class="n">0.8</th>' in page
    assert ">90%</td>" in page
    assert comparison.verdict.outcome + " transfer" in page
    for arm in comparison.arms:
        assert f"{100 * arm.accuracy.estimate:.1f}%" in page
    assert "5.7 points" in page
    assert "1,234" in page
    assert found.mistakes[0].predicted.split()[0].strip("<>") in page
    assert "6 dimensions" in page
    assert "5.7 points" not in page_of(result)


def test_figures_follow_the_page_into_the_dark(result):
    page = page_of(result)
    assert "prefers-color-scheme: dark" in page
    svg = re.search(r"<svg.*?</svg>", page, re.DOTALL).group(0)
    assert "currentColor" in svg
    assert not re.search("#222222|#0072b2|#ffffff", svg.replace("stroke: #ffffff", ""), re.IGNORECASE)
    ET.fromstring(svg.replace("xlink:href", "href"))


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_sheet_is_drawn(result, tmp_path: Path, suffix):
    path = save_figure(comparison_sheet(*result), tmp_path / f"report{suffix}")
    assert path.stat().st_size > 10_000
    if suffix == ".svg":
        ET.parse(path)


def tick_labels(axis):
    """Labels of ticks, of which those beyond the axis are there but not drawn."""
    return [*axis.get_majorticklabels(), *axis.get_minorticklabels()]


@pytest.mark.parametrize("is_whole", [False, True])
def test_no_letter_of_the_sheet_lies_beyond_its_edges(result, is_whole):
    comparison, found = result
    pretrained = comparison.arms[0]
    members = np.full(len(pretrained.curve.accuracy), 0.9) if is_whole else None
    whole = replace(pretrained, curve=replace(pretrained.curve, with_members=members))
    figure = comparison_sheet(replace(comparison, arms=(whole, *comparison.arms[1:])), found)
    FigureCanvasAgg(figure).draw()
    edges = figure.bbox
    ticks = {
        label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in tick_labels(axis)
    }
    for text in set(figure.findobj(Text)) - ticks:
        if text.get_visible() and text.get_text():
            box = text.get_window_extent()
            assert edges.x0 <= box.x0 <= box.x1 <= edges.x1, text.get_text()


@pytest.mark.parametrize("name", ["$\\frac$"])
def test_dollars_in_labels_are_no_formula(result, tmp_path: Path, name):
    comparison, found = result
    words = dict(zip((name, "other"), found.words.values(), strict=True))
    path = save_figure(
        comparison_sheet(comparison, replace(found, classes=(name, "other"), words=words)), tmp_path / "r.svg"
    )
    assert path.read_text(encoding="utf-8").count(f"<!-- {name} -->") == 2
    assert f"<!-- Words for {name} -->" in path.read_text(encoding="utf-8")


def test_names_on_the_map_do_not_overlap():
    places = [PlacedWord(f"word{i}", i % 7 / 50, i % 11 / 50, "a", 1 / (i + 1)) for i in range(60)]
    spots = lay_out(places, 300, 200)
    boxes = [
        (s.x - text_width(s.word) / 2, s.x + text_width(s.word) / 2, s.y - 13, s.y)
        for s in spots
        if s.has_name
    ]
    assert 3 <= len(boxes) < len(places)
    assert spots[0].has_name  # the strongest
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
    assert all(0 <= spot.x <= 300 and 0 <= spot.y <= 200 for spot in spots)


def test_maps_of_one_word_and_of_none():
    assert lay_out([], 100, 100) == []
    (spot,) = lay_out([PlacedWord("映画", 0.0, 0.0, "a", 1.0)], 100, 100)
    assert (spot.x, spot.y) == (24, 24)
    assert text_width("映画") == 4 * text_width("a")


def mistake_in(text, words):
    """Return a mistake in which words, at their first place behind the one before, count so much."""
    places, end = [], 0
    for word, size in words:
        start = text.index(word, end)
        end = start + len(word)
        places.append((start, end, size))
    return Mistake(text, "a", "b", 0.9, tuple(words), tuple(places))


def test_words_are_shaded_where_they_stand():
    text = "It isn\u2019t a\n \u2605 good_plot. <Good> cast!"
    page = shaded(mistake_in(text, [("good", 1.0), ("plot", 0.1), ("Good", -1.0)]))
    assert re.findall(r'<mark class="(\w+)"[^>]*>(\w+)</mark>', page) == [
        ("for", "good"),
        ("against", "Good"),
    ]
    assert re.sub("<.*?>", "", page) == "It isn\u2019t a \u2605 good_plot. &lt;Good&gt; cast!"


def test_the_same_letters_elsewhere_are_not_shaded():
    page = shaded(mistake_in("ばかばかしい、ばか", [("ばかばかしい", 0.0), ("ばか", 1.0)]))
    assert page.startswith("ばかばかしい、<mark")


def test_a_long_text_is_cut_between_words():
    text = "x" * 598 + " excellent"
    page = shaded(mistake_in(text, [("excellent", 1.0)]))
    assert page == "x" * 598 + " …"
    assert shaded(mistake_in("y" * 700, [("y" * 700, 1.0)])) == "y" * 600 + "…"


def test_what_is_shaded_is_what_was_found_in_the_text():
    texts, labels = ["not GOOD at all", "good film"] * 6, ["bad", "fine"] * 6
    vectors = SkipGram(vector_size=4, epochs=5, min_count=1, negation="english").fit(texts).vectors_
    classifier = SentimentClassifier(vectors, epochs=5).fit(texts, labels)
    labelled = LabelledTexts(texts[:1], ["fine"], "few.csv")
    (mistake,) = inspect(classifier, labelled, classifier.predict_proba(texts[:1]), "texts").mistakes
    assert [mistake.text[start:end] for start, end, _ in mistake.places] == ["not", "GOOD", "at", "all"]
    assert "not_GOOD" in dict(mistake.words)


def test_japanese_words_are_shaded_though_the_vocabulary_has_another_form():
    pytest.importorskip("sudachipy")
    texts, labels = ["部屋がとても汚かった", "部屋がとても綺麗だった"] * 6, ["bad", "fine"] * 6
    vectors = SkipGram(vector_size=4, epochs=5, min_count=1).fit(texts).vectors_
    classifier = SentimentClassifier(vectors, epochs=30).fit(texts, labels)
    labelled = LabelledTexts(texts[:1], ["fine"], "few.csv")
    (mistake,) = inspect(classifier, labelled, classifier.predict_proba(texts[:1]), "texts").mistakes
    assert "汚かっ" in dict(mistake.words)
    assert re.search("<mark[^>]*>汚かっ</mark>", shaded(mistake))
