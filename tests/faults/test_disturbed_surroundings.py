"""The settings in which the harness runs commands: that they are what they say, and what they must notice.

The whole: ``python -m tests.faults --surroundings``.
"""

import json
import sys
from pathlib import Path

import pytest
from faults.fresh_python import python

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux hands over the calls of a process")

WRITES = """
import errno, os, sys, tempfile
from pathlib import Path
from tests.faults.system_calls import can_watch, watch, write_half

if not can_watch():
    sys.exit("cannot watch")
root = Path(tempfile.mkdtemp()).resolve()

def work():
    with open(root / "whole", "wb") as stream:
        for _ in range(3):
            stream.write(b"0123456789" * 1000)
    handle = os.open(root / "careless", os.O_WRONLY | os.O_CREAT)
    os.write(handle, b"0123456789")
    os.pwrite(handle, b"abcdefgh", 2)
    return 0

watched = watch(work, root, lambda _, call, process: write_half(call, process))
print(watched.code, len(watched.calls))
print((root / "whole").stat().st_size, (root / "careless").read_bytes())
"""


def test_half_of_each_write_is_made_and_no_more(tmp_path: Path) -> None:
    done = python("-c", WRITES, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    ended, left = done.stdout.splitlines()
    assert int(ended.split()[1]) > 10  # Python writes the rest
    assert left == "30000 b'01abcd'"  # who does not look loses it


def test_a_command_does_or_refuses_in_all_surroundings() -> None:
    done = python("-m", "tests.faults", "--only", "import", "--surroundings", "--few", "1")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [problem for record in records for problem in record.get("problems", [])]
    assert done.returncode == 0, done.stderr
    assert len(records) == 17
    assert sum(record["runs"] for record in records) > 30


BROKEN = """
import sys
from textransfer.storage import replacement

replacement.Claim.is_changed = lambda self: False
replacement._check_older = lambda older, claim: None  # as if nobody looked whether the place was taken
sys.argv = ["faults", "--only", "predict -o csv", "--surroundings", "another program", "--few", "4"]
from tests.faults.__main__ import main
sys.exit(main())
"""


def test_a_program_that_writes_over_those_of_others_is_caught() -> None:
    done = python("-c", BROKEN)
    assert done.returncode == 1, done.stderr
    assert "what another program put at out.csv is gone" in done.stdout
