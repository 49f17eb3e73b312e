"""Everything that takes inputs from strangers, as targets."""

from collections.abc import Iterator
from pathlib import Path

from fuzz.commands import command_targets
from fuzz.connections import connection_target
from fuzz.files import file_targets
from fuzz.http_requests import request_target
from fuzz.target import Target
from fuzz.texts import text_targets
from fuzz.values import value_targets

REGRESSIONS = Path(__file__).parent / "regressions"
"""Inputs that once ended in another error than ours, named by their target."""


def all_targets(place: Path) -> Iterator[Target]:
    """Yield the targets; they write into the place."""
    yield from file_targets(place)
    yield from text_targets()
    yield from value_targets()
    yield request_target()
    yield connection_target()
    yield from command_targets(place)
