"""What every request goes through: limits on size and time, headers of the answer, its line in the log."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from textransfer.errors import RequestError
from textransfer.serving.logs import LOGGER, fields_of, is_of_client
from textransfer.serving.metrics import Metrics
from textransfer.serving.refusals import refused
from textransfer.serving.settings import ServingConfig

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

FILE_PATH = "/label"
QUIET_PATHS = ("/health", "/metrics")
"""Asked for again and again: logged only where something is wrong."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SECONDS_TO_DISCARD, BYTES_TO_DISCARD = 5.0, 64_000_000
"""A client that still sends reads no answer: so long, and so much, is thrown away before a refusal."""
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
logger = logging.getLogger(LOGGER)


@dataclass
class Request:
    """What is known of a request under way."""

    number: int
    path: str
    method: str
    started: float
    seconds: float
    """Time that it may take."""
    most_bytes: int
    is_kept: bool
    """Whether its body stays in memory."""
    n_bytes: int = 0
    n_texts: int = 0
    status: int = 0
    is_whole: bool = False
    """Whether the body is there to its end."""
    is_begun: bool = False
    """Whether the answer is on its way."""
    fields: dict[str, Any] = field(default_factory=dict)
    """What else the log says."""

    @property
    def seconds_left(self) -> float:
        """Time that is left, at least none."""
        return max(self.started + self.seconds - time.monotonic(), 0.0)


class Gate:
    """Wraps an ASGI application.

    Parameters
    ----------
    app : callable
        The application; finds its `Request` in the scope, under "request".
    paths : sequence of str
        Its paths; others are counted and logged as one, since they may hold anything.
    config : ServingConfig
    metrics : Metrics
    """

    def __init__(self, app: App, paths: list[str], config: ServingConfig, metrics: Metrics) -> None:
        self._app = app
        self._paths = set(paths)
        self._config = config
        self._metrics = metrics
        self._hosts = config.answered_hosts
        self._numbers = count(1)
        self._n_held = 0
        self.n_answered = 0
        self.n_unread = 0
        """Bytes of answers that clients have not read yet."""
        self.is_stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = self._request(scope)
        scope["request"] = request
        incoming = self._limited(request, receive)
        outgoing = self._marked(request, receive, send, scope)
        try:
            await self._answer(request, scope, incoming, outgoing)
        finally:
            if request.is_kept:
                self._hold(-request.n_bytes)
            self._tell(request)

    async def _answer(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check_head(request, scope)
            await self._app(scope, receive, send)
        except RequestError as error:
            await refused(error.status, str(error))(scope, receive, send)
        except Exception as error:
            request.fields |= fields_of(error)
            if is_of_client(error):
                raise  # nothing can be sent any more, which is for uvicorn to tell
            # else the client has its answer by now

    def _request(self, scope: Scope) -> Request:
        config, path = self._config, scope["path"]
        is_file = path == FILE_PATH
        return Request(
            next(self._numbers),
            path if path in self._paths else "(other)",
            scope["method"] if scope["method"] in METHODS else "(other)",
            time.monotonic(),
            config.max_file_seconds if is_file else config.max_seconds,
            config.max_file if is_file else config.max_body,
            is_kept=not is_file,
        )

    def _check_head(self, request: Request, scope: Scope) -> None:
        """Refuse a request by its headers alone."""
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if self._hosts and name.strip("[]").lower() not in self._hosts:
            raise RequestError(
                421,
                f"the Host header names {host!r:.100}; expected {', '.join(self._hosts)}: send the request "
                "to one of these names",
            )
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > request.most_bytes:
            if headers.get(b"expect", b"").lower() == b"100-continue":
                request.is_whole = True  # the client waits for leave to send, and will not get it
            raise self._too_large(request)
        coding = headers.get(b"content-encoding", b"").strip().lower()
        if coding not in (b"", b"identity"):
            raise RequestError(
                415, f"the body is packed ({coding.decode('latin-1')!r:.60}); expected it as it is, unpacked"
            )
        if request.is_kept and self._n_held + self.n_unread >= self._config.max_held:
            raise RequestError(503, "too many requests are under way; send this one again a little later")

    def _too_large(self, request: Request) -> RequestError:
        return RequestError(413, f"the body has more than {request.most_bytes:,} bytes; send less at a time")

    def _hold(self, n_bytes: int) -> None:
        self._n_held += n_bytes
        self._metrics.held_bytes.set(self._n_held)

    def _limited(self, request: Request, receive: Receive) -> Receive:
        """Count the bytes that come, and wait for them no longer than the request may take."""

        async def limited() -> Message:
            if request.is_whole:
                return await receive()
            try:
                async with asyncio.timeout(request.seconds_left):
                    message = await receive()
            except TimeoutError:
                request.is_whole = True  # no more of it is waited for
                raise RequestError(
                    408, f"the body was not there after {request.seconds:g} seconds; send it faster"
                ) from None
            request.is_whole = not message.get("more_body", False)
            if message["type"] == "http.disconnect":
                raise RequestError(400, "the connection ended before the body did; send it whole")
            n_bytes = len(message.get("body", b""))
            request.n_bytes += n_bytes
            if request.is_kept:
                self._hold(n_bytes)
            if request.n_bytes > request.most_bytes:
                raise self._too_large(request)
            return message

        return limited

    def _marked(self, request: Request, receive: Receive, send: Send, scope: Scope) -> Send:
        """Give each answer its headers, once the client listens."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._discard(request, receive)
                request.status, request.is_begun = message["status"], True
                added = [*HEADERS, (b"x-request-number", str(request.number).encode())]
                if self.is_stopping:
                    added.append((b"connection", b"close"))
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        return marked

    async def _discard(self, request: Request, receive: Receive) -> None:
        """Throw away what is left of a body that nobody wants."""
        n_bytes = 0
        try:
            async with asyncio.timeout(SECONDS_TO_DISCARD):
                while not request.is_whole and n_bytes < BYTES_TO_DISCARD:
                    message = await receive()
                    n_bytes += len(message.get("body", b""))
                    request.is_whole = not message.get("more_body", False)
        except TimeoutError:
            request.is_whole = True

    def _tell(self, request: Request) -> None:
        """Count and log a request that is done."""
        seconds = time.monotonic() - request.started
        self.n_answered += 1
        self._metrics.requests.labels(request.path, request.method, request.status).inc()
        self._metrics.seconds.labels(request.path).observe(seconds)
        if request.n_texts:
            self._metrics.texts.labels(request.path).inc(request.n_texts)
        is_bug = request.status >= 500 and "error" in request.fields
        is_quiet = request.path in QUIET_PATHS and request.status < 400
        logger.log(
            logging.ERROR if is_bug else logging.DEBUG if is_quiet else logging.INFO,
            "request",
            extra={
                "fields": {
                    "request": request.number,
                    "method": request.method,
                    "path": request.path,
                    "status": request.status,
                    "milliseconds": round(1000 * seconds, 1),
                    "bytes": request.n_bytes,
                    "texts": request.n_texts,
                    **request.fields,
                }
            },
        )
