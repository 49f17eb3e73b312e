"""The program as it runs: it listens, and SIGTERM under load loses no answer that was begun."""

import io
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from serving.starting import read_answer, request, started

from textransfer import ServingConfig, serve
from textransfer.errors import ConfigError, OutputError
from textransfer.serving.stopping import SECONDS_TO_LEAVE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a process at once there")
N_CLIENTS = 20


def ask_again_and_again(port: int, counts: list[int], lost: list[str], stop: Callable[[], bool]) -> None:
    """Send requests until the server says that it goes; `lost` gets those that were sent and not answered."""
    while not stop():
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        except OSError:
            return  # it takes no new ones any more
        with connection, connection.makefile("rb", buffering=0) as raw:
            stream = io.BufferedReader(raw)
            try:
                while True:
                    connection.sendall(request())
                    status, is_open = read_answer(stream)
                    if status != 200:
                        lost.append(f"status {status}")
                        return
                    counts.append(status)
                    if not is_open:
                        break
            except (OSError, AssertionError, ValueError) as error:
                lost.append(repr(error))
                return


def test_sigterm_under_load_loses_no_answer(classifier_folder: Path) -> None:
    with started(classifier_folder) as server:
        counts: list[int] = []
        lost: list[str] = []
        threads = [
            threading.Thread(target=ask_again_and_again, args=(server.port, counts, lost, lambda: False))
            for _ in range(N_CLIENTS)
        ]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 30
        while len(counts) < 5 * N_CLIENTS and time.monotonic() < until:
            time.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(30)
        assert server.process.wait(30) == 0
        assert not lost
        assert len(counts) >= 5 * N_CLIENTS
        stopped = server.record("stopped")
        assert stopped["requests"] == len(counts)
        assert not any("Traceback" in line for line in server.lines)
        assert not any("wonderful" in line for line in server.lines)


def test_ctrl_c_ends_it_and_a_request_under_way_is_answered(classifier_folder: Path) -> None:
    with started(classifier_folder) as server:
        whole = request(500)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(whole[:200])
            time.sleep(0.2)
            server.process.send_signal(signal.SIGINT)
            time.sleep(SECONDS_TO_LEAVE + 0.4)  # idle connections are closed by now
            connection.sendall(whole[200:])
            with connection.makefile("rb") as stream:
                assert read_answer(stream) == (200, False)
        assert server.process.wait(30) == 130


def test_clients_that_send_nothing_or_nonsense_are_let_go(classifier_folder: Path) -> None:
    pieces = (b"", b"GET / HTTP/1.1\r\nHost: loc", b"\x16\x03\x01 nonsense\r\n\r\n", request()[:-5])
    with started(classifier_folder, "--max-seconds", "0.5") as server:
        address = ("127.0.0.1", server.port)
        connections = [socket.create_connection(address, timeout=20) for _ in pieces]
        for connection, sent in zip(connections, pieces, strict=True):
            connection.sendall(sent)
        for connection in connections:
            with connection:
                answer = b"".join(iter(lambda connection=connection: connection.recv(1000), b""))
            assert b"200 OK" not in answer
            assert b"Traceback" not in answer
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(request())
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        addresses = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        for outside in {entry[4][0] for entry in addresses} - {"127.0.0.1", "127.0.1.1"}:
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((outside, server.port), timeout=2)


def test_an_address_that_is_taken_or_none_is_told(classifier_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputError, match=f"127.0.0.1 port {port}.*give port=NUMBER or host=NAME"):
            serve(classifier_folder, ServingConfig(port=port))
    for host in ("no such host", "a..b", "x" * 300):
        with pytest.raises(ConfigError, match="expected an address of this machine"):
            serve(classifier_folder, ServingConfig(host=host))
