"""Disturb one command at one call, and judge what it leaves and says."""

import errno
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property  # noqa: TID251 - no process forks while it computes
from pathlib import Path

from .call_numbers import CALLS, LOOKS
from .cases import Case, inputs_of
from .running import Ended, Place, load
from .states import Files, content_of, files_of, is_like, leftovers, named_evenly, part, rest
from .system_calls import Answer, Call

NO_SPACE, INPUT_OUTPUT, INTERRUPTED, KILLED = "no space", "I/O error", "interrupted", "killed"
UNREADABLE = "unreadable"
KINDS = (NO_SPACE, INPUT_OUTPUT, INTERRUPTED, KILLED, UNREADABLE)
INTERRUPTED_CODE = 130


@dataclass(frozen=True)
class Verdict:
    """What was wrong after a fault; nothing should be."""

    lost: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


class Trial:
    """A command with its files: run it undisturbed, then again with a fault at each call.

    In `store` lie the inputs of all cases, `inputs` and, for outputs that are there already, `older`.
    """

    def __init__(self, case: Case, store: Path, root: Path, *, is_fresh: bool) -> None:
        self.case, self.store, self.root = case, store, root
        self.older: Path | None = None
        resumes = "--resume" in case.arguments
        self.is_fresh = is_fresh or resumes
        self.checkpoint: Path | None = None
        if resumes:
            self.checkpoint = self._half_done()
        elif case.outputs and not self.is_fresh and not case.begins_with:
            self.older = self._older()
        _, ended = self._run_whole()
        load(ended.modules)
        files, ended = self._run_whole()
        self.expected = {name: part(files, name) for name in case.outputs}
        self.printed = ended.out
        self.calls: Sequence[Call] = ended.watched.calls
        """Calls that open or change a file."""
        self._repeated: set[object] = set()

    @cached_property
    def looks(self) -> Sequence[Call]:
        """Calls that read a file, look at it, lock it or let go of it."""
        place = self.emptied("whole")
        self.fill(place)
        ended = place.run(self.case.arguments, stops_when=self.case.stops_when, families=LOOKS)
        self._expect_success(ended)
        return ended.watched.calls

    def calls_for(self, kind: str) -> list[Call]:
        """Return the calls that a fault of some kind can disturb."""
        calls = self.looks if kind == UNREADABLE else self.calls
        return [call for call in calls if call.makes_room or kind != NO_SPACE]

    def _older(self) -> Path:
        """Make outputs of older inputs."""
        place = self.emptied("older")
        for path in inputs_of(self.case, self.store / "older"):
            copy(path, place.work)
        self._expect_success(place.run(self.case.arguments))
        return place.work

    def _half_done(self) -> Path:
        """Kill the command in the middle; return its checkpoint."""
        place = self.emptied("half")
        self.fill(place)
        whole = place.run(self.case.arguments)
        self._expect_success(whole)
        place = self.emptied("half")
        self.fill(place)
        half = len(whole.watched.calls) // 2
        place.run(self.case.arguments, fault(KILLED, half))
        return place.work / self.case.may_leave[0]

    def _run_whole(self) -> tuple[dict[str, bytes], Ended]:
        place = self.emptied("whole")
        self.fill(place)
        before = files_of(place.work)
        began = time.perf_counter()
        ended = place.run(self.case.arguments, stops_when=self.case.stops_when)
        self.seconds = time.perf_counter() - began
        self._expect_success(ended)
        after = files_of(place.work)
        if self.strangers(after) != rest(self.strangers(before), self.case.may_leave):
            raise RuntimeError(f"{self.case.name} changes {set(after) ^ set(before)} besides its outputs")
        if files_of(place.temporary):
            raise RuntimeError(f"{self.case.name} leaves temporary files")
        return after, ended

    def run_with(self, name: str, change: Callable[[Path], None]) -> tuple[dict[str, bytes], Ended]:
        """Run with an input that was changed before; return the files there are then, and what was said."""
        place = self.emptied("changed")
        self.fill(place)
        change(place.work / name)
        ended = place.run(self.case.arguments, stops_when=self.case.stops_when)
        return files_of(place.work) if ended.code == 0 else {}, ended

    def positions(self, kind: str, n_wanted: int | None, *, n_alike: int | None = None) -> list[int]:
        """Return the calls to disturb, counted from 1: all, or some; those of all kinds are spread evenly.

        With `n_alike` only so many of the calls of a family on a file: the first ones, and the last.
        """
        calls = self.calls_for(kind)
        if n_wanted is not None:
            last = len(KINDS) * n_wanted - 1
            places = (KINDS.index(kind) + i * len(KINDS) for i in range(n_wanted))
            return sorted({1 + round(place * (len(calls) - 1) / last) for place in places})
        if n_alike is None:
            return list(range(1, len(calls) + 1))
        alike: dict[tuple[str, str], list[int]] = {}
        for number, call in enumerate(calls, 1):
            alike.setdefault((call.family, named_evenly(call.path)), []).append(number)
        return sorted(
            number
            for numbers in alike.values()
            for number in (numbers if len(numbers) <= n_alike else [*numbers[: n_alike - 1], numbers[-1]])
        )

    def disturb(self, kind: str, number: int) -> tuple[Verdict, Ended, dict[str, bytes]]:
        """Run with a fault at a call, then once more; judge both."""
        place = self.emptied("disturbed")
        self.fill(place)
        before = files_of(place.work)
        ended = place.run(
            self.case.arguments,
            fault(kind, number),
            stops_when=self.case.stops_when,
            families=LOOKS if kind == UNREADABLE else CALLS,
        )
        after = files_of(place.work)
        states = {name: self.state(name, part(before, name), part(after, name)) for name in self.case.outputs}
        lost = self._losses(kind, ended, before, after, states)
        kept = {name for name in files_of(place.temporary) if not _PROBE.fullmatch(name)}
        calls = ended.watched.calls
        is_there = len(calls) >= number and calls[number - 1].path.startswith(str(place.temporary))
        if kind != KILLED and not (kind != NO_SPACE and is_there) and kept:
            lost.append(f"left among temporary files: {', '.join(sorted(kept))}")
        unclear = [] if kind == KILLED else self._obscurities(kind, ended, states)
        for path in place.temporary.iterdir():
            remove(path)
        left = frozenset((named_evenly(name), content_of(after, name)) for name in after)
        if left not in self._repeated:
            lost += (problems := self.second_run(place, before, states))
            if not problems:
                self._repeated.add(left)
        return Verdict(tuple(lost), tuple(unclear)), ended, after

    def second_run(
        self, place: Place, before: Files, states: dict[str, str], *, spared: tuple[str, ...] = ()
    ) -> list[str]:
        """Run the command again, undisturbed, and say what is wrong then; what is spared may have changed."""
        arguments = self.case.arguments
        if "--resume" in arguments and set(states.values()) == {"new"}:
            return []
        ended = place.run(arguments, stops_when=self.case.stops_when)
        if ended.code:
            return [f"the second run ended with {ended.code}: {ended.err.strip()[-300:]}"]
        after = files_of(place.work)
        lost = [
            f"{name} is {state} after the second run"
            for name in self.case.outputs
            if (state := self.state(name, {}, part(after, name))) != "new" and not self.case.begins_with
        ]
        if names := leftovers(rest(after, spared)):
            lost.append(f"left after the second run: {', '.join(names)}")
        spare = self.spares(after)
        changed = changed_files(
            self.strangers(rest(after, (*spare, *spared))),
            rest(self.strangers(before), (*self.case.may_leave, *spared)),
        )
        if changed:
            lost.append(f"changed or left after the second run: {', '.join(changed)}")
        return lost

    def _losses(
        self, kind: str, ended: Ended, before: Files, after: Files, states: dict[str, str]
    ) -> list[str]:
        lost = [f"{name} is neither old nor new" for name, state in states.items() if state == "half"]
        if ended.watched.is_hung:
            lost.append("it hung")
        allowed = (*self.case.may_leave, *self.spares(after))
        strangers = self.strangers(rest(after, allowed))
        if kind != NO_SPACE:  # the next run clears it away
            strangers = {name: content for name, content in strangers.items() if name not in leftovers(after)}
        if changed := changed_files(strangers, self.strangers(rest(before, self.case.may_leave))):
            lost.append(f"changed or left besides the outputs: {', '.join(changed)}")
        if ended.code == 0 and kind != KILLED:
            lost += [
                f"ended with 0, but {name} is {state}" for name, state in states.items() if state != "new"
            ]
            if not self.case.outputs and not self.case.stops_when and ended.out != self.printed:
                lost.append("ended with 0, but printed something else")
        return lost

    def _obscurities(self, kind: str, ended: Ended, states: dict[str, str]) -> list[str]:
        unclear = []
        if "Traceback" in ended.err or "Exception ignored" in ended.err:
            unclear.append("a traceback")
        errors = [line for line in ended.err.splitlines() if line.startswith("error: ")]
        if kind == INTERRUPTED:
            if ended.code not in (0, INTERRUPTED_CODE):
                unclear.append(f"exit code {ended.code} after Ctrl-C")
        elif ended.code == 2:
            if len(errors) != 1:
                unclear.append(f"{len(errors)} lines of errors")
            elif not self.is_named(errors[0]):
                unclear.append("no file of the command line is named")
            elif "nothing was changed" in errors[0] and "new" in states.values() and len(states) == 1:
                unclear.append("says that nothing was changed, but it was")
        elif ended.code:
            unclear.append(f"exit code {ended.code}")
        elif errors:
            unclear.append("an error, but exit code 0")
        return unclear

    def is_named(self, line: str) -> bool:
        names = {*self.case.outputs, *self.case.may_leave, *self.case.arguments, str(self.root)}
        is_inner = re.search(r"\.[a-z0-9_]{8}\.tmp|textransfer-stage", line)
        return any(name in line for name in names if "." in name or len(name) > 2) and not is_inner

    def state(self, name: str, before: Files, after: Files) -> str:
        expected = self.expected[name]
        if self.case.name == "curve" and name == "out":
            before, after, expected = (rest(files, ("/budgets",)) for files in (before, after, expected))
            if not set(before) - {"/"} and set(after) == {"/"}:
                return "begun"
        if not after:
            return "half" if before else "absent"
        if after == before:
            return "old"
        if is_like(after, expected, name):
            return "new"
        if self.case.deferred and self._is_interrupted(after):
            return "interrupted"
        return "half"

    def _is_interrupted(self, files: Files) -> bool:
        return b'"is_interrupted": true' in files.get("/config.json", b"") and set(files) == set(
            self.expected["out"]
        )

    def spares(self, files: Files) -> tuple[str, ...]:
        """Return whole outputs that were saved by another name, since theirs could not be taken."""
        spares = []
        for name in self.case.outputs:
            path = Path(name)
            spare = str(path.with_stem(f"{path.stem}-2"))
            if is_like(part(files, spare), rest(self.expected[name], ("/budgets",)), name):
                spares.append(spare)
        return tuple(spares)

    def strangers(self, files: Files) -> dict[str, bytes]:
        return rest(files, self.case.outputs)

    def fill(self, place: Place) -> None:
        for path in inputs_of(self.case, self.store / "inputs"):
            copy(path, place.work)
        if self.case.begins_with:
            copy(self.store / "inputs" / self.case.begins_with, place.work, self.case.outputs[0])
        if self.older is not None:
            for name in self.case.outputs:
                copy(self.older / name, place.work, name)
        if self.checkpoint is not None:
            copy(self.checkpoint, place.work)

    def emptied(self, name: str) -> Place:
        remove(self.root / name)
        return Place(self.root / name)

    def _expect_success(self, ended: Ended) -> None:
        if ended.code:
            raise RuntimeError(f"{self.case.name} ended with {ended.code}: {ended.err}")


