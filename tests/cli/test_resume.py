"""Killed, interrupted and refused runs of ``pretrain`` and ``update``: only the last interval is lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from cli.conftest import Run, replaced
from cli.test_refusals import check_refused

import textransfer
from textransfer import SkipGram, WordVectors
from textransfer.pretrain.checkpoint import load_checkpoint
from textransfer.pretrain.progress import Progress

OPTIONS = ["--epochs", "40", "--checkpoint-tokens", "3000"]


class Case(NamedTuple):
    """A command that trains, and what stands in the folder before and after it."""

    arguments: list[object]
    checkpoint: Path
    before: set[str]


@pytest.fixture(scope="module")
def old_vectors(tmp_path_factory: pytest.TempPathFactory, english: Path) -> Path:
    """Vectors that an update begins with; half of its text is new to them."""
    folder = tmp_path_factory.mktemp("old") / "embeddings"
    lines = (english / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    SkipGram(vector_size=6, epochs=3).fit(lines[:30]).vectors_.save(folder)
    return folder


def make_case(name: str, folder: Path, english: Path, old_vectors: Path) -> Case:
    text = english / "unlabeled.txt"
    if name == "pretrain":
        arguments = ["pretrain", text, *OPTIONS, "--vector-size", "6"]
        return Case(arguments, Path("embeddings.checkpoint"), set())
    shutil.copytree(old_vectors, folder / "embeddings")
    return Case(["update", text, *OPTIONS], Path("embeddings.update-checkpoint"), {"embeddings"})


@pytest.fixture(params=["pretrain", "update"])
def case(request: pytest.FixtureRequest, tmp_path: Path, english: Path, old_vectors: Path) -> Case:
    return make_case(request.param, tmp_path, english, old_vectors)


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, english: Path, old_vectors: Path
) -> dict[str, Path]:
    """The vectors of runs that were never stopped, by command."""
    results = {}
    for name in ("pretrain", "update"):
        folder = tmp_path_factory.mktemp("undisturbed")
        arguments = make_case(name, folder, english, old_vectors).arguments
        command = [sys.executable, "-m", "textransfer", *arguments]
        subprocess.run(command, cwd=folder, env=environment(), check=True, capture_output=True)
        assert {path.name for path in folder.iterdir()} == {"embeddings"}
        results[name] = folder / "embeddings"
    return results


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(textransfer.__file__).parents[1])}


def kill_at(moment: str, folder: Path, *arguments: object) -> None:
    command = [sys.executable, Path(__file__).with_name("killed.py"), moment, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment(), check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def check_same(result: Path, expected: Path) -> None:
    """Compare two outputs bit for bit, and their records of progress but for the clock."""
    vectors, expected_vectors = WordVectors.load(result), WordVectors.load(expected)
    np.testing.assert_array_equal(vectors.matrix, expected_vectors.matrix)
    np.testing.assert_array_equal(vectors.out_matrix, expected_vectors.out_matrix)
    clock = {"seconds", "tokens_per_second"}
    records = [
        [
            {name: value for name, value in json.loads(line).items() if name not in clock}
            for line in (folder / "progress.jsonl").open(encoding="utf-8")
        ]
        for folder in (result, expected)
    ]
    assert records[0] == records[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    ["reading", "first checkpoint", "tables", "after the rename", "vectors", "output"],
)
def test_after_a_kill_the_run_ends_as_if_never_stopped(
    run: Run, tmp_path: Path, case: Case, undisturbed: dict[str, Path], moment: str
) -> None:
    before = {path: path.read_bytes() for path in Path("embeddings").rglob("*")}
    kill_at(moment, tmp_path, *case.arguments)
    assert {path: path.read_bytes() for path in Path("embeddings").rglob("*")} == before
    saved = load_checkpoint(case.checkpoint)
    assert (saved is None) == (moment in ("reading", "first checkpoint"))
    if saved is not None:
        assert saved.history[-1].n_tokens >= (20_000 if moment in ("vectors", "output") else 6000)
    outcome = run(*case.arguments, "--resume")
    assert outcome.code == 0, outcome.err
    assert ("starting from the beginning" in outcome.err) == (saved is None)
    assert "no checkpoint was saved" not in outcome.err
    check_same(Path("embeddings"), undisturbed[case.arguments[0]])
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings"}
    assert not list(Path("embeddings").glob(".*"))


@pytest.mark.slow
def test_a_kill_after_the_output_is_whole_loses_nothing(
    run: Run, tmp_path: Path, case: Case, undisturbed: dict[str, Path]
) -> None:
    kill_at("removal", tmp_path, *case.arguments)
    check_same(Path("embeddings"), undisturbed[case.arguments[0]])
    for output in ("embeddings", case.checkpoint.name):
        Path(f".{output}.lock").unlink()  # which a killed process leaves
    complaint = "embeddings exists already" if not case.before else "remove the checkpoint"
    check_refused(run, tmp_path, [*case.arguments, "--resume"], complaint)
    if not case.before:
        assert run(*case.arguments, "--force").code == 0
        check_same(Path("embeddings"), undisturbed["pretrain"])
        assert {path.name for path in tmp_path.iterdir()} == {"embeddings"}


def interrupt_at(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """Press Ctrl-C, as the terminal would, after this share of the run."""

    def show(meter: object, record: Progress) -> None:
        if record.share >= share:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("textransfer.cli.training.show_progress", show)


def test_ctrl_c_can_be_gone_on_from(
    run: Run,
    tmp_path: Path,
    case: Case,
    undisturbed: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for share in (0.3, 0.6):
        with monkeypatch.context() as patch:
            interrupt_at(patch, share)
            outcome = run(*case.arguments, *(["--resume"] if share == 0.6 else []))
        assert outcome.code == 130
        assert "--resume goes on from here" in outcome.err
        saved = load_checkpoint(case.checkpoint)
        assert saved is not None
        assert share <= saved.history[-1].share < share + 0.02
        if not case.before:
            vectors = WordVectors.load("embeddings")
            assert vectors.metadata["is_interrupted"]
            assert vectors.metadata["training"]["share"] == saved.history[-1].share
    outcome = run(*case.arguments, "--resume", "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["training"]["share"] == 1.0
    check_same(Path("embeddings"), undisturbed[case.arguments[0]])
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings"}


def test_an_interrupted_update_into_another_folder_is_gone_on_with(
    run: Run,
    tmp_path: Path,
    english: Path,
    old_vectors: Path,
    undisturbed: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = [*make_case("update", tmp_path, english, old_vectors).arguments, "--output", "newer"]
    with monkeypatch.context() as patch:
        interrupt_at(patch, 0.3)
        assert run(*arguments).code == 130
    assert WordVectors.load("newer").metadata["updates"][0]["is_interrupted"]
    assert run(*arguments, "--resume").code == 0
    check_same(Path("newer"), undisturbed["update"])
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings", "newer"}


@pytest.fixture
def interrupted(run: Run, case: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A run with a checkpoint."""
    with monkeypatch.context() as patch:
        interrupt_at(patch, 0.2)
        assert run(*case.arguments).code == 130
    return case


