"""What is fuzzed: a target makes an input, as bytes, and says what became of it."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from textransfer.errors import TextransferError


@dataclass(frozen=True)
class Target:
    """Something that takes inputs from strangers."""

    name: str
    group: str
    """What targets like it are called together."""
    case: Callable[[random.Random], bytes]
    """Makes an input at random."""
    run: Callable[[bytes], str]
    """Returns "accepted" or "refused"; any error that it raises is a fault."""
    sound: bytes
    """An input that is accepted."""

    @property
    def slug(self) -> str:
        """Its name as the name of a file may begin."""
        return re.sub(r"\W+", "-", self.name)


def outcome_of(call: Callable[[], object]) -> str:
    """Return whether a call ends in success or in one of our own errors; any other error goes on."""
    try:
        call()
    except TextransferError as error:
        if "\n" in str(error):
            raise AssertionError(f"more than one line: {error}") from error
        return "refused"
    return "accepted"