_PROBE = re.compile("[a-z0-9_]{8}")
"""What Python's `tempfile` writes, to see whether it can."""


def fault(kind: str, number: int) -> Answer:
    """Return what disturbs the n-th call; for a full disk, the n-th that needs room and all that follow."""
    n_for_room = 0

    def answer(position: int, call: Call, process: int) -> int:
        nonlocal n_for_room
        if kind == NO_SPACE:
            n_for_room += call.makes_room
            return errno.ENOSPC if call.makes_room and n_for_room >= number else 0
        if position != number:
            return 0
        if kind in (INPUT_OUTPUT, UNREADABLE):
            return errno.EIO
        os.kill(process, signal.SIGINT if kind == INTERRUPTED else signal.SIGKILL)
        return 0

    return answer


def changed_files(after: Files, before: Files) -> list[str]:
    """Name the files that are not the same."""
    return sorted(name for name in {*after, *before} if after.get(name) != before.get(name))


def copy(path: Path, folder: Path, name: str | None = None) -> None:
    """Copy a file or folder into a folder, by its own name or another; nothing if it is not there."""
    target = folder / (name or path.name)
    target.parent.mkdir(exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, target)
    elif path.exists():
        shutil.copy(path, target)


def remove(path: Path) -> None:
    """Remove a file, or a folder with what it holds, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
