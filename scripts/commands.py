#!/usr/bin/env python3
"""Write docs/commands.md: all commands with their options, from the program itself."""

from collections import Counter
from pathlib import Path

import typer

from textransfer.cli.app import app
from textransfer.cli.exits import MEANINGS
from textransfer.cli.groups import GROUPS, place_of
from textransfer.cli.help import default_of, long_name, metavar, range_of, spelled, summary

PAGE = Path(__file__).resolve().parent.parent / "docs/commands.md"
SHARED_BY = 5
"""So many commands that an option is listed once for all of them."""
INTRODUCTION = """\
# Commands

Written by `python scripts/commands.py` from the program itself; a test compares. `textransfer COMMAND --help`
says the same with examples. An option is given once unless it takes several values by being repeated; a word
after `--` is never an option.

Results go to standard output, as JSON with `--json`; progress, warnings and errors go to standard error.
`textransfer --install-completion` lets bash, zsh, fish or PowerShell complete commands and options, and
`--show-completion` prints what it would install.

| exit code | meaning |
| --- | --- |
"""


def page() -> str:
    """Return the whole page."""
    commands = typer.main.get_group(app).commands
    rows = {name: [row(option) for option in options_of(command)] for name, command in commands.items()}
    uses = Counter(line for lines in rows.values() for line in lines)
    groups = list(GROUPS)
    shared = [line for line, n in uses.items() if n >= SHARED_BY]
    shared.sort(key=lambda line: groups.index(line.split()[1].capitalize()))
    parts = [INTRODUCTION + "\n".join(f"| {code} | {meaning} |" for code, meaning in MEANINGS.items())]
    parts.append("## Options of many commands\n\n" + table(shared))
    for name, command in commands.items():
        arguments = [one for one in command.params if isinstance(one, typer.core.TyperArgument)]
        own = [line for line in rows[name] if line not in shared]
        common = [
            spelled(option).split(", ")[-1].split()[0]
            for option in options_of(command)
            if row(option) in shared
        ]
        parts.append(f"## {name}\n\n{summary(command)}")
        parts += [f"`{metavar(one)}`: {one.help}" for one in arguments]
        parts.append(table(own))
        parts.append("and " + ", ".join(f"`{option}`" for option in common))
    return "\n\n".join(parts) + "\n"


def options_of(command: typer.core.TyperCommand) -> list[typer.core.TyperOption]:
    """Return the options that a user sees, in the order of their groups."""
    options = [one for one in command.params if isinstance(one, typer.core.TyperOption) and not one.hidden]
    return sorted(options, key=lambda option: list(GROUPS).index(place_of(long_name(option))[0]))


def row(option: typer.core.TyperOption) -> str:
    """Return the row of an option: its group, how it is written, what it is for, its default."""
    default = default_of(option).removeprefix("default: ")
    facts = "; ".join(fact for fact in (default, range_of(option)) if fact)
    cells = [place_of(long_name(option))[0].lower(), f"`{spelled(option)}`", option.help or "", facts]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def table(rows: list[str]) -> str:
    """Return rows below their header."""
    return "\n".join(["| group | option | meaning | default |", "| --- | --- | --- | --- |", *rows])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
