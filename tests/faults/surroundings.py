"""What surrounds a command and goes wrong there: limits, signals, a lost reader, other programs at work."""

import errno
import io
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from .cases import Case
from .file_systems import closing_streams, interrupting_twice, lacking, refusing
from .running import Ended, Place
from .settings import INTERRUPTED_CODE, THEIRS, Setting
from .system_calls import Answer, Call, write_half
from .trial import Trial, copy, remove

Settings = Callable[[Trial, int], Iterator[Setting]]


@dataclass(frozen=True)
class Surrounding:
    """A kind of disturbance."""

    name: str
    settings: Settings
    """Called with a trial and how many settings are wanted."""
    fits: Callable[[Case], bool] = lambda _: True
    turned: Callable[[Case], Case] = lambda case: case
    """How the command line is changed for it."""


def surroundings() -> list[Surrounding]:
    """Return all of them, in the order of the documents."""
    return [
        Surrounding("an input is cut, written to, replaced or removed", _changed_inputs, _has_inputs),
        Surrounding(
            "the folder of the output is removed or replaced", _moved_folders, _can_move, _into_folder
        ),
        Surrounding("the output is replaced by a file of another program", _taken_outputs, _can_move),
        Surrounding("the same command runs a second time", _second_runs, lambda case: not case.stops_when),
        Surrounding("every open, write and sync is interrupted once (EINTR)", _interrupted_calls),
        Surrounding("every write takes half (short writes)", _short_writes),
        Surrounding("few open files (16, 32, 64)", partial(_limited, resource.RLIMIT_NOFILE, (16, 32, 64))),
        Surrounding("little memory (0 to 16 MiB more)", _little_memory),
        Surrounding(
            "files of at most 4, 20, 100 kB",
            partial(_limited, resource.RLIMIT_FSIZE, (4_096, 20_000, 100_000)),
        ),
        Surrounding("temporary folder full or closed to writing", partial(_closed, "TMPDIR", "temporary")),
        Surrounding("home folder full or closed to writing", partial(_closed, "HOME", "home")),
        Surrounding("nobody reads what is printed, or one line", _lost_readers, turned=_talkative),
        Surrounding("a clock that jumps", _jumping_clock),
        Surrounding("a file system without locks, exchange, links, rights, ...", lacking),
        Surrounding(
            "the disk turns read-only, over quota or closed", refusing, lambda case: bool(case.outputs)
        ),
        Surrounding("Ctrl-C twice in a row", interrupting_twice, lambda case: not case.stops_when),
        Surrounding("standard streams full or closed", closing_streams, _prints, _talkative),
        Surrounding("stopped and continued", _stops, _takes_long),
        *(
            Surrounding(f"{number.name} at a random moment", partial(_signals, number), _takes_long)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        ),
    ]


def _takes_long(case: Case) -> bool:
    return case.arguments[0] in ("pretrain", "update", "classify", "curve", "experiment")


def _signals(number: signal.Signals, trial: Trial, few: int) -> Iterator[Setting]:
    codes = (INTERRUPTED_CODE,) if number == signal.SIGINT else (-number,)
    for turn in range(few):
        moment = trial.seconds * Random(f"{trial.case.name} {number} {turn}").random()
        yield Setting(f"after {moment:.2f} s", (partial(_send, number, moment),), codes=codes)


def _send(number: int, seconds: float) -> None:
    process = os.getpid()
    if not os.fork():
        time.sleep(seconds)
        os.kill(process, number)
        os._exit(0)


def _stops(trial: Trial, few: int) -> Iterator[Setting]:
    for turn in range(few):
        moment = trial.seconds * Random(f"{trial.case.name} {turn}").random()
        yield Setting(f"after {moment:.2f} s", (partial(_stop, moment),), codes=())


def _stop(seconds: float) -> None:
    process = os.getpid()
    if not os.fork():
        time.sleep(seconds)
        os.kill(process, signal.SIGSTOP)
        time.sleep(0.1)
        os.kill(process, signal.SIGCONT)
        os._exit(0)


def _prints(case: Case) -> bool:
    return not case.stops_when


