"""Which words can stand in a file that sets words apart by spaces or line breaks."""

import re
from collections.abc import Sequence

from textransfer.errors import ConfigError

_INEXPRESSIBLE = re.compile(r"[ \t\n\r\v\f\ud800-\udfff]")
"""A space, or half of a surrogate pair, which UTF-8 cannot express."""
_HALF = re.compile(r"[\ud800-\udfff]")


def check_expressible(words: Sequence[str], formats: str, longest: int | None = None) -> None:
    """Raise a ConfigError if a word cannot be written in `formats`, as the message calls them.

    With `longest` neither can one of more bytes, which readers would take for damage.
    """
    if longest is not None:
        sizes = [(len(word.encode("utf-8", "replace")), word) for word in words if 4 * len(word) > longest]
        size, word = max(sizes, default=(0, ""))
        if size > longest:
            raise ConfigError(
                f"a word has {size:,} bytes: {word[:20]!r}...; expected {longest:,} at most in {formats}: "
                "take npz, safetensors or parquet"
            )
    _refuse(words, _INEXPRESSIBLE, "a space, a line break or half a character", formats)


def check_whole_characters(words: Sequence[str], formats: str) -> None:
    """Raise a ConfigError if a word holds half of a surrogate pair."""
    _refuse(words, _HALF, "half a character", formats)


def _refuse(words: Sequence[str], pattern: re.Pattern[str], what: str, formats: str) -> None:
    refused = [word for word in words if pattern.search(word)]
    if refused:
        shown = ", ".join(repr(word) for word in refused[:5]) + (", ..." if len(refused) > 5 else "")
        held = "a word holds" if len(refused) == 1 else f"{len(refused):,} words hold"
        raise ConfigError(
            f"{held} {what}: {shown}; expected none of that in {formats}: save an embeddings folder instead"
        )
