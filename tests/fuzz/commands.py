"""Command lines in one process: each ends with code 0, or 2 and one line; no file of others is touched."""

import contextlib
import hashlib
import io
import json
import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import typer
from fuzz.command_lines import ODD_NAME, OUTPUT_OPTIONS, SOUND, line_drawer
from fuzz.target import Target

from textransfer import SkipGram
from textransfer.cli import app

GOLDEN = Path(__file__).parents[1] / "golden/v1"
LOGGERS = (None, "textransfer", "textransfer.text.reading.findings", "matplotlib")
"""Which --verbose and --quiet change."""
PRIVATE = "zqxsecret"
"""Stands in two texts of each file: too rare for a vocabulary."""
_NAMES_LABELS = {"--label-column"}
"""Texts that are said to be labels are told as such."""
OBEYED = {chr(code) for code in (*range(32), *range(127, 160))} - {"\n", "\t"}
"""What a terminal would obey."""


def command_targets(place: Path) -> Iterator[Target]:
    """Yield a target for each command; they run in a folder of the place."""
    folder = _Folder(place)
    for command in sorted(SOUND):
        draw = line_drawer(command)
        sound = "predict" if command == "demo" else command  # the demo says that the disk is full
        yield Target(
            f"command {command}",
            "command line",
            lambda draws, draw=draw: json.dumps(draw(draws)).encode(),  # type: ignore[misc]
            folder.run,
            json.dumps([sound, *SOUND[sound]]).encode(),
        )


LINKS = {"link.csv": "few.csv", "loop.csv": "loop.csv"}
"""Where they lead: an output goes there."""


class _Folder:
    """A folder to run commands in, which is as it was before each."""

    def __init__(self, place: Path) -> None:
        self._outside, self._inside, self._model = place / "outside", place / "inside", place / "model"
        _write_inputs(self._model)
        self._outside.mkdir()
        (self._outside / "precious.txt").write_text("precious")
        self._digests = {name: _digest(self._model / name) for name in _states(self._model)}
        self._restore()
        self._outer = _states(self._outside)
        self._program = typer.main.get_command(app.app)

    def run(self, content: bytes) -> str:
        line = json.loads(content)
        if self._states != _states(self._inside):
            self._restore()
        code, shown, said = call(self._program, line, self._inside)
        if code not in (0, 2) or "Traceback" in said:
            raise AssertionError(f"code {code} and {said[-300:]!r} of {line}")
        if code == 2 and "error: " not in said.splitlines()[-1]:
            raise AssertionError(f"no line says what is wrong in {said[-300:]!r} of {line}")
        if OBEYED.intersection(said) or (line[0] != "predict" and OBEYED.intersection(shown)):
            raise AssertionError(f"a terminal would obey {shown[-300:]!r} or {said[-300:]!r} of {line}")
        if PRIVATE in said and not _NAMES_LABELS.intersection(line):
            raise AssertionError(f"a text stands in {said[-300:]!r} of {line}")
        self._check_files(line)
        return "refused" if code else "accepted"

    def _check_files(self, line: list[str]) -> None:
        """Complain about files that a line has changed, or left behind, and that are not its outputs."""
        after = _states(self._inside)
        changed = [name for name, state in self._states.items() if after.get(name) != state]
        changed = [name for name in changed if _digest(self._inside / name) != self._digests[name]]
        values = {
            value.rstrip("/") for option, value in zip(line, line[1:], strict=False) if _is_output(option)
        }
        values |= {"classifier", "embeddings"} | {LINKS[name] for name in values & LINKS.keys()}
        lost = [name for name in changed if name.split("/")[0] not in values and not {".", ""} & values]
        left = [name for name in after if name.startswith(".") and not name.endswith(".lock")]
        if lost or left or _states(self._outside) != self._outer:
            raise AssertionError(f"{lost or left or 'a file outside'} was changed or left by {line}")

    def _restore(self) -> None:
        shutil.rmtree(self._inside, ignore_errors=True)
        shutil.copytree(self._model, self._inside, symlinks=True)
        self._states = _states(self._inside)


