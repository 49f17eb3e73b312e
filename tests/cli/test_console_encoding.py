"""A console whose encoding lacks a character gets it spelled out, as Python's stderr does."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

TEXT = "映画 é 😀 good"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, english, embeddings):
    folder = tmp_path_factory.mktemp("console")
    with (english / "few.csv").open(encoding="utf-8") as stream:
        rows = [(f"映画 {row['text']}", f"良い {row['label']}") for row in csv.DictReader(stream)]
    with (folder / "few.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("text", "label"), *rows])
    outcome = run(folder, "utf-8", "classify", "-l", "few.csv", "--draws", 1, "--embeddings", embeddings)
    assert "良い" in outcome.stdout.decode("utf-8")
    return folder


def run(folder, encoding, *arguments):
    command = [sys.executable, "-m", "textransfer", *map(str, arguments), "--quiet"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    outcome = subprocess.run(command, cwd=folder, env=environment, capture_output=True)
    assert outcome.returncode == 0, outcome.stderr.decode()
    return outcome


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_tables_and_predictions_are_spelled_out(folder, embeddings, encoding):
    (row,) = csv.reader(
        io.StringIO(run(folder, encoding, "predict", TEXT).stdout.decode(encoding).splitlines()[1])
    )
    letter = "é" if encoding == "cp1252" else r"\xe9"
    assert row[0] == rf"\u6620\u753b {letter} \U0001f600 good"
    table = run(folder, encoding, "fit-check", "-l", "few.csv", "--embeddings", embeddings)
    assert rb"\u826f\u3044 positive" in table.stdout


@pytest.mark.parametrize(("encoding", "is_told"), [("cp1252", True), ("ascii", True), ("utf-8", False)])
def test_that_letters_are_spelled_out_is_said_once(folder, encoding, is_told):
    errors = run(folder, encoding, "predict", TEXT, f"{TEXT} again").stderr.decode(encoding)
    assert errors.count(f"standard output is {encoding}: letters it lacks") == is_told


def test_nothing_is_said_where_every_letter_can_be_written(folder, embeddings):
    assert run(folder, "cp1252", "neighbors", "film", "--embeddings", embeddings).stderr == b""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8", "utf-16"])
def test_json_stays_json(folder, embeddings, encoding):
    record = json.loads(run(folder, encoding, "predict", TEXT, "--json").stdout.decode(encoding))
    assert record["text"] == TEXT
    outcome = run(folder, encoding, "fit-check", "-l", "few.csv", "--embeddings", embeddings, "--json")
    assert set(json.loads(outcome.stdout.decode(encoding))["classes"]) == {"良い positive", "良い negative"}
    assert (encoding == "utf-8") == ("良い".encode() in outcome.stdout)


def test_a_file_is_utf_8_whatever_the_console(folder):
    run(folder, "ascii", "predict", TEXT, "-o", "p.jsonl", "--force")
    assert TEXT in (folder / "p.jsonl").read_text(encoding="utf-8")
