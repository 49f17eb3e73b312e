"""Give random inputs to all that takes some, for some minutes; print what became of them as JSON lines.

    python benchmarks/fuzz.py --minutes 30 --keep found > docs/benchmarks/fuzz.jsonl

A fault is any error but our own, a case of more than a minute, or one that needs more memory than is allowed.
"""

import argparse
import hashlib
import itertools
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
from records import print_line, print_setting  # noqa: E402

TESTS = Path(__file__).parents[1] / "tests"
sys.path[0] = str(TESTS)  # in the place of this folder, in which `fuzz` would be this file

from fuzz.target import Target  # noqa: E402
from fuzz.targets import all_targets  # noqa: E402

SECONDS_A_CASE = 60
SECONDS_A_TURN = {"command line": 30.0, "requests": 10.0, "settings": 0.2}
"""After which the next target has its turn; one second elsewhere."""


def main() -> None:
    """Fuzz for so many minutes, the targets by turns."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", type=float, default=6.0, help="gigabytes of addresses that it may use")
    parser.add_argument("--only", default="", help="targets whose name holds this")
    parser.add_argument("--keep", type=Path, help="folder for the first input of each kind of fault")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (int(arguments.memory * 2**30),) * 2)
    signal.signal(signal.SIGALRM, _too_long)
    results: dict[str, Counter[str]] = {}
    slowest: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        targets = [target for target in all_targets(Path(name)) if arguments.only in target.name]
        for target in targets:
            target.run(target.sound)  # compiles what is not in numba's cache
        kept: set[tuple[str, ...]] = set()
        end = time.monotonic() + 60 * arguments.minutes
        for turn in itertools.count():
            for target in targets:
                draws = random.Random(f"{arguments.seed} {turn} {target.name}")  # noqa: S311 - no secret
                last = time.monotonic() + SECONDS_A_TURN.get(target.group, 1.0)
                while time.monotonic() < last:
                    case = target.case(draws)
                    started = time.monotonic()
                    outcome = _outcome(target, case, kept, arguments.keep)
                    slowest[target.name] = max(slowest[target.name], time.monotonic() - started)
                    results.setdefault(target.name, Counter())[outcome] += 1
            if time.monotonic() > end:
                break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print_setting(minutes=arguments.minutes, seed=arguments.seed, peak_megabytes=peak)
    for target in targets:
        counts = results[target.name]
        row = {"kind": "target", "target": target.name, "group": target.group, "cases": counts.total()}
        row |= {name: counts[name] for name in ("refused", "accepted", "faults")}
        print_line(**row, slowest=round(slowest[target.name], 2))


def _outcome(target: Target, case: bytes, kept: set[tuple[str, ...]], folder: Path | None) -> str:
    signal.alarm(SECONDS_A_CASE)
    try:
        return target.run(case)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        steps = [step for step in traceback.extract_tb(error.__traceback__) if "textransfer" in step.filename]
        kind = (target.name, type(error).__name__, *(f"{step.name}:{step.lineno}" for step in steps[-1:]))
        if kind not in kept:
            kept.add(kind)
            print(*kind, ascii(str(error))[:300], file=sys.stderr, flush=True)
            if folder is not None:
                folder.mkdir(exist_ok=True)
                (folder / f"{target.slug}.{hashlib.sha256(case).hexdigest()[:8]}").write_bytes(case)
        return "faults"
    finally:
        signal.alarm(0)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"a case took more than {SECONDS_A_CASE} seconds")


if __name__ == "__main__":
    main()
