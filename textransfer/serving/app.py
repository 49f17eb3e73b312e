"""The application: which path answers what, for any server of ASGI."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, TextIO

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from textransfer.errors import RequestError, TextransferError, TextransferWarning
from textransfer.sentiment.answer_rows import AnswerSettings
from textransfer.serving import gate, openapi
from textransfer.serving.answering import MOST_NEIGHBORS, Answers
from textransfer.serving.bodies import check_characters, read_object, share, texts_of, whole_number
from textransfer.serving.classifier import ServedClassifier
from textransfer.serving.labelling import Labelled, Tables
from textransfer.serving.metrics import CONTENT_TYPE
from textransfer.serving.refusals import as_json, refuse_bug, refuse_by_routes, refuse_request
from textransfer.serving.settings import ServingConfig
from textransfer.version import __version__

PAGE_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/shading.js": ("shading.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
N_THREADS = 3
"""For predictions, explanations and neighbours; a long explanation lets the others go on."""
N_LABELS_TOLD = 20
"""Classes of a labelled table that are counted in the head of the answer."""
LABELS_LENGTH = 2000
"""Bytes that these may take there: proxies refuse an answer whose head is longer than some 4,000."""
Handler = Callable[[Request], Awaitable[Response]]


class Application:
    """Answers requests from one classifier; call it as an ASGI application.

    Parameters
    ----------
    classifier : ServedClassifier
        Fitted.
    config : ServingConfig
        Limits.
    """

    def __init__(self, classifier: ServedClassifier, config: ServingConfig) -> None:
        self.config = config
        self._executor = ThreadPoolExecutor(N_THREADS, "answers")
        self._answers = Answers(classifier, self._executor)
        self._tables = Tables(classifier, config)
        self._description = openapi.description(config, self._answers.classes)
        routes = [
            *(Route(path, _page(*names), methods=["GET"]) for path, names in PAGE_FILES.items()),
            Route("/predict", self._predict, methods=["POST"]),
            Route("/explain", self._explain, methods=["POST"]),
            Route("/neighbors", self._neighbors, methods=["GET"]),
            Route(gate.FILE_PATH, self._label, methods=["POST"]),
            Route("/health", self._health, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
            Route("/openapi.json", self._openapi, methods=["GET"]),
        ]
        self.paths = [route.path for route in routes]
        handlers = {HTTPException: refuse_by_routes, TextransferError: refuse_request, Exception: refuse_bug}
        inner = Starlette(routes=routes, exception_handlers=handlers, lifespan=self._lifespan)
        self._gate = gate.Gate(inner, self.paths, config, self._answers.metrics)

    async def __call__(self, scope: gate.Scope, receive: gate.Receive, send: gate.Send) -> None:
        """Answer a request."""
        await self._gate(scope, receive, send)

    @property
    def classes(self) -> list[str]:
        """Names of the classes."""
        return self._answers.classes

    @property
    def n_answered(self) -> int:
        """Requests that were answered."""
        return self._gate.n_answered

    def show_warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        """Take the place of `warnings.showwarning`: tell the client whose table it is about, nobody else."""
        if issubclass(category, TextransferWarning):
            self._tables.note(str(message))

    def warm_up(self) -> None:
        """Load what the first request would wait for."""
        self._answers.warm_up()

    def stop(self) -> None:
        """From here on say that the server stops, and let each client go with its answer."""
        self._gate.is_stopping = True

    def note_unread(self, n_bytes: int) -> None:
        """Count bytes of answers that clients have not read yet towards what may be held."""
        self._gate.n_unread = n_bytes

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        self._tables.stop()
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _in_time(
        self, request: Request, answer: Awaitable[list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Wait for an answer as long as the request may take."""
        under_way: gate.Request = request.scope["request"]
        try:
            async with asyncio.timeout(under_way.seconds_left):
                return await answer
        except TimeoutError:
            raise RequestError(
                503, f"there was no answer within {under_way.seconds:g} seconds; send less, or again later"
            ) from None

    async def _predict(self, request: Request) -> Response:
        value = await read_object(request, openapi.PREDICT)
        texts = texts_of(value, self.config)
        settings = AnswerSettings(whole_number(value, "top_k", 1), 0, share(value, "abstain_below"))
        rows = await self._in_time(request, self._answers.predict(texts, settings))
        request.scope["request"].n_texts = len(texts)
        return as_json({"predictions": rows})

    async def _explain(self, request: Request) -> Response:
        value = await read_object(request, openapi.EXPLAIN)
        texts = texts_of(value, self.config)
        label = value.get("label")
        if label is not None and not isinstance(label, str):
            raise RequestError(422, "'label' is no string; expected the name of a class")
        n_characters, most = sum(map(len, texts)), self.config.max_explained_characters
        if n_characters > most:
            raise RequestError(
                413, f"the texts have {n_characters:,} characters; expected at most {most:,} to explain"
            )
        rows = await self._in_time(request, self._answers.explain(texts, label))
        request.scope["request"].n_texts = len(texts)
        return as_json({"explanations": rows})

    async def _neighbors(self, request: Request) -> Response:
        query = _query(request, openapi.NEIGHBORS)
        if "word" not in query:
            raise RequestError(422, "no word is named; expected /neighbors?word=...")
        digits = query.get("n", "10")
        n = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 0
        if not 1 <= n <= MOST_NEIGHBORS:
            raise RequestError(
                422, f"'n' is {digits!r:.60}; expected a whole number from 1 to {MOST_NEIGHBORS}"
            )
        rows = await self._in_time(request, self._answers.neighbors(query["word"], n))
        return as_json({"word": query["word"].strip(), "neighbors": rows})

    async def _label(self, request: Request) -> Response:
        query = _query(request, openapi.LABEL)
        if "name" not in query:
            raise RequestError(422, "the table has no name; expected /label?name=tickets.csv")
        name = query.pop("name")
        reading = {key: value for key, value in query.items() if value}
        labelled = await self._tables.label(request.stream(), name, **reading)
        request.scope["request"].n_texts = labelled.n_rows
        return _TableResponse(labelled)

    async def _health(self, request: Request) -> Response:
        is_stopping = self._gate.is_stopping
        config = self.config
        state = {
            "status": "stopping" if is_stopping else "ok",
            "version": __version__,
            "classes": self._answers.classes,
            "limits": {name: getattr(config, name) for name in openapi.LIMITS},
        }
        return as_json(state, 503 if is_stopping else 200)

    async def _metrics(self, request: Request) -> Response:
        return Response(self._answers.metrics.page(), headers={"content-type": CONTENT_TYPE})

    async def _openapi(self, request: Request) -> Response:
        return as_json(self._description)


