"""Checkpoints from Python; what the command line does with them is in tests/cli/test_resume.py."""

import errno
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from sklearn.base import clone
from test_skipgram import REVIEWS

from textransfer.config import Checkpoints
from textransfer.errors import CheckpointError, ConfigError, OutputError, TextransferWarning
from textransfer.pretrain.checkpoint import load_checkpoint
from textransfer.pretrain.pretraining import pretrain_vectors
from textransfer.pretrain.processes.interrupt import TrainingInterrupted
from textransfer.pretrain.progress import Progress
from textransfer.pretrain.update import update_vectors
from textransfer.skipgram import SkipGram


def stop_after(share: float) -> object:
    def stop(record: Progress) -> None:
        if record.share > share:
            raise KeyboardInterrupt

    return stop


def settings(**given: object) -> dict[str, object]:
    return {"vector_size": 6, "epochs": 20, **given}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"engine": "torch", "epochs": 4},
        {"objective": "nce", "noise_sharing": "pair"},
        {"shuffle": False, "schedule": "constant"},
        {"max_steps": 500, "epochs": 10_000},
        {"tokenizer": "subword", "subword_vocab_size": 60, "subword_model": "unigram"},
        {"random_state": None},
    ],
    ids=str,
)
def test_stop_and_resume_equals_one_run(tmp_path: Path, given: dict[str, object]) -> None:
    place = tmp_path / "checkpoint"
    model = SkipGram(**settings(**given))
    with pytest.raises(KeyboardInterrupt):
        model.fit(REVIEWS, checkpoint=place, on_progress=stop_after(0.4))
    first = model.vectors_
    again = clone(model).fit(REVIEWS, checkpoint=str(place), resume=True)
    assert not place.exists()

    seed = again.vectors_.metadata["random_state"]
    whole = clone(model).set_params(random_state=seed)
    if given.get("subword_model") == "unigram":  # its pieces are drawn anew in each run
        assert again.vectors_.words == first.words
        return
    whole.fit(REVIEWS)
    np.testing.assert_array_equal(again.vectors_.matrix, whole.vectors_.matrix)
    np.testing.assert_array_equal(again.vectors_.out_matrix, whole.vectors_.out_matrix)
    assert (first.matrix != whole.vectors_.matrix).any()
    clock = {"seconds": 0.0, "tokens_per_second": 0.0}
    assert [str(replace(r, **clock)) for r in again.history_] == [
        str(replace(r, **clock)) for r in whole.history_
    ]
    seconds = [record.seconds for record in again.history_]
    assert seconds == sorted(seconds)
    assert again.vectors_.metadata["seconds"] >= again.history_[-1].seconds


@pytest.mark.parametrize("is_update", [False, True])
def test_without_an_output_a_checkpoint_is_not_overlooked(tmp_path: Path, is_update: bool) -> None:
    old = SkipGram(**settings()).fit(REVIEWS).vectors_
    learn = partial(update_vectors, old) if is_update else partial(pretrain_vectors, vector_size=6)
    place = tmp_path / "checkpoint"
    with pytest.raises(TrainingInterrupted) as interrupt:
        learn(REVIEWS[::2], epochs=20, checkpoint=place, on_progress=stop_after(0.4))
    with pytest.raises(OutputError, match="left of an unfinished run"):
        learn(REVIEWS[::2], epochs=20, checkpoint=place)
    whole = learn(REVIEWS[::2], epochs=20)
    assert (interrupt.value.vectors.matrix != whole.matrix).any()
    resumed = learn(REVIEWS[::2], epochs=20, checkpoint=place, resume=True)
    np.testing.assert_array_equal(resumed.matrix, whole.matrix)
    assert not place.exists()


