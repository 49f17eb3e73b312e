"""Command lines at random: each ends with code 0, or with 2 and one line; no file of others is touched."""

import contextlib
import hashlib
import io
import json
import logging
import os
import random
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import typer
from fuzz.target import Target

from textransfer import SkipGram
from textransfer.cli import app

GOLDEN = Path(__file__).parents[1] / "golden/v1"
VALUES = [
    "",
    " ",
    "-",
    "--",
    "0",
    "-1",
    "1",
    "2",
    "1.5",
    "nan",
    "inf",
    "1e999",
    "\uff11",
    "1_000",
    "0x10",
    "true",
    "None",
]
VALUES += [
    "\x1b[31m",
    "\ud83d\ude00",
    "a=b",
    "=",
    "a=",
    "text",
    "label",
    "auto",
    "none",
    "x" * 5000,
    "..",
    "*",
    "[",
    "~",
]
VALUES += [
    "0:5",
    ":",
    "5:",
    "-3:",
    "a:b",
    "tab",
    "utf-8",
    "utf-16",
    "undefined",
    "cp932",
    "csv",
    "99999999999999999999",
]
INPUTS = [
    "few.csv",
    "texts.txt",
    "none.csv",
    ".",
    "empty.txt",
    "few.csv.gz",
    "embeddings",
    "classifier",
    "odd.bin",
]
OUTPUTS = [
    "out",
    "out.csv",
    "out.html",
    "out.png",
    "out.xlsx",
    "none/out",
    "out.vec",
    "few.csv",
    "embeddings",
]
LENGTHY = {
    "--epochs",
    "--max-steps",
    "--draws",
    "--n-draws",
    "--repeats",
    "--update-epochs",
    "--folds",
    "--budgets",
}
"""Options whose large values are answered by work, not by an error."""
FEW = ["1", "2", "0", "-1", "nan", "", "x"]
OUTPUT_OPTIONS = {"-o", "--output", "--report", "--plot", "--checkpoint", "--figure", "--csv", "--save"}
LABELLED = ["--labeled", "few.csv"]
TESTED = [*LABELLED, "--test", "few.csv"]
SOUND = {
    "pretrain": ["texts.txt", "--epochs", "1", "--vector-size", "4", "--n-jobs", "1", "-o", "out"],
    "update": ["texts.txt", "--epochs", "1", "-o", "out"],
    "classify": [*LABELLED, "--draws", "1", "--epochs", "2", "-o", "out"],
    "curve": [*TESTED, "--draws", "2", "--budgets", "4", "--n-jobs", "1", "--frozen", "-o", "out"],
    "experiment": [*TESTED, "--draws", "2", "--n-labels", "4", "-o", "out"],
    "predict": ["--input", "few.csv", "-o", "out.csv"],
    "evaluate": LABELLED,
    "suggest": ["texts.txt", "-n", "2", "-o", "out.csv"],
    "fit-check": LABELLED,
    "advise": [*LABELLED, "--draws", "1"],
    "neighbors": ["good"],
    "serve": ["classifier"],
    "export": ["embeddings", "--to", "glove", "-o", "out.txt"],
    "import": ["x.vec", "-o", "out"],
    "info": ["classifier"],
    "demo": ["-o", "out"],
}
"""A line of each command that succeeds, but for the demo, which is not run."""
LOGGERS = (None, "textransfer", "textransfer.text.reading.findings", "matplotlib")
"""Which --verbose and --quiet change."""
LEFT_OUT = {"--help", "-h", "--version"}


