"""What ``--json`` prints: JSON that any reader takes, with the keys that docs/formats.md lists."""

import json
import re
import shutil
from pathlib import Path

import pytest
import typer
from cli.conftest import Run
from test_docs import ROOT

from textransfer import SentimentClassifier, WordVectors, read_labelled
from textransfer.cli.app import app

LINES = {
    "pretrain": ["u.txt", "-o", "new", "--vector-size", "4", "--epochs", "2"],
    "update": ["u.txt", "-o", "new", "--epochs", "2"],
    "classify": ["-l", "few.csv", "-o", "new", "--draws", "1", "--epochs", "5"],
    "curve": [
        "-l",
        "test.csv",
        "-t",
        "few.csv",
        "--budgets",
        "4,6",
        "--draws",
        "2",
        "--n-jobs",
        "1",
        "--frozen",
    ],
    "experiment": ["-l", "test.csv", "--draws", "2", "--n-labels", "4", "--augment", "none"],
    "predict": ["a warm film", "--explain", "2"],
    "evaluate": ["-l", "test.csv"],
    "evaluate of vectors": ["--similarity", "pairs.tsv"],
    "suggest": ["u.txt", "-o", "new.csv", "-n", "2"],
    "fit-check": ["-l", "few.csv"],
    "advise": ["-l", "test.csv", "--draws", "1"],
    "neighbors": ["film", "-n", "2"],
    "export": ["--to", "npz"],
    "import": ["embeddings", "-o", "new"],
    "info": ["embeddings"],
    "demo": ["--states", "2", "--language", "en"],
}


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.parametrize("name", LINES)
def test_the_keys_are_those_that_are_documented(
    run: Run, tmp_path: Path, english: Path, embeddings: Path, name: str
) -> None:
    for source, copy in (("unlabeled.txt", "u.txt"), ("few.csv", "few.csv"), ("heldout.csv", "test.csv")):
        shutil.copy(english / source, tmp_path / copy)
    (tmp_path / "pairs.tsv").write_text("film\tstory\t5\nfilm\tcast\t3\nstory\tcast\t1\n", encoding="utf-8")
    shutil.copytree(embeddings, tmp_path / "embeddings")
    few = read_labelled(tmp_path / "few.csv")
    classifier = SentimentClassifier(WordVectors.load(embeddings), epochs=2).fit(few.texts, few.labels)
    classifier.save(tmp_path / "classifier")
    outcome = run(name.split()[0], *(["--force"] if name == "classify" else []), *LINES[name], "--json", "-q")
    assert outcome.code == 0, outcome.err
    record = json.loads(outcome.out, parse_constant=refuse)
    keys = list(record[0] if isinstance(record, list) else record)
    text = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `?{name}`? \| (.*) \|$", text, re.M)
    documented = re.findall(r"`(\w+)`", row)
    assert sorted(documented) == sorted(keys), f"| `{name}` | {', '.join(f'`{key}`' for key in keys)} |"


def test_every_command_is_among_them() -> None:
    assert {name.split()[0] for name in LINES} == set(typer.main.get_group(app).commands) - {"serve"}