def _within(length: int, counts: list[tuple[str, int]]) -> dict[str, int]:
    """Return the first of some counts, which take up to so many bytes as JSON."""
    taken = itertools.accumulate(len(json.dumps({name: n})) for name, n in counts)
    return dict(itertools.takewhile(lambda _: next(taken) <= length, counts))


class _TableResponse(FileResponse):
    """A labelled table, which is removed when it was sent, or could not be."""

    def __init__(self, labelled: Labelled) -> None:
        labels = _within(LABELS_LENGTH, list(labelled.labels.items())[:N_LABELS_TOLD])
        summary = {"rows": labelled.n_rows, "unknown": labelled.n_unknown, "labels": labels}
        summary["notes"] = labelled.notes
        headers = {"cache-control": "no-store", "x-summary": json.dumps(summary)}
        super().__init__(
            labelled.path, headers=headers, media_type=labelled.media_type, filename=labelled.name
        )
        self._labelled = labelled

    async def __call__(self, scope: gate.Scope, receive: gate.Receive, send: gate.Send) -> None:
        """Send the file."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._labelled.remove()


def _page(name: str, media_type: str) -> Handler:
    """Return what answers with a file of the page."""
    content = files("textransfer.serving").joinpath("page", name).read_bytes()

    async def page(request: Request) -> Response:
        return Response(content, headers={"cache-control": "no-cache", "content-type": media_type})

    return page


def _query(request: Request, known: dict[str, str]) -> dict[str, str]:
    """Return the parameters of a request's address, each once."""
    query = request.query_params
    for name in query:
        if name not in known:
            raise RequestError(422, f"the address has {name!r:.60}; expected {', '.join(known)}")
        if len(query.getlist(name)) > 1:
            raise RequestError(422, f"the address has {name!r} more than once; expected it once")
        check_characters(query[name], name)
    return dict(query)
