"""Requests to the server at random: answered, or refused as the client's fault; the log tells no text."""

import asyncio
import json
import logging
import random
from pathlib import Path
from urllib.parse import quote

from fuzz.changing import changed
from fuzz.target import Target

from textransfer import ServingConfig, build_app

GOLDEN = Path(__file__).parents[1] / "golden/v1"
PATHS = [
    "/predict",
    "/explain",
    "/neighbors",
    "/label",
    "/health",
    "/metrics",
    "/openapi.json",
    "/",
    "/x",
    "/../x",
    "//",
]
METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X", "get"]
KINDS = [
    "application/json",
    "text/plain",
    "application/json; charset=utf-16",
    "multipart/form-data",
    "",
    "\xff",
]
BODIES = [
    b'{"text": "a good film"}',
    b'{"texts": ["a good film", "", "x"], "top_k": 1, "abstain_below": 0.5}',
    b'{"text": "a good film", "label": "positive"}',
    b"text,label\na good film,a\n",
    b'{"text": "a good film"}\n{"text": "bad"}\n',
    b"",
    b"[" * 100_000,
    b"\x00" * 2000,
]
QUERIES = [
    "",
    "word=good",
    "word=good&n=3",
    "word=%00",
    "word=%F0%9F%98%80&n=99999",
    "name=a.csv",
    "name=a.jsonl",
]
QUERIES += [
    "name=a.xlsx",
    "name=..%2f..%2fa.csv",
    "name=a.csv&delimiter=%00",
    "name=a.csv&encoding=undefined",
    "&&==",
    "%",
]
QUERIES += [
    "name=a.csv&text_column=%ED%A0%80",
    "name=a.tsv&sheet=1",
    "name=" + "a" * 5000 + ".csv",
    "word=a&word=b",
]
MARK = "marker7f3a"


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()} {getattr(record, 'fields', '')}")


def request_target() -> Target:
    """Return the target of the server, small limits and all."""
    config = ServingConfig(max_body=20_000, max_file=20_000, max_rows=5, max_texts=4, max_characters=500)
    application = build_app(GOLDEN / "classifier", config)
    loop = asyncio.new_event_loop()
    records = _Records()

    def case(draws: random.Random) -> bytes:
        body = draws.choice(BODIES).replace(b"film", f"{MARK} film".encode())
        body = changed(body, draws) if draws.random() < 0.6 else body
        headers = (
            [["content-type", draws.choice(KINDS)]] if draws.random() < 0.4 else [["content-type", KINDS[0]]]
        )
        if draws.random() < 0.3:
            length = draws.choice(["-1", "0", "999999999999", "x", "1", ""])
            headers.append(["content-length", length])
        if draws.random() < 0.2:
            headers.append(
                [
                    draws.choice(["host", "accept", "range", "transfer-encoding"]),
                    draws.choice([*KINDS, "evil"]),
                ]
            )
        path = draws.choice(PATHS)
        usual = {"/predict": "POST", "/explain": "POST", "/label": "POST"}.get(path, "GET")
        query = draws.choice(QUERIES)
        return json.dumps(
            {
                "method": usual if draws.random() < 0.8 else draws.choice(METHODS),
                "path": path,
                "query": changed(query.encode(), draws).decode("latin-1") if draws.random() < 0.3 else query,
                "headers": headers,
                "body": body.decode("latin-1"),
                "cut": draws.randint(0, len(body)),
            }
        ).encode()

    def run(content: bytes) -> str:
        request = json.loads(content)
        logger = logging.getLogger("textransfer")
        logger.addHandler(records)
        records.lines.clear()
        try:
            status, answer = loop.run_until_complete(answered(application, request))
        finally:
            logger.removeHandler(records)
        log = "\n".join(records.lines)
        if not 200 <= status < 500 or b"Traceback" in answer:
            raise AssertionError(f"status {status} to {request}: {answer[:300]!r}; {log}")
        if MARK in log or "Traceback" in log:
            raise AssertionError(f"the log says {log}")
        return "refused" if status >= 400 else "accepted"

    sound = {"method": "POST", "path": "/predict", "query": "", "headers": [["content-type", KINDS[0]]]}
    return Target(
        "request", "requests", case, run, json.dumps({**sound, "body": BODIES[0].decode(), "cut": 5}).encode()
    )


async def answered(application: object, request: dict[str, object]) -> tuple[int, bytes]:
    """Return the status and the body by which an ASGI application answers; the body comes in two parts."""
    body, cut = str(request["body"]).encode("latin-1"), int(str(request["cut"]))
    parts = [
        {"type": "http.request", "body": body[:cut], "more_body": True},
        {"type": "http.request", "body": body[cut:], "more_body": False},
    ]
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request["headers"]]  # type: ignore[attr-defined]
    if not any(name == b"host" for name, _ in headers):
        headers.append((b"host", b"localhost"))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": request["method"],
        "path": request["path"],
        "raw_path": quote(str(request["path"])).encode(),
        "root_path": "",
        "query_string": str(request["query"]).encode("latin-1"),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await application(scope, receive, send)  # type: ignore[operator]
    return int(str(sent[0]["status"])), b"".join(part.get("body", b"") for part in sent[1:])  # type: ignore[misc]
