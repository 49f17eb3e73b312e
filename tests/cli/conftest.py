"""Run the program in this process, as a user would call it."""

import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from textransfer.bundled import bundled_corpora
from textransfer.cli.app import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


def replaced(arguments: Sequence[object], changes: Sequence[object]) -> list[object]:
    """Return a line with other values of options that may be on it already, since none is given twice."""
    line = list(arguments)
    for option, value in zip(changes[::2], changes[1::2], strict=False):
        if option in line:
            line[line.index(option) + 1] = value
        else:
            line += [option, value]
    return line if len(changes) % 2 == 0 else [*line, changes[-1]]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Outcome]:
    monkeypatch.chdir(tmp_path)
    # On a slow machine commands say how far they are, on lines that would be taken for their answer.
    monkeypatch.setattr("textransfer.cli.console.SECONDS_BETWEEN_LINES", math.inf)

    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["textransfer", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            main()
        captured = capsys.readouterr()
        return Outcome(int(done.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def english() -> Path:
    return bundled_corpora("en")


@pytest.fixture(scope="session")
def embeddings(tmp_path_factory: pytest.TempPathFactory, english: Path) -> Path:
    """Small vectors of the bundled reviews, made once; tests must not change the folder."""
    from textransfer import SkipGram

    folder = tmp_path_factory.mktemp("vectors") / "embeddings"
    SkipGram(vector_size=8, epochs=30).fit(english / "unlabeled.txt").vectors_.save(folder)
    return folder
