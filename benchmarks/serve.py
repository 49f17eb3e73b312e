"""How the server holds under load: many clients at once, how long they wait, and what a stop costs them.

    python benchmarks/serve.py classifier reviews.txt --clients 200 --seconds 60

Starts ``textransfer serve`` and, in this process, so many clients, each with one connection: it sends a text
of the file (`--texts` a request) as soon as the answer to the one before is there. All share the cores of the
machine with the server. At the end the server gets SIGTERM while all clients go on; a request that was sent
and not answered whole is lost. Prints JSON lines: the setting, the load, the memory, the stop.
"""

import argparse
import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from records import print_line, print_setting

from textransfer import Corpus

WARMING_SECONDS = 3.0
"""Not counted: the first requests fill caches and start threads."""
N_CHECKED = 50
"""Each answer has its status and its length looked at, one of so many all that it says."""


@dataclass
class Tally:
    """What the clients saw."""

    starts: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    n_lost: int = 0
    is_stopping: bool = False


class Client(asyncio.Protocol):
    """One connection that asks again and again; a new one follows where the server closes it in order."""

    def __init__(self, requests: list[bytes], place: int, port: int, tally: Tally) -> None:
        self._requests, self._place, self._port, self._tally = requests, place, port, tally
        self._buffer = b""
        self._sent = 0.0
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._place = (self._place + 1) % len(self._requests)
        self._sent = time.perf_counter()
        self._transport.write(self._requests[self._place])

    def data_received(self, data: bytes) -> None:
        """Take an answer, or a part of it."""
        self._buffer += data
        head, mark, body = self._buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if len(body) < int(headers[b"content-length"]):
            return
        now = time.perf_counter()
        self._tally.starts.append(self._sent)
        self._tally.seconds.append(now - self._sent)
        self._sent, self._buffer = 0.0, b""
        status = head.split(b" ", 2)[1].decode()
        if status != "200":
            self._tally.errors[f"status {status}"] += 1
        elif len(self._tally.seconds) % N_CHECKED == 0 and "label" not in json.loads(body)["predictions"][0]:
            self._tally.errors["no label"] += 1
        if headers.get(b"connection") == b"close":
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """Count a request that is not answered."""
        if self._sent:
            if self._tally.is_stopping:
                self._tally.n_lost += 1
            else:
                self._tally.errors[type(error).__name__ if error else "closed"] += 1
        if not self.done.done():
            self.done.set_result(True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("classifier")
    parser.add_argument("corpus", nargs="+", help="files of texts to send")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--texts", type=int, default=1, help="of a request")
    parser.add_argument("--note", help="what else the record should say of the run")
    parser.add_argument("--documents", type=int, default=2000, help="so many of the files' texts are sent")
    arguments = parser.parse_args()
    texts = [text for text, _ in zip(Corpus(arguments.corpus), range(arguments.documents), strict=False)]
    requests = [
        request_of(texts[start : start + arguments.texts]) for start in range(0, len(texts), arguments.texts)
    ]
    print_setting(
        clients=arguments.clients,
        texts_a_request=arguments.texts,
        characters_a_text=round(sum(map(len, texts)) / len(texts)),
        **({} if arguments.note is None else {"note": arguments.note}),
    )
    port = free_port()
    command = [sys.executable, "-m", "textransfer", "serve", arguments.classifier, "--quiet"]
    command += ["--port", str(port)]
    with subprocess.Popen(command) as server:
        asyncio.run(measure(server, port, requests, arguments.clients, arguments.seconds))


async def measure(
    server: subprocess.Popen[bytes], port: int, requests: list[bytes], n_clients: int, seconds: float
) -> None:
    """Load the server, stop it, and print what came of it."""
    await until_it_answers(port)
    tally = Tally()
    tasks = [asyncio.create_task(ask(requests, place * 7919, port, tally)) for place in range(n_clients)]
    await asyncio.sleep(WARMING_SECONDS)
    begin = time.perf_counter()
    memory = []
    while time.perf_counter() - begin < seconds:
        memory.append(own_megabytes(server.pid))
        await asyncio.sleep(1)
    end = time.perf_counter()
    waits = np.array(
        [wait for start, wait in zip(tally.starts, tally.seconds, strict=True) if begin <= start < end - 1]
    )
    print_line(
        kind="load",
        seconds=round(end - begin, 1),
        requests=len(waits),
        requests_a_second=round(len(waits) / (end - 1 - begin), 1),
        **{f"p{p}_ms": round(1000 * float(np.percentile(waits, p)), 1) for p in (50, 90, 99)},
        max_ms=round(1000 * float(waits.max()), 1),
        errors=dict(tally.errors),
    )
    print_line(kind="memory", first_mb=memory[0], last_mb=memory[-1], most_mb=max(memory))
    n_before = len(tally.seconds)
    tally.is_stopping = True
    server.send_signal(signal.SIGTERM)
    told = time.perf_counter()
    await asyncio.gather(*tasks)
    code = await asyncio.to_thread(server.wait, 60)
    print_line(
        kind="stop",
        answered_after_the_signal=len(tally.seconds) - n_before,
        lost=tally.n_lost,
        seconds=round(time.perf_counter() - told, 2),
        exit_code=code,
    )


async def ask(requests: list[bytes], place: int, port: int, tally: Tally) -> None:
    """Be one client until the server is gone."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            _, client = await loop.create_connection(
                lambda: Client(requests, place % len(requests), port, tally), "127.0.0.1", port
            )
        except OSError as error:
            if not tally.is_stopping:
                tally.errors[type(error).__name__] += 1
            return
        await client.done


async def until_it_answers(port: int) -> None:
    """Wait for the server."""
    for _ in range(1200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return
    raise SystemExit("the server does not start")


def request_of(texts: list[str]) -> bytes:
    """Return a whole request."""
    body = json.dumps({"texts": texts}).encode()
    head = f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Content-Type: application/json\r\n\r\n" + body


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def own_megabytes(pid: int) -> float:
    """Return what a process has in memory for itself, mapped files left out, as Linux counts it."""
    status = Path(f"/proc/{pid}/status").read_text()
    return round(int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024, 1)


if __name__ == "__main__":
    main()
