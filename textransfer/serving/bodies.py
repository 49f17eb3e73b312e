"""JSON of a request as plain values, checked: each complaint is one line."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.requests import Request

from textransfer.errors import RequestError
from textransfer.serving.settings import ServingConfig


async def read_object(request: Request, known: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON object of a request's body.

    Parameters
    ----------
    request : Request
        Its content type must be JSON.
    known : mapping of str to str
        What may stand in it, and what each is, for messages.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise RequestError(
            415,
            f"the content type is {kind or 'not said'!r}; expected application/json: send the header "
            "Content-Type: application/json",
        )
    body = await request.body()
    try:
        value = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_without_repeats, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise RequestError(
            400, f"the body is no UTF-8 at byte {error.start}; expected JSON in UTF-8"
        ) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RequestError(400, f"the body is no JSON at {place} ({error.msg}); expected an object") from None
    except (RecursionError, ValueError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise RequestError(400, f"the body cannot be read: {reason}; expected a plain object") from None
    if not isinstance(value, dict):
        raise RequestError(422, f"the body is {_kind(value)}; expected an object with {_listed(known)}")
    unknown = [name for name in value if name not in known]
    if unknown:
        raise RequestError(422, f"the body has {unknown[0]!r:.60}; expected {_listed(known)}")
    return value


def texts_of(value: Mapping[str, Any], config: ServingConfig) -> list[str]:
    """Return the texts that stand under "text" or "texts", as many and as long as are taken."""
    if ("text" in value) == ("texts" in value):
        raise RequestError(422, "expected either 'text', a string, or 'texts', a list of strings")
    texts = [value["text"]] if "text" in value else value["texts"]
    if not isinstance(texts, list):
        raise RequestError(422, f"'texts' is {_kind(texts)}; expected a list of strings")
    if not texts:
        raise RequestError(422, "'texts' is empty; expected at least one text")
    if len(texts) > config.max_texts:
        raise RequestError(
            413,
            f"'texts' has {len(texts):,} texts; expected at most {config.max_texts:,}: send several requests",
        )
    for place, text in enumerate(texts):
        name = "'text'" if "text" in value else f"texts[{place}]"
        if not isinstance(text, str):
            raise RequestError(422, f"{name} is {_kind(text)}; expected a string")
        if len(text) > config.max_characters:
            raise RequestError(
                413, f"{name} has {len(text):,} characters; expected at most {config.max_characters:,}"
            )
        check_characters(text, name)
    return texts


def check_characters(text: str, name: str) -> None:
    """Refuse half of a pair of surrogates, which is no character."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RequestError(
            422, f"{name} has a lone surrogate at character {error.start}; expected whole characters"
        ) from None


def whole_number(value: Mapping[str, Any], name: str, least: int) -> int | None:
    """Return a whole number of at least so much, None if it is not there."""
    number = value.get(name)
    if number is None:
        return None
    if isinstance(number, float) and number.is_integer():
        number = int(number)  # JSON knows one kind of number
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise RequestError(422, f"{name!r} is {number!r:.60}; expected a whole number of at least {least}")
    return number


def share(value: Mapping[str, Any], name: str) -> float:
    """Return a number from 0 to 1, 0 if it is not there."""
    number = value.get(name)
    if number is None:
        return 0.0
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 1:
        raise RequestError(422, f"{name!r} is {number!r:.60}; expected a number from 0 to 1")
    return float(number)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a name stands in an object more than once")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _listed(known: Mapping[str, str]) -> str:
    return ", ".join(f"{name!r} ({what})" for name, what in known.items())
