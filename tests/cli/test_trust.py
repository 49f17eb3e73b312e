"""Explanations, abstaining, calibration and doubtful labels from the command line."""

import csv
import io
import json
from pathlib import Path

import pytest
from cli.conftest import Run


def test_classify_says_how_far_to_trust_it(run: Run, tmp_path: Path, english: Path) -> None:
    assert run("pretrain", english / "unlabeled.txt").code == 0
    options = ["--draws", "2", "--epochs", "20"]
    rows = list(csv.DictReader((english / "heldout.csv").open(encoding="utf-8")))
    rows[0]["label"], rows[1]["label"] = rows[1]["label"], rows[0]["label"]
    with (tmp_path / "swapped.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, ["text", "label"])
        table.writeheader()
        table.writerows({"text": row["text"], "label": row["label"]} for row in rows)
    outcome = run("classify", "-l", "swapped.csv", *options)
    assert outcome.code == 0
    assert "40 texts, cross-validation" in outcome.out
    record = json.loads((tmp_path / "classifier" / "comparison.json").read_text(encoding="utf-8"))
    assert 0 < record["trust"]["calibration_error"] < 0.5
    assert all(0 <= one["share"] <= 1 for one in record["trust"]["answered"])
    doubted = {doubt["number"] for doubt in record["doubts"]}
    assert doubted & {1, 2}
    places = {doubt["place"].rpartition(", ")[2] for doubt in record["doubts"]}
    assert places == {f"line {number + 1}" for number in doubted}
    assert len(doubted) < 10
    assert f"{record['doubts'][0]['place']} is" in outcome.out
    tested = run("classify", "-l", english / "few.csv", "-t", english / "heldout.csv", "--force", *options)
    assert "40 texts, test texts" in tested.out


def test_predict_explains_and_abstains(run: Run, english: Path, embeddings: Path) -> None:
    options = ["--draws", "2", "--epochs", "60", "--embeddings", embeddings]
    assert run("classify", "-l", english / "few.csv", "--class-weight", "balanced", *options).code == 0
    outcome = run("predict", "a wonderful film", "xyzzy", "--explain", "2", "--abstain-below", "1")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert [row["label"] for row in rows] == ["", ""]
    assert len(rows[0]["words"].split()) == 2
    assert rows[1]["words"] == ""
    outcome = run("predict", "a wonderful film", "--explain", "9", "--json")
    (answer,) = [json.loads(line) for line in outcome.out.splitlines()]
    assert answer["label"] in answer["probabilities"]
    found = {one["word"]: one["contribution"] for one in answer["words"]}
    assert "wonderful" in found
    assert abs(next(iter(found.values()))) == max(map(abs, found.values()))


def test_class_weights_are_checked(run: Run, english: Path, embeddings: Path) -> None:
    outcome = run(
        "classify", "-l", english / "few.csv", "--class-weight", "heavy", "--embeddings", embeddings
    )
    assert outcome.code == 2
    assert "class_weight is 'heavy'" in outcome.err


@pytest.mark.parametrize("name", ["report.html", "report.png"])
def test_classify_writes_a_report(
    run: Run, tmp_path: Path, english: Path, embeddings: Path, name: str
) -> None:
    options = ["--draws", "2", "--epochs", "20", "--embeddings", embeddings, "--report", name]
    outcome = run("classify", "-l", english / "few.csv", "-t", english / "heldout.csv", *options)
    assert outcome.code == 0
    assert f"report    {name}" in outcome.out
    assert (tmp_path / name).stat().st_size > 10_000
    assert run("classify", "-l", english / "few.csv", *options).code == 2


def test_reports_have_known_endings(run: Run, tmp_path: Path, english: Path, embeddings: Path) -> None:
    outcome = run("classify", "-l", english / "few.csv", "--embeddings", embeddings, "--report", "r.pdf")
    assert outcome.code == 2
    assert "r.pdf" in outcome.err
    assert not (tmp_path / "classifier").exists()


def test_curves_and_report_are_two_files(run: Run, tmp_path: Path, english: Path, embeddings: Path) -> None:
    files = ["--report", "r.png", "--curves", "r.png"]
    outcome = run("classify", "-l", english / "few.csv", "--embeddings", embeddings, *files)
    assert outcome.code == 2
    assert "a file of its own" in outcome.err
    assert not (tmp_path / "classifier").exists()


def test_curves_have_known_endings(run: Run, tmp_path: Path, english: Path, embeddings: Path) -> None:
    outcome = run("classify", "-l", english / "few.csv", "--embeddings", embeddings, "--curves", "c.html")
    assert outcome.code == 2
    assert "c.html" in outcome.err
    assert not (tmp_path / "classifier").exists()
