"""What the commands say of the poles of a corpus."""

import csv
import json
from pathlib import Path

import pytest
from cli.conftest import Run
from polar import drawn, polar_vectors


@pytest.fixture(scope="module")
def polar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Embeddings of a corpus that falls into praise and blame."""
    folder = tmp_path_factory.mktemp("polar") / "embeddings"
    polar_vectors().save(folder)
    return folder


def labelled(path: Path, n: int) -> Path:
    texts, labels, _ = drawn(n, seed=3)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["text", "label"], *zip(texts, labels, strict=True)])
    return path


def test_classify_says_what_the_labels_follow(run: Run, tmp_path: Path, polar: Path) -> None:
    file = labelled(tmp_path / "few.csv", 24)
    outcome = run("classify", "-l", file, "--embeddings", polar, "--draws", "2", "--epochs", "20")
    line = next(line for line in outcome.out.splitlines() if line.startswith("emphasis"))
    low, high = line.partition("poles, ")[2].partition(" (likelihood")[0].split(" / ")
    kinds = [{word.rstrip("0123456789") for word in end.split(", ")} for end in (low, high)]
    assert sorted(kinds, key=min) == [{"bad"}, {"good"}]
    record = json.loads((tmp_path / "classifier" / "comparison.json").read_text(encoding="utf-8"))
    assert record["emphasis"]["direction"] == 0
    assert record["emphasis"]["log_likelihood_ratio"] > 1


def test_it_can_be_turned_off(run: Run, tmp_path: Path, polar: Path) -> None:
    file = labelled(tmp_path / "few.csv", 24)
    outcome = run("classify", "-l", file, "--embeddings", polar, "--draws", "2", "--no-emphasis")
    assert outcome.code == 0
    assert "emphasis" not in outcome.out


def test_so_do_seed_words(run: Run, polar: Path) -> None:
    seeds = ["--seed-words", "praise=good0 good1 good2", "--seed-words", "blame=bad0 bad1 bad2"]
    outcome = run("classify", *seeds, "--embeddings", polar)
    assert "emphasis  seed words follow" in outcome.out
    assert "not calibrated without labels" in outcome.out
    assert json.loads(run("classify", *seeds, "--embeddings", polar, "--force", "--json").out)["emphasis"]


def test_nothing_is_said_where_there_is_no_pole(run: Run, english: Path, embeddings: Path) -> None:
    outcome = run("classify", "-l", english / "few.csv", "--embeddings", embeddings, "--draws", "2")
    assert outcome.code == 0
    assert "emphasis" not in outcome.out


def test_the_model_card_names_the_poles_of_the_corpus(polar: Path) -> None:
    assert "documents spread between" in (polar / "README.md").read_text(encoding="utf-8")


def test_pretrain_names_the_poles_of_the_corpus(run: Run, tmp_path: Path) -> None:
    texts, _, _ = drawn(2500, seed=0)
    (tmp_path / "corpus.txt").write_text("\n".join(texts), encoding="utf-8")
    settings = ["--vector-size", 30, "--epochs", 10, "--window", 10, "--sample", 0]
    outcome = run("pretrain", "corpus.txt", *settings)
    assert outcome.code == 0
    line = next(line for line in outcome.out.splitlines() if line.startswith("poles"))
    record = json.loads(run("pretrain", "corpus.txt", *settings, "--force", "--json").out)
    assert line == f"poles     {' / '.join(', '.join(words) for words in record['poles'][0])}"
    ends = [{word.rstrip("0123456789") for word in end.split(", ")} for end in line[10:].split(" / ")]
    assert {"good"} in ends
    assert {"bad"} in ends
