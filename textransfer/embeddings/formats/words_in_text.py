"""Which words can stand in a file that sets words apart by spaces or line breaks."""

import re
from collections.abc import Sequence

from textransfer.errors import ConfigError

_INEXPRESSIBLE = re.compile(r"[ \t\n\r\v\f\ud800-\udfff]")
"""A space, or half of a surrogate pair, which UTF-8 cannot express."""


def check_expressible(words: Sequence[str], formats: str) -> None:
    """Raise a ConfigError if a word cannot be written in `formats`, as the message calls them."""
    refused = [word for word in words if _INEXPRESSIBLE.search(word)]
    if refused:
        shown = ", ".join(repr(word) for word in refused[:5]) + (", ..." if len(refused) > 5 else "")
        raise ConfigError(
            f"{len(refused)} words hold a space, a line break or half a character: {shown}; {formats} "
            "cannot express them: save an embeddings folder instead"
        )
