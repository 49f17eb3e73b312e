"""Markup in texts, labels, names of files, columns and arms is shown in pages and figures, never obeyed."""

import shutil
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli.conftest import Run

from textransfer.storage.spelling import DIRECTION_MARKS, visible

VECTORS = Path(__file__).parents[1] / "golden/v1/embeddings"
FIRST, SECOND = "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>'
REFUSED = {
    "script",
    "img",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "input",
    "foreignobject",
    "x",
}


class Page(HTMLParser):
    """Collects tags, attributes that run code, and what is shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [
            name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")
        ]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def tables(tmp_path: Path) -> tuple[str, ...]:
    name = '"><img src=x>.csv'
    columns = "<b>text,<b>label"
    rows = [f"a {word} film {FIRST} {SECOND.replace(chr(34), '')},{label}" for word, label in LABELS * 6]
    (tmp_path / name).write_text("\n".join([columns, *rows]) + "\n")
    return name, "--text-column", "<b>text", "--label-column", "<b>label"


LABELS = (("good", FIRST), ("dull", '"""><img src=x onerror=alert(2)>"'))


def checked(path: Path) -> str:
    page = Page(path.read_text(encoding="utf-8"))
    assert not page.handlers
    assert not page.tags & REFUSED
    return page.text


def test_pages_and_figures(run: Run, tmp_path: Path, tables: tuple[str, ...]) -> None:
    name, *columns = tables
    shutil.copytree(VECTORS, tmp_path / "embeddings")
    tested = ("--labeled", name, "--test", name, *columns)
    arm = ("--arm", f"{FIRST}={VECTORS}")
    for command, page in (
        (
            (
                "classify",
                *tested,
                *arm,
                "--draws",
                "2",
                "--epochs",
                "2",
                "--curves",
                "curves.svg",
                "--report",
            ),
            "classify.html",
        ),
        (("evaluate", "--labeled", name, *columns, "--report"), "evaluate.html"),
        (
            (
                "curve",
                *tested,
                *arm,
                "--draws",
                "2",
                "--budgets",
                "4",
                "--frozen",
                "--n-jobs",
                "1",
                "--report",
            ),
            "curve.html",
        ),
        (("experiment", *tested, "--draws", "2", "--n-labels", "4", "--report"), "experiment.html"),
        (("classify", *tested, "--draws", "2", "--epochs", "2", "-o", "again", "--report"), "classify.svg"),
    ):
        outcome = run(*command, page)
        assert outcome.code == 0, outcome.err
        if page.endswith(".html"):
            shown = checked(tmp_path / page)
            assert FIRST in shown or page == "experiment.html"  # which shows no labels
            assert "<img src=x" in shown, page
    for figure in tmp_path.rglob("*.svg"):
        tags = {element.tag.rpartition("}")[2].lower() for element in ElementTree.parse(figure).iter()}
        assert not tags & REFUSED, figure
    for card in tmp_path.rglob("README.md"):
        assert "<script>" not in card.read_text(encoding="utf-8")


def test_pages_spell_out_what_would_be_obeyed(run: Run, tmp_path: Path) -> None:
    name = "\x1b]0;t\x07\u202e.csv"
    rows = [
        f"a film \x9b31m \u2066 {word} \u200f,{label}"
        for word, label in (("good", "negative"), ("dull", "positive"))
    ]
    (tmp_path / name).write_text("\n".join(["text,label", *rows * 6]) + "\n", encoding="utf-8")
    classifier = VECTORS.parent / "classifier"
    outcome = run("evaluate", "--labeled", name, "--classifier", classifier, "--report", "page.html")
    assert outcome.code == 0, outcome.err
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert visible(page, but_for=DIRECTION_MARKS) == page
    assert all(shown in page for shown in (r"\x1b]0;t\x07\u202e.csv", r"\x9b31m \u2066", "\u200f"))
