"""Killed, interrupted and refused runs of ``pretrain``: nothing is lost but the last interval."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cli.conftest import Run
from cli.test_refusals import check_refused

import textransfer
from textransfer import WordVectors
from textransfer.pretrain.checkpoint import load_checkpoint
from textransfer.pretrain.progress import Progress

OPTIONS = ["--epochs", "40", "--vector-size", "6", "--checkpoint-tokens", "3000"]
CHECKPOINT = Path("embeddings.checkpoint")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, english: Path) -> Path:
    """The vectors of a run that was never stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    arguments = [sys.executable, "-m", "textransfer", "pretrain", english / "unlabeled.txt", *OPTIONS]
    subprocess.run(arguments, cwd=folder, env=environment(), check=True, capture_output=True)
    assert {path.name for path in folder.iterdir()} == {"embeddings"}
    return folder / "embeddings"


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(textransfer.__file__).parents[1])}


def kill_at(moment: str, folder: Path, *arguments: object) -> None:
    command = [sys.executable, Path(__file__).with_name("killed.py"), moment, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment(), check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def check_same(found: Path, expected: Path) -> None:
    """Compare two outputs bit for bit, and their records of progress but for the clock."""
    one, other = WordVectors.load(found), WordVectors.load(expected)
    np.testing.assert_array_equal(one.matrix, other.matrix)
    np.testing.assert_array_equal(one.out_matrix, other.out_matrix)
    clock = {"seconds", "tokens_per_second"}
    records = [
        [
            {name: value for name, value in json.loads(line).items() if name not in clock}
            for line in (folder / "progress.jsonl").open(encoding="utf-8")
        ]
        for folder in (found, expected)
    ]
    assert records[0] == records[1]


@pytest.mark.parametrize(
    "moment",
    ["reading", "first checkpoint", "tables", "after the rename", "output"],
)
def test_after_a_kill_the_run_ends_as_if_never_stopped(
    run: Run, tmp_path: Path, english: Path, undisturbed: Path, moment: str
) -> None:
    arguments = ["pretrain", english / "unlabeled.txt", *OPTIONS]
    kill_at(moment, tmp_path, *arguments)
    assert not Path("embeddings").exists()
    saved = load_checkpoint(CHECKPOINT)
    assert (saved is None) == (moment in ("reading", "first checkpoint"))
    if saved is not None:
        assert saved.history[-1].n_tokens >= (20_000 if moment == "output" else 6000)
    outcome = run(*arguments, "--resume")
    assert outcome.code == 0
    assert ("starting from the beginning" in outcome.err) == (saved is None)
    check_same(Path("embeddings"), undisturbed)
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings"}


def test_a_kill_after_the_output_is_whole_loses_nothing(
    run: Run, tmp_path: Path, english: Path, undisturbed: Path
) -> None:
    arguments = ["pretrain", english / "unlabeled.txt", *OPTIONS]
    kill_at("removal", tmp_path, *arguments)
    check_same(Path("embeddings"), undisturbed)
    check_refused(run, tmp_path, [*arguments, "--resume"], "embeddings exists already")
    assert run(*arguments, "--force").code == 0
    check_same(Path("embeddings"), undisturbed)
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings"}


def interrupt_at(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """Press Ctrl-C, as the terminal would, after this share of the run."""

    def show(meter: object, record: Progress) -> None:
        if record.share >= share:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("textransfer.cli.training.show_progress", show)


def test_ctrl_c_can_be_gone_on_from(
    run: Run, tmp_path: Path, english: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["pretrain", english / "unlabeled.txt", *OPTIONS]
    for share in (0.3, 0.6):
        with monkeypatch.context() as patch:
            interrupt_at(patch, share)
            outcome = run(*arguments, *(["--resume"] if share == 0.6 else []))
        assert outcome.code == 130
        assert "--resume goes on from here" in outcome.err
        vectors = WordVectors.load("embeddings")
        assert vectors.metadata["is_interrupted"]
        assert share <= vectors.metadata["training"]["share"] < share + 0.02
    assert run(*arguments, "--resume").code == 0
    check_same(Path("embeddings"), undisturbed)
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings"}


@pytest.fixture
def interrupted(run: Run, english: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A run with a checkpoint, and the command that began it."""
    arguments = ["pretrain", english / "unlabeled.txt", *OPTIONS]
    with monkeypatch.context() as patch:
        interrupt_at(patch, 0.2)
        assert run(*arguments).code == 130
    return arguments


def test_a_checkpoint_is_not_overlooked(run: Run, tmp_path: Path, interrupted: list[object]) -> None:
    shutil.rmtree("embeddings")
    check_refused(run, tmp_path, interrupted, "embeddings.checkpoint", "--resume", "--force")
    assert run(*interrupted, "--force").code == 0
    assert not CHECKPOINT.exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (["--vector-size", "7"], ["vector_size 6 (now 7)", "--force"]),
        (["--epochs", "41", "--window", "3"], ["epochs 40 (now 41)", "window 10 (now 3)"]),
        (["--random-state", "1"], ["random_state 0 (now 1)"]),
        (["--keep-case"], ["lowercase True (now False)"]),
        (["--stop-words", "english"], ["stop_words 'none' (now 'english')"]),
        (["--n-jobs", "2"], ["engine n_jobs 1 (now 2)"]),
        (["--engine", "torch"], ["engine name 'cpu' (now 'torch')"]),
    ],
)
def test_other_settings_are_refused(
    run: Run, tmp_path: Path, interrupted: list[object], changes: list[str], expected: list[str]
) -> None:
    check_refused(run, tmp_path, [*interrupted, "--resume", *changes], "embeddings.checkpoint", *expected)


def test_another_text_is_refused(run: Run, tmp_path: Path, interrupted: list[object]) -> None:
    (tmp_path / "other.txt").write_text("a good film\na bad film\n", encoding="utf-8")
    check_refused(run, tmp_path, ["pretrain", "other.txt", *interrupted[2:], "--resume"], "another text")


def test_changed_stop_words_of_the_same_name_are_refused(
    run: Run, tmp_path: Path, english: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stop.txt").write_text("film\n", encoding="utf-8")
    arguments = ["pretrain", english / "unlabeled.txt", *OPTIONS, "--stop-words", "stop.txt"]
    with monkeypatch.context() as patch:
        interrupt_at(patch, 0.2)
        assert run(*arguments).code == 130
    (tmp_path / "stop.txt").write_text("movie\n", encoding="utf-8")
    check_refused(run, tmp_path, [*arguments, "--resume"], "tokenizer stop_words")


@pytest.mark.parametrize(
    "damage", ["tables.safetensors", "checkpoint.json", "progress.jsonl", "newer", "gone"]
)
def test_a_damaged_checkpoint_is_named(
    run: Run, tmp_path: Path, interrupted: list[object], damage: str
) -> None:
    if damage == "newer":
        record = json.loads((CHECKPOINT / "checkpoint.json").read_bytes())
        (CHECKPOINT / "checkpoint.json").write_text(json.dumps(record | {"format_version": 99}))
    elif damage == "gone":
        (CHECKPOINT / "tables.safetensors").unlink()
    else:
        file = CHECKPOINT / damage
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    check_refused(run, tmp_path, [*interrupted, "--resume"], "cannot go on from embeddings.checkpoint")


def test_no_checkpoints(run: Run, tmp_path: Path, english: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_at(monkeypatch, 0.2)
    options = ["--epochs", "40", "--vector-size", "6", "--checkpoint-every", "0"]
    outcome = run("pretrain", english / "unlabeled.txt", *options)
    assert outcome.code == 130
    assert "--resume" not in outcome.err
    assert not CHECKPOINT.exists()
    shutil.rmtree("embeddings")
    check_refused(
        run, tmp_path, ["pretrain", english / "unlabeled.txt", "--checkpoint-every", "-1"], "checkpoint_every"
    )
