"""The progress display names the stage that a run is in."""

import io
import logging
import warnings

import pytest
from rich.console import Console as RichConsole
from rich.progress import Progress

from textransfer import TextransferError, read_labelled
from textransfer.cli.console import SECONDS_BETWEEN_LINES, Console, Meter, configure, with_options
from textransfer.cli.notices import show_notices_on_lines


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


@pytest.mark.parametrize(("is_terminal", "is_quiet"), [(True, False), (True, True), (False, False)])
def test_a_terminal_is_told_once_that_loops_are_compiled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_terminal: bool, is_quiet: bool
):
    logger = logging.getLogger("textransfer.compiling")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    configure(quiet=is_quiet, verbose=False)
    for _ in range(2):
        logger.info("loops are compiled")
    said = "note: loops are compiled\n" if is_terminal and not is_quiet else ""
    assert capsys.readouterr().err == said


def test_advice_of_the_library_is_shown_as_options():
    message = 'a.csv: mend it, or bad_rows="skip"; give resume=True or force=True; but force=Truex'
    assert with_options(message) == (
        "a.csv: mend it, or --bad-rows skip; give --resume or --force; but force=Truex"
    )
    message = 'encoding=NAME overrules it, such as encoding="cp1252" ("schön"); l2=0.5 and pos=good stay'
    assert with_options(message) == (
        '--encoding NAME overrules it, such as --encoding cp1252 ("schön"); l2=0.5 and pos=good stay'
    )


def test_warnings_and_notes_of_the_library_are_shown_with_options(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    (tmp_path / "a.csv").write_bytes("text;label\nschön;x\nÀ bientôt;y\n".encode("cp1252"))
    configure(quiet=False, verbose=False)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        show_notices_on_lines()
        read_labelled(tmp_path / "a.csv")
    said = capsys.readouterr().err
    assert "a guess: --encoding NAME overrules it" in said
    assert "fields are separated by semicolons; --delimiter SIGN overrules it" in said


def test_python_callers_read_parameters(tmp_path, caplog):
    (tmp_path / "a.csv").write_bytes("text;label\nschön;x\nÀ bientôt;y\n".encode("cp1252"))
    with (
        caplog.at_level(logging.INFO, "textransfer.text.reading.findings"),
        pytest.warns(match="a guess: encoding=NAME overrules it"),
    ):
        read_labelled(tmp_path / "a.csv")
    assert "delimiter=SIGN overrules it" in caplog.text
    with pytest.raises(TextransferError, match="name yours with text_column=NAME and label_column=NAME"):
        read_labelled(tmp_path / "a.csv", text_column="body")
