"""Pages and sheets of tested classifiers and word vectors: many classes, odd labels, phones, footers."""

import re
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from pages import assert_stands_alone

from textransfer import LabelledTexts, SentimentClassifier, WordVectors, evaluate_classifier, evaluate_vectors
from textransfer.errors import TextransferWarning
from textransfer.report.pages import Limits, breakable, comparison_page, evaluation_page, vectors_page
from textransfer.report.panels import short
from textransfer.report.saving import save_report
from textransfer.report.sheets import evaluation_sheet
from textransfer.transfer.classification import LabelDoubt
from textransfer.transfer.comparison import compare

PHONE = 350
"""Pixels of a phone between the margins of the page."""


def texts_of(n_classes, n=240, names=None):
    """Texts of classes with a word each, a quarter of them under the label of another class."""
    draws = np.random.default_rng(0)
    names = names or [f"intent_{code:02d}" for code in range(n_classes)]
    codes = draws.integers(n_classes, size=n)
    texts = [f"word{chr(97 + code)} please now" for code in codes]
    given = np.where(draws.random(n) < 0.25, (codes + 1) % n_classes, codes)
    return LabelledTexts(texts, [names[code] for code in given], "made_up.csv")


def evaluated(n_classes, names=None):
    train = texts_of(n_classes, names=names)
    classifier = SentimentClassifier(vector_size=12, epochs=15).fit(train.texts, train.labels)
    return evaluate_classifier(classifier, texts_of(n_classes, 150, names))


@pytest.fixture(scope="module")
def many():
    return evaluated(20)


@pytest.fixture(scope="module")
def two():
    return evaluated(2)


def test_many_classes_are_lists_not_a_table_of_all_pairs(many, two):
    page = evaluation_page(many)
    assert_stands_alone(page)
    assert 'class="confusion"' not in page
    worst = many.inspection.worst_first
    rows = re.findall(r'<td class="name"><bdi>(.*?)</bdi>', page)
    shown = [re.sub("<.*?>", "", row) for row in rows]
    assert shown[: Limits.rows] == [score.label for score in worst[: Limits.rows]], "the lowest F1 first"
    assert set(shown) >= {score.label for score in worst}, "all others unfold"
    pair = many.confused[0]
    cells = f"<bdi>{breakable(pair.label)}</bdi></td><td><bdi>{breakable(pair.predicted)}</bdi>"
    assert cells in page
    assert f'<td class="n">{pair.n_texts}<small>' in page
    few = evaluation_page(two)
    assert_stands_alone(few)
    assert few.count('class="confusion"') == 1
    assert "<details>" not in few


def test_the_page_tells_accuracy_and_how_sure_it_is(two):
    page = evaluation_page(two)
    assert f"{100 * two.accuracy.estimate:.1f}% of 150 texts classified rightly" in page
    assert two.macro_f1.span() in page
    assert f"{100 * two.calibration.error:.1f} points" in page
    assert "Mistakes worth reading" in page


def svgs(page, kind):
    blocks = re.findall(rf'<div class="{kind}">\s*(<svg.*?</svg>)', page, re.DOTALL)
    return [ET.fromstring(block.replace("xlink:href", "href")) for block in blocks]


def smallest_letters(svg, pixels):
    width = float(svg.get("viewBox").split()[2])
    sizes = re.findall(
        r"(?:font-size: ?|font-size=\"|font: )([\d.]+)(?:px)?", ET.tostring(svg, encoding="unicode")
    )
    return min(map(float, sizes)) * pixels / width


def test_letters_of_charts_can_be_read_on_a_phone(two):
    train = texts_of(2)
    vectors = WordVectors(
        ["worda", "wordb", "please", "now"], np.eye(4), tokenizer_spec=two.classifier.tokenizer_.spec()
    )
    comparison = compare(vectors, train, n_draws=2)
    page = comparison_page(comparison, two.inspection, None, {})
    assert len(svgs(page, "on-phone")) == len(svgs(page, "on-screen")) == 2  # curves and the map
    for svg in svgs(page, "on-phone"):
        assert smallest_letters(svg, PHONE) >= 9
    assert min(smallest_letters(svg, PHONE) for svg in svgs(page, "on-screen")) < 7


def test_doubtful_labels_stand_on_the_page(two):
    vectors = WordVectors(["worda", "wordb"], np.eye(2), tokenizer_spec=two.classifier.tokenizer_.spec())
    comparison = compare(vectors, texts_of(2), n_draws=2)
    doubts = [LabelDoubt(7, "<i>", "b", 0.93, "a text <b> " + "long " * 100)] * 20
    page = comparison_page(comparison, two.inspection, None, {}, doubts=doubts)
    assert_stands_alone(page)
    assert "Labels that look doubtful" in page
    assert "&lt;i&gt;" in page
    assert "0.93" in page
    assert "<i>" not in page.replace("<i style", "")
    assert "Labels that look doubtful" not in comparison_page(comparison, two.inspection, None, {})