def _limited(limit: int, values: tuple[int, ...], trial: Trial, few: int) -> Iterator[Setting]:
    for value in values:
        yield Setting(f"limit {value}", (partial(_set_limit, limit, value),))


def _set_limit(limit: int, value: int) -> None:
    resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))


def _little_memory(trial: Trial, few: int) -> Iterator[Setting]:
    for kibibytes in (0, 256, 1024, 4096, 16384):
        yield Setting(f"{kibibytes} KiB", (partial(_limit_memory, kibibytes << 10),))


def _limit_memory(n_bytes: int) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _set_limit(resource.RLIMIT_AS, pages * resource.getpagesize() + n_bytes)


def _closed(variable: str, name: str, trial: Trial, few: int) -> Iterator[Setting]:
    folder = str(trial.root / "disturbed" / name)
    for error in (errno.ENOSPC, errno.EACCES, errno.EROFS):

        def answer(_: int, call: Call, __: int, error: int = error) -> int:
            return error if call.makes_room and call.path.startswith(folder) else 0

        yield Setting(errno.errorcode[error], (partial(os.environ.__setitem__, variable, folder),), answer)


def _interrupted_calls(trial: Trial, few: int) -> Iterator[Setting]:
    retried: set[Call] = set()

    def answer(_: int, call: Call, __: int) -> int:
        is_folder = call.family == "open" and any(flag & os.O_DIRECTORY for flag in call.arguments[1:3])
        if call.family not in ("open", "write", "sync") or is_folder:
            return 0
        retried.symmetric_difference_update({call})
        return errno.EINTR if call in retried else 0

    yield Setting("", answer=answer, codes=())


def _short_writes(trial: Trial, few: int) -> Iterator[Setting]:
    yield Setting("", answer=lambda _, call, process: write_half(call, process))


def _jumping_clock(trial: Trial, few: int) -> Iterator[Setting]:
    yield Setting("", (_let_clock_jump,))


def _let_clock_jump() -> None:
    real, calls = time.time, count()
    time.time = lambda: real() + (-1) ** (n := next(calls)) * 1e6 * n  # type: ignore[assignment]


def _lost_readers(trial: Trial, few: int) -> Iterator[Setting]:
    for n_lines in (0, 1):
        yield Setting(f"{n_lines} lines", (partial(_read_few, n_lines),), has_reader=False)


def _read_few(n_lines: int) -> None:
    """Let standard output be a pipe whose reader goes after some lines."""
    reader, writer = os.pipe()
    if n_lines and not os.fork():
        os.close(writer)
        with os.fdopen(reader, "rb") as stream:
            for _ in range(n_lines):
                stream.readline()
        os._exit(0)
    os.close(reader)
    os.dup2(writer, 1)
    os.close(writer)
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False), encoding="utf-8")


def _talkative(case: Case) -> Case:
    return replace(case, arguments=tuple(word for word in case.arguments if word not in ("-q", "--quiet")))


def _second_runs(trial: Trial, few: int) -> Iterator[Setting]:
    """Run the command once more, from beginning to end, while it stands at a call."""
    for number in trial.positions("interrupted", few) if trial.case.outputs else [1]:
        peers: list[Ended] = []

        def answer(
            position: int, call: Call, _: int, number: int = number, peers: list[Ended] = peers
        ) -> int:
            if position == number:
                second = Place(trial.root / "second")
                second.work = trial.root / "disturbed" / "work"
                peers.append(second.run(trial.case.arguments))
            return 0

        yield Setting(f"at call {number}", answer=answer, peers=peers)


def _can_move(case: Case) -> bool:
    return bool(case.outputs) and not case.begins_with and not case.may_leave and len(case.outputs) == 1


def _into_folder(case: Case) -> Case:
    """Let the output lie in a folder of its own."""
    names = {name: f"sub/{name}" for name in case.outputs}
    arguments = tuple(names.get(word, word) for word in case.arguments)
    return replace(case, arguments=arguments, outputs=tuple(names.values()))


