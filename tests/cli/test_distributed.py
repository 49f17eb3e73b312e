"""Two real processes: equal to one within the noise, one voice, one writer, and a clear end if one dies."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from cli.conftest import Run
from cli.test_resume import Case, check_same, environment, make_case
from cli.test_resume import old_vectors as old_vectors  # a fixture

from textransfer import SkipGram, WordVectors
from textransfer.pretrain.checkpoint import load_checkpoint
from textransfer.pretrain.progress import read_progress

pytestmark = pytest.mark.slow
TOGETHER = ["--checkpoint-tokens", "2000", "--combine-frequent", "50"]
COMMANDS = ("pretrain", "update")


def make_arguments(case: Case) -> list[object]:
    """Return the arguments of a case, for several processes; an option is given once."""
    place = case.arguments.index("--checkpoint-tokens")
    return [*case.arguments[:place], *case.arguments[place + 2 :], *TOGETHER]


def run_two(folder: Path, *commands: list[object], n_machines: int = 1) -> list[tuple[int, str, str]]:
    """Run two processes as torchrun would, each with a moment to die at; return code, stdout, stderr."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free.getsockname()[1], "WORLD_SIZE": 2}
    settings["LOCAL_WORLD_SIZE"] = 2 // n_machines
    processes = []
    for rank, (moment, *arguments) in enumerate(commands):
        own = settings | {"RANK": rank, "LOCAL_RANK": rank if n_machines == 1 else 0}
        processes.append(
            subprocess.Popen(
                [sys.executable, Path(__file__).with_name("killed.py"), moment, *arguments],
                cwd=folder,
                env=environment() | {name: str(value) for name, value in own.items()},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    ends = [process.communicate(timeout=60) for process in processes]
    return [(process.returncode, *end) for process, end in zip(processes, ends, strict=True)]


class Together(NamedTuple):
    """What two processes that torchrun started have left and said."""

    folder: Path
    out: str
    err: str


@pytest.fixture(scope="module", params=COMMANDS)
def by_torchrun(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    english: Path,
    old_vectors: Path,
) -> Together:
    folder = tmp_path_factory.mktemp("torchrun")
    case = make_case(request.param, folder, english, old_vectors)
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--standalone"]
    done = subprocess.run(
        [*command, "-m", "textransfer", *make_arguments(case), "--json"],
        cwd=folder,
        env=environment() | {"OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return Together(folder, done.stdout, done.stderr)


@pytest.fixture
def case(by_torchrun: Together, tmp_path: Path, english: Path, old_vectors: Path) -> Case:
    """The command that torchrun ran, still to be run here."""
    name = "update" if "total" in json.loads(by_torchrun.out) else "pretrain"
    return make_case(name, tmp_path, english, old_vectors)


def test_two_processes_learn_what_one_does(
    run: Run, tmp_path: Path, case: Case, by_torchrun: Together
) -> None:
    facts = json.loads(by_torchrun.out)  # one process speaks
    assert "error" not in by_torchrun.err
    assert [path.name for path in by_torchrun.folder.iterdir()] == ["embeddings"]
    expected = json.loads(run(*make_arguments(case), "--json").out)
    vectors = WordVectors.load(by_torchrun.folder / "embeddings")
    assert np.isfinite(vectors.matrix).all()
    assert vectors.words == WordVectors.load("embeddings").words
    for name in ("n_tokens", "share"):
        assert facts["training"][name] == expected["training"][name]
    assert facts["training"]["n_pairs"] == pytest.approx(expected["training"]["n_pairs"], rel=0.02)
    number = 1 if case.before else 0
    losses = [
        np.mean([record.loss for record in read_progress(path / "progress.jsonl", update=number)][-20:])
        for path in (by_torchrun.folder / "embeddings", tmp_path / "embeddings")
    ]
    assert losses[0] == pytest.approx(losses[1], rel=0.05)


def test_both_processes_start_from_the_vectors_of_a_file(
    tmp_path: Path, english: Path, old_vectors: Path
) -> None:
    theirs = WordVectors.load(old_vectors)
    theirs.save_word2vec(tmp_path / "theirs.vec", binary=False)
    command = ["pretrain", english / "unlabeled.txt", "--init-from", "theirs.vec", "--epochs", "2", *TOGETHER]
    command += ["--learning-rate", "1e-5", "--min-learning-rate", "0"]
    for code, _, err in run_two(tmp_path, ["never", *command], ["never", *command]):
        assert code == 0, err
    vectors = WordVectors.load(tmp_path / "embeddings")
    assert vectors.words[: len(theirs)] == theirs.words
    np.testing.assert_allclose(vectors.unit_matrix[: len(theirs)], theirs.unit_matrix, atol=1e-3)


def test_one_dies_the_other_says_so_and_the_run_is_gone_on_with(
    run: Run, tmp_path: Path, case: Case, by_torchrun: Together
) -> None:
    arguments = [*make_arguments(case), "--quiet"]
    (code, _, err), (killed, *_) = run_two(tmp_path, ["never", *arguments], ["training together", *arguments])
    assert killed == -signal.SIGKILL
    assert code == 1
    assert len(err.splitlines()) == 1
    assert err.startswith("error: lost the connection to another process")
    assert "--resume" in err
    saved = load_checkpoint(tmp_path / case.checkpoint)
    assert saved is not None
    assert 0.5 < saved.history[-1].share < 0.9
    assert {path.name for path in tmp_path.iterdir()} == {str(case.checkpoint), *case.before}

    refused = run(*arguments, "--resume")
    assert refused.code == 2
    assert "engine n_processes 2 (now 1)" in refused.err

    for code, out, err in run_two(tmp_path, *[["never", *arguments, "--resume"]] * 2):
        assert (code, err) == (0, "")
        assert out == "" or out.startswith("read ")
    check_same(tmp_path / "embeddings", by_torchrun.folder / "embeddings")
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings"}


def test_other_vectors_on_another_process_are_refused(
    tmp_path: Path, english: Path, old_vectors: Path
) -> None:
    case = make_case("update", tmp_path, english, old_vectors)
    SkipGram(vector_size=6, epochs=4).fit(["a good film", "a bad film"]).vectors_.save(tmp_path / "other")
    command = ["never", *case.arguments, "-o", "newer"]
    (code, _, err), silent = run_two(tmp_path, command, [*command, "--embeddings", "other"])
    assert code == 2
    assert err.startswith("error: process 1 on ")
    assert "another start (SHA-256 of vectors)" in err
    assert silent == (2, "", "")
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings", "other"}


def test_other_files_on_another_machine(tmp_path: Path, english: Path) -> None:
    lines = (english / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    (tmp_path / "other.txt").write_text("\n".join(lines[:-1]), encoding="utf-8")
    commands = [["never", "pretrain", english / "unlabeled.txt"], ["never", "pretrain", "other.txt"]]
    (code, out, err), silent = run_two(tmp_path, *commands, n_machines=2)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("error: process 1 on ")
    assert "another text (SHA-256)" in err
    assert silent == (2, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


def test_what_fails_on_one_process_ends_both(tmp_path: Path, english: Path) -> None:
    commands = [["never", "pretrain", english / "unlabeled.txt"], ["never", "pretrain", "absent.txt"]]
    (code, out, err), silent = run_two(tmp_path, *commands, n_machines=2)
    assert (code, out) == (2, "")
    assert err.startswith("error: process 1: no such file: absent.txt")
    assert silent == (2, "", "")
