"""How a process of several ends; runs under torchrun are in tests/cli/test_distributed.py."""

import signal
from contextlib import ExitStack, suppress

import pytest

from textransfer.errors import PeerError
from textransfer.pretrain.processes.distributed import ended_from_outside


def test_sigterm_is_named() -> None:
    with pytest.raises(PeerError, match="SIGTERM.*--resume"), ended_from_outside():
        signal.raise_signal(signal.SIGTERM)


def test_a_process_that_is_ending_already_cleans_up_behind_itself() -> None:
    done = []

    def clean() -> None:
        with suppress(OSError):
            raise OSError
        signal.raise_signal(signal.SIGTERM)
        done.append("cleaned")

    def lose_connection() -> None:
        with ended_from_outside(), ExitStack() as stack:
            stack.callback(clean)
            raise PeerError("lost the connection")

    with pytest.raises(PeerError, match="connection"):
        lose_connection()
    assert done == ["cleaned"]
