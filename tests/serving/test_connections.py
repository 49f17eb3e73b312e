"""Connections of clients that read nothing, hang up, or send nonsense after an answer; and of busy ones."""

import asyncio
import json
import logging
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from h11 import LocalProtocolError
from serving.starting import Started, read_answer, request, started

from textransfer.serving.gate import Gate, Message, Receive, Scope, Send
from textransfer.serving.logs import JsonFormatter, OwnLines
from textransfer.serving.metrics import Metrics
from textransfer.serving.settings import ServingConfig

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a process at once there")
HEAD = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
ASK = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
SECONDS = 0.5


@pytest.fixture(scope="module")
def server(classifier_folder: Path) -> Iterator[Started]:
    with started(classifier_folder, "--max-seconds", str(SECONDS), "--max-held", "300000") as server:
        yield server


def connected(server: Started) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def test_a_connection_in_use_stays_open(server: Started) -> None:
    """Between two requests it looks idle each time that the server looks."""
    until = time.monotonic() + SECONDS + 2.5
    with connected(server) as client, client.makefile("rb") as stream:
        while time.monotonic() < until:
            client.sendall(request())
            assert read_answer(stream) == (200, True)
            time.sleep(0.02)


def test_a_client_that_never_reads_is_let_go(server: Started) -> None:
    with connected(server) as client:
        client.setblocking(False)
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe|aborted"):
            send_for(client, seconds=20)


def send_for(client: socket.socket, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            client.send(ASK * 1000)
        except BlockingIOError:
            time.sleep(0.05)


def test_what_is_not_read_counts_as_held(server: Started) -> None:
    clients = [connected(server) for _ in range(6)]
    try:
        for client in clients:
            client.setblocking(False)
            client.send(ASK * 1000)
        assert is_answered_by(server, 503)
    finally:
        for client in clients:
            client.close()
    assert is_answered_by(server, 200)


def is_answered_by(server: Started, status: int) -> bool:
    """Ask until an answer has a status, or time is up."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connected(server) as client, client.makefile("rb") as stream:
            client.sendall(request())
            if read_answer(stream)[0] == status:
                return True
    return False


def test_a_client_that_hangs_up_is_no_error_of_the_server(server: Started) -> None:
    for sent in (b"Content-Length: 30\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"):
        with connected(server) as client:
            client.sendall(HEAD + sent)
    with connected(server) as client:
        client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        with client.makefile("rb") as stream:
            assert read_answer(stream)[0] == 408
            client.sendall(b"marker, no chunk\r\n")
            stream.read()
    with connected(server) as client, client.makefile("rb") as stream:
        client.sendall(request())
        assert read_answer(stream)[0] == 200
    assert server.record("invalid_http")["level"] == "warning"
    told = [json.loads(line) for line in server.lines]
    assert not [line for line in told if line["level"] == "error" or line.get("status", 0) == 500]
    assert "marker" not in "".join(server.lines)
    assert 400 in [line.get("status") for line in told]


@pytest.mark.parametrize("path", [b"/predict", b"/label?name=a.csv"])
def test_a_packed_body_is_refused_by_its_header(server: Started, path: bytes) -> None:
    body = b'{"text": "a film"}'
    for coding in (b"gzip", b"GZIP, br", b"identity"):
        with connected(server) as client, client.makefile("rb") as stream:
            head = HEAD.replace(b"/predict", path) + b"Content-Encoding: " + coding
            client.sendall(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            assert (int(stream.readline().split()[1]) == 415) == (coding != b"identity")


def test_what_cannot_be_sent_for_nonsense_of_the_client_is_left_to_uvicorn() -> None:
    """A race over sockets: the nonsense is read between the request and its answer."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: Message) -> None:
        raise LocalProtocolError("the marker")

    gate = Gate(app, ["/health"], ServingConfig(), Metrics(["good"], lambda: 0))
    scope = {"type": "http", "path": "/health", "method": "GET", "headers": [(b"host", b"localhost")]}
    with pytest.raises(LocalProtocolError) as raised:
        asyncio.run(gate(scope, receive, send))
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "Exception", (), (raised.type, raised.value, raised.tb)
    )
    assert OwnLines().filter(record)
    told = json.loads(JsonFormatter().format(record))
    assert (told["event"], told["level"], "error" in told) == ("invalid_http", "warning", False)
