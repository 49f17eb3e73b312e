"""File names that are no UTF-8 and texts that were cut within a character: nothing is lost for them."""

import csv
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import Run

from textransfer import WordVectors

NAME = "caf\udce9"
SPELT = "caf\\xe9"
HALF = " \ud83d"
TRAINED = ["--vector-size", "8", "--epochs", "2"]

pytestmark = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="all file names are Unicode there"
)


@pytest.fixture
def corpus(tmp_path: Path, english: Path) -> Path:
    return Path(shutil.copy(english / "unlabeled.txt", tmp_path / f"{NAME}.txt"))


@pytest.fixture
def few(tmp_path: Path, english: Path) -> Path:
    """Labelled texts with half a character in each text."""
    with (english / "few.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    lines = [json.dumps({**row, "text": row["text"] + HALF}) + "\n" for row in rows]
    (tmp_path / "few.jsonl").write_text("".join(lines), encoding="ascii")
    return tmp_path / "few.jsonl"


def test_a_corpus_whose_name_is_no_utf8(run: Run, corpus: Path) -> None:
    assert run("pretrain", corpus.name, "-o", "out", *TRAINED).code == 0
    assert WordVectors.load("out").metadata["corpus"]["sources"] == [f"{SPELT}.txt"]
    assert f"{SPELT}.txt" in Path("out/README.md").read_text(encoding="utf-8")
    outcome = run("update", corpus.name, "--embeddings", "out", "--epochs", "1", "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["corpus"]["sources"] == [f"{SPELT}.txt"]


def test_an_interrupted_run_over_it_is_gone_on_with(
    run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["pretrain", corpus.name, *TRAINED, "--checkpoint-tokens", "100"]
    with monkeypatch.context() as patch:
        patch.setattr("textransfer.cli.training.show_progress", lambda *_: signal.raise_signal(signal.SIGINT))
        assert run(*arguments).code == 130
    assert Path("embeddings.checkpoint").exists()
    assert run(*arguments, "--resume").code == 0
    assert f"{SPELT}.txt" in Path("embeddings/README.md").read_text(encoding="utf-8")


def test_an_output_whose_name_is_no_utf8(run: Run, corpus: Path) -> None:
    outcome = run("pretrain", corpus.name, "-o", NAME, "--json", *TRAINED)
    assert outcome.code == 0
    assert json.loads(outcome.out)["output"] == SPELT
    assert f"{SPELT} exists already" in run("pretrain", corpus.name, "-o", NAME).err


def test_half_a_character_in_labelled_texts(run: Run, few: Path, embeddings: Path) -> None:
    arguments = ["--labeled", few.name, "--embeddings", embeddings, "--quiet"]
    classify = ["classify", *arguments, "--draws", "2"]
    assert run(*classify, "--report", "report.html").code == 0
    assert json.loads(run(*classify, "-o", "second", "--json").out)["n_pool"] == 8
    assert "\ufffd" in Path("report.html").read_text(encoding="utf-8")
    assert run("suggest", few.name, "-n", "4", "--embeddings", embeddings, "-o", "next.csv").code == 0
    assert Path("next.csv").read_text(encoding="utf-8").count("\ufffd") == 4
    answers = run("predict", "--input", few.name, "--json").out.splitlines()
    assert all(json.loads(answer)["text"].endswith(" \ufffd") for answer in answers)
    assert run("predict", "--input", few.name, "-o", "predicted.csv").code == 0


def test_half_a_character_in_a_label(run: Run, few: Path, embeddings: Path) -> None:
    few.write_text(few.read_text().replace('positive"', 'positive\\ud83d"'), encoding="ascii")
    arguments = ["--labeled", few.name, "--embeddings", embeddings, "--quiet"]
    assert run("classify", *arguments, "--draws", "2").code == 0
    assert "positive\ufffd" in run("predict", "good", "--top-k", 2).out
    assert run("fit-check", *arguments).code == 0


@pytest.fixture
def saved(run: Run, english: Path, embeddings: Path) -> Path:
    run("classify", "-l", english / "few.csv", "--embeddings", embeddings, "--draws", "1", "-o", "saved")
    return Path("saved")


def test_texts_on_a_line_that_is_read_as_ascii(run: Run, saved: Path, embeddings: Path) -> None:
    """Python keeps their bytes as halves of pairs; the words are those of UTF-8 all the same."""
    unread = "wonderful café".encode().decode("ascii", "surrogateescape")
    outcome = run("predict", unread, "--classifier", saved, "--json")
    assert json.loads(outcome.out)["text"] == "wonderful café"
    told = run("neighbors", "é".encode().decode("ascii", "surrogateescape"), "--embeddings", embeddings)
    assert (told.code, "'é'" in told.err) == (2, True)


@pytest.mark.parametrize("command", ["predict", "neighbors"])
def test_texts_on_a_line_that_are_no_utf8_are_refused(
    run: Run, saved: Path, embeddings: Path, command: str
) -> None:
    place = ["--classifier", saved] if command == "predict" else ["--embeddings", embeddings]
    outcome = run(command, NAME, *place)
    assert outcome.code == 2
    assert r"error: b'caf\xe9' on the command line is no UTF-8" in outcome.err


def test_a_warning_that_is_made_an_error_is_one_line(saved: Path) -> None:
    """Those of this package: some versions of what it asks for warn of one another when they are imported."""
    command = [
        sys.executable,
        "-W",
        "error::UserWarning",
        "-m",
        "textransfer",
        "predict",
        "zzz",
        "--classifier",
        str(saved),
    ]
    outcome = subprocess.run(command, capture_output=True, text=True)
    assert (outcome.returncode, outcome.stderr.count("\n")) == (2, 1)
    assert outcome.stderr.startswith("error: 1 of 1 text has no known word")