def call(program: object, line: list[str], folder: Path) -> tuple[int, str, str]:
    """Return the exit code of a command line, and what it said on standard output and standard error."""
    output, errors, code = io.StringIO(), io.StringIO(), 0
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(mock.patch.object(sys, "argv", ["textransfer", *line]))
        stack.enter_context(mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a good film\n"))))
        for name in ("get_command", "get_group"):  # built once: it takes longer than most of the commands
            stack.enter_context(mock.patch(f"typer.main.{name}", return_value=program))
        stack.enter_context(mock.patch("gc.freeze"))
        stack.enter_context(mock.patch("textransfer.serving.server.serve", return_value=0))
        stack.enter_context(
            mock.patch("textransfer.demo.run_demo", side_effect=OSError(28, "No space", "demo"))
        )
        stack.enter_context(mock.patch.dict(os.environ, {"HOME": str(folder.parent)}))
        stack.enter_context(contextlib.redirect_stdout(output))
        stack.enter_context(contextlib.redirect_stderr(errors))
        stack.enter_context(warnings.catch_warnings())
        stack.callback(_restore, [(logger, *_state(logger)) for logger in map(logging.getLogger, LOGGERS)])
        try:
            app.main()
        except SystemExit as done:
            code = int(done.code or 0)
    return code, output.getvalue(), errors.getvalue()


def _state(logger: logging.Logger) -> tuple[int, bool, list[logging.Handler]]:
    return logger.level, logger.propagate, logger.handlers[:]


def _restore(states: list[tuple[logging.Logger, int, bool, list[logging.Handler]]]) -> None:
    for logger, level, propagate, handlers in states:
        logger.setLevel(level)
        logger.propagate, logger.handlers[:] = propagate, handlers


def _write_inputs(folder: Path) -> None:
    folder.mkdir()
    rows = [
        f"{word} film number {n},{label}"
        for n in range(6)
        for word, label in (("good", "positive"), ("bad", "negative"))
    ]
    rows += [f"a {PRIVATE} good film,positive", f"a {PRIVATE} bad film,negative"]
    table = "text,label\n" + "\n".join(rows) + "\n"
    for name in ("few.csv", ODD_NAME):
        (folder / name).write_text(table)
    (folder / "few.csv.gz").write_bytes(b"\x1f\x8b no archive")
    (folder / "texts.txt").write_text("a good film\na bad film\na fine film\n" * 9 + f"a {PRIVATE}\n")
    (folder / "texts.jsonl").write_text('{"text": "a good \\u001b[31m film", "label": "\\u202e"}\n' * 9)
    (folder / "empty.txt").write_text("")
    (folder / "x.vec").write_text("2 2\ngood 1 2\nbad 3 4\n")
    (folder / "odd.bin").write_bytes(bytes(range(256)))
    for name, target in LINKS.items():
        (folder / name).symlink_to(target)
    (folder / "folder.csv").mkdir()
    shutil.copytree(GOLDEN / "classifier", folder / "classifier")
    SkipGram(vector_size=4, epochs=2).fit(folder / "texts.txt").vectors_.save(folder / "embeddings")


def _is_output(option: str) -> bool:
    return option in OUTPUT_OPTIONS


def _states(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return what changes when a file does, of each file and link."""
    states = {}
    for where, folders, files in os.walk(folder):
        for name in [*files, *folders]:
            path = Path(where, name)
            status = path.lstat()
            times = () if name in folders else (status.st_mtime_ns, status.st_size)
            states[path.relative_to(folder).as_posix()] = (status.st_ino, status.st_mode, *times)
    return states


def _digest(path: Path) -> str:
    """Return what a file holds, in short; of a link where it leads to."""
    if path.is_symlink():
        return str(path.readlink())
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else str(path.exists())
