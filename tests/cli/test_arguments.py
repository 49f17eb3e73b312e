"""Slips on the command line: near names are told, and nothing is taken for something else."""

from pathlib import Path

import pytest
from cli.conftest import Run
from cli.test_refusals import check_refused

SLIPS = {
    "a command": (["clasify"], ["clasify", "did you mean classify?"]),
    "no command": (["frobnicate"], ["expected pretrain", "demo"]),
    "a command to be helped with": (["help", "pretrian"], ["did you mean pretrain?"]),
    "an option": (["classify", "--lables", "a.csv"], ["no such option: --lables", "did you mean --labeled"]),
    "half an option": (["classify", "--text-c", "t"], ["did you mean --text-column?"]),
    "an option of others": (["predict", "--labeled", "a.csv"], ["option of classify, curve"]),
    "a hidden option": (["update", "--vector-sizes", "3", "a.txt"], ["no such option", "see"]),
    "a pasted dash": (["predict", "\u2014explain", "4", "a film"], ["U+2014", "did you mean --explain?"]),
    "two pasted dashes": (["classify", "\u2013\u2013labeled", "a.csv"], ["U+2013", "--labeled"]),
    "a pasted short one": (["classify", "\u2212l", "a.csv"], ["U+2212", "did you mean -l?"]),
    "a dash with a value": (["predict", "\u2014input=a.csv"], ["U+2014", "--input"]),
    "a dash within": (["predict", "--abstain\u2011below", "0.5", "a film"], ["U+2011", "--abstain-below"]),
    "a dash before any command": (["\u2014help"], ["U+2014", "--help"]),
    "one hyphen": (["predict", "-output", "p.csv", "a film"], ["one hyphen", "did you mean --output?"]),
    "one hyphen and a value": (["pretrain", "a.txt", "-epochs=5"], ["one hyphen", "--epochs"]),
    "curly quotes": (["classify", "--seed-words", "\u201cpos=good", "great\u201d"], ["straight quotes"]),
    "nothing as a value": (["classify", "--labeled", ""], ["--labeled is empty"]),
    "nothing as a source": (["info", ""], ["PATH is empty", "an unset variable?"]),
    "nothing as a corpus": (["pretrain", "a.txt", ""], ["CORPUS... is empty", "an unset variable?"]),
    "nothing as an output": (["pretrain", "a.txt", "-o", ""], ["--output is empty"]),
    "an option as a value": (["classify", "-l", "a.csv", "--output", "--force"], ["--output wants a value"]),
    "twice": (["pretrain", "a.txt", "-o", "b", "--output", "c"], ["--output is given twice"]),
    "both of a pair": (["classify", "--fine-tune", "--frozen"], ["--fine-tune or --frozen is given twice"]),
    "no number": (["pretrain", "a.txt", "--window", "wide"], ["--window is 'wide'", "a whole number"]),
    "a fraction": (["neighbors", "a", "-n", "2.5"], ["--n is '2.5'", "a whole number, at least 1"]),
    "out of range": (["predict", "a", "--abstain-below", "1.5"], ["'1.5'", "a number, 0 to 1"]),
    "not a number": (["predict", "a", "--abstain-below", "nan"], ["nan", "number"]),
    "infinite": (["classify", "-l", "a.csv", "--l2", "inf"], ["--l2 is inf", "finite"]),
    "astronomical": (
        ["classify", "-l", "a.csv", "--draws", "9" * 20],
        ["--draws", "1,000,000,000,000 at most"],
    ),
    "a value for a flag": (["classify", "--force=yes"], ["--force", "does not take a value"]),
    "no value": (["classify", "--draws"], ["--draws", "textransfer classify --help"]),
    "no file": (["pretrain"], ["missing CORPUS..."]),
    "no option that must be there": (["curve", "-l", "a.csv"], ["missing --test FILE"]),
    "a word too many": (["classify", "-l", "a.csv", "b.csv"], ["b.csv"]),
}


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_told_in_one_line(run: Run, tmp_path: Path, kind: str) -> None:
    arguments, expected = SLIPS[kind]
    check_refused(run, tmp_path, list(arguments), *expected)


def test_a_hidden_option_is_not_suggested(run: Run) -> None:
    assert "did you mean --vector-size" not in run("update", "--vector-siz", "3", "a.txt").err


def test_a_file_that_the_system_refuses_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    long = "x" * 5000
    check_refused(
        run, tmp_path, ["neighbors", "film", "--embeddings", long], "cannot use '...xxx", "too long"
    )
    check_refused(run, tmp_path, ["predict", "film", "--classifier", long], "cannot use '...xxx", "too long")
    assert len(run("neighbors", "film", "--embeddings", long).err) < 300


def test_an_encoding_that_no_system_can_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a film\n", encoding="utf-8")
    check_refused(run, tmp_path, ["pretrain", "a.txt", "--encoding", "\udcff"], "which is unknown")


def test_more_than_memory_holds_is_told_in_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> None:
        raise MemoryError("Unable to allocate 32.0 GiB")

    monkeypatch.setattr("textransfer.embeddings.vectors.WordVectors.load", load)
    check_refused(run, tmp_path, ["neighbors", "film"], "not enough memory", "32.0 GiB")


def test_a_message_holds_nothing_that_a_terminal_obeys(run: Run, tmp_path: Path) -> None:
    name = "a\x1b[31m\u202eb"
    check_refused(run, tmp_path, ["neighbors", "film", "--embeddings", name], r"a\x1b[31m\u202eb;")


def test_seeds_are_those_that_every_library_takes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a film\na story\n", encoding="utf-8")
    check_refused(run, tmp_path, ["suggest", "a.txt", "--random-state", str(2**32)], "0 to 4294967295")


@pytest.mark.parametrize("value", ["映画", "caf\u00e9", "a\u2014b", "\u2014input", "-5:", "a=b"])
def test_a_value_may_hold_any_letters(run: Run, value: str) -> None:
    assert f"there is no {value};" in run("neighbors", "film", f"--embeddings={value}").err


@pytest.mark.parametrize(
    "texts", [["\u2014 she said"], ["\u2014unknown"], ["-5"], ["--", "\u2014input"], ["--", "-output"], [""]]
)
def test_texts_that_begin_with_a_dash_stay_texts(run: Run, texts: list[str]) -> None:
    arguments = texts if texts[0] != "-5" else ["--", "-5"]
    outcome = run("predict", "--classifier", "nowhere", *arguments)
    assert "nowhere" in outcome.err, "the line is right, the folder is not there"