def _moved_folders(trial: Trial, few: int) -> Iterator[Setting]:
    folder = trial.root / "disturbed" / "work" / "sub"
    away = folder.with_name("away")

    def replace_folder() -> None:
        folder.rename(away)
        folder.mkdir()
        (folder / "theirs.txt").write_text(THEIRS)

    for name, action in (("removed", partial(remove, folder)), ("replaced", replace_folder)):
        for number in trial.positions("interrupted", few):
            yield Setting(
                f"{name} at call {number}",
                answer=_at(number, action),
                touched=("sub", "away"),
                kept=("sub/theirs.txt",) if name == "replaced" else (),
                is_late=number > _last_rename(trial),
                names_file=True,
            )


def _taken_outputs(trial: Trial, few: int) -> Iterator[Setting]:
    name = trial.case.outputs[0]
    output = trial.root / "disturbed" / "work" / name
    theirs = name if Path(name).suffix else f"{name}/theirs.txt"

    def take() -> None:
        remove(output)
        path = output.parent / theirs
        path.parent.mkdir(exist_ok=True)
        path.write_text(THEIRS)

    # What stood there before the command began to write is replaced, as --force says.
    begins = next(
        n for n, call in enumerate(trial.calls, 1) if call.family == "mkdir" and f".{name}." in call.path
    )
    for number in trial.positions("interrupted", few):
        yield Setting(
            f"at call {number}",
            answer=_at(number, take),
            touched=trial.case.outputs,
            kept=(theirs,) if number > begins else (),
            is_late=number > _last_rename(trial),
            names_file=True,
            is_repeatable=False,
        )


def _last_rename(trial: Trial) -> int:
    return max(number for number, call in enumerate(trial.calls, 1) if call.family == "rename")


def _at(number: int, action: Callable[[], None]) -> Answer:
    def answer(position: int, *_: object) -> int:
        if position == number:
            action()
        return 0

    return answer


def _has_inputs(case: Case) -> bool:
    return not case.begins_with and not case.stops_when and case.arguments[0] != "demo"


def _changed_inputs(trial: Trial, few: int) -> Iterator[Setting]:
    """Change each input at each moment at which it is opened."""
    place = trial.root / "disturbed" / "work"
    names = sorted({word for word in trial.case.arguments if (trial.store / "inputs" / word).exists()})
    for name in names:
        is_folder = (trial.store / "inputs" / name).is_dir()
        n_opens = sum(_is_opened(call, trial.root / "whole" / "work" / name) for call in trial.calls)
        for action, change in _FOLDER_CHANGES if is_folder else _FILE_CHANGES:
            after, ended = trial.run_with(name, partial(change, trial))
            for number in range(1, min(n_opens, few) + 1):
                yield Setting(
                    f"{name} {action} at opening {number}",
                    answer=_at_opening(place / name, number, partial(change, trial, place / name)),
                    touched=(name,),
                    names_file=True,
                    is_repeatable=False,
                    other=ended,
                    others=after,
                )


def _is_opened(call: Call, path: Path) -> bool:
    return call.family == "open" and (call.path == str(path) or call.path.startswith(f"{path}/"))


def _at_opening(path: Path, number: int, action: Callable[[], None]) -> Answer:
    n_opens = 0

    def answer(_: int, call: Call, __: int) -> int:
        nonlocal n_opens
        n_opens += _is_opened(call, path)
        if n_opens == number and _is_opened(call, path):
            action()
        return 0

    return answer


def _cut(_: Trial, path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _append(_: Trial, path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"one more line\n")


def _overwrite(_: Trial, path: Path) -> None:
    middle = path.stat().st_size // 2
    with path.open("r+b") as stream:
        stream.seek(middle)
        stream.write(b"other words ")


def _replace(trial: Trial, path: Path) -> None:
    """Put the one of an earlier time in its place."""
    remove(path.with_name("..new"))
    copy(trial.store / "older" / path.name, path.parent, "..new")
    if path.is_dir():
        shutil.rmtree(path)
    path.with_name("..new").rename(path)


def _remove(_: Trial, path: Path) -> None:
    remove(path)


_FILE_CHANGES = (
    ("cut", _cut),
    ("appended to", _append),
    ("overwritten", _overwrite),
    ("replaced", _replace),
    ("removed", _remove),
)
_FOLDER_CHANGES = (("replaced", _replace), ("removed", _remove))