def test_the_interval_by_tokens_and_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[int] = []

    def note(path: object, identity: object, tables: object, history: list[Progress], seconds: float) -> None:
        saved.append(history[-1].n_tokens)

    monkeypatch.setattr("textransfer.pretrain.checkpoint.save_checkpoint", note)
    place = Checkpoints(tmp_path / "c", minutes=0, tokens=1000)
    history = SkipGram(**settings()).fit(REVIEWS, checkpoint=place).history_
    block = max(b.n_tokens - a.n_tokens for a, b in zip(history[:-1], history[1:], strict=True))
    assert len(saved) > 3
    assert all(1000 <= gap < 1000 + block for gap in np.diff([0, *saved]))

    saved.clear()
    SkipGram(**settings()).fit(REVIEWS, checkpoint=replace(place, tokens=0, minutes=1e-9))
    assert saved == [record.n_tokens for record in history]
    saved.clear()
    SkipGram(**settings()).fit(REVIEWS, checkpoint=replace(place, tokens=0))
    assert saved == []


def test_a_full_disk_does_not_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("textransfer.pretrain.checkpoint.write_tensors", full)
    with pytest.warns(TextransferWarning, match="no checkpoint was saved.*No space left"):
        model = SkipGram(**settings()).fit(REVIEWS, checkpoint=Checkpoints(tmp_path / "c", tokens=500))
    assert model.history_[-1].share == 1.0


def test_a_stop_before_the_first_block_leaves_nothing_that_passes_for_a_whole_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "checkpoint"
    model = SkipGram(**settings())
    with pytest.raises(KeyboardInterrupt):
        model.fit(REVIEWS, checkpoint=place, on_progress=stop_after(0.4))

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("textransfer.pretrain.engines.cpu.CpuEngine.compile", stop)
        with pytest.raises(KeyboardInterrupt):
            model.fit(REVIEWS, checkpoint=place, resume=True)
    assert model.is_interrupted_
    assert model.vectors_.metadata["is_interrupted"]
    assert model.fit(REVIEWS, checkpoint=place, resume=True).history_[-1].share == 1.0


def test_the_text_is_checked_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        SkipGram(**settings()).fit(REVIEWS, checkpoint=tmp_path / "c", on_progress=stop_after(0.4))
    monkeypatch.setattr(
        "textransfer.pretrain.preparation.scan_corpus", lambda *_, **__: pytest.fail("it was read")
    )
    with pytest.raises(CheckpointError, match="another text"):
        SkipGram(**settings()).fit(REVIEWS[1:], checkpoint=tmp_path / "c", resume=True)
    with pytest.raises(CheckpointError, match=r"vector_size 6 \(now 5\)"):
        SkipGram(**settings(vector_size=5)).fit(REVIEWS, checkpoint=tmp_path / "c", resume=True)
    assert load_checkpoint(tmp_path / "c") is not None


def test_intervals_are_numbers_from_zero(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"checkpoint_every is -1.*checkpoint_tokens is 0\.5"):
        Checkpoints(tmp_path, minutes=-1, tokens=0.5)


