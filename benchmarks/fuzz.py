"""Give random inputs to all that takes some, for some minutes; keep the record and its table.

    python benchmarks/fuzz.py --minutes 30                 # docs/benchmarks/fuzz.jsonl, docs/reliability.md
    python benchmarks/fuzz.py --minutes 1 --only command   # shown alone

A fault is any error but our own, a case of more than a minute, or one that needs more memory than is allowed.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
from records import setting  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
TESTS, RECORD = ROOT / "tests", ROOT / "docs" / "benchmarks" / "fuzz.jsonl"
sys.path[0] = str(TESTS)  # in the place of this folder, in which `fuzz` would be this file

from fuzz.target import Target  # noqa: E402
from fuzz.targets import all_targets  # noqa: E402

SECONDS_A_CASE = 60
SECONDS_A_TURN = {
    "command line": 3.0,
    "tokenizers": 3.0,
    "requests": 6.0,
    "connections": 20.0,
    "settings": 0.2,
}
OTHER_SECONDS = 0.8
"""Of a target, after which the next has its turn; scaled so that whole turns fill the minutes."""


def main() -> None:
    """Fuzz for so many minutes, the targets by turns."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", type=float, default=6.0, help="gigabytes of addresses that it may use")
    parser.add_argument("--only", default="", help="targets whose name holds this; no record is kept")
    parser.add_argument("--keep", type=Path, help="folder for the first input of each kind of fault")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (int(arguments.memory * 2**30),) * 2)
    signal.signal(signal.SIGALRM, _too_long)
    with tempfile.TemporaryDirectory() as name:
        targets = [target for target in all_targets(Path(name)) if arguments.only in target.name]
        rows = _fuzz(targets, 60 * arguments.minutes, arguments.seed, arguments.keep)
    first = setting(minutes=arguments.minutes, seed=arguments.seed, peak_megabytes=_peak())
    lines = "".join(json.dumps(record) + "\n" for record in (first, *rows))
    print(lines, end="")
    if not arguments.only:
        RECORD.write_text(lines, encoding="utf-8")
        subprocess.run([sys.executable, Path(__file__).with_name("tables.py")], check=True)


def _fuzz(targets: list[Target], seconds: float, seed: int, folder: Path | None) -> list[dict[str, Any]]:
    """Return a row for each target; each has the same share of the time as others of its group."""
    rows = {
        target.name: {"kind": "target", "target": target.name, "group": target.group} for target in targets
    }
    for target in targets:
        target.run(target.sound)  # compiles what is not in numba's cache
        rows[target.name] |= dict.fromkeys(("cases", "refused", "accepted", "faults"), 0)
        rows[target.name] |= {"slowest": 0.0, "peak_raised_megabytes": 0}
    kept: set[tuple[str, ...]] = set()
    share = {target.name: SECONDS_A_TURN.get(target.group, OTHER_SECONDS) for target in targets}
    n_turns = max(1, round(seconds / sum(share.values())))
    scale = seconds / n_turns / sum(share.values())
    spent = dict.fromkeys(share, 0.0)
    for turn in range(n_turns):
        for target in targets:
            row = rows[target.name]
            peak = _peak()
            draws = random.Random(f"{seed} {turn} {target.name}")  # noqa: S311 - no secret
            while spent[target.name] < (turn + 1) * scale * share[target.name]:
                begun = time.monotonic()
                case, started = target.case(draws), time.monotonic()
                row[_outcome(target, case, kept, folder)] += 1
                row["cases"] += 1
                row["slowest"] = max(row["slowest"], round(time.monotonic() - started, 2))
                spent[target.name] += time.monotonic() - begun
            row["peak_raised_megabytes"] += _peak() - peak
    return list(rows.values())


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


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _too_long(*_: object) -> None:
    raise TimeoutError(f"a case took more than {SECONDS_A_CASE} seconds")


if __name__ == "__main__":
    main()
