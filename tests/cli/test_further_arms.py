"""The options --arm and --no-cache."""

import json
from pathlib import Path

import pytest
from cli.conftest import Run

from textransfer.encoders.cache import VARIABLE

OPTIONS = ["--draws", "2", "--epochs", "10"]


@pytest.fixture
def arguments(embeddings: Path, english: Path) -> list[object]:
    return ["classify", "--labeled", english / "few.csv", "--embeddings", embeddings, *OPTIONS]


def test_word_vectors_are_an_arm_and_one_together(
    run: Run, arguments: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    Path("glove.txt").write_text("film 1 0\nwarm 0 1\ndull 0 -1\n", encoding="utf-8")
    done = run(*arguments, "--arm", "glove=glove.txt", "--json")
    assert done.code == 0, done.err
    record = json.loads(done.out)
    assert [arm["name"] for arm in record["arms"]][-2:] == ["glove", "pretrained + glove"]
    assert record["further"][0]["kind"] == "word vectors"
    lines = run(*arguments, "--arm", "glove=glove.txt", "--force").out
    assert "ARM      glove is" in lines
    assert "         pretrained + glove is" in lines


@pytest.mark.parametrize(
    ("arms", "words"),
    [
        (["glove.txt"], "expected NAME=PATH"),
        (["=glove.txt"], "expected NAME=PATH"),
        (["glove="], "expected NAME=PATH"),
        (["a=b", "a=c"], "given twice"),
        (["a=nowhere"], "nothing is fetched, so download it first"),
        (["tfidf=nowhere"], "a name that no other arm has"),
        (["a=pickled"], "pytorch_model.bin holds pickled weights"),
    ],
)
def test_what_is_no_arm_is_refused_in_a_line(
    run: Run, arguments: list[object], arms: list[str], words: str
) -> None:
    Path("pickled").mkdir()
    Path("pickled/modules.json").write_text(
        '[{"type": "sentence_transformers.models.Transformer", "path": ""}]', encoding="utf-8"
    )
    Path("pickled/pytorch_model.bin").touch()
    refused = run(*arguments, *(part for arm in arms for part in ("--arm", arm)))
    assert refused.code == 2
    assert words in refused.err
    assert len(refused.err.splitlines()) == 1


def test_an_arm_needs_labels(run: Run, embeddings: Path) -> None:
    refused = run(
        "classify",
        "--seed-words",
        "a=good",
        "--seed-words",
        "b=bad",
        "--embeddings",
        embeddings,
        "--arm",
        "a=b",
    )
    assert refused.code == 2
    assert "--arm is about labelled texts" in refused.err


@pytest.mark.parametrize("command", ["classify", "curve"])
def test_an_arm_of_nothing_is_refused_before_anything_is_read(run: Run, command: str) -> None:
    refused = run(command, "--labeled", "absent.csv", "--test", "absent.csv", "--arm", "a=nowhere")
    assert refused.code == 2
    assert "nowhere for the arm 'a'" in refused.err
