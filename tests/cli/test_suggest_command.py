"""``textransfer suggest`` as a user calls it."""

import csv
import json
from pathlib import Path

from cli.conftest import Run


def test_first_labels_then_the_next_ones(run: Run, english: Path, embeddings: Path) -> None:
    pile = english / "unlabeled.txt"
    done = run("suggest", pile, "-n", 4, "--embeddings", embeddings, "-q")
    assert (done.code, done.err) == (0, "")
    with Path("to-label.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 4
    assert all(row["label"] == "" and row["text"] in pile.read_text(encoding="utf-8") for row in rows)
    assert run("suggest", pile, "--embeddings", embeddings).code == 2  # the file may be half filled in
    run("classify", "-l", english / "few.csv", "--embeddings", embeddings, "--draws", 1, "-q")
    given = [
        "suggest",
        pile,
        "-n",
        5,
        "--classifier",
        "classifier",
        "-l",
        english / "few.csv",
        "--force",
        "-q",
    ]
    assert "looks like" in run(*given).out
    facts = json.loads(run(*given, "--json").out)
    assert len(facts["suggestions"]) == 5
    assert all(0 <= one["margin"] <= 1 for one in facts["suggestions"])
