"""``textransfer suggest`` as a user calls it."""

import csv
import json
from pathlib import Path

import pytest
from cli.conftest import Run

from textransfer import Corpus


def test_first_labels_then_the_next_ones(run: Run, english: Path, embeddings: Path) -> None:
    pile = english / "unlabeled.txt"
    done = run("suggest", pile, "-n", 4, "--embeddings", embeddings, "-q")
    assert (done.code, done.err) == (0, "")
    with Path("to-label.csv").open(newline="", encoding="utf-8-sig") as stream:
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


def test_the_file_goes_back_beside_the_labels_so_far(run: Run, english: Path, embeddings: Path) -> None:
    with (english / "few.csv").open(newline="", encoding="utf-8") as stream:
        few = [
            {"Nr": str(n), "Message": r["text"], "Topic": r["label"]}
            for n, r in enumerate(csv.DictReader(stream))
        ]
    pile = (english / "unlabeled.txt").read_text(encoding="utf-8").splitlines()[:20]
    rows = [{"Nr": f"0{n}", "Message": text, "Topic": ""} for n, text in enumerate(pile)]
    rows += [{"Nr": "99", "Message": "-a dull one", "Topic": "negative"}]
    for name, listed in (("few.csv", few), ("pile.csv", rows)):
        with Path(name).open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, ["Nr", "Message", "Topic"])
            writer.writeheader()
            writer.writerows(listed)
    columns = ["--text-column", "message", "--label-column", "topic"]
    classify = ["classify", "-l", "few.csv", *columns, "--embeddings", embeddings, "--draws", 1, "-q"]
    assert run(*classify).code == 0
    suggest = ["suggest", "pile.csv", *columns, "--classifier", "classifier", "-n", 30]
    assert "fill in the column Topic" in run(*suggest, "-o", "next.csv").out
    with Path("next.csv").open(newline="", encoding="utf-8-sig") as stream:
        chosen = list(csv.DictReader(stream))
    assert list(chosen[0]) == ["Nr", "Message", "Topic", "predicted_label", "probability", "known_words"]
    assert len(chosen) == 20
    assert {row["Topic"] for row in chosen} == {""}
    assert [{name: row[name] for name in rows[0]} for row in chosen] == rows[:20]
    for row in chosen:
        row["Topic"] = row["predicted_label"]
    with Path("next.csv").open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, list(chosen[0]))
        writer.writeheader()
        writer.writerows(chosen)
    outcome = run(*classify, "-l", "next.csv", "--force", "--json")
    assert json.loads(outcome.out)["n_pool"] == len(few) + 20
    refused = run(*suggest, "-l", "next.csv", "-o", "third.jsonl")
    assert (refused.code, Path("third.jsonl").exists()) == (2, False)
    assert "no document is left" in refused.err


def test_documents_that_are_labelled_throughout_are_all_considered(
    run: Run, english: Path, embeddings: Path
) -> None:
    outcome = run("suggest", english / "few.csv", "-n", 4, "--embeddings", embeddings, "-o", "next.jsonl")
    assert outcome.code == 0
    rows = [json.loads(line) for line in Path("next.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [list(row) for row in rows] == [["text", "label"]] * 4
    assert all(row["label"] is None for row in rows)


def test_documents_of_a_workbook_come_back_in_one(run: Run, embeddings: Path, english: Path) -> None:
    pytest.importorskip("python_calamine")
    book = pytest.importorskip("xlsxwriter").Workbook("in.xlsx")
    sheets = [book.add_worksheet(), book.add_worksheet()]
    texts = (english / "unlabeled.txt").read_text(encoding="utf-8").splitlines()[:40]
    for row, text in enumerate(["text", *texts]):
        sheets[0].write_string(row, 0, text)
    sheets[0].write_row(1, 1, ["", "call back"])
    book.close()
    outcome = run("suggest", "in.xlsx", "--embeddings", embeddings, "-n", 40)
    assert outcome.code == 0
    assert outcome.err.count("has 2 sheets") == 1
    assert run("predict", "a text", "-o", "a.jsonl", "--output-delimiter", ";").code == 2
    rows = list(Corpus("to-label.xlsx").records())
    assert [(row.fields or {})["column 3"] for row in rows].count("call back") == 1
    assert (
        run(
            "suggest", "in.xlsx", "--embeddings", embeddings, "-o", "a.csv", "--output-delimiter", "semicolon"
        ).code
        == 0
    )
    assert Path("a.csv").read_text(encoding="utf-8-sig").startswith("text;column 2;")
