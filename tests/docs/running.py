"""Run what a page shows, as its reader would: commands of textransfer in this process, others in a shell."""

import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from textransfer.cli.app import main

CLOSE = 0.05
"""Numbers of a run and of a page may differ by this share, or by this much: machines round differently."""
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
TIME = re.compile(r"\d[\d,.]* (?:ms|s|min|M words/s|words/s)\b|\d{4}-\d\d-\d\d")
"""What depends on the machine and the day."""
SHELL = 'textransfer() { "$PYTHON" -m textransfer "$@"; }; python() { "$PYTHON" "$@"; }; set -eo pipefail; '
ERROR = re.compile(r"(?m)^([\w.]+(?:Error|Warning): )")
"""How an exception is shown; a page leaves out the lines above it."""
OUTSIDE = re.compile(
    r"(^|[|;&]) *(sudo|pip|docker|curl|wget|git|torchrun|srun|\./scripts/\w+|textransfer serve)\b"
)
"""Commands that install, reach other machines or do not end."""


BOM = "\ufeff"


class PageError(AssertionError):
    """What a page shows is not what happens."""


@contextmanager
def streams(stdin: str) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    """Stand in for standard input, output and error with files."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as source:
        source.write(stdin.encode())
        source.seek(0)
        before = sys.stdin
        sys.stdin = io.TextIOWrapper(source, "utf-8")
        wrapped = io.TextIOWrapper(out, "utf-8"), io.TextIOWrapper(err, "utf-8")
        try:
            with redirect_stdout(wrapped[0]), redirect_stderr(wrapped[1]):
                yield wrapped
        finally:
            sys.stdin = before


def content(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.buffer.seek(0)
    return stream.buffer.read().decode()


class Printed(NamedTuple):
    """What commands wrote to standard output, and to standard error."""

    out: str
    err: str = ""


def run_textransfer(words: list[str], stdin: str = "") -> Printed:
    """Run one command of the program in this process and return what it printed."""
    before = sys.argv
    sys.argv = ["textransfer", *words]
    code: object = None
    with streams(stdin) as (out, err):
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            sys.argv = before
        printed = Printed(content(out), content(err))
    if code not in (0, None):
        raise PageError(f"textransfer {shlex.join(words)}: exit code {code}: {printed.err}")
    return printed


def run_shell(command: str, stdin: str = "") -> Printed:
    """Run a command in bash and return what it printed."""
    run = subprocess.run(
        ["bash", "-c", SHELL + command],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHON": sys.executable},
    )
    if run.returncode:
        raise PageError(f"{command}: exit code {run.returncode}: {run.stderr}")
    return Printed(run.stdout, run.stderr)


def run_command(command: str) -> Printed:
    """Run a line of a shell block: stages of a pipe one after another, output into a file if it says so."""
    if OUTSIDE.search(command):
        raise PageError(f"{command}: reaches beyond the test's folder; mark it as not run, with the reason")
    if re.search(r"<<|&|;|\$\(|\n|2>", command):
        return run_shell(command)
    words = words_of(command)
    output = Path(words[words.index(">") + 1]) if ">" in words else None
    printed = Printed(Path(words[words.index("<") + 1]).read_text(encoding="utf-8") if "<" in words else "")
    for stage in stages(words):
        if stage[0] == "textransfer":
            printed = run_textransfer([os.path.expandvars(word) for word in stage[1:]], printed.out)
        else:
            printed = run_shell(shlex.join(stage), printed.out)
    if output is not None:
        output.write_text(printed.out, encoding="utf-8")
        return Printed("", printed.err)
    return printed


def words_of(command: str) -> list[str]:
    """Return the words of a command, signs of pipes and redirections apart, without its comment."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|><")
    lexer.whitespace_split = True
    return list(lexer)


def stages(words: list[str]) -> list[list[str]]:
    """Return the commands of a pipe without their redirections."""
    parts: list[list[str]] = [[]]
    rest = iter(words)
    for word in rest:
        if word == "|":
            parts.append([])
        elif word in ("<", ">"):
            next(rest)
        else:
            parts[-1].append(word)
    return parts


def run_python(text: str, names: dict[str, object], place: str) -> Printed:
    """Run a Python block, as a session if it is one, and return what it printed."""
    with streams("") as (out, _):
        if text.startswith(">>> "):
            flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            text = ERROR.sub(r"Traceback (most recent call last):\n    ...\n\1", text)
            examples = doctest.DocTestParser().get_doctest(text, names, place, place, 0)
            runner = doctest.DocTestRunner(optionflags=flags)
            runner.run(examples, clear_globs=False)
            if runner.failures:
                raise PageError(f"{place}: {content(out)}")
            names.update(examples.globs)
        else:
            exec(compile(text, place, "exec"), names)
        return Printed(content(out))


def comparable(text: str) -> str:
    """Return a text without what layout and time make of it."""
    lines = (
        re.sub(r"-{3,}", "---", re.sub(r"\s+", " ", line)).strip()
        for line in text.replace(BOM, "").splitlines()
    )
    return TIME.sub("TIME", "\n".join(line for line in lines if line))


def compare(shown: str, printed: list[Printed], place: str) -> None:
    """Assert that a page shows what commands printed, but for times, and for numbers as machines round them.

    A page may show the notices on standard error or leave them out. A line of three points stands for any
    lines, three points in a line for any characters.
    """
    expected = comparable(shown)
    plain = comparable("".join(one.out for one in printed))
    noticed = comparable("".join(one.err + one.out for one in printed))
    pattern = re.escape(NUMBER.sub("\0", expected)).replace("\0", f"({NUMBER.pattern})").replace("\\\n", "\n")
    pattern = re.sub(r"(?m)^(?:\\\.){3}\n", r"(?s:.*?)", pattern)
    pattern = re.sub(r"\n(?:\\\.){3}\Z", r"(?s:.*)", pattern).replace(r"\.\.\.", ".*?")
    match = re.fullmatch(pattern, plain) or re.fullmatch(pattern, noticed)
    if match is None:
        raise PageError(f"{place} shows\n{shown}\nand this was printed:\n{noticed}")
    for one, other in zip(NUMBER.findall(expected), match.groups(), strict=True):
        a, b = (float(number.replace(",", "")) for number in (one, other))
        if abs(a - b) > max(CLOSE, CLOSE * abs(a)):
            raise PageError(f"{place} shows {one} where {other} was printed:\n{noticed}")
