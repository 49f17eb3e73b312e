"""Help pages: groups, no name cut at any width, every default, examples that can be copied, plain text."""

import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from cli.conftest import Run
from test_docs import ROOT

from textransfer.cli.app import app
from textransfer.cli.exits import MEANINGS
from textransfer.cli.groups import GROUPS
from textransfer.cli.help import long_name, metavar

PROGRAM = typer.main.get_group(app)
COMMANDS = list(PROGRAM.commands)
ANYTHING_LEFT_OUT = ("FILE", "FOLDER", "PATH", "WORD", "WORDS", "")
"""What stands for the value of options whose absence speaks for itself."""


def options_of(command: str) -> list[typer.core.TyperOption]:
    parameters = PROGRAM.commands[command].params
    return [one for one in parameters if isinstance(one, typer.core.TyperOption) and not one.hidden]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_has_a_group(command: str) -> None:
    known = {name for group in GROUPS.values() for name in group}
    missing = [long_name(option) for option in options_of(command) if long_name(option) not in known]
    assert not missing, f"add {', '.join(missing)} to textransfer/cli/groups.py"
    for option in options_of(command):
        assert bool(metavar(option)) is not bool(option.is_flag), long_name(option)


def test_no_group_holds_an_option_that_is_gone() -> None:
    known = {name for group in GROUPS.values() for name in group}
    used = {long_name(option) for command in COMMANDS for option in options_of(command)}
    own = {"--version", "--help", "--install-completion", "--show-completion"}
    assert known - used - own == set()


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_nothing_is_cut_and_every_default_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    outcome = run(*([command] if command else []), "--help")
    assert outcome.code == 0
    text = outcome.out
    assert "\u2026" not in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= width
    flat = " ".join(text.split())
    for option in options_of(command) if command else []:
        for name in (*option.opts, *option.secondary_opts):
            assert re.search(rf"(?<![\w-]){name}(?![\w-])", text), name
        assert re.search(rf"{re.escape(long_name(option))}\b.*?\[(default: |required)", flat), option.name
        assert (
            option.default is not None
            or option.required
            or (isinstance(option.show_default, str) or metavar(option) in ANYTHING_LEFT_OUT)
        ), f"{long_name(option)} does not say what holds where it is left out"


@pytest.mark.parametrize("command", COMMANDS)
def test_groups_stand_in_their_order_and_examples_can_be_copied(run: Run, command: str) -> None:
    text = run(command, "--help").out
    heads = re.findall(r"^(\w+):$", text, re.M)
    assert [head for head in heads if head in GROUPS] == [head for head in GROUPS if head in heads]
    assert "Running" in heads
    examples = text.split("Examples:\n")[1].split("\n\n")[0].replace("\\\n", " ")
    lines = [line.split("  #")[0] for line in examples.splitlines() if not line.strip().startswith("#")]
    assert lines
    for line in lines:
        words = shlex.split(line)
        start = words.index("textransfer")
        other = words[start + 1]
        names = {name for option in options_of(other) for name in (*option.opts, *option.secondary_opts)}
        used = [word for word in words[start + 2 :] if re.fullmatch("--?[a-z][a-z0-9-]*", word)]
        assert set(used) <= names, line


def test_the_program_alone_shows_its_commands_and_exit_codes(run: Run) -> None:
    alone, asked, helped = run(), run("--help"), run("help")
    assert (alone.code, alone.err) == (0, "")
    assert alone.out.strip() == asked.out.strip() == helped.out.strip()
    for command in COMMANDS:
        assert re.search(rf"^  {command}  ", alone.out, re.M)
    for code in MEANINGS:
        assert re.search(rf"^  {code}  ", alone.out, re.M)
    assert run("help", "classify").out == run("classify", "--help").out
    assert run("-V").out == run("--version").out


@pytest.mark.parametrize(
    "terminal",
    [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"GITHUB_ACTIONS": "true"}, {"COLUMNS": "x"}],
)
def test_help_in_a_file_has_no_escape_codes_whatever_the_terminal(terminal: dict[str, str]) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "TERM")}
    page = subprocess.run(
        [sys.executable, "-m", "textransfer", "neighbors", "--help"],
        capture_output=True, env=clean | terminal, check=True, cwd=ROOT,
    )  # fmt: skip
    assert b"\x1b" not in page.stdout
    assert max(map(len, page.stdout.splitlines())) <= 80


def test_the_page_of_commands_is_what_the_program_says() -> None:
    names = runpy.run_path(str(ROOT / "scripts/commands.py"))
    assert names["PAGE"].read_text(encoding="utf-8") == names["page"](), "run python scripts/commands.py"


def test_the_readme_shows_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert re.search(rf"textransfer {command}\b|scripts/{command}\b", text), command


SHELLS = {
    "bash": ({"COMP_WORDS": "textransfer cla", "COMP_CWORD": "1"}, "classify"),
    "zsh": ({"_TYPER_COMPLETE_ARGS": "textransfer classify --labe"}, "--labeled"),
    "fish": (
        {"_TYPER_COMPLETE_ARGS": "textransfer cur", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
        "curve",
    ),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_is_told_what_may_follow(shell: str, tmp_path: Path) -> None:
    words, expected = SHELLS[shell]
    home = {"HOME": str(tmp_path), "_TEXTRANSFER_COMPLETE": f"complete_{shell}"}
    code = "import sys; sys.argv[0] = 'textransfer'; from textransfer.cli.app import main; main()"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | home | words,
        check=False,
    )
    assert expected in answer.stdout, answer
    assert not list(tmp_path.iterdir())