def test_a_checkpoint_is_neither_the_output_nor_anything_else(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is to be word vectors in the same run"):
        pretrain_vectors(REVIEWS, tmp_path / "out", checkpoint=tmp_path / "out", vector_size=4)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").touch()
    with pytest.raises(OutputError, match="did not write as a checkpoint"):
        pretrain_vectors(REVIEWS, tmp_path / "out", checkpoint=tmp_path / "thesis", vector_size=4)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis"]


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_checkpoint_goes_where_a_symbolic_link_points_to(tmp_path: Path, is_empty: bool) -> None:
    (tmp_path / "c").symlink_to("scratch")
    if is_empty:
        (tmp_path / "scratch").mkdir()
    place = Checkpoints(tmp_path / "c", tokens=20)
    with pytest.raises(KeyboardInterrupt):
        SkipGram(**settings()).fit(REVIEWS, checkpoint=place, resume=True, on_progress=stop_after(0.4))
    assert (tmp_path / "scratch" / "checkpoint.json").exists()
    SkipGram(**settings()).fit(REVIEWS, checkpoint=place, resume=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["c"]


def test_a_checkpoint_that_cannot_be_removed_does_not_lose_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OutputError("read-only")

    monkeypatch.setattr("textransfer.pretrain.checkpoint.remove_folder", refuse)
    with pytest.warns(TextransferWarning, match="the checkpoint was not removed: read-only"):
        model = SkipGram(**settings()).fit(REVIEWS, checkpoint=Checkpoints(tmp_path / "c", tokens=500))
    assert len(model.vectors_)


def test_two_runs_do_not_share_a_checkpoint(tmp_path: Path) -> None:
    refusals = []

    def fit_another() -> None:
        try:  # a claim is that of a thread, as it is that of a process
            SkipGram(**settings()).fit(REVIEWS, checkpoint=tmp_path / "c", resume=True)
        except OutputError as error:
            refusals.append(str(error))

    def in_a_thread(record: Progress) -> None:
        if not refusals:
            thread = threading.Thread(target=fit_another)
            thread.start()
            thread.join()

    SkipGram(**settings()).fit(REVIEWS, checkpoint=tmp_path / "c", on_progress=in_a_thread)
    assert "another process is writing" in refusals[0]
    assert str(tmp_path / "c") in refusals[0]
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_takes_no_place_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "progress.jsonl").write_text("mine")
    with pytest.raises(OutputError, match="did not write as a checkpoint"):
        SkipGram(**settings()).fit(REVIEWS, checkpoint=tmp_path / "c")
    assert (tmp_path / "c" / "progress.jsonl").read_text() == "mine"


def test_a_checkpoint_within_a_new_output_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="lies in the output; give the checkpoint another place"):
        pretrain_vectors(REVIEWS, tmp_path / "out", checkpoint=tmp_path / "out" / "c", vector_size=4)
    assert not (tmp_path / "out").exists()


def test_the_estimator_does_not_overlook_a_checkpoint(tmp_path: Path) -> None:
    model, place = SkipGram(**settings()), tmp_path / "c"
    with pytest.raises(KeyboardInterrupt):
        model.fit(REVIEWS, checkpoint=place, on_progress=stop_after(0.4))
    with pytest.raises(OutputError, match="unfinished run.*resume=True.*force=True"):
        clone(model).fit(REVIEWS, checkpoint=place)
    assert load_checkpoint(place) is not None
    again = clone(model).fit(REVIEWS, checkpoint=place, force=True)
    assert again.history_[0].n_tokens < model.history_[-1].n_tokens
    assert not place.exists()


@pytest.mark.parametrize("is_update", [False, True])
def test_after_an_interruption_the_same_call_names_the_checkpoint(tmp_path: Path, is_update: bool) -> None:
    old = SkipGram(**settings()).fit(REVIEWS).vectors_
    learn = partial(update_vectors, old) if is_update else partial(pretrain_vectors, vector_size=6)
    with pytest.raises(TrainingInterrupted):
        learn(REVIEWS, tmp_path / "out", epochs=20, on_progress=stop_after(0.4))
    with pytest.raises(OutputError, match=r"interrupted, and .*checkpoint its checkpoint; give resume=True"):
        learn(REVIEWS, tmp_path / "out", epochs=20)
    learn(REVIEWS, tmp_path / "out", epochs=20, resume=True)
    with pytest.raises(OutputError, match="exists already"):
        learn(REVIEWS, tmp_path / "out", epochs=20)


@pytest.mark.parametrize("change", ["rows", "columns", "dtype", "bias"])
def test_tables_of_another_shape_are_refused(tmp_path: Path, change: str) -> None:
    model, place = SkipGram(**settings()), tmp_path / "c"
    with pytest.raises(KeyboardInterrupt):
        model.fit(REVIEWS, checkpoint=place, on_progress=stop_after(0.4))
    tables = load_file(place / "tables.safetensors")
    if change == "rows":
        tables["in_vectors"] = tables["in_vectors"][1:].copy()
    elif change == "columns":
        tables = {name: table[..., 1:].copy() for name, table in tables.items()}
    elif change == "dtype":
        tables["out_vectors"] = tables["out_vectors"].astype(np.float64)
    else:
        tables["out_bias"] = tables["out_bias"][1:].copy()
    save_file(tables, place / "tables.safetensors")
    with pytest.raises(CheckpointError, match="expected float32 and .*start over with force=True"):
        clone(model).fit(REVIEWS, checkpoint=place, resume=True)
