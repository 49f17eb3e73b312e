"""The progress display names the stage that a run is in."""

import io

import pytest
from rich.console import Console as RichConsole
from rich.progress import Progress

from textransfer.cli.console import SECONDS_BETWEEN_LINES, Console, Meter, with_options


def test_the_bar_carries_the_name_of_the_stage():
    bar = Progress(console=RichConsole(file=io.StringIO()))
    bar.add_task("reading", total=None, text="")
    meter = Meter("reading", _bar=bar)
    meter.update(0.5, "half")
    meter.begin("poles")
    task = bar.tasks[0]
    assert (task.description, task.completed, task.total) == ("poles", 0, None)
    assert task.fields["text"] == ""


def test_without_a_terminal_a_long_run_names_its_stages_on_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    with Console().meter("reading") as meter:
        meter._first = meter._last = 0.0
        meter.begin("training")
        assert capsys.readouterr().err == ""
        clock[0] += SECONDS_BETWEEN_LINES
        meter.update(0.5, "half")
        meter.begin("poles")
        assert capsys.readouterr().err == "training  50%  half\npoles\n"
    with Console(is_quiet=True).meter("reading") as meter:
        meter._first = 0.0
        clock[0] += SECONDS_BETWEEN_LINES
        meter.begin("poles")
        assert capsys.readouterr().err == ""


def test_advice_of_the_library_is_shown_as_options():
    message = 'a.csv: mend it, or bad_rows="skip"; give resume=True or force=True; but force=Truex'
    assert with_options(message) == (
        "a.csv: mend it, or --bad-rows skip; give --resume or --force; but force=Truex"
    )
