"""Spell any string in characters that a file can hold."""

import re
from unicodedata import east_asian_width

_HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair: Python's strings can hold one alone, UTF-8 cannot."""
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Escape sequences begin with such, and others turn the direction of writing."""
DIRECTION_MARKS = "\u061c\u200e\u200f"
"""Those that only place what stands beside them: pages of texts written from right to left have them."""
_BYTE = re.compile("[\udc80-\udcff]")
"""What Python makes of a byte in a file name, or in an argument, that is no UTF-8."""


def whole(text: str) -> str:
    r"""Put U+FFFD in place of half surrogate pairs, as in text that was cut in the middle of an emoji.

    Examples
    --------
    >>> whole("good \ud83d") == "good \ufffd"
    True
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _HALF.sub("\ufffd", text)
    return text


def writable(text: str, *, backslash: str = "\\") -> str:
    r"""Spell out the bytes of a file name that are no UTF-8; put U+FFFD in place of other half pairs.

    In JSON the backslash is a double one.

    Examples
    --------
    >>> print(writable("caf\udce9.txt"))
    caf\xe9.txt
    """
    if whole(text) is text:
        return text
    return whole(_BYTE.sub(lambda half: f"{backslash}x{ord(half[0]) - 0xDC00:02x}", text))


def visible(text: str, *, but_for: str = "") -> str:
    r"""Spell out the characters that a terminal would obey, but for tabs, line feeds and those of a string.

    Examples
    --------
    >>> print(visible("a \x1b[31mred\x1b[0m word"))
    a \x1b[31mred\x1b[0m word
    """
    return _OBEYED.sub(
        lambda match: match[0] if match[0] in but_for else match[0].encode("unicode_escape").decode(), text
    )


def columns_of(text: str) -> int:
    """Return the columns that a text takes on a terminal or in a cell; CJK characters take two.

    Examples
    --------
    >>> columns_of("hotel"), columns_of("\u5bbf")
    (5, 2)
    """
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
