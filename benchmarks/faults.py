"""Let the commands fail in all ways, and keep what came of it in docs/benchmarks/.

    python benchmarks/faults.py --whole          # calls and surroundings, and the tables: half an hour
    python benchmarks/faults.py                  # each file call of each command, also of equal ones: hours
    python benchmarks/faults.py --surroundings   # limits, signals, inputs that change
    python benchmarks/faults.py --lines FILE     # what `python -m tests.faults` printed before

Other options are those of ``python -m tests.faults``. A line takes the place of that of the same command and
fault; lines of commands that are not run stay, but for a whole run, which begins anew.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import tables
from records import setting

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "docs" / "benchmarks"
MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, beneath which a folder is made
KEYS = {"fault": ("command", "fault"), "surrounding": ("surrounding", "command")}
Record = dict[str, object]


def main() -> int:
    """Run the harness, or take its lines from a file."""
    options = sys.argv[1:]
    if options[:1] == ["--lines"]:
        for file in options[1:]:
            keep(json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines())
        return 0
    if "--whole" in options and "--only" not in options:
        for kind in KEYS:
            (RECORDS / f"{kind}s.jsonl").unlink(missing_ok=True)
    if "--folder" not in options and MEMORY.is_dir():
        options += ["--folder", str(MEMORY)]
    command = [sys.executable, "-m", "tests.faults", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as harness:
        keep(shown(harness.stdout or ()))
    tables.main()
    return harness.returncode


def shown(lines: Iterable[str]) -> Iterator[Record]:
    """Print lines as they come."""
    for line in lines:
        print(line, end="", flush=True)
        yield json.loads(line)


def keep(lines: Iterable[Record]) -> None:
    """Put lines in the place of older ones."""
    for line in lines:
        kind = str(line["kind"])
        path = RECORDS / f"{kind}s.jsonl"
        older = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        records = {key_of(record): record for record in map(json.loads, older)}
        records[key_of(line)] = line
        first = setting(files="in memory (tmpfs)")
        records.pop((), None)
        kept = [first, *records.values()]
        path.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")


def key_of(record: Record) -> tuple[object, ...]:
    """Return what tells a line from others; nothing for the first."""
    return tuple(record[name] for name in KEYS.get(str(record["kind"]), ()))


if __name__ == "__main__":
    sys.exit(main())
