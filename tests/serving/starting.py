"""A server in a process of its own, and requests to it over sockets."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Started:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], lines: list[str]) -> None:
        self.process, self.lines = process, lines
        address = self.record("ready")["address"]
        self.port = int(address.rsplit(":", 1)[1])

    def record(self, event: str) -> dict[str, object]:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            for line in list(self.lines):
                if json.loads(line)["event"] == event:
                    return json.loads(line)
            assert self.process.poll() is None, "".join(self.lines)
            time.sleep(0.02)
        raise AssertionError(f"no line says {event}: {self.lines}")


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Started]:
    command = [sys.executable, "-m", "textransfer", "serve", str(folder), "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(process.stderr), daemon=True)
    reader.start()
    try:
        yield Started(process, lines)
    finally:
        process.kill()
        process.wait()
        reader.join(10)


def request(texts: int = 1) -> bytes:
    body = json.dumps({"texts": ["a wonderful film"] * texts}).encode()
    head = f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Content-Type: application/json\r\n\r\n" + body


def read_answer(stream: socket.SocketIO) -> tuple[int, bool]:
    """Return the status of a whole answer, and whether the connection goes on; 0 if none was begun."""
    line = stream.readline()
    if not line:
        return 0, False
    headers = {}
    while (header := stream.readline()) not in (b"\r\n", b""):
        name, _, value = header.decode().partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers["content-length"])
    body = stream.read(length)
    assert len(body) == length, "an answer was cut off"
    json.loads(body)
    return int(line.split()[1]), headers.get("connection") != "close"
