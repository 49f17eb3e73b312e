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
