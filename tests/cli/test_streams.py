"""Standard streams that are closed or full: one line, the right exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="redirections of a POSIX shell")
CLOSED = "error: cannot write to standard output: Bad file descriptor; it is closed"
NO_INPUT = "error: standard input is closed; expected text there: give a file, or pipe one in\n"


def shell(line: str, embeddings: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = f"exec {sys.executable} -m textransfer {line.format(embeddings=embeddings)}"
    return subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, cwd=folder, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory, embeddings: Path, english: Path) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    done = shell(f"classify -l {english / 'few.csv'} --draws 1 --embeddings {embeddings}", embeddings, folder)
    assert done.returncode == 0, done.stderr
    return folder / "classifier"


@pytest.mark.parametrize(
    ("line", "code", "out", "err"),
    [
        ("neighbors film --embeddings {embeddings} >&-", 2, "", CLOSED),
        ("neighbors film --embeddings {embeddings} >/dev/full", 2, "", "No space left on device; free some"),
        ("--help >&-", 2, "", CLOSED),
        ("neighbors film --embeddings nowhere 2>&-", 2, "", ""),
        ("neighbors film --embeddings nowhere 2>/dev/full", 2, "", ""),
        ("neighbors film --embeddings nowhere >&- 2>&- <&-", 2, "", ""),
        ("neighbors film --embeddings {embeddings} <&- >/dev/null 2>&-", 0, "", ""),
        ("pretrain - <&-", 2, "", NO_INPUT),
        ("fit-check --labeled - --embeddings {embeddings} <&-", 2, "", NO_INPUT),
    ],
)
def test_a_closed_or_full_stream(
    embeddings: Path, tmp_path: Path, line: str, code: int, out: str, err: str
) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    done = shell(line, embeddings, tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stdout == out
    assert err in done.stderr
    assert done.stderr.count("\n") == bool(err)


def test_a_file_does_not_take_the_number_of_a_closed_stream(
    embeddings: Path, english: Path, tmp_path: Path
) -> None:
    """Else what is printed would be written into it."""
    done = shell(f"pretrain {english / 'unlabeled.txt'} --epochs 1 >&- 2>&-", embeddings, tmp_path)
    assert done.returncode == 2
    whole = shell(f"neighbors film --embeddings {tmp_path / 'embeddings'}", embeddings, tmp_path)
    assert whole.returncode == 0, whole.stderr


def test_a_run_goes_on_when_nobody_reads_what_it_says(
    english: Path, embeddings: Path, tmp_path: Path
) -> None:
    text = english / "unlabeled.txt"
    bad = "/dev/full" if Path("/dev/full").exists() else "&-"
    done = shell(f"pretrain {text} --epochs 1 --sample 1e-5 >/dev/null 2>{bad}", embeddings, tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "embeddings" / "config.json").is_file()


@pytest.mark.parametrize(
    "line",
    [
        "neighbors film -n 5000 --embeddings {embeddings}",
        "predict -i {texts} --classifier {classifier}",
        "evaluate -l {table} --classifier {classifier} --json",
        "--help",
        "--version",
    ],
)
def test_a_reader_that_has_had_enough_is_no_mistake(
    embeddings: Path, classifier: Path, english: Path, line: str
) -> None:
    """Its end of the pipe is closed before anything is written, so that it is the same every time."""
    values = {"embeddings": embeddings, "classifier": classifier}
    values |= {"texts": english / "unlabeled.txt", "table": english / "few.csv"}
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "textransfer", *(part.format(**values) for part in line.split())]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
