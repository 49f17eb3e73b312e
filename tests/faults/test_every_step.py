"""A thinned run of the harness, and what it must notice; the whole: ``python -m tests.faults``."""

import json
import sys
from pathlib import Path

import pytest
from faults.fresh_python import python

from textransfer.cli.app import app

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux hands over the calls of a process")
KINDS = {"no space", "I/O error", "interrupted", "killed", "unreadable"}
LEFT_OUT = {"advise"}
"""It reads what `fit-check` does, and writes nothing."""


def run_harness(*options: str) -> tuple[int, list[dict], str]:
    done = python("-m", "tests.faults", *options)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("part", [0, 1])
def test_nothing_is_lost_at_any_step(part: int) -> None:
    code, records, errors = run_harness("--few", "1", "--part", str(part), "--parts", "2")
    assert not [problem for record in records for problem in record.get("problems", [])]
    assert code == 0, errors
    commands = {record["command"] for record in records}
    assert {(record["command"], record["fault"]) for record in records} == {
        (command, kind) for command in commands for kind in KINDS
    }
    assert all(record["injections"] for record in records)


COMMANDS = """
from tests.faults.cases import cases
print(*sorted({case.arguments[0] for case in cases()}))
"""


def test_every_command_is_disturbed() -> None:
    done = python("-c", COMMANDS)
    assert set(done.stdout.split()) == {command.name for command in app.registered_commands} - LEFT_OUT


BROKEN = """
import sys
from pathlib import Path
from textransfer.storage import replacement, writing

def in_place(stage, claim, **_):  # file by file, as a program would that takes no care
    for file in [stage] if stage.is_file() else [entry for entry in stage.glob("[!.]*") if entry.is_file()]:
        place = claim.target / file.name if stage.is_dir() else claim.target
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(file.read_bytes())

writing.put_in_place = in_place
sys.argv = ["faults", "--only", "import", "--kinds", "killed", "--few", "20"]
from tests.faults.__main__ import main
sys.exit(main())
"""


def test_a_program_that_takes_no_care_is_caught() -> None:
    done = python("-c", BROKEN)
    assert done.returncode == 1, done.stderr
    assert "out is neither old nor new" in done.stdout


ORDER = """
import sys, tempfile
from pathlib import Path
from tests.faults.system_calls import can_watch, watch
from textransfer.storage.kinds import Kind
from textransfer.storage.writing import staged_file, staged_folder

if not can_watch():
    sys.exit("cannot watch")
root = Path(tempfile.mkdtemp()).resolve()
kind = Kind("a test", "a|b|inner(/c)?")

def work():
    with staged_folder(root / "folder", kind) as stage:
        (stage / "inner").mkdir()
        for name in ("a", "inner/c"):
            (stage / name).write_text("new")
    with staged_file(root / "file") as file:
        file.write_text("new")
    return 0

for call in watch(work, root, lambda *_: 0).calls:
    print(call.family, Path(call.path).relative_to(root.parent))
"""


def test_files_and_folders_are_synced_before_and_after_the_rename(tmp_path: Path) -> None:
    done = python("-c", ORDER, TMPDIR=str(tmp_path))
    if "cannot watch" in done.stderr:
        pytest.skip("calls of other processes cannot be watched here")
    assert done.returncode == 0, done.stderr
    calls = [line.split(" ") for line in done.stdout.splitlines()]
    synced: set[str] = set()
    n_renames = 0
    for position, (family, path) in enumerate(calls):
        if family == "sync":
            synced.add(path)
        elif family == "write":
            synced.discard(path)
        elif family == "rename":
            n_renames += 1
            written = {path for family, path in calls[:position] if family == "write" and "lock" not in path}
            assert written <= synced
            root = path.partition("/")[0]
            assert ["sync", root] in calls[position + 1 :]
    assert n_renames == 2
    assert any(path.endswith("/inner") for path in synced)
