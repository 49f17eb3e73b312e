"""How the server says no: a status, and one line of JSON."""

import json
import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from textransfer.errors import MissingExtraError, RequestError, TextransferError, UnknownWordError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST = 2000


def refused(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """Return an answer that says why there is no other."""
    text = _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), " ".join(message.split()))
    headers = dict(headers or {})
    if status == 503:
        headers["retry-after"] = "1"
    return as_json({"error": text[:_LONGEST]}, status, headers)


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:  # noqa: ANN401
    """Return a value as JSON on one line, which a shell shows as it should be."""
    content = json.dumps(value, ensure_ascii=False, separators=(", ", ": ")) + "\n"
    return Response(
        content.encode("utf-8", "backslashreplace"),
        status,
        {"cache-control": "no-store", **(headers or {})},
        media_type="application/json",
    )


async def refuse_by_routes(request: Request, error: Exception) -> Response:
    """Say that nothing is at a path, or nothing for this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return refused(404, "nothing is at this path; GET /openapi.json lists what there is")
    if error.status_code == 405:
        allowed = ", ".join(sorted(dict(error.headers or {}).get("Allow", "").split(", ")))
        headers = {"allow": allowed} if allowed else None
        return refused(405, f"this path takes {allowed or 'another method'} alone", headers)
    return refused(error.status_code, error.detail)


async def refuse_request(request: Request, error: Exception) -> Response:
    """Say what the package said of a request."""
    assert isinstance(error, TextransferError)
    return refused(status_of(error), str(error))


async def refuse_bug(request: Request, error: Exception) -> Response:
    """Say that it is our fault, and nothing of what the error says, which may quote a text."""
    return refused(500, f"internal error in request {request.scope['request'].number}; the log says where")


def status_of(error: TextransferError) -> int:
    """Return the code of HTTP for an error of the package."""
    if isinstance(error, RequestError):
        return error.status
    if isinstance(error, UnknownWordError):
        return 404
    if isinstance(error, MissingExtraError):
        return 501
    return 422
