"""What is under version control is source: no vectors or models that a command left in the checkout."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LARGEST = 1_000_000
"""Bytes of a file; the largest picture of the documents has a third of that."""


def test_no_large_file_is_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    assert [str(file) for file in files if file.is_file() and file.stat().st_size > LARGEST] == []
