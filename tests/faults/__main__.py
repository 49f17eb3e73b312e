"""Let each file call of each command fail in turn, and see what is lost: ``python -m tests.faults``.

The program runs in forked children of this process, which has everything loaded, in a folder with inputs,
with outputs of an earlier run, and with files of others. The kernel hands over each call of the child on a
file there (`system_calls`: open, write, fsync, rename, mkdir, unlink, link, truncate, chmod), whichever
library makes it. For n = 1, 2, ... until none is left the n-th call fails, in four ways: the disk is full
from there on, one I/O error, Ctrl-C, SIGKILL. In a fifth way the n-th of the calls that read, look at, lock,
map or close a file fails with an I/O error. After each fault (`trial`):

- each output is the old one or the new one, byte for byte, absent if there was none; never a half;
- no other file was changed; what lies beside an output after a kill is cleared away by the next run;
- the exit code tells what happened, with one line that names a file of the command line, and no traceback;
- the same command, run again, succeeds: once for each state of the files that faults have left.

Prints JSON lines: one for each command and kind of fault. With ``--few N`` only N calls of each kind are
disturbed: the first, the last, and some between. With ``--surroundings`` the commands run where other things
go wrong (`surroundings`): inputs that change, limits, signals, a full temporary folder, a second run. With
``--whole`` both are done, over outputs of an earlier run; of several calls of one family on one file (as of a
checkpoint that is written again and again) the first and the last are disturbed, of slow commands some calls.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # the children are forked

from .cases import Case, cases, make_inputs  # noqa: E402
from .judging import judge  # noqa: E402
from .running import warm  # noqa: E402
from .states import named_evenly  # noqa: E402
from .surroundings import surroundings  # noqa: E402
from .system_calls import can_watch  # noqa: E402
from .trial import KINDS, UNREADABLE, Trial  # noqa: E402


def main() -> int:
    """Run the trials; return 1 if anything was lost or unclear."""
    arguments = _arguments()
    if not can_watch():
        print("calls of other processes cannot be watched here (Linux 5.5 or later can)", file=sys.stderr)
        return 3
    wanted = [case for case in cases() if arguments.only is None or case.name in arguments.only]
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[arguments.part % len(cores)]})  # one process a run, that is watched whole
    n_wrong = 0
    with tempfile.TemporaryDirectory(prefix="faults-", dir=arguments.folder) as folder:
        store = Path(folder).resolve()
        for name in ("inputs", "older"):
            make_inputs(store / name, warm, is_older=name == "older")
        for number, case in enumerate(wanted):
            if number % arguments.parts != arguments.part:
                continue
            parts = [_records] if arguments.whole or arguments.surroundings is None else []
            parts += [_surrounded_records] if arguments.whole or arguments.surroundings is not None else []
            for record in chain.from_iterable(part(case, store, arguments) for part in parts):
                print(json.dumps(record), flush=True)
                n_wrong += record["lost"] + record["unclear"]  # type: ignore[operator]
    return int(n_wrong > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--few", type=int, metavar="N", help="calls of each kind to disturb; all if left out")
    parser.add_argument(
        "--whole", action="store_true", help="calls and surroundings; of calls alike the first and the last"
    )
    parser.add_argument("--only", nargs="+", metavar="COMMAND", help="commands, as the lines name them")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS, metavar="KIND")
    parser.add_argument("--number", type=int, help="the one call to disturb, with what was said")
    parser.add_argument("--over-older", action="store_true", help="only with outputs of an earlier run there")
    parser.add_argument(
        "--surroundings", nargs="*", metavar="TEXT", help="those whose names hold one of these; all if none"
    )
    parser.add_argument("--part", type=int, default=0, help="which part of the commands, from 0")
    parser.add_argument("--parts", type=int, default=1, help="how many parts there are")
    parser.add_argument("--folder", help="where the files lie; the temporary folder if left out")
    return parser.parse_args()


def _records(case: Case, store: Path, arguments: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Yield a line for each kind of fault."""
    is_once = (
        arguments.few
        or arguments.whole
        or arguments.over_older
        or case.is_slow
        or not case.outputs
        or case.begins_with
    )
    scenes = [False] if is_once else [False, True]
    trials = [Trial(case, store, store / "trial", is_fresh=is_fresh) for is_fresh in scenes]
    few = -(-arguments.few // 10) if arguments.few and case.is_slow else arguments.few
    n_alike = None
    if arguments.whole:
        few, n_alike = case.n_most, 2
    for kind in arguments.kinds:
        began = time.perf_counter()
        counts: Counter[str] = Counter()
        problems: Counter[str] = Counter()
        for trial in trials:
            for number in trial.positions(kind, few, n_alike=n_alike):
                if arguments.number not in (None, number):
                    continue
                verdict, ended, after = trial.disturb(kind, number)
                counts.update(injections=1, lost=int(bool(verdict.lost)), unclear=int(bool(verdict.unclear)))
                for problem in (*verdict.lost, *verdict.unclear):
                    call = _called(trial, kind, number)
                    problems[
                        f"{'fresh' if trial.is_fresh else 'over older'} {number} ({call}): {problem}"
                    ] += 1
                if arguments.number is not None or (verdict.unclear and os.environ.get("FAULTS_VERBOSE")):
                    print(number, ended.code, ended.out, ended.err, sorted(after), file=sys.stderr)
        yield {
            "kind": "fault",
            "command": case.name,
            "fault": kind,
            "calls": len(trials[0].looks if kind == UNREADABLE else trials[0].calls),
            **{name: counts[name] for name in ("injections", "lost", "unclear")},
            "seconds": round(time.perf_counter() - began, 1),
            **({"problems": list(problems)} if problems else {}),
        }


def _surrounded_records(
    case: Case, store: Path, arguments: argparse.Namespace
) -> Iterator[dict[str, object]]:
    """Yield a line for each surrounding that fits a command."""
    few = arguments.few or 2
    most = (1 if case.name == "demo" else few) if case.is_slow else None
    trials: dict[Case, Trial] = {}
    for surrounding in surroundings():
        words = arguments.surroundings
        if not surrounding.fits(case) or (words and not any(word in surrounding.name for word in words)):
            continue
        began = time.perf_counter()
        own = surrounding.turned(case)
        trial = trials.get(own) or Trial(own, store, store / f"trial-{len(trials)}", is_fresh=False)
        trials[own] = trial
        counts: Counter[str] = Counter()
        problems = []
        for setting in islice(surrounding.settings(trial, few), most):
            verdict, ended = judge(trial, setting)
            counts.update(runs=1, lost=int(bool(verdict.lost)), unclear=int(bool(verdict.unclear)))
            problems += [f"{setting.name}: {problem}" for problem in (*verdict.lost, *verdict.unclear)]
            if os.environ.get("FAULTS_VERBOSE"):
                print(
                    case.name,
                    surrounding.name,
                    setting.name,
                    verdict,
                    ended.code,
                    len(ended.watched.calls),
                    ended.err[-1000:],
                    file=sys.stderr,
                )
        yield {
            "kind": "surrounding",
            "surrounding": surrounding.name,
            "command": case.name,
            **{name: counts[name] for name in ("runs", "lost", "unclear")},
            "seconds": round(time.perf_counter() - began, 1),
            **({"problems": problems} if problems else {}),
        }


def _called(trial: Trial, kind: str, number: int) -> str:
    calls = trial.calls_for(kind)
    if len(calls) < number:
        return "none"
    call = calls[number - 1]
    return f"{call.family} {named_evenly(Path(call.path).relative_to(trial.root).as_posix())}"


if __name__ == "__main__":
    sys.exit(main())
