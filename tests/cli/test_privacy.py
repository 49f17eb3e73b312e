"""A private word is in nothing that is written or said, but where SECURITY.md says so."""

from pathlib import Path

import pytest
from cli.conftest import Run

PRIVATE = "zqxsecret"
WORDS = {"a": "good fine warm", "b": "bad dull cold"}


@pytest.fixture
def texts(tmp_path: Path) -> None:
    rows = [f"a {word} film,{label}" for label, words in WORDS.items() for word in words.split() * 4]
    (tmp_path / "texts.txt").write_text("\n".join([*(row.split(",")[0] for row in rows), PRIVATE]))
    private = [f"a {PRIVATE} good film,a", f"a {PRIVATE} dull film,b"]
    (tmp_path / "few.csv").write_text("\n".join(["text,label", *rows, *private]))


def holding(folder: Path, *left_out: str) -> list[str]:
    """Return the files below a folder that hold the private word."""
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and PRIVATE.encode() in path.read_bytes() and path.name not in left_out
    ]


PRETRAIN = ("pretrain", "texts.txt", "--min-count", "2", "--vector-size", "4", "--epochs", "3", "--verbose")


def test_a_word_that_is_too_rare_is_in_no_folder(
    run: Run, tmp_path: Path, texts: None, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = run(*PRETRAIN, "--checkpoint-tokens", "1")
    outcome_of_update = run("update", "texts.txt", "--epochs", "1", "-o", "updated", "--verbose")
    assert outcome.code == outcome_of_update.code == 0
    for command in (
        ("export", "embeddings", "--to", "fasttext"),
        ("info", "embeddings", "--json"),
        ("suggest", "texts.txt", "-n", "2", "--verbose"),
    ):
        assert run(*command).code == 0
    shown = outcome.out + outcome.err + outcome_of_update.out + outcome_of_update.err
    assert PRIVATE not in shown + caplog.text
    assert holding(tmp_path, "texts.txt", "few.csv", "to-label.csv") == []


def test_what_is_told_of_labelled_texts(
    run: Run, tmp_path: Path, texts: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert run(*PRETRAIN).code == 0
    fast = ("--draws", "2", "--verbose")
    labelled = ("--labeled", "few.csv")
    tested = (*labelled, "--test", "few.csv")
    for command in (
        ("classify", *tested, *fast, "--epochs", "2", "--curves", "curves.svg"),
        ("curve", *tested, *fast, "--budgets", "4", "--frozen", "--report", "curve.html"),
        ("experiment", *tested, *fast, "--n-labels", "4", "--report", "experiment.html"),
        ("evaluate", *labelled, "--verbose", "--json"),
        ("advise", *labelled, *fast),
        ("info", "classifier"),
        ("predict", "--input", "few.csv", "--explain", "1", "-o", "out.csv", "--verbose"),
    ):
        outcome = run(*command)
        assert outcome.code == 0, outcome.err
        assert PRIVATE not in outcome.out + outcome.err + caplog.text, command
    assert holding(tmp_path, "texts.txt", "few.csv", "out.csv") == ["classifier/words.json"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", f"text,label\n{PRIVATE},a,b\n"),
        ("a.csv", f'text,label\n"{PRIVATE}\n'),
        ("a.jsonl", f'{{"text": "{PRIVATE}"'),
        ("a.jsonl", f'{{"text": "{PRIVATE}", "text": "{PRIVATE}", "label": "a"}}, '),
        ("a.parquet", PRIVATE),
        ("a.xlsx", PRIVATE),
        ("a.csv.gz", PRIVATE),
        ("a.txt", f"film\0{PRIVATE}"),
        ("a.csv", f"text,label\n{PRIVATE},\n"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_without_its_texts(
    run: Run, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content)
    outcome = run(
        "fit-check", "--labeled", name, "--embeddings", Path(__file__).parents[1] / "golden/v1/embeddings"
    )
    assert outcome.code == 2
    assert PRIVATE not in outcome.out + outcome.err
