"""What stands where a command writes: replaced if it is that command's own, and never lost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import Run
from cli.test_refusals import check_refused, files_in
from cli.test_resume import environment, interrupt_at

from textransfer import WordVectors
from textransfer.errors import OutputError
from textransfer.storage.locks import locked

FEW = "text,label\na fine film,good\na dull film,bad\n" * 4
MORE = "a gripping film from start to finish\na dreary film from start to finish\n" * 4
FOLDER_COMMANDS = {
    "pretrain": ["pretrain", "more.txt", "--vector-size", "8", "--epochs", "2"],
    "classify": ["classify", "-l", "few.csv", "--draws", "2"],
    "experiment": ["experiment", "-l", "few.csv", "--draws", "2", "--n-labels", "4"],
    "curve": ["curve", "-l", "few.csv", "-t", "few.csv", "--draws", "2", "--budgets", "4", "--n-jobs", "1"],
    "demo": ["demo", "--states", "2", "--language", "en"],
    "update": ["update", "more.txt"],
}


@pytest.fixture
def work(tmp_path: Path, embeddings: Path) -> Path:
    (tmp_path / "more.txt").write_text(MORE, encoding="utf-8")
    (tmp_path / "few.csv").write_text(FEW, encoding="utf-8")
    shutil.copytree(embeddings, tmp_path / "embeddings")
    return tmp_path


@pytest.mark.parametrize("name", [".", "", "..", "~", "/", "sources", "link"])
@pytest.mark.parametrize("command", FOLDER_COMMANDS)
def test_force_replaces_nothing_but_our_own(
    run: Run, work: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    import matplotlib.font_manager  # noqa: F401 - caches its fonts in the home folder

    monkeypatch.setattr(Path, "home", lambda: work)
    (work / "package.json").write_text('{"format_version": 3}')
    shutil.copytree(work / "embeddings", work / "sources")
    (work / "sources" / "main.py").touch()
    (work / "link").symlink_to("sources")
    expected = {"sources": "did not write as", "link": "link", "": "--output is empty"}.get(
        name, "folder or holds it"
    )
    output = name.replace("~", str(work))
    check_refused(run, work, [*FOLDER_COMMANDS[command], "--output", output, "--force"], expected)


@pytest.mark.parametrize(
    ("command", "name", "record"),
    [
        ("pretrain", "config.json", {"vocab_size": 30522}),
        ("classify", "config.json", {"classes": ["cat", "dog"]}),
        ("curve", "curve.json", {"budgets": [1], "measures": []}),
        ("experiment", "experiment.json", {"cells": []}),
        ("demo", "results.json", {"reports": []}),
    ],
)
def test_force_does_not_replace_what_another_program_named_so(
    run: Run, work: Path, command: str, name: str, record: dict[str, object]
) -> None:
    (work / "out").mkdir()
    (work / "out" / name).write_text(json.dumps({"format_version": 1, **record}))
    arguments = [*FOLDER_COMMANDS[command], "-o", "out", "--force"]
    check_refused(run, work, arguments, "out holds files that textransfer did not write", name)


@pytest.mark.parametrize("command", ["classify", "experiment", "demo", "curve"])
def test_force_does_not_replace_another_kind_of_output(run: Run, work: Path, command: str) -> None:
    arguments = [*FOLDER_COMMANDS[command], "-o", "embeddings", "--force"]
    check_refused(run, work, arguments, "embeddings holds files that textransfer did not write as")


@pytest.mark.parametrize(
    "command", ["pretrain", "classify", "curve", pytest.param("demo", marks=pytest.mark.slow)]
)
def test_force_replaces_an_output_of_the_same_command(run: Run, work: Path, command: str) -> None:
    arguments = [*FOLDER_COMMANDS[command], "-o", "out", "--quiet"]
    assert run(*arguments).code == 0
    made = files_in(work)
    refused = run(*arguments)
    assert refused.code == 2
    assert "--force" in refused.err
    assert run(*arguments, "--force").code == 0
    assert files_in(work) == made


@pytest.mark.parametrize("command", FOLDER_COMMANDS)
def test_a_second_run_into_the_same_output_is_refused_at_once(run: Run, work: Path, command: str) -> None:
    output = work / ("embeddings" if command == "update" else "out")
    arguments = [*FOLDER_COMMANDS[command], *(["-o", "out"] if command != "update" else [])]
    with locked(output):
        check_refused(run, work, arguments, f"another process is writing {output}", "process ", "since ")


@pytest.mark.slow
def test_of_two_runs_at_once_one_is_refused_and_the_other_is_whole(work: Path) -> None:
    command = [sys.executable, "-m", "textransfer", *FOLDER_COMMANDS["classify"], "-o", "out", "--json", "-q"]
    runs = [
        subprocess.Popen(command, cwd=work, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = [run.communicate() for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2]
    assert (work / "out" / "config.json").exists()
    assert sum(b"another process is writing" in err or b"exists already" in err for _, err in outputs) == 1


def test_an_update_leaves_files_of_others_where_they_are(run: Run, work: Path) -> None:
    assert run("classify", "-l", "few.csv", "--draws", "2", "-o", "embeddings/classifier").code == 0
    shutil.copy("few.csv", "embeddings/labels.csv")
    inside = files_in(Path("embeddings/classifier"))
    assert run("update", "more.txt").code == 0
    assert "dreary" in WordVectors.load("embeddings")
    assert Path("embeddings/labels.csv").read_text(encoding="utf-8") == FEW
    assert files_in(Path("embeddings/classifier")) == inside
    assert run("predict", "a fine film", "--classifier", "embeddings/classifier").code == 0
    assert run("update", "more.txt", "--quiet").code == 0
    assert files_in(Path("embeddings/classifier")) == inside


def test_an_update_of_vectors_that_were_changed_meanwhile_is_saved_beside_them(
    run: Run, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(*_: object) -> None:
        path = Path("embeddings/config.json")
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "is_changed": True}))

    monkeypatch.setattr("textransfer.cli.training.show_progress", change)
    outcome = run("update", "more.txt", "--quiet")
    assert outcome.code == 2
    assert "was changed by another program" in outcome.err
    assert WordVectors.load("embeddings").metadata["is_changed"]
    assert "dreary" in WordVectors.load("embeddings-2")


def test_going_on_with_an_interrupted_run_leaves_files_of_others(
    run: Run, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [*FOLDER_COMMANDS["pretrain"], "-o", "out"]
    with monkeypatch.context() as patch:
        interrupt_at(patch, 0.2)
        assert run(*command).code == 130
    Path("out/notes.txt").write_text("mine")
    assert run(*command, "--resume", "-q").code == 0
    assert Path("out/notes.txt").read_text() == "mine"
    check_refused(run, work, [*command, "--force"], "did not write", "notes.txt")


def test_an_output_is_none_but_one(run: Run, work: Path) -> None:
    for command in ("classify", "curve"):
        arguments = [*FOLDER_COMMANDS[command], "-o", "out.html", "--report", "./out.html"]
        check_refused(run, work, arguments, "out.html is to be a", "in the same run")


def test_a_curve_goes_where_a_symbolic_link_points_to(run: Run, work: Path) -> None:
    Path("link").symlink_to("place")
    assert run(*FOLDER_COMMANDS["curve"], "-o", "link", "-q").code == 0
    assert Path("place/curve.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /dev/stdin")
def test_an_output_is_not_what_standard_input_comes_from(work: Path) -> None:
    command = [sys.executable, "-m", "textransfer", "suggest", "-", "-o", "more.txt", "--force"]
    with (work / "more.txt").open() as stream:
        refused = subprocess.run(
            command, cwd=work, env=environment(), stdin=stream, capture_output=True, check=False
        )
    assert b"is among the texts to read" in refused.stderr
    assert (work / "more.txt").read_text(encoding="utf-8") == MORE


def test_an_output_is_none_of_the_inputs(run: Run, work: Path) -> None:
    suggest = ["suggest", "more.txt", "-n", "2", "--force"]
    check_refused(run, work, [*suggest, "-l", "few.csv", "-o", "few.csv"], "is among the texts to read")
    check_refused(run, work, ["suggest", ".", "-o", "few.csv", "--force"], "is among the texts to read")
    Path("few2.csv").write_text(FEW, encoding="utf-8")
    predict = ["predict", "--input", "few*.csv", "-o", "few2.csv", "--force"]
    assert run("classify", "-l", "few.csv", "--draws", "2", "-q").code == 0
    check_refused(run, work, predict, "is among the texts to read")
    assert Path("few2.csv").read_text(encoding="utf-8") == FEW


SAVES = {
    "classify": "textransfer.transfer.classification.Classification.save",
    "classify --report r.html": "textransfer.report.saving.save_report",
    "curve": "textransfer.report.saving.write_curve",
    "curve --report r.html": "textransfer.report.saving.save_report",
    "experiment": "textransfer.report.saving.save_experiment",
}


@pytest.mark.parametrize("line", SAVES)
def test_a_result_is_shown_though_it_cannot_be_saved(
    run: Run, work: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OutputError("No space left on device")

    monkeypatch.setattr(SAVES[line], fail)
    command, *options = line.split()
    outcome = run(*FOLDER_COMMANDS[command], *options)
    assert outcome.code == 2
    assert "error: No space left" in outcome.err
    assert "pretrained" in outcome.out or "frozen" in outcome.out
    saved = [text for text in outcome.out.splitlines() if text.startswith("saved")]
    assert len(saved) == bool(options), "what was saved before is told"
