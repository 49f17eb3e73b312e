"""Two real processes: equal to one within the noise, one voice, one writer, and a clear end if one dies."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cli.conftest import Run
from cli.test_resume import check_same, environment

from textransfer import WordVectors
from textransfer.pretrain.checkpoint import load_checkpoint

OPTIONS = ["--epochs", "40", "--vector-size", "6", "--checkpoint-tokens", "2000", "--combine-frequent", "50"]


def run_two(folder: Path, *commands: list[object], n_machines: int = 1) -> list[tuple[int, str, str]]:
    """Run two processes as torchrun would, each with a moment to die at; return code, stdout, stderr."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        settings = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": found.getsockname()[1], "WORLD_SIZE": 2}
    settings["LOCAL_WORLD_SIZE"] = 2 // n_machines
    processes = []
    for rank, (moment, *arguments) in enumerate(commands):
        own = settings | {"RANK": rank, "LOCAL_RANK": rank if n_machines == 1 else 0}
        processes.append(
            subprocess.Popen(
                [sys.executable, Path(__file__).with_name("killed.py"), moment, "pretrain", *arguments],
                cwd=folder,
                env=environment() | {name: str(value) for name, value in own.items()},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    ends = [process.communicate(timeout=60) for process in processes]
    return [(process.returncode, *end) for process, end in zip(processes, ends, strict=True)]


@pytest.fixture(scope="module")
def by_torchrun(tmp_path_factory: pytest.TempPathFactory, english: Path) -> tuple[Path, str, str]:
    folder = tmp_path_factory.mktemp("torchrun")
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--standalone"]
    arguments = ["-m", "textransfer", "pretrain", english / "unlabeled.txt", *OPTIONS, "--json"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=environment() | {"OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return folder, done.stdout, done.stderr


def test_two_processes_learn_what_one_does(
    run: Run, tmp_path: Path, english: Path, by_torchrun: tuple[Path, str, str]
) -> None:
    folder, out, err = by_torchrun
    facts = json.loads(out)  # one process speaks
    assert "error" not in err
    assert [path.name for path in folder.iterdir()] == ["embeddings"]
    alone = run("pretrain", english / "unlabeled.txt", *OPTIONS, "--json")
    expected = json.loads(alone.out)
    vectors = WordVectors.load(folder / "embeddings")
    assert np.isfinite(vectors.matrix).all()
    assert vectors.words == WordVectors.load("embeddings").words
    for name in ("n_tokens", "share"):
        assert facts["training"][name] == expected["training"][name]
    assert facts["training"]["n_pairs"] == pytest.approx(expected["training"]["n_pairs"], rel=0.02)
    losses = [
        np.mean([json.loads(line)["loss"] for line in (one / "progress.jsonl").open()][-20:])
        for one in (folder / "embeddings", tmp_path / "embeddings")
    ]
    assert losses[0] == pytest.approx(losses[1], rel=0.05)


def test_one_dies_the_other_says_so_and_the_run_is_gone_on_with(
    run: Run, tmp_path: Path, english: Path, by_torchrun: tuple[Path, str, str]
) -> None:
    arguments = [english / "unlabeled.txt", *OPTIONS, "--quiet"]
    (code, _, err), (killed, *_) = run_two(tmp_path, ["never", *arguments], ["training together", *arguments])
    assert killed == -signal.SIGKILL
    assert code == 1
    assert len(err.splitlines()) == 1
    assert err.startswith("error: lost the connection to another process")
    assert "--resume" in err
    saved = load_checkpoint(tmp_path / "embeddings.checkpoint")
    assert saved is not None
    assert 0.5 < saved.history[-1].share < 0.9
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings.checkpoint"}

    refused = run("pretrain", *arguments, "--resume")
    assert refused.code == 2
    assert "engine n_processes 2 (now 1)" in refused.err

    for code, out, err in run_two(tmp_path, *[["never", *arguments, "--resume"]] * 2):
        assert (code, err) == (0, "")
        assert out == "" or out.startswith("read ")
    check_same(tmp_path / "embeddings", by_torchrun[0] / "embeddings")
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings"}


def test_other_files_on_another_machine(tmp_path: Path, english: Path) -> None:
    lines = (english / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    (tmp_path / "other.txt").write_text("\n".join(lines[:-1]), encoding="utf-8")
    commands = [["never", english / "unlabeled.txt"], ["never", "other.txt"]]
    (code, out, err), silent = run_two(tmp_path, *commands, n_machines=2)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("error: process 1 on ")
    assert "another text (SHA-256)" in err
    assert silent == (2, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


def test_what_fails_on_one_process_ends_both(tmp_path: Path, english: Path) -> None:
    commands = [["never", english / "unlabeled.txt"], ["never", "absent.txt"]]
    (code, out, err), silent = run_two(tmp_path, *commands, n_machines=2)
    assert (code, out) == (2, "")
    assert err.startswith("error: process 1: no such file: absent.txt")
    assert silent == (2, "", "")
