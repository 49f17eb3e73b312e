"""Start a Python of its own that has the package and the harness at hand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end; skip the test where calls of other processes cannot be watched."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode == 3 or "cannot watch" in done.stderr:
        pytest.skip(done.stderr.strip() or "calls of other processes cannot be watched here")
    return done
