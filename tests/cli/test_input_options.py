"""Inputs of a command: standard input, two files of other columns, options that cannot act."""

import io
import sys
from pathlib import Path

import pytest
from cli.conftest import Run

from textransfer.cli.inputs import kinds_of

FEW = [
    ("a fine warm film", "good"),
    ("a dull cold film", "bad"),
    ("warm and fine", "good"),
    ("cold and dull", "bad"),
]


def table(delimiter: str = ",", text: str = "text", label: str = "label", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in [(text, label), *FEW * 2])


@pytest.mark.parametrize(
    ("files", "input_format", "kinds"),
    [
        (["a.csv"], None, {".csv"}),
        (["a.csv", "-"], "jsonl", {".csv", ".jsonl"}),
        (["a.csv"], "tsv", {".tsv"}),
        (["-"], None, {".txt"}),
        (["A.XLS"], None, {".xlsx"}),
    ],
)
def test_kinds_by_names(files: list[str], input_format: str | None, kinds: set[str]) -> None:
    assert kinds_of(files, input_format) == kinds


REFUSED = {
    "delimiter for JSON lines": (["pretrain", "a.jsonl", "--delimiter", ";"], "--delimiter cannot act"),
    "column of a text": (["pretrain", "a.txt", "--text-column", "body"], "--text-column cannot act"),
    "column of standard input": (["predict", "-i", "-", "--text-column", "body"], "--text-column cannot act"),
    "sheet of a CSV": (["classify", "-l", "a.csv", "--sheet", "A"], "--sheet cannot act"),
    "encoding of a workbook": (["classify", "-l", "a.xlsx", "--encoding", "utf-8"], "--encoding cannot act"),
    "bad rows of a text": (["pretrain", "a.txt", "--bad-rows", "skip"], "--bad-rows cannot act"),
    "format of texts on the line": (["predict", "fine", "--input-format", "csv"], "--input-format"),
    "column of no test": (["classify", "-l", "a.csv", "--test-text-column", "x"], "--test-text-column"),
    "column of no labels": (["classify", "--seed-words", "a=b", "--label-column", "x"], "--label-column"),
    "standard input twice": (["classify", "-l", "-", "-t", "-", "--input-format", "csv"], "only once"),
    "unknown format": (["pretrain", "a.csv", "--input-format", "doc"], "expected one of txt, csv"),
    "unknown choice": (["pretrain", "a.csv", "--bad-rows", "drop"], "expected error or skip"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_option_that_cannot_act_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    arguments, message = REFUSED[name]
    for file, content in {"a.csv": table(), "a.txt": "fine\n", "a.jsonl": '{"text": "fine"}\n'}.items():
        (tmp_path / file).write_text(content)
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("error: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_table_of_excel_that_ends_in_txt_has_columns(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(table("\t", "Body", end="\r\n").encode("utf-16"))
    arguments = ["--text-column", "body", "--vector-size", "2", "--epochs", "1", "--min-count", "1"]
    outcome = run("pretrain", "a.txt", *arguments)
    assert outcome.code == 0, outcome.err
    assert "28 words in 8 documents" in outcome.out


def test_labelled_texts_from_standard_input_and_a_test_file_of_other_columns(
    run: Run, tmp_path: Path, embeddings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test.csv").write_bytes(table(";", "Kommentar", "Urteil").encode("utf-8-sig"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(table("\t").encode())))
    options = ["--test-text-column", "kommentar", "--test-label-column", "urteil", "--input-format", "tsv"]
    outcome = run(
        "classify", "-l", "-", "-t", "test.csv", *options, "--embeddings", embeddings, "--draws", "2"
    )
    assert outcome.code == 0, outcome.err
    assert "note: test.csv: fields are separated by semicolons; --delimiter SIGN overrules it" in outcome.err
    assert "tested on 8 texts" in outcome.out


def test_notes_are_not_said_if_quiet(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(table(";"))
    arguments = ["pretrain", "a.csv", "--vector-size", "2", "--epochs", "1", "--min-count", "1"]
    assert run(*arguments).err.count("note: a.csv: fields are separated by semicolons") == 1
    assert run(*arguments, "--force", "--quiet").err == ""