@pytest.mark.parametrize(
    "name", ["<script>x</script>", "رد سلبي", "とても良い", "x" * 200, "$\\frac$", "a_b/c"]
)
def test_odd_labels_are_shown_as_they_are(name, tmp_path):
    result = evaluated(2, names=[name, "other"])
    page = evaluation_page(result)
    assert_stands_alone(page)
    plain = re.sub("<wbr>", "", page)
    shown = name.replace("<", "&lt;").replace(">", "&gt;")
    assert re.search(f"<bdi[^>]*>{re.escape(shown)}</bdi>", plain)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TextransferWarning)  # fonts
        assert save_report(result, tmp_path / "sheet.svg").stat().st_size > 5000


@pytest.mark.parametrize(
    ("name", "language"), [("とても良い", "ja"), ("很好", "zh"), ("좋아요", "ko"), ("good", ""), ("รีวิว", "")]
)
def test_texts_have_the_language_that_han_characters_are_drawn_by(name, language):
    page = evaluation_page(evaluated(2, names=[name, "other"]))
    given = set(re.findall(r'<(?:bdi|p dir="auto"|td[^>]* dir="auto")(?: lang="(\w+)")?[ >]', page))
    assert given == {language}
    assert page.startswith('<!doctype html>\n<html lang="en">'), "the page itself is in English"


def test_letters_without_a_font_are_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("textransfer.report.sheets.installed_fonts", lambda: ["DejaVu Sans"])
    monkeypatch.setattr("textransfer.report.style.fonts_for", lambda letters: [])
    result = evaluated(2, names=["評判", "other"])
    with pytest.warns(
        TextransferWarning, match=r"sheet\.png: 2 letters \(判評\) are in no font.*install Noto Sans CJK"
    ) as caught:
        save_report(result, tmp_path / "sheet.png")
    assert len(caught) == 1


def test_names_beside_an_axis_are_cut_by_their_width():
    assert short("x" * 18, 18) == "x" * 18
    assert short("x" * 19, 18) == "x" * 17 + "…"
    assert len(short("評" * 18, 18)) <= 9, "as wide as two letters each"


def test_a_page_ends_with_who_made_it_from_what(two, tmp_path):
    path = save_report(two, tmp_path / "report.html", command="textransfer evaluate -l 'a <b>.csv'")
    footer = re.search("<footer>.*</footer>", path.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert "made_up.csv" in footer
    assert "<code>textransfer evaluate -l &#39;a &lt;b&gt;.csv&#39;</code>" in footer
    assert re.search(r"<dd>\d{4}-\d\d-\d\d \d\d:\d\d", footer)
    assert re.search(r"<dd>textransfer \d", footer)
    assert "<dt>command" not in save_report(two, tmp_path / "other.html").read_text(encoding="utf-8")


def test_sheets_show_the_ends_of_long_lists(many, two, tmp_path):
    titles = {axes.get_title(loc="left") for axes in evaluation_sheet(many).axes}
    assert {"Lowest F1 of 20 classes", "Confused most: is → called, texts"} <= titles
    titles = {axes.get_title(loc="left") for axes in evaluation_sheet(two).axes}
    assert {"F1 by class", "Confusion", "Words for intent_00"} <= titles
    assert save_report(many, tmp_path / "sheet.png").stat().st_size > 10_000


def test_word_vectors_have_a_page_and_a_sheet(tmp_path):
    words = ["man", "king", "woman", "queen", "boy"]
    vectors = WordVectors(words, np.random.default_rng(0).normal(size=(5, 3)))
    (tmp_path / "pairs.tsv").write_text(
        "man\tking\t3\nwoman\tqueen\t4\nman\tboy\t5\nking\tqueen\t7\nman\tx<y\t1\n"
    )
    (tmp_path / "a.txt").write_text(": royal\nman king woman queen\n")
    result = evaluate_vectors(vectors, similarity=tmp_path / "pairs.tsv", analogies=tmp_path / "a.txt")
    page = vectors_page(result)
    assert_stands_alone(page)
    assert "4 of 5<small>80.0%</small>" in page
    assert "x&lt;y" in page
    assert "royal" in page
    assert save_report(result, tmp_path / "sheet.png").stat().st_size > 10_000
    assert_stands_alone(save_report(result, tmp_path / "page.html").read_text(encoding="utf-8"))
