"""Words in small letters with capitals besides, for programs that look words up as they stand in a text."""

from dataclasses import replace

import numpy as np

from textransfer.embeddings.contents import Contents
from textransfer.text.guessing import are_cased
from textransfer.text.negation import PREFIX


def with_capitals(contents: Contents) -> Contents:
    """Return the words and, behind them, each with its first letter a capital, and in capitals alone.

    Marked negations, which no other program gives, are left out. A vocabulary that has capitals stays as it
    is.

    Examples
    --------
    >>> two = Contents(["film", "not_film"], np.eye(2, dtype=np.float32))
    >>> with_capitals(two).words
    ['film', 'Film', 'FILM']
    """
    words = list(contents.words)
    known = set(words)
    rows = [
        row
        for row, word in enumerate(words)
        if not (word.startswith(PREFIX) and word.removeprefix(PREFIX) in known)
    ]
    written = {words[row]: row for row in rows}
    if not are_cased(words):
        for row in rows:
            for form in (words[row][:1].upper() + words[row][1:], words[row].upper()):
                written.setdefault(form, row)
    places = np.fromiter(written.values(), np.int64, len(written))
    counts = None if contents.counts is None else np.asarray(contents.counts)[places]
    return replace(contents, words=list(written), matrix=contents.matrix[places], counts=counts)
