"""Settings at the ends of what numbers can say are refused in one sentence, or right; many checkpoints."""

import os
from pathlib import Path

import numpy as np
import pytest
from reviews import labelled

from textransfer import SkipGram
from textransfer.config import Checkpoints
from textransfer.errors import OutputError, TextransferError
from textransfer.pretrain import checkpoint
from textransfer.pretrain.checkpoint import load_checkpoint
from textransfer.storage import replacement

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")
TEXTS = labelled(40)[0]
SMALL = {"vector_size": 4, "epochs": 2, "n_jobs": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 1e30),
        ("learning_rate", float("nan")),
        ("window", 10**9),
        ("window", 0),
        ("epochs", 0),
        ("epochs", 10**400),
        ("vector_size", 0),
        ("vector_size", 10_001),
        ("max_vocab_size", 10**400),
        ("batch_size", 2**63),
        ("min_count", 10**12),
        ("sample", 2),
        ("sample", 1e-300),
        ("sample", float("nan")),
        ("negative", 0),
        ("negative", 10**9),
        ("ns_exponent", float("inf")),
    ],
)
def test_what_cannot_be_is_refused(name: str, value: float) -> None:
    with pytest.raises(TextransferError, match=name):
        SkipGram(**(SMALL | {name: value})).fit(TEXTS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window", 1000),
        ("sample", 0),
        ("sample", 1),
        ("negative", 1),
        ("negative", 200),
        ("ns_exponent", 5.0),
        ("ns_exponent", -5.0),
        ("vector_size", 1),
        ("max_vocab_size", 2),
        ("batch_size", 10**12),
        ("batch_size", 2**63 - 1),
        ("max_vocab_size", 2**63 - 1),
        ("max_steps", 2**63 - 1),
        ("n_jobs", 4096),
    ],
)
def test_what_can_be_gives_finite_vectors(name: str, value: float) -> None:
    vectors = SkipGram(**(SMALL | {name: value})).fit(TEXTS).vectors_
    assert np.isfinite(vectors.matrix).all()


@pytest.mark.parametrize("texts", [["film film film"] * 20, ["film"] * 20 + ["good"] * 20])
def test_texts_without_two_words_side_by_side_are_refused(texts: list[str]) -> None:
    with pytest.raises(TextransferError, match="two known words"):
        SkipGram(**SMALL).fit(texts)


def test_a_vocabulary_of_one_word_is_refused() -> None:
    with pytest.raises(TextransferError, match="give a larger max_vocab_size"):
        SkipGram(**(SMALL | {"max_vocab_size": 1})).fit(TEXTS)


@pytest.mark.parametrize("texts", [["good film"] * 20, ["a good film", "a bad film"], ["a good film"]])
def test_few_or_equal_documents_give_finite_vectors(texts: list[str]) -> None:
    vectors = SkipGram(**SMALL).fit(texts).vectors_
    assert sorted(vectors.words) == sorted({word for text in texts for word in text.split()})
    assert np.isfinite(vectors.matrix).all()
    assert vectors.matrix.any()


def n_open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
def test_checkpoints_replace_each_other_without_end(tmp_path: Path) -> None:
    place = Checkpoints(tmp_path / "run", tokens=1)
    counts: list[int] = []

    def look(*_: object) -> None:
        counts.append(n_open_files())
        assert len(list(tmp_path.iterdir())) <= 2  # the checkpoint and its lock

    SkipGram(vector_size=2, epochs=4, n_jobs=1, random_state=0).fit(TEXTS, checkpoint=place, on_progress=look)
    assert len(counts) >= 20
    assert max(counts[10:]) <= max(counts[:10])
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_fails_once_is_in_its_place_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap, save = replacement._swap_in, checkpoint.save_checkpoint
    calls, saved = [], []

    def failing(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        return swap(*arguments)

    def watched(path: Path, *arguments: object) -> None:
        try:
            save(path, *arguments)
        except OutputError:
            saved.append("failed")
            raise
        saved.append(load_checkpoint(path).history[-1].n_tokens)

    monkeypatch.setattr(replacement, "_swap_in", failing)
    monkeypatch.setattr(checkpoint, "save_checkpoint", watched)
    with pytest.warns(UserWarning, match="no checkpoint was saved"):
        SkipGram(**(SMALL | {"epochs": 1})).fit(TEXTS, checkpoint=Checkpoints(tmp_path / "run", tokens=1))
    assert saved[1] == "failed"
    assert len(saved) >= 4
    assert saved[2] > saved[0]
    assert list(tmp_path.iterdir()) == []
