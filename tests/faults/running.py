"""Run the program in a forked child, in a folder of its own, watched or not."""

import gc
import importlib
import io
import os
import signal
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NoReturn

import typer.main

from textransfer.cli.app import main as program

from .call_numbers import CALLS
from .system_calls import Answer, Families, Watched, watch

typer.main.get_command = cache(typer.main.get_command)
"""The options of all commands are made once, not in each child: a third of the time of a short one."""


@dataclass
class Ended:
    """How a run ended and what it said."""

    watched: Watched
    out: str
    err: str
    modules: tuple[str, ...] = ()
    """What it had loaded in the end."""

    @property
    def code(self) -> int:
        """Exit code; below 0 a signal's number."""
        return self.watched.code


@dataclass
class Place:
    """A folder with the files of a user, and one for temporary files."""

    root: Path
    setups: list[Callable[[], None]] = field(default_factory=list)
    """What the child does before it begins."""

    def __post_init__(self) -> None:
        self.work, self.temporary = self.root / "work", self.root / "temporary"
        for folder in (self.work, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)

    def run(
        self,
        arguments: tuple[str, ...],
        answer: Answer | None = None,
        *,
        stops_when: str = "",
        families: Families = CALLS,
    ) -> Ended:
        """Run the program in the work folder, and return what it said."""
        logs = [self.root.with_name(self.root.name + ending) for ending in (".out", ".err", ".modules")]
        logs[-1].write_text("", encoding="utf-8")
        is_stopping = False

        def stop_if_ready(process: int) -> None:
            nonlocal is_stopping
            texts = "".join(log.read_text(encoding="utf-8", errors="replace") for log in logs[:2])
            if stops_when and stops_when in texts and not is_stopping:
                is_stopping = True
                os.kill(process, signal.SIGTERM)

        watched = watch(
            lambda: self._program(arguments, *logs),
            self.root,
            answer or (lambda *_: 0),
            families=families,
            on_idle=stop_if_ready,
        )
        out, err, modules = (log.read_text(encoding="utf-8", errors="replace") for log in logs)
        return Ended(watched, out, err, tuple(modules.split()))

    def _program(self, arguments: tuple[str, ...], out: Path, err: Path, modules: Path) -> int:
        for number, log in ((1, out), (2, err)):
            opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        sys.stdin, sys.stdout, sys.stderr = (
            io.TextIOWrapper(open(number, mode, closefd=False), encoding="utf-8")  # noqa: PTH123, SIM115
            for number, mode in ((0, "rb"), (1, "wb"), (2, "wb"))
        )
        os.chdir(self.work)
        os.environ["TMPDIR"] = str(self.temporary)
        tempfile.tempdir = None
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored
        weakref.finalize._registry.clear()  # type: ignore[attr-defined]  # those of the parent
        for setup in self.setups:
            setup()
        code = _exit_code(arguments)
        if not self.setups and code == 0:
            modules.write_text("\n".join(sorted(sys.modules)), encoding="utf-8")
        return code


def _exit_code(arguments: tuple[str, ...]) -> int:
    """Run to the end, as the interpreter would."""
    code = 1
    try:
        sys.argv = ["textransfer", *arguments]
        program()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    try:
        gc.collect()
        weakref.finalize._exitfunc()  # type: ignore[attr-defined]
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        sys.stderr.flush()
    return code


def load(modules: Iterable[str]) -> None:
    """Load what a child had loaded, so that the next ones find it there."""
    for name in modules:
        if name not in sys.modules:
            with suppress(Exception):
                importlib.import_module(name)
    gc.collect()


def warm(folder: Path, *arguments: str) -> None:
    """Run the program in this process, so that children find all of it loaded and compiled."""
    here, argv = Path.cwd(), sys.argv
    os.chdir(folder)
    try:
        sys.argv = ["textransfer", *arguments]
        with redirect_stdout(io.StringIO()):
            program()
    except SystemExit as done:
        if done.code:
            _complain(arguments, done.code)
    finally:
        os.chdir(here)
        sys.argv = argv
        gc.unfreeze()


def _complain(arguments: tuple[str, ...], code: object) -> NoReturn:
    raise RuntimeError(f"textransfer {' '.join(arguments)} ended with {code}")
