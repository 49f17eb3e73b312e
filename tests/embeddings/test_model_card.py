"""The model card: true facts, loading lines that run."""

import re

import numpy as np
import pytest

from textransfer import WordVectors
from textransfer.embeddings.model_card import model_card
from textransfer.exchange.onnx.folder import card as onnx_card
from textransfer.storage.spelling import visible


@pytest.fixture
def vectors():
    return WordVectors(
        ["film", "good", "映画"],
        np.arange(6).reshape(3, 2),
        counts=[50, 30, 10],
        document_counts=[40, 20, 5],
        n_tokens=120,
        n_documents=62,
        tokenizer_spec={"name": "words", "version": 1, "lowercase": True, "model": {"pieces": [1, 2]}},
        metadata={
            "textransfer_version": "0.1.0",
            "corpus": {"sources": ["/home/someone/private/reviews|a.txt"], "fingerprint": "ab12"},
            "settings": {"window": 5, "max_steps": None},
            "engine": {"name": "cpu", "is_deterministic": True},
            "training": {"loss": 2.34567, "n_tokens": 240, "n_pairs": 999},
            "seconds": 1.25,
            "random_state": 7,
        },
    )


def rows(card):
    """Return the tables' rows as a dictionary."""
    return dict(re.findall(r"^\| (.+?) \| (.+) \|$", card, flags=re.MULTILINE))


def test_facts_are_those_of_the_vectors(vectors):
    facts = rows(model_card(vectors.contents()))
    assert facts["words"] == "3"
    assert facts["dimensions"] == "2"
    assert facts["documents"] == "62"
    assert facts["tokens"] == "120"
    assert facts["coverage"].startswith("75.00% ")
    assert facts["corpus fingerprint"] == "sha256 ab12"
    assert facts["loss"].startswith("2.3457 ")
    assert facts["n_pairs trained, all epochs"] == "999"
    assert facts["time"] == "1.2 s"
    assert facts["random_state"] == "7"
    assert facts["window"] == "5"
    assert facts["max_steps"] == "not set"
    assert facts["is_deterministic"] == "True"
    assert facts["lowercase"] == "True"


def test_no_folder_of_a_machine_is_told(vectors):
    card = model_card(vectors.contents())
    assert "reviews\\|a.txt" in card
    assert "someone" not in card


def test_limits_and_files_are_told(vectors):
    card = model_card(vectors.contents())
    for heading in ("## How to load it", "## Limits", "## Files"):
        assert card.count(heading) == 1
    assert card.endswith("\n")
    assert not re.search(r"[ \t]$", card, flags=re.MULTILINE)


def test_every_file_of_the_folder_is_in_the_list(vectors, tmp_path):
    folder = vectors.save(tmp_path / "embeddings")
    card = (folder / "README.md").read_text(encoding="utf-8")
    for file in folder.iterdir():
        assert file.name == "README.md" or f"`{file.name}`" in card


def test_vectors_of_which_nothing_is_known():
    card = model_card(WordVectors([], np.zeros((0, 3))).contents())
    assert "nothing is recorded" in card
    assert rows(card)["words"] == "0"
    assert "coverage" not in card
    assert "## Settings" not in card


@pytest.mark.parametrize("name", ["corpus", "settings", "engine", "training", "seconds"])
@pytest.mark.parametrize("value", [None, 3, "text", [1], {"loss": None, "sources": 5}])
def test_strange_metadata_makes_no_crash(name, value):
    assert "## Facts" in model_card(WordVectors(["a"], [[1]], metadata={name: value}).contents())


def test_a_card_of_ones_own_is_kept(vectors, tmp_path):
    folder = vectors.save(tmp_path / "embeddings", model_card="# 自分のカード\n")
    assert (folder / "README.md").read_text(encoding="utf-8") == "# 自分のカード\n"


@pytest.mark.peer
def test_the_loading_lines_run_and_agree(vectors, tmp_path, monkeypatch, capsys):
    pytest.importorskip("gensim")
    vectors.save(tmp_path / "embeddings")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", model_card(vectors.contents()), flags=re.DOTALL)
    assert len(blocks) == 3
    names = {}
    for block in blocks:
        exec(block, names)
    assert "映画" in capsys.readouterr().out
    assert names["vectors"].words == vectors.words
    assert names["keyed_vectors"]["映画"].tobytes() == vectors["映画"].tobytes()
    assert names["vector_of"]["映画"].tobytes() == vectors["映画"].tobytes()


def test_names_in_cards_are_shown_and_not_obeyed() -> None:
    odd = "<script>a|b\x1b[31m\u202e.txt"
    metadata = {"corpus": {"sources": [odd]}, "note": odd, "updates": [{"corpus": {"sources": [odd]}}]}
    text = model_card(WordVectors(["a"], [[1]], metadata=metadata).contents())
    for card in (text, onnx_card([odd, "b\nc"], [])):
        assert visible(card) == card
        assert "<script>" not in card
        assert "&lt;script&gt;a" in card
