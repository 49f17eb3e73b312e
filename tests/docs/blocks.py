"""Read the blocks of code of a page in Markdown, with the comments that say what a test does with them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parent.parent.parent
RECORDS = ROOT / "docs/log"
"""What was measured on a day with the commands of that day: kept as it was written."""
PAGES = [
    *sorted(ROOT.glob("README*.md")),
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if not page.is_relative_to(RECORDS)),
]
Kind = Literal["run", "run by", "not run", "file", "output", "other"]
LANGUAGES = {"python": "python", "sh": "sh", "console": "sh"}
COMMENT = re.compile(r"<!-- *(data|first|version|file|run by|not run)\b:? *(.*?) *-->")
COMMAND = re.compile(
    r" *(?:\$ [a-z]|textransfer [a-z]|pip |python |docker |torchrun |curl |\./scripts/"
    r"|import |from \w+ import )"
)
"""How a line begins that a reader would type."""


@dataclass(frozen=True)
class Block:
    """A block of code, what a test does with it, and the reason or the name of a file."""

    page: Path
    line: int
    language: str
    text: str
    kind: Kind
    remark: str = ""

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page in order."""
    blocks: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    mark: tuple[str, str] | None = None
    start, language = 0, ""
    for number, line in enumerate(lines, 1):
        if start:
            if line.strip() == "```":
                text = "\n".join(lines[start : number - 1]) + "\n"
                blocks.append(Block(page, start, language, text, *kind_of(language, mark)))
                start, mark = 0, ("output", "") if blocks[-1].kind == "run" else None
        elif fence := re.match(r"```(\w*)", line.strip()):
            start, language = number, fence[1]
        elif (comment := COMMENT.fullmatch(line.strip())) and comment[1] not in ("data", "first", "version"):
            mark = (comment[1], comment[2])
        elif line.strip():
            mark = None
    return blocks


def kind_of(language: str, mark: tuple[str, str] | None) -> tuple[Kind, str]:
    """Return what a test does with a block of this language below this comment."""
    if mark is not None and (mark[0] != "output" or not language):
        return mark
    return ("run" if language in LANGUAGES else "other"), ""


def indented_commands(page: Path) -> list[str]:
    """Return the lines that a reader would type and that stand in no block, but indented like one."""
    outside = re.sub(r"(?ms)^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"))
    return [line for line in outside.splitlines() if re.match(r"( {4}|\t)", line) and COMMAND.match(line)]


def comments_of(page: Path, kind: str) -> list[str]:
    """Return what a page's comments of a kind say."""
    return [what for name, what in COMMENT.findall(page.read_text(encoding="utf-8")) if name == kind]


def pinned() -> dict[str, str]:
    """Return the versions that are known to work together."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))


def commands_of(text: str, *, is_console: bool) -> list[tuple[str, str]]:
    """Return the commands of a shell block, each with the output shown below it (only in a console)."""
    commands: list[tuple[str, str]] = []
    lines = iter(text.splitlines())
    for line in lines:
        if is_console and not line.startswith("$ "):
            command, shown = commands[-1]
            commands[-1] = (command, shown + line + "\n")
            continue
        command = line.removeprefix("$ ") if is_console else line
        while command.endswith("\\"):
            command = command[:-1] + next(lines)
        if here := re.search(r"<<-? *['\"]?(\w+)", command):
            for line in lines:
                command += "\n" + line
                if line.strip() == here[1]:
                    break
        if command.strip() and not command.startswith("#"):
            commands.append((command, ""))
    return commands
