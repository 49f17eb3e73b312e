"""``--unlabeled``: the texts that a student learns from, as a user names them."""

from pathlib import Path

import pytest
from cli.conftest import Run


def test_all_files_that_are_named_are_read(run: Run, english: Path, embeddings: Path) -> None:
    lines = (english / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    Path("a.txt").write_text("\n".join(lines[:30]), encoding="utf-8")
    Path("b.csv").write_text(
        "\n".join(["id,text", *(f'1,"{line}"' for line in lines[30:])]), encoding="utf-8"
    )
    arguments = ["classify", "-l", english / "few.csv", "-t", english / "few.csv", "--embeddings", embeddings]
    done = run(*arguments, "--draws", "1", "--unlabeled", "a.txt", "--unlabeled", "b.csv")
    assert done.code == 0, done.err
    assert f"needs 7,000 of them, and there are {len(lines)}" in done.err


@pytest.mark.parametrize("command", ["classify", "curve"])
def test_a_file_that_is_not_there_is_one_line(
    run: Run, english: Path, embeddings: Path, command: str
) -> None:
    arguments = [command, "-l", english / "heldout.csv", "--embeddings", embeddings]
    arguments += ["-t", english / "few.csv"] * (command == "curve")
    done = run(*arguments, "--unlabeled", "nowhere.txt")
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "nowhere.txt" in done.err
