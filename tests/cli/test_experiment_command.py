"""``textransfer experiment`` as a user calls it."""

import csv
import json
from pathlib import Path

import pytest
from cli.conftest import Run


@pytest.fixture
def arguments(tmp_path: Path, embeddings: Path) -> list[object]:
    rows = ["text,label"]
    for i in range(12):
        rows += [f"a warm and lovely film number {i},good", f"a dull and lifeless film number {i},bad"]
    (tmp_path / "pool.csv").write_text("\n".join(rows[:17]) + "\n", encoding="utf-8")
    (tmp_path / "test.csv").write_text("\n".join([rows[0], *rows[17:]]) + "\n", encoding="utf-8")
    return ["experiment", "-l", "pool.csv", "--embeddings", embeddings, "--draws", 2, "--n-labels", 4, "-q"]


@pytest.mark.slow
def test_table_sentences_and_files(run: Run, arguments: list[object]) -> None:
    done = run(*arguments, "-t", "test.csv")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line.split("  ")[0] for line in lines[4:7]] == ["from scratch", "frozen", "fine-tuned"]
    assert sum(line.startswith("AUGMENT  ") for line in lines) == 3
    assert sum(line.startswith("TUNE     ") for line in lines) == 3
    assert sum(line.startswith("ADVICE   ") for line in lines) == 1
    assert {path.name for path in Path("experiment").iterdir()} == {
        "cells.csv",
        "curves.png",
        "curves.svg",
        "experiment.json",
    }
    with Path("experiment/cells.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 9 * 2 * len({row["epoch"] for row in rows})
    refused = run(*arguments)
    assert refused.code == 2
    assert "exists already" in refused.err
    assert len(refused.err.splitlines()) == 1
    again = run(*arguments, "--force", "--json", "--augment", "none", "--report", "experiment.html")
    assert "<code>textransfer experiment" in Path("experiment.html").read_text(encoding="utf-8")
    found = json.loads(again.out)
    assert json.loads(Path("experiment/experiment.json").read_text())["cells"] == found["cells"]
    assert len(found["cells"]) == 6
    assert (found["n_pool"], found["n_test"]) == (10, 6)
    assert "held out" in found["notes"][0]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--augment", "drop,x"), "'x' is no augmentation"),
        (("--augment", "none,drop"), "'none' is no augmentation"),
        (("--augment", "drop,drop"), "twice"),
        (("--n-labels", 99), "expected fewer than all"),
        (("--n-labels", 1), "expected at least one label of each"),
        (("--test-rows", "0:3"), "give --test too"),
        (("--variants", 0), "variants"),
        (("--output", "pool.csv"), "is a file; expected a folder"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    run: Run, arguments: list[object], option: tuple[object, ...], message: str
) -> None:
    if option[0] in arguments:
        place = arguments.index(option[0])
        arguments = [*arguments[:place], *arguments[place + 2 :]]
    refused = run(*arguments, *option)
    assert refused.code == 2
    assert message in refused.err
    assert len(refused.err.splitlines()) == 1
    assert not Path("experiment").exists()


def test_a_folder_of_something_else_is_left_alone(run: Run, arguments: list[object]) -> None:
    Path("experiment").mkdir()
    Path("experiment/mine.txt").write_text("mine", encoding="utf-8")
    refused = run(*arguments, "--force")
    assert refused.code == 2
    assert Path("experiment/mine.txt").read_text(encoding="utf-8") == "mine"
