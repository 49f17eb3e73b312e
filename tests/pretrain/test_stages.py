"""The stages of a run: told when they begin, and their time counted."""

from functools import partial
from pathlib import Path

import pytest
from test_skipgram import REVIEWS

from textransfer.pretrain.pretraining import pretrain_vectors
from textransfer.pretrain.processes.interrupt import TrainingInterrupted
from textransfer.pretrain.progress import Stages
from textransfer.pretrain.update import update_vectors
from textransfer.skipgram import SkipGram

RUN = ["reading", "counting", "compiling", "training", "moments", "poles"]


def stop(record: object) -> None:
    raise KeyboardInterrupt


def test_pretraining_and_updates_name_their_stages(tmp_path: Path) -> None:
    learn = partial(pretrain_vectors, REVIEWS, vector_size=4, epochs=2)
    names: list[str] = []
    learn(tmp_path / "out", on_stage=names.append)
    assert names == [*RUN, "saving"]
    names.clear()
    old = learn(tokenizer="subword", subword_vocab_size=60, on_stage=names.append)
    assert names == ["subwords", *RUN]
    names.clear()
    update_vectors(old, REVIEWS[::2], epochs=2, on_stage=names.append)
    assert names == RUN
    names.clear()
    SkipGram(vector_size=4, epochs=2).fit(REVIEWS, on_stage=names.append)
    assert names == RUN


def test_a_run_that_is_gone_on_with_checks_its_text(tmp_path: Path) -> None:
    learn = partial(pretrain_vectors, REVIEWS, tmp_path / "out", vector_size=4, epochs=9)
    with pytest.raises(TrainingInterrupted):
        learn(on_progress=stop)
    names: list[str] = []
    learn(resume=True, on_stage=names.append)
    assert names == ["checking", *RUN, "saving"]


def test_the_search_for_poles_counts_in_the_time_that_a_run_took(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def search(documents: object, seed: int) -> None:
        clock[0] += 74

    monkeypatch.setattr("time.perf_counter", lambda: clock[0])
    monkeypatch.setattr("textransfer.embeddings.moments.polar_directions", search)
    facts = pretrain_vectors(REVIEWS, vector_size=4, epochs=2).metadata
    assert list(facts["stages"]) == RUN
    assert facts["stages"]["poles"] == 74
    assert facts["seconds"] == 74


def test_a_stage_that_comes_back_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 1.0, 3.0, 6.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(moments))
    stages = Stages()
    for name in ("reading", "training", "reading"):
        stages.begin(name)
    assert stages.seconds() == {"reading": 1.0 + 3.0, "training": 2.0}