def test_a_checkpoint_is_not_overlooked(run: Run, tmp_path: Path, interrupted: Case) -> None:
    if not interrupted.before:
        shutil.rmtree("embeddings")
    name = str(interrupted.checkpoint)
    check_refused(run, tmp_path, interrupted.arguments, name, "--resume", "--force")
    assert run(*interrupted.arguments, "--force").code == 0
    assert not interrupted.checkpoint.exists()


@pytest.mark.parametrize("case", ["update"], indirect=True)
def test_vectors_that_were_changed_are_refused(run: Run, tmp_path: Path, interrupted: Case) -> None:
    SkipGram(vector_size=6, epochs=4).fit(["a good film", "a bad film"]).vectors_.save(
        Path("embeddings"), force=True
    )
    check_refused(run, tmp_path, [*interrupted.arguments, "--resume"], "other vectors", "--force")


def test_the_checkpoint_of_the_other_command_is_refused(
    run: Run, tmp_path: Path, interrupted: Case, english: Path, old_vectors: Path
) -> None:
    shutil.rmtree("embeddings", ignore_errors=True)
    other = "pretrain" if interrupted.before else "update"
    other_case = make_case(other, tmp_path, english, old_vectors)
    interrupted.checkpoint.rename(other_case.checkpoint)
    writer = "an update" if interrupted.before else "pretraining"
    complaint = f"{other_case.checkpoint} was written by {writer}"
    check_refused(run, tmp_path, [*other_case.arguments, "--resume"], complaint)


