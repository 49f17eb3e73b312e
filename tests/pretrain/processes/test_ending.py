"""How a process of several ends; runs under torchrun are in tests/cli/test_distributed.py."""

import signal
from contextlib import ExitStack, suppress

import pytest

from textransfer.errors import ConfigError, PeerError
from textransfer.pretrain.processes.distributed import ended_from_outside, team_of_torchrun
from textransfer.pretrain.processes.interrupt import deferred_interrupt


def test_sigterm_is_named() -> None:
    with pytest.raises(PeerError, match="SIGTERM.*resume=True"), ended_from_outside():
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


def test_a_restart_that_would_wait_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "WORLD_SIZE": "2",
        "TORCHELASTIC_RESTART_COUNT": "1",
        "TORCHELASTIC_USE_AGENT_STORE": "True",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with (
        pytest.raises(ConfigError, match="TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 torchrun"),
        team_of_torchrun(),
    ):
        pass


def test_a_handler_that_python_did_not_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program in C that holds Python: what stood there could not be put back."""
    calls: list[int] = []
    monkeypatch.setattr(signal, "getsignal", lambda _: None)
    monkeypatch.setattr(signal, "signal", lambda number, _: calls.append(number))
    with deferred_interrupt() as interrupt:
        pass
    assert not interrupt.is_wanted
    assert calls == []
