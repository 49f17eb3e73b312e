"""Bytes over sockets at random, to a server that runs: it answers, refuses or hangs up, and goes on."""

import atexit
import contextlib
import gzip
import json
import random
import re
import socket
import time
from pathlib import Path

from fuzz.changing import changed
from fuzz.http_requests import BODIES, MARK
from fuzz.target import Target
from serving.starting import Started, started

GOLDEN = Path(__file__).parents[1] / "golden/v1"
LIMITS = ["--max-seconds", "0.6", "--max-body", "20000", "--max-file", "20000", "--max-held", "200000"]
LIMITS += ["--max-connections", "60"]
MOST_MORE = 150_000
"""Kilobytes by which the server may grow."""
STARTS = [b"POST /predict HTTP/1.1", b"POST /explain HTTP/1.1", b"POST /label?name=a.csv HTTP/1.1"] * 3
STARTS += [b"GET / HTTP/1.1", b"GET /health HTTP/1.0", b"GET /neighbors?word=good&n=3 HTTP/1.1"]
STARTS += [
    b"GET /../../etc/passwd HTTP/1.1",
    b"GET /%2e%2e%2fetc%2fpasswd%00 HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
]
STARTS += [
    b"GET http://evil/health HTTP/1.1",
    b"CONNECT evil:443 HTTP/1.1",
    b"GET /health HTTP/9.9",
    b"GET /",
]
STARTS += [b"PRI * HTTP/2.0\r\n\r\nSM", b"\x16\x03\x01\x02\x00\x01", b"GET /\xff\xfe HTTP/1.1", b"\r\n" * 50]
STARTS += [b"GET /" + b"a" * 70_000 + b" HTTP/1.1", b"X" * 70_000 + b" / HTTP/1.1", b"GET  /health  HTTP/1.1"]
STARTS += [b"GET /" + MARK.encode() + b"?" + MARK.encode() + b" HTTP/1.1", MARK.encode() + b" / HTTP/1.1"]
HOSTS = [b"evil", b"localhost, evil", b"[::1", b"", b"\xff", b"localhost:x@evil", b"a" * 9999]
LENGTHS = [b"0", b"-1", b"+5", b"5, 6", b"0x10", b" ", b"9" * 19, b"9" * 6000, b"\xb2", b"20000", b"20001"]
HEADERS = [b"Content-Encoding: gzip", b"Content-Encoding: identity", b"Transfer-Encoding: gzip, chunked"]
HEADERS += [b"Expect: 100-continue", b"Connection: close", b"Connection: upgrade\r\nUpgrade: websocket"]
HEADERS += [
    b"Connection: keep-alive, Upgrade\r\nUpgrade: h2c",
    b"Host: evil",
    b" folded",
    b"Content-Length : 5",
]
HEADERS += [b"Range: bytes=0-1,-1,9-", b"A: " + b"b" * 70_000, b"A: b\r\n" * 20_000 + b"B: c", b"No colon"]
HEADERS += [b"A: \0", b"X-Forwarded-Host: evil\r\nX-Forwarded-For: \x1b[31m", b"Content-Type: text/csv"]
HEADERS += [b"Content-Type: multipart/form-data; boundary=" + b"x" * 300, b"Cookie: " + MARK.encode()]
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name=f; filename="../a.csv"\r\n\r\ntext\r\ngood\r\n--x--\r\n'
)
BOMB = gzip.compress(b" " * 1_000_000)
NUMBERS = b'{"text": "a film", "top_k": 1e999, "abstain_below": -Infinity, "abstain_below": NaN}'
CHUNKS = [
    b"zz\r\n",
    b"-1\r\n",
    b"f" * 19 + b"\r\n",
    b"5;" + b"a" * 70_000 + b"\r\n",
    b"1\r\nab\r\n",
    b"0\r\n",
]
CHUNKS += [b"0\r\n" + b"a: b\r\n" * 20_000 + b"\r\n", b"\r\n", b"5"]
_STATUS = re.compile(rb"^HTTP/1\.1 (\d{3}) ", re.MULTILINE)


def connection_target() -> Target:
    """Return the target of the running server; an input is pieces to send and seconds to wait, in a list."""
    server = _Server()
    body = BODIES[0]
    head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    sound = head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    return Target("connection", "connections", _case, server.run, json.dumps([sound.decode()]).encode())


