"""Slips on the command line that would be taken for something else, found before a command runs."""

import difflib
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import typer

from textransfer.cli.groups import KINDS
from textransfer.cli.help import long_name, metavar, range_of
from textransfer.errors import ConfigError

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d"
"""Characters that a word processor or a web page puts in the place of hyphens."""
_PASTED = re.compile(rf"(?P<dashes>[-{DASHES}]+)(?P<name>[A-Za-z][\w{DASHES}-]*)(?P<value>=.*)?$", re.S)

_TEXTS = "texts"
"""The argument whose values are no names of files: an empty text is one."""
_UNREAD = re.compile("[\udc80-\udcff]")
"""What Python makes of a byte that it cannot read."""


def names_of(parameters: Iterable[object]) -> list[str]:
    """Return all that the options of a command are called, hidden ones left out."""
    options = [
        parameter
        for parameter in parameters
        if isinstance(parameter, typer.core.TyperOption) and not parameter.hidden
    ]
    return [name for option in options for name in (*option.opts, *option.secondary_opts)]


def near_names(name: str, names: Iterable[str]) -> list[str]:
    """Return the names that a mistyped one may stand for, the likeliest first."""
    names = list(names)
    begun = [other for other in names if len(name) > len("--a") and other.startswith(name)]
    return begun or difflib.get_close_matches(name, names, n=2, cutoff=0.7)


def slip_in(words: Sequence[str], names: Sequence[str]) -> str | None:
    """Return a complaint about a word that is an option with the wrong dashes, if there is one.

    Such a word would be taken for a text, a file, or a short option with the rest as its value.
    """
    for word in words:
        if word == "--":
            return None
        match = _PASTED.match(word)
        if match is None or (match["dashes"].startswith("--") and match["name"].isascii()):
            continue
        bare = re.sub(f"[{DASHES}]", "-", match["name"])
        meant = f"--{bare}" if len(bare) > 1 else f"-{bare}"
        is_pasted = any(dash in DASHES for dash in match["dashes"] + match["name"])
        if meant in names and (is_pasted or len(bare) > 1):
            dash = next((character for character in word if character in DASHES), "-")
            fault = f"a dash (U+{ord(dash):04X}), not a hyphen" if is_pasted else "one hyphen"
            return (
                f"{word!r} is written with {fault}; did you mean {meant}? After -- a word stands for itself"
            )
    return None


def repeated(order: Iterable[object]) -> str | None:
    """Return a complaint about an option that is given twice, though it takes one value.

    The order is the parser's: an entry for each option or argument on the line.
    """
    counts = Counter(
        " or ".join((long_name(option), *option.secondary_opts))
        for option in order
        if isinstance(option, typer.core.TyperOption)
        and not option.multiple
        and (not option.is_flag or option.secondary_opts)
    )
    return next((f"{name} is given twice; give it once" for name, n in counts.items() if n > 1), None)


def check_values(typed: dict[str, object], options: Iterable[typer.core.TyperOption]) -> str | None:
    """Return a complaint about a value, as it was typed, that is empty or the next option."""
    options = list(options)
    names = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    for option in options:
        value = typed.get(str(option.name))
        for word in value if isinstance(value, list | tuple) else [value]:
            if word == "":
                return f"{long_name(option)} is empty (an unset variable?); give it a value, or leave it out"
            if word in names:
                return f"{long_name(option)} wants a value, but {word} follows it"
    return None


def empty_name(typed: dict[str, object], places: Iterable[typer.core.TyperArgument]) -> str | None:
    """Return a complaint about a file or folder whose name is empty, which would be the working folder."""
    for place in places:
        value = typed.get(str(place.name))
        is_empty = "" in value if isinstance(value, list | tuple) else value == ""
        if is_empty and place.name not in _TEXTS:
            return f"{metavar(place)} is empty (an unset variable?); give the name of a file or folder"
    return None


def as_utf8(texts: Iterable[str]) -> list[str]:
    """Return texts of the line as UTF-8 has them, whatever the system's language says it is.

    What Python cannot read in that language it keeps as halves of surrogate pairs, which no word has: half of
    a text would be unknown without a word.

    Raises
    ------
    ConfigError
        If one is no UTF-8.
    """
    try:
        return [os.fsencode(text).decode() if _UNREAD.search(text) else text for text in texts]
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{error.object!r} on the command line is no UTF-8; expected text in UTF-8: convert it, or "
            "put it into a file and tell its --encoding"
        ) from None


def misfit(option: typer.core.TyperOption, value: object) -> str:
    """Say of a value that the parser refused what was expected in its place."""
    bounds = range_of(option)
    kind = KINDS.get(metavar(option), metavar(option)) + (f", {bounds}" if bounds else "")
    return f"{long_name(option)} is {str(value)!r}; expected {kind}"
