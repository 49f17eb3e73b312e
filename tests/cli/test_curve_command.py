"""``textransfer curve`` as a user calls it."""

import csv
import json
from pathlib import Path

import pytest
from cli.conftest import Run


@pytest.fixture
def arguments(tmp_path: Path, english: Path, embeddings: Path) -> list[object]:
    rows = ["text,label"]
    for i in range(12):
        rows += [f"a warm and lovely film number {i},good", f"a dull and lifeless film number {i},bad"]
    (tmp_path / "pool.csv").write_text("\n".join(rows[:17]) + "\n", encoding="utf-8")
    (tmp_path / "test.csv").write_text("\n".join([rows[0], *rows[17:]]) + "\n", encoding="utf-8")
    return ["curve", "-l", "pool.csv", "-t", "test.csv", "--embeddings", embeddings, "--draws", 2, "-q"]


def test_table_files_and_going_on(run: Run, tmp_path: Path, arguments: list[object]) -> None:
    done = run(*arguments, "--budgets", "4,8", "--n-jobs", 1)
    assert (done.code, done.err) == (0, "")
    assert "VERDICT" in done.out
    assert {path.name for path in Path("curve").iterdir()} == {
        "budgets",
        "curve.csv",
        "curve.json",
        "curve.png",
        "curve.svg",
    }
    with Path("curve/curve.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2 * 5 * 2  # budgets, arms, draws
    kept = Path("curve/budgets/4.json").stat().st_mtime_ns
    refused = run(*arguments, "--budgets", "4,8,16")
    assert refused.code == 2
    assert "holds a finished curve" in refused.err
    again = run(*arguments, "--budgets", "4,8,16", "--force", "--json", "--n-jobs", 1)
    assert again.code == 0
    assert [budget["n_labels"] for budget in json.loads(again.out)["budgets"]] == [4, 8, 16]
    assert Path("curve/budgets/4.json").stat().st_mtime_ns == kept


def test_a_page_of_it_all(run: Run, arguments: list[object]) -> None:
    done = run(*arguments, "--budgets", "4,8", "--frozen", "--target", 0.9, "--report", "page.html")
    assert done.code == 0
    assert "report    page.html" in done.out
    page = Path("page.html").read_text(encoding="utf-8")
    assert "90.0% with TF-IDF + LR" in page
    assert "jump start" in page
    again = run(*arguments, "--budgets", "4,8", "--output", "new", "--report", "page.html")
    assert again.code == 2
    assert "give --report another name" in again.err
    replaced = run(*arguments, "--budgets", "4,8", "--frozen", "--report", "page.html", "--force")
    assert replaced.code == 0
    assert "90.0% with" not in Path("page.html").read_text(encoding="utf-8")
    assert not Path("new").exists()
    refused = run(*arguments, "--output", "new", "--report", "page.png")
    assert refused.code == 2
    assert "ends in .html" in refused.err
    assert not Path("new").exists()


def test_a_folder_of_something_else_is_left_alone(run: Run, arguments: list[object]) -> None:
    Path("curve").mkdir()
    Path("curve/curve.csv").write_text("mine", encoding="utf-8")
    refused = run(*arguments, "--budgets", 4)
    assert refused.code == 2
    assert "did not write as a learning curve (curve.csv)" in refused.err
    assert Path("curve/curve.csv").read_text(encoding="utf-8") == "mine"


def test_seeds_of_a_class_that_is_none(run: Run, arguments: list[object]) -> None:
    refused = run(
        *arguments, "--budgets", "4,8", "--n-jobs", 2, "--seed-words", "x=dull", "--seed-words", "y=warm"
    )
    assert refused.code == 2
    assert "which is no class" in refused.err
    assert len(refused.err.splitlines()) == 1


@pytest.mark.slow
def test_a_wanted_accuracy(run: Run, arguments: list[object]) -> None:
    done = run(*arguments, "--budgets", "4,8", "--target", 0.99, "--frozen")
    assert done.code == 0
    assert "target    99.0% with pretrained: " in done.out
    assert "with majority" not in done.out
    refused = run(*arguments, "--target", 85, "--force")
    assert refused.code == 2


def test_further_vectors_are_an_arm(run: Run, tmp_path: Path, arguments: list[object]) -> None:
    Path("other.txt").write_text("film 1 0\nwarm 0 1\ndull 0 -1\n", encoding="utf-8")
    done = run(*arguments, "--budgets", 4, "--embeddings", "other.txt", "--tokenizer", "words", "--frozen")
    assert done.code == 0
    assert "other.txt" in done.out
    assert "fine-tuned" not in done.out


@pytest.mark.parametrize(
    ("option", "message"),
    [(("--budgets", "4,x"), "expected whole numbers"), (("--budgets", "4,99"), "expected numbers from 2")],
)
def test_budgets_that_make_no_sense(
    run: Run, arguments: list[object], option: tuple[str, str], message: str
) -> None:
    refused = run(*arguments, *option)
    assert refused.code == 2
    assert message in refused.err
    assert len(refused.err.splitlines()) == 1
    assert not Path("curve").exists()