def _case(draws: random.Random) -> bytes:
    """Draw one request or several in a row, cut into pieces anywhere, some of which come late."""
    whole = b"".join(_request(draws) for _ in range(draws.choice([1, 1, 1, 1, 1, 1, 2, 3, 20])))
    if draws.random() < 0.15:
        whole = changed(whole, draws)
    if draws.random() < 0.1:
        whole = whole[: draws.randint(0, len(whole))]
    cuts = sorted(draws.randint(0, len(whole)) for _ in range(draws.choice([0, 0, 0, 1, 2, 5])))
    steps: list[str | float] = []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        if start:
            steps.append(0.7 if draws.random() < 0.01 else 0.0)
        steps.append(whole[start:end].decode("latin-1"))
    return json.dumps(steps).encode()


def _request(draws: random.Random) -> bytes:
    odd = draws.random() < 0.4
    body = draws.choice([*BODIES, MULTIPART, NUMBERS, BOMB]) if odd else BODIES[0]
    body = body.replace(b"film", f"{MARK} film".encode())
    lines = [draws.choice(STARTS) if draws.random() < 0.25 else STARTS[0]]
    if draws.random() < 0.95:
        lines.append(b"Host: " + (draws.choice(HOSTS) if draws.random() < 0.1 else b"localhost"))
    if draws.random() < 0.8:
        lines.append(b"Content-Type: application/json")
    lines += draws.sample(HEADERS, draws.choice([0, 0, 0, 0, 0, 0, 1, 2]))
    kind = draws.random()
    if kind < 0.2:
        lines.append(b"Transfer-Encoding: chunked")
        body = b"%x\r\n%s\r\n" % (len(body), body) + draws.choice([b"0\r\n\r\n", *CHUNKS])
    elif kind < 0.9:
        lines.append(b"Content-Length: %d" % max(0, len(body) + draws.choice([0] * 12 + [1, -1, 10**9])))
    if draws.random() < 0.05:
        lines.append(b"Content-Length: " + draws.choice(LENGTHS))
    ending = b"\r\n" if draws.random() < 0.95 else draws.choice([b"\n", b"\r", b"\r\n\r\n", b"\0"])
    return ending.join([*lines, b"", body])


class _Server:
    """A server, started when it is first needed, and what it said."""

    def __init__(self) -> None:
        self._started: Started | None = None
        self._most = 0

    def run(self, content: bytes) -> str:
        server = self._started or self._start()
        steps = json.loads(content)
        received = _exchange(server.port, steps)
        statuses = [int(status) for status in _STATUS.findall(received)]
        numbers = [_health(server.port) for _ in range(2)]  # by the second, the first connection is told of
        told = _told(server, numbers[-1])
        memory = _peak(server.process.pid)
        if any(status >= 500 and status != 503 for status in statuses) or b"Traceback" in received:
            raise AssertionError(f"statuses {statuses}: {received[:300]!r}; {told}")
        if MARK in told or "Traceback" in told or '"level": "error"' in told:
            raise AssertionError(f"the log says {told}")
        if memory > self._most:
            raise AssertionError(f"the server takes {memory:,} kB; expected at most {self._most:,}")
        return "accepted" if statuses and max(statuses) < 400 else "refused"

    def _start(self) -> Started:
        stack = contextlib.ExitStack()
        atexit.register(stack.close)
        options = [*LIMITS, "--verbose"]
        self._started = stack.enter_context(started(GOLDEN / "classifier", *options))
        self._most = _peak(self._started.process.pid) + MOST_MORE
        return self._started


def _exchange(port: int, steps: list[str | float]) -> bytes:
    """Return what comes back when some pieces are sent; the client hangs up when nothing more comes."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for step in steps:
                if isinstance(step, str):
                    client.sendall(step.encode("latin-1"))
                else:
                    time.sleep(step)
            client.settimeout(0.05)
            while piece := client.recv(1 << 16):
                received += piece
        except OSError:  # it hung up, or waits for more
            pass
    return received


def _health(port: int) -> int:
    """Return the number of a request that is answered as it should be."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(1 << 16), b""))
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise AssertionError(f"the server no longer answers: {answer[:300]!r}")
    return int(answer.partition(b"x-request-number: ")[2].partition(b"\r\n")[0])


def _told(server: Started, number: int) -> str:
    """Return what the log said until a request, and forget it."""
    until = time.monotonic() + 30
    mark = f'"request": {number},'
    while not any(mark in line for line in server.lines):
        if time.monotonic() > until or server.process.poll() is not None:
            raise AssertionError(f"request {number} is not in the log: {''.join(server.lines)[-500:]}")
        time.sleep(0.0005)
    lines = server.lines[:]
    del server.lines[: len(lines)]
    for line in lines:
        json.loads(line)
    return "".join(lines)


def _peak(number: int) -> int:
    """Return the most memory that a process had, in kilobytes; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{number}/status").read_text()
    except OSError:
        return 0
    return int(status.partition("VmHWM:")[2].split()[0])
