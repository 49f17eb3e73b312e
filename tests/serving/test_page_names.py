"""Names of classes on the page and in heads of answers: numbers, paragraphs, very many."""

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from serving.conftest import Serve

from textransfer import TfidfBaseline

LONG = "x" * 3000


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
def test_classes_are_ranked_and_long_names_are_cut(tmp_path: Path) -> None:
    """JavaScript puts names that are whole numbers first in an object, in their order."""
    source = files("textransfer.serving").joinpath("page/shading.js").read_text("utf-8")
    script = tmp_path / "try.mjs"
    call = r"""
const shares = JSON.parse('{"9": 0.7, "good": 0.2, "1": 0.1, "__proto__": 0.0}');
console.log(JSON.stringify([ranked(shares), shortened("x".repeat(3000)), shortened("\u{1F600}".repeat(60))]));
"""
    script.write_text(source + call, encoding="utf-8")
    run = subprocess.run(["node", str(script)], capture_output=True, check=True, encoding="utf-8")
    order, cut, whole = json.loads(run.stdout)
    assert order == [["9", 0.7], ["good", 0.2], ["1", 0.1], ["__proto__", 0]]
    assert cut == "x" * 59 + "\u2026"
    assert whole == "\U0001f600" * 60


def test_the_page_shows_names_of_classes_no_other_way() -> None:
    page = files("textransfer.serving").joinpath("page/page.js").read_text("utf-8")
    assert "Object.entries(known" not in page
    assert "Object.entries(labels" not in page
    style = files("textransfer.serving").joinpath("page/page.css").read_text("utf-8")
    assert (
        "#verdict, #classes button, #counts tbody th, #download, .problem { overflow-wrap: anywhere; }"
        in style
    )


@pytest.mark.parametrize("names", [[LONG, "short"], [f"\u65e5\u672c\u8a9e {i} " * 8 for i in range(40)]])
def test_the_head_of_a_labelled_table_stays_short(served: Serve, names: list[str]) -> None:
    texts = [f"word{i % len(names)} film" for i in range(4 * len(names))]
    labels = np.array([names[i % len(names)] for i in range(len(texts))])
    client = served(TfidfBaseline().fit(texts, labels))
    table = "text\n" + "\n".join(texts)
    answer = client.post("/label", params={"name": "a.csv"}, content=table.encode())
    assert answer.status_code == 200
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) < 4000
    summary = json.loads(answer.headers["x-summary"])
    assert summary["rows"] == len(texts)
    assert set(summary["labels"]) <= set(names)
