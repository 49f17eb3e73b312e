"""The program where the system gives little: no home, few files, little memory, signals, a wrong clock."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from textransfer.bundled import bundled_corpora

resource = pytest.importorskip("resource")
ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests/golden/v1"
PROGRAM = [sys.executable, "-m", "textransfer"]
PREDICT = ["predict", "a fine film", "--classifier", str(GOLDEN / "classifier")]
PRETRAIN = ["pretrain", str(bundled_corpora("en") / "unlabeled.txt"), "--vector-size", "4", "--n-jobs", "1"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and signals of Linux")


def run(
    *arguments: str, folder: Path, setup: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        preexec_fn=setup,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def check_refused(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("variable", ["TMPDIR", "HOME"])
def test_a_folder_that_does_not_exist(tmp_path: Path, variable: str) -> None:
    done = run(*PREDICT, folder=tmp_path, **{variable: str(tmp_path / "missing")})
    assert done.returncode == 0, done.stderr
    assert "fine film" in done.stdout
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize("n_files", [3, 4, 6, 8, 12])
def test_few_open_files_are_refused_or_do(tmp_path: Path, n_files: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HANDLES, str(n_files), *PREDICT],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        check_refused(done)
    else:
        assert "fine film" in done.stdout


HANDLES = """
import resource, sys
from textransfer.cli.app import main
from textransfer.sentiment.loading import load_classifier
import textransfer.text.writing.tables, textransfer.sentiment.predicted_rows
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv.pop(1)),) * 2)
sys.argv[0] = "textransfer"
main()
"""


def test_little_memory_is_said_in_one_line(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))

    options = [*PRETRAIN[:2], "--vector-size", "1000000", "--n-jobs", "1"]
    done = run(*options, folder=tmp_path, setup=limit, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    check_refused(done)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kibibytes", [400_000, 600_000])
def test_a_limit_that_leaves_blas_no_room_does_or_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kibibytes: int
) -> None:
    """With a thread on each core OpenBLAS ended the program, and left what it had begun."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (kibibytes << 10,) * 2)

    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    done = run(*PRETRAIN[:2], "--vector-size", "20", folder=tmp_path, setup=limit)
    if done.returncode:
        check_refused(done)
    assert [entry.name for entry in tmp_path.iterdir()] in ([], ["embeddings"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_no_half_and_the_next_run_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    options = ["--epochs", "100000", "--checkpoint-tokens", "20000", "--force"]
    with subprocess.Popen(
        [*PROGRAM, *PRETRAIN, *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # under nohup it is ignored
    ) as process:
        until = time.monotonic() + 60
        while not (tmp_path / "embeddings.checkpoint").exists() and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(number)
        try:
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert "Traceback" not in said
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert (tmp_path / "embeddings.checkpoint" / "checkpoint.json").exists()
    done = run(*PRETRAIN, "--epochs", "2", "--force", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["embeddings"]


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("text\n" + "a fine film\n" * 20_000)
    command = [*PROGRAM, "predict", "-i", "rows.csv", "--classifier", str(GOLDEN / "classifier")]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(60) == 0
    assert "Traceback" not in said
    assert "error" not in said


CLOCK = """
import sys, time
from textransfer.cli.app import main
real, n_calls = time.time, 0

def jumping():
    global n_calls
    n_calls += 1
    return real() + (-1) ** n_calls * 1e6 * n_calls

time.time = jumping
main()
"""


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path) -> None:
    options = [*PRETRAIN, "--epochs", "3", "--checkpoint-every", "0.0001", "-o"]
    jumped = subprocess.run(
        [sys.executable, "-c", CLOCK, *options, "jumped"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert jumped.returncode == 0, jumped.stderr
    assert run(*options, "even", folder=tmp_path, PYTHONHASHSEED="7", LC_ALL="C").returncode == 0
    tables = [(tmp_path / name / "vectors.safetensors").read_bytes() for name in ("jumped", "even")]
    assert tables[0] == tables[1]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["even", "jumped"]
