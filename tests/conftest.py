"""Shared by all tests: where helper modules lie, how many threads a test may use, what it may leave."""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

# Tests run side by side, and their matrices are small: several threads each would only wait for one another.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

if not Path("/dev/nvidiactl").exists():
    # Without a GPU the Triton kernels run in its interpreter. Triton asks when kernels are defined, that is
    # at import: the answer must stand before. Nothing else looks at it.
    os.environ.setdefault("TRITON_INTERPRET", "1")


def _loggers() -> dict[str, logging.Logger]:
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "textransfer"]
    return {name: logging.getLogger(name) for name in names}


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Undo what commands set for the rest of a process: a later test would read an empty log."""
    before = {name: (log.handlers.copy(), log.level, log.propagate) for name, log in _loggers().items()}
    yield
    for name, log in _loggers().items():
        log.handlers[:], level, log.propagate = before.get(name, ([], logging.NOTSET, True))
        log.setLevel(level)