def test_what_the_other_command_left_interrupted_is_not_replaced(
    run: Run, tmp_path: Path, english: Path, old_vectors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, *arguments = make_case("update", tmp_path, english, old_vectors).arguments
    for first, second in (("pretrain", "update"), ("update", "pretrain")):
        output = ["--output", f"after-{first}"]
        with monkeypatch.context() as patch:
            interrupt_at(patch, 0.2)
            assert run(first, *arguments, *output).code == 130
        check_refused(run, tmp_path, [second, *arguments, *output, "--resume"], "exists already")


CHANGES = [
    (["--epochs", "41", "--window", "3"], ["epochs 40 (now 41)", "window 10 (now 3)", "--force"]),
    (["--learning-rate", "0.01"], ["learning_rate ", " (now 0.01)"]),
    (["--random-state", "1"], ["random_state 0 (now 1)"]),
    (["--n-jobs", "2"], ["engine n_jobs 1 (now 2)"]),
    (["--engine", "torch"], ["engine name 'cpu' (now 'torch')"]),
]


@pytest.mark.parametrize(
    ("case", "changes", "expected"),
    [
        *[(command, *change) for command in ("pretrain", "update") for change in CHANGES],
        ("pretrain", ["--vector-size", "7"], ["vector_size 6 (now 7)", "--force"]),
        ("pretrain", ["--keep-case"], ["lowercase True (now False)"]),
        ("pretrain", ["--stop-words", "english"], ["stop_words 'none' (now 'english')"]),
    ],
    indirect=["case"],
)
def test_other_settings_are_refused(
    run: Run, tmp_path: Path, interrupted: Case, changes: list[str], expected: list[str]
) -> None:
    arguments = replaced([*interrupted.arguments, "--resume"], changes)
    check_refused(run, tmp_path, arguments, str(interrupted.checkpoint), *expected)


def test_another_text_is_refused(run: Run, tmp_path: Path, interrupted: Case) -> None:
    (tmp_path / "other.txt").write_text("a good film\na bad film\n", encoding="utf-8")
    command, _, *options = interrupted.arguments
    check_refused(run, tmp_path, [command, "other.txt", *options, "--resume"], "another text")


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
def test_a_damaged_checkpoint_is_named(run: Run, tmp_path: Path, interrupted: Case, damage: str) -> None:
    place = interrupted.checkpoint
    if damage == "newer":
        record = json.loads((place / "checkpoint.json").read_bytes())
        (place / "checkpoint.json").write_text(json.dumps(record | {"format_version": 99}))
    elif damage == "gone":
        (place / "tables.safetensors").unlink()
    else:
        file = place / damage
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    check_refused(run, tmp_path, [*interrupted.arguments, "--resume"], f"cannot go on from {place}")


def test_a_checkpoint_of_before_updates_had_any_is_gone_on_with(
    run: Run, tmp_path: Path, english: Path, undisturbed: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case("pretrain", tmp_path, english, tmp_path)
    with monkeypatch.context() as patch:
        interrupt_at(patch, 0.2)
        assert run(*case.arguments).code == 130
    path = case.checkpoint / "checkpoint.json"
    record = json.loads(path.read_bytes())
    del record["vectors"]
    path.write_text(json.dumps(record), encoding="utf-8")
    assert run(*case.arguments, "--resume").code == 0
    check_same(Path("embeddings"), undisturbed["pretrain"])


def test_no_checkpoints(run: Run, tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_at(monkeypatch, 0.2)
    arguments = [argument for argument in case.arguments if argument not in OPTIONS[2:]]
    outcome = run(*arguments, "--checkpoint-every", "0")
    assert outcome.code == 130
    assert "--resume" not in outcome.err
    assert not case.checkpoint.exists()
    if not case.before:  # all that is left of what was learned
        check_refused(run, tmp_path, [*arguments, "--resume"], "embeddings exists already")
        shutil.rmtree("embeddings")
    check_refused(run, tmp_path, [*arguments, "--checkpoint-every", "-1"], "checkpoint_every")
