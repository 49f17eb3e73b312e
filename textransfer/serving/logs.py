"""Logs as JSON, an object a line, in which no text of anybody stands.

Of an error the kind and the places in the code are told, but not its message, which may quote a text.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

LOGGER = "textransfer.serving"
_UVICORN = {
    "Shutting down": "stopping",
    "Invalid HTTP request received.": "invalid_http",
    "Exceeded concurrency limit.": "too_many_connections",
}
"""Of uvicorn's own lines those that tell something, and what they are called here."""


class JsonFormatter(logging.Formatter):
    """Writes a record as a JSON object: time, level, event, and its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields |= fields_of(record.exc_info[1])
        return json.dumps(fields, ensure_ascii=True)


class OwnLines(logging.Filter):
    """Lets through what uvicorn and asyncio say under names of this server, and nothing else of theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rename the lines that are kept."""
        event = _UVICORN.get(record.getMessage())
        if record.exc_info and is_of_client(record.exc_info[1]):
            event, record.exc_info = "invalid_http", None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        if event is None:
            if record.levelno < logging.ERROR:
                return False
            event = "server_error"
        record.msg, record.args = event, ()
        return True


def is_of_client(error: BaseException | None) -> bool:
    """Tell whether nothing can be sent, since the client sent nonsense behind what is being answered."""
    return type(error).__name__ == "LocalProtocolError"


def fields_of(error: BaseException) -> dict[str, Any]:
    """Return the kind of an error and where in the code it came up, the innermost place last."""
    return {"error": type(error).__name__, "places": places_of(error.__traceback__)}


def places_of(trace: TracebackType | None) -> list[str]:
    """Return file, line and function of each step of a traceback."""
    return [f"{step.filename}:{step.lineno} {step.name}" for step in traceback.extract_tb(trace)]


def logging_settings(*, is_quiet: bool, is_verbose: bool) -> dict[str, Any]:
    """Return settings of Python's logging under which the server's lines go to standard error."""
    level = "WARNING" if is_quiet else "DEBUG" if is_verbose else "INFO"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "filters": {"own": {"()": OwnLines}},
        "handlers": {
            "server": {"class": "logging.StreamHandler", "formatter": "json"},
            "uvicorn": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["own"]},
        },
        "loggers": {
            LOGGER: {"handlers": ["server"], "level": level, "propagate": False},
            "uvicorn": {"handlers": ["uvicorn"], "level": level, "propagate": False},
            "asyncio": {"handlers": ["uvicorn"], "level": "ERROR", "propagate": False},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }
