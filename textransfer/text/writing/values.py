"""Values of a table as the formats can hold them: as text, as JSON, as a cell that does no harm."""

import datetime
import json
import math
import re
from decimal import Decimal

FORMULA_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""How cells begin that a spreadsheet takes for formulas; the last four are full-width, for Japanese ones."""
_SIGN = re.compile(r"[+\-\uff0b\uff0d]")
_NUMBER_WITH_LETTER = re.compile(r"[+-]?[\d.,]+[eE][+-]?\d+")


def harmless(cell: str) -> str:
    """Return a cell of a CSV file with an apostrophe before it if a spreadsheet would take it for a formula.

    Without letters and quotes behind a sign it is a number, a date or a smiley, which stays as it is.

    References
    ----------
    OWASP, CSV injection: https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> [harmless(cell) for cell in ("=1+1", "-good", "-3.5", "+49 30 1234", "a film")]
    ["'=1+1", "'-good", '-3.5', '+49 30 1234', 'a film']
    """
    if cell[:1] not in FORMULA_STARTS:
        return cell
    if _SIGN.match(cell) and (_is_without_letters(cell) or _NUMBER_WITH_LETTER.fullmatch(cell)):
        return cell
    return f"'{cell}"


def _is_without_letters(cell: str) -> bool:
    return not any(character.isalpha() or character in "@=!|\"'\t\r\n" for character in cell)


def spelled(value: object) -> str:
    """Return a value of any type as text: what is missing as nothing, lists and objects as JSON.

    Numbers are spelt as labels are, whole ones without a point.

    Examples
    --------
    >>> [spelled(value) for value in (None, float("nan"), 7.0, 2.5, True, [1, "a"], "007")]
    ['', '', '7', '2.5', 'True', '[1, "a"]', '007']
    """
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, list | dict | tuple):
        return json_line(value)
    return str(plain(value)) if isinstance(value, bytes | datetime.timedelta) else str(value)


def json_line(value: object) -> str:
    """Return a value of any type as JSON in one line; NaN is null, as JSON has none."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=plain)
    except ValueError:
        return json.dumps(_without_nan(value), ensure_ascii=False, default=plain)


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_nan(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(entry) for entry in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _hours(value: datetime.timedelta) -> str:
    """Return a duration as spreadsheets show it: 30:00:00, not 1 day, 6:00:00."""
    size = abs(value)
    minutes, seconds = divmod(size.days * 86_400 + size.seconds, 60)
    rest = f".{size.microseconds:06}" if size.microseconds else ""
    return (
        f"{'-' if value < datetime.timedelta() else ''}{minutes // 60}:{minutes % 60:02}:{seconds:02}{rest}"
    )


def plain(value: object) -> str | int | float:
    """Return what JSON has no type for as text: dates as in ISO 8601, bytes as UTF-8 as far as they are."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return _hours(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    return str(value)