def command_target(place: Path) -> Target:
    """Return the target of all commands; it runs them in a folder of the place."""
    outside, inside, model = place / "outside", place / "inside", place / "model"
    _write_inputs(model)
    outside.mkdir()
    (outside / "precious.txt").write_text("precious")
    program = typer.main.get_group(app.app)
    known = {
        name: [p.opts[0] for p in c.params if p.param_type_name == "option"]
        for name, c in program.commands.items()
    }
    flags = {p.opts[0] for c in program.commands.values() for p in c.params if getattr(p, "is_flag", False)}

    def case(draws: random.Random) -> bytes:
        command = draws.choice(sorted(known))
        options = sorted(set(known[command]) - LEFT_OUT)
        line = [command if draws.random() < 0.98 else draws.choice(VALUES), *SOUND[command]]
        if draws.random() < 0.3:
            line[draws.randrange(1, len(line))] = draws.choice(INPUTS + OUTPUTS + VALUES)
        options = [option for option in options if option not in line]
        for _ in range(draws.choice([0, 1, 1, 1, 2, 3])):
            option = draws.choice(options) if draws.random() < 0.97 else "--" + draws.choice(VALUES)
            line.append(option)
            if option not in flags or draws.random() < 0.05:
                usual = INPUTS + OUTPUTS if option not in OUTPUT_OPTIONS else OUTPUTS
                line.append(
                    draws.choice(FEW if option in LENGTHY else usual if draws.random() < 0.5 else VALUES)
                )
        return json.dumps(line).encode()

    def run(content: bytes) -> str:
        line = json.loads(content)
        shutil.rmtree(inside, ignore_errors=True)
        shutil.copytree(model, inside)
        before = _digests(outside), _digests(inside)
        code, shown = call(line, inside)
        after = _digests(outside), _digests(inside)
        if code not in (0, 2) or "Traceback" in shown:
            raise AssertionError(f"code {code} and {shown[-300:]!r} of {line}")
        if code == 2 and "error: " not in shown.splitlines()[-1]:
            raise AssertionError(f"no line says what is wrong in {shown[-300:]!r} of {line}")
        changed = [name for name, digest in before[1].items() if after[1].get(name) != digest]
        outputs = [value for option, value in zip(line, line[1:], strict=False) if option in OUTPUT_OPTIONS]
        lost = [
            name
            for name in changed
            if not any(name.split("/")[0] == value for value in [*outputs, "classifier", "embeddings"])
        ]
        if before[0] != after[0] or lost:
            raise AssertionError(f"{lost or 'a file outside'} was changed by {line}")
        return "refused" if code else "accepted"

    return Target(
        "command line", "command line", case, run, json.dumps(["predict", *SOUND["predict"]]).encode()
    )


def call(line: list[str], folder: Path) -> tuple[int, str]:
    """Return the exit code of a command line, and what it said on standard error."""
    errors, code = io.StringIO(), 0
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(mock.patch.object(sys, "argv", ["textransfer", *line]))
        stack.enter_context(mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a good film\n"))))
        stack.enter_context(mock.patch("textransfer.serving.server.serve", return_value=0))
        stack.enter_context(
            mock.patch("textransfer.demo.run_demo", side_effect=OSError(28, "No space", "demo"))
        )
        stack.enter_context(mock.patch.dict(os.environ, {"HOME": str(folder.parent)}))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(contextlib.redirect_stderr(errors))
        stack.enter_context(warnings.catch_warnings())
        stack.callback(_restore, [(logger, *_state(logger)) for logger in map(logging.getLogger, LOGGERS)])
        try:
            app.main()
        except SystemExit as done:
            code = int(done.code or 0)
    return code, errors.getvalue()


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
    (folder / "few.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    (folder / "few.csv.gz").write_bytes(b"\x1f\x8b no archive")
    (folder / "texts.txt").write_text("a good film\na bad film\na fine film\n" * 9)
    (folder / "empty.txt").write_text("")
    (folder / "x.vec").write_text("2 2\ngood 1 2\nbad 3 4\n")
    (folder / "odd.bin").write_bytes(bytes(range(256)))
    shutil.copytree(GOLDEN / "classifier", folder / "classifier")
    SkipGram(vector_size=4, epochs=2).fit(folder / "texts.txt").vectors_.save(folder / "embeddings")


def _digests(folder: Path) -> dict[str, str]:
    return dict(_files(folder))


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()
