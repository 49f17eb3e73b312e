"""Which words can stand in a file that sets words apart by spaces or line breaks."""

import re
from collections.abc import Sequence

from textransfer.errors import ConfigError

_INEXPRESSIBLE = re.compile(r"[ \t\n\r\v\f\ud800-\udfff]")
"""A space, or half of a surrogate pair, which UTF-8 cannot express."""


def check_expressible(words: Sequence[str], formats: str, longest: int | None = None) -> None:
    """Raise a ConfigError if a word cannot be written in `formats`, as the message calls them.

    With `longest` neither can one of more bytes, which readers would take for damage.
    """
    if longest is not None:
        sizes = [(len(word.encode("utf-8", "replace")), word) for word in words if 4 * len(word) > longest]
        size, word = max(sizes, default=(0, ""))
        if size > longest:
            raise ConfigError(
                f"a word has {size:,} bytes: {word[:20]!r}...; {formats} are read with {longest:,} at most: "
                "take npz, safetensors or parquet"
            )
    refused = [word for word in words if _INEXPRESSIBLE.search(word)]
    if refused:
        shown = ", ".join(repr(word) for word in refused[:5]) + (", ..." if len(refused) > 5 else "")
        raise ConfigError(
            f"{len(refused)} words hold a space, a line break or half a character: {shown}; {formats} "
            "cannot express them: save an embeddings folder instead"
        )
