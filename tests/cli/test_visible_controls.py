"""What a terminal would obey is spelt out, wherever a stranger's text is shown."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import Run

CLASSIFIER = Path(__file__).parents[1] / "golden/v1/classifier"
ODD = "good \x1b[31mred\x1b]0;title\x07 \x9b2J film \u202eback\u2066"
OBEYED = "\x1b\x07\x9b\u202e\u2066"


def is_harmless(shown: str) -> bool:
    return not set(OBEYED) & set(shown)


def test_messages_and_tables(run: Run, tmp_path: Path) -> None:
    name = f"{ODD}.csv"
    (tmp_path / name).write_text(f"text,label\n{ODD},{ODD}\n", encoding="utf-8")
    for arguments in (
        ("info", name),
        ("predict", "--input", name, "--classifier", CLASSIFIER, "--json"),
        ("predict", "--input", name, "--classifier", CLASSIFIER, "--text-column", ODD),
        ("evaluate", "--labeled", name, "--classifier", CLASSIFIER),
        ("neighbors", ODD, "--embeddings", Path(__file__).parents[1] / "golden/v1/embeddings"),
        ("pretrain", f"none-{name}"),
        (ODD,),
    ):
        outcome = run(*arguments)
        assert is_harmless(outcome.out + outcome.err), arguments


def test_json_says_the_same(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": ODD}) + "\n")
    outcome = run("predict", "--input", "a.jsonl", "--classifier", CLASSIFIER, "--json")
    assert json.loads(outcome.out)["text"] == ODD


def test_a_label_of_a_strangers_classifier(run: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CLASSIFIER, tmp_path / "classifier"))
    config = json.loads((folder / "config.json").read_text())
    config["classes"] = {
        "dtype": "object",
        "values": [f"{ODD} {n}" for n, _ in enumerate(config["classes"]["values"])],
    }
    (folder / "config.json").write_text(json.dumps(config))
    for arguments in (("info", folder), ("predict", "a film", "--classifier", folder, "--json")):
        outcome = run(*arguments)
        assert outcome.code == 0
        assert is_harmless(outcome.out + outcome.err)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_what_predict_prints_on_a_terminal(tmp_path: Path) -> None:
    import pty

    (tmp_path / "a.csv").write_text(f"text\n{ODD}\n", encoding="utf-8")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "textransfer", "predict", "--input", "a.csv", "--classifier", CLASSIFIER]
    subprocess.run(command, cwd=tmp_path, stdout=theirs, stderr=subprocess.DEVNULL, check=True)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert is_harmless(shown)
    assert "\\x1b[31mred" in shown


def test_what_verbose_lets_through(tmp_path: Path) -> None:
    name = f"{ODD}.csv"
    (tmp_path / name).write_text("text;label\na good film;a\n" * 9)
    command = [sys.executable, "-m", "textransfer", "predict", "--input", name, "--classifier", CLASSIFIER]
    done = subprocess.run([*command, "--verbose"], cwd=tmp_path, capture_output=True, check=True)
    shown = done.stderr.decode("utf-8", "surrogateescape")
    assert "textransfer.text.reading.findings: good \\x1b[31mred" in shown
    assert is_harmless(shown)
