"""Seed words on the command line: with labels, and before the first one."""

import json
from pathlib import Path

import pytest
from cli.conftest import Run


@pytest.fixture
def labels(english: Path) -> list[str]:
    rows = (english / "heldout.csv").read_text(encoding="utf-8").splitlines()[1:]
    return sorted({row.rsplit(",", 1)[1] for row in rows})


def seeds_for(labels: list[str]) -> list[str]:
    assert len(labels) == 2
    return ["--seed-words", f"{labels[1]}=wonderful", "--seed-words", f"{labels[0]}=dull"]


def test_before_the_first_label(run: Run, english: Path, embeddings: Path, labels: list[str]) -> None:
    given = ["classify", *seeds_for(labels), "--embeddings", embeddings, "-t", english / "heldout.csv", "-q"]
    done = run(*given)
    assert (done.code, done.err) == (0, "")
    assert "seed words alone, no labels" in done.out
    facts = json.loads(run(*given, "--force", "--json").out)
    assert facts["n_labels"] == 0
    assert 0 <= facts["accuracy"]["low"] < facts["accuracy"]["high"] <= 1
    predicted = run("predict", "a wonderful, lovely film", "a dull and boring film", "--json")
    found = [json.loads(line) for line in predicted.out.splitlines()]
    assert [one["label"] for one in found] == [labels[1], labels[0]]


def test_with_labels_they_are_an_arm(run: Run, english: Path, embeddings: Path, labels: list[str]) -> None:
    Path("seeds.toml").write_text(f'{labels[1]} = "wonderful"\n{labels[0]} = "dull"\n')
    done = run(
        "classify", "-l", english / "few.csv", "--seed-words", "seeds.toml", "--embeddings", embeddings,
        "--draws", 2, "-q", "--json",
    )  # fmt: skip
    assert done.code == 0
    assert "with seed words" in [arm["name"] for arm in json.loads(done.out)["arms"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "neither labels nor seed words"),
        (
            ["--seed-words", "a=dull", "--seed-words", "b=warm", "--n-labels", 8],
            "--n-labels is about labelled",
        ),
        (["--seed-words", "good great"], "expected LABEL=word"),
        (["--seed-words", "a=dull", "--seed-words", "b=xyzzy"], "know no seed word of 'b'"),
    ],
)
def test_what_makes_no_sense(run: Run, embeddings: Path, options: list[str], message: str) -> None:
    refused = run("classify", *options, "--embeddings", embeddings)
    assert refused.code == 2
    assert message in refused.err
    assert not Path("classifier").exists()
