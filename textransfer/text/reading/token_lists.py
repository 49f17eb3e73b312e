"""Documents that are lists of words already, as text that is cut at blanks."""

from collections.abc import Sequence
from typing import TypeGuard

from textransfer.errors import CorpusError


def are_token_lists(documents: Sequence[object]) -> TypeGuard[Sequence[Sequence[str]]]:
    """Tell whether documents are lists of words: by the first of them."""
    return bool(documents) and isinstance(documents[0], list | tuple)


def joined(documents: Sequence[Sequence[str]]) -> list[str]:
    """Return the words of each document with blanks between them.

    Raises
    ------
    CorpusError
        If a document is no list of words, or a word is empty or holds a blank.

    Examples
    --------
    >>> joined([["New_York", "is", "big"], []])
    ['New_York is big', '']
    """
    texts = []
    for position, words in enumerate(documents):
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            raise CorpusError(f"text {position} is {words!r:.60}; expected a list of words, as text 0 is")
        text = " ".join(words)
        if text.split() != list(words):
            odd = next(word for word in words if word.split() != [word])
            raise CorpusError(
                f"text {position} holds the word {odd!r:.60}; expected words without blanks: write them "
                "with another sign, such as New_York"
            )
        texts.append(text)
    return texts
