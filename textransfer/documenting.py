"""Docstrings of classes whose parameters are settings: each is described where its default stands."""

import inspect
import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import TypeVar

from textransfer.settings import Settings

Class = TypeVar("Class", bound=type)

PLACE = "{settings}"
"""Line of a docstring that the descriptions of settings take."""
_ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*) : (?P<kind>.*)$")


def with_settings(*groups: type[Settings]) -> Callable[[Class], Class]:
    """Return a decorator that writes the parameters of groups of settings into the docstring of a class."""
    described = "\n".join(line for group in groups for line in _parameters(group))

    def documented(cls: Class) -> Class:
        if cls.__doc__ is not None:  # python -OO leaves none
            cls.__doc__ = inspect.cleandoc(cls.__doc__).replace(PLACE, described)
        return cls

    return documented


def _parameters(group: type[Settings]) -> list[str]:
    """Return the lines under "Parameters" in the docstring of a group, with the defaults."""
    section = (inspect.getdoc(group) or "").partition("Parameters\n----------\n")[2]
    lines = section.split("\n\n")[0].splitlines()
    of_name = {field.name: field for field in fields(group)}
    return [_with_default(line, of_name) for line in lines]


def _with_default(line: str, of_name: dict[str, "Field[object]"]) -> str:
    entry = _ENTRY.match(line)
    if entry is None or entry["kind"].endswith("optional"):
        return line
    defaults = [of_name[name].default for name in entry["names"].split(", ")]
    shown = ", ".join(repr(default).replace("'", '"') for default in defaults if default is not MISSING)
    return f"{line}, default={shown}" if shown else line
