"""Words with their places in the text that they were cut from."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import regex

from textransfer.text.normalize import INVISIBLE, LINE_BREAK, Normalization

_JOINING = regex.compile(r"[\p{M}\u1160-\u11ff]")
"""What may change with, or become one with, the character before: marks, vowels and ends of Hangul."""


class Token(NamedTuple):
    """A word, and the part ``text[start:end]`` of the original text that it was made of.

    Tokens of a text stand in its order and do not overlap. Of several words that come out of one character
    (``1`` and ``2`` of ``½``) the first has the place; the others have an empty one behind it.
    """

    word: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Aligned:
    """A normalised text, and the part of the original text that each of its characters comes from."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def tokens(self, words: Iterable[tuple[str, int, int]]) -> list[Token]:
        """Take words with their places in the normalised text to the original one."""
        tokens = []
        latest = 0
        for word, start, end in words:
            first = max(self.starts[start], latest) if start < end else latest
            latest = max(self.ends[end - 1], latest) if start < end else latest
            tokens.append(Token(word, first, latest))
        return tokens

    def replaced(self, pattern: "regex.Pattern[str]", by: str) -> "Aligned":
        """Return the same with each match of a pattern replaced by one character."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            first, last = match.span()
            parts += self.text[done:first], by
            starts += *self.starts[done:first], self.starts[first]
            ends += *self.ends[done:first], self.ends[last - 1]
            done = last
        if not done:
            return self
        parts.append(self.text[done:])
        return Aligned("".join(parts), [*starts, *self.starts[done:]], [*ends, *self.ends[done:]])


def align(text: str, normalization: Normalization) -> Aligned:
    """Return a text in normal form, with the place that each of its characters comes from."""
    normal = normalization.characters(text)
    if text.isascii():
        aligned = Aligned(normal, range(len(text)), range(1, len(text) + 1))
    else:
        aligned = _aligned_by_segment(text, normal, normalization.characters)
    return aligned.replaced(LINE_BREAK, " ")


def _aligned_by_segment(text: str, normal: str, of_characters: Callable[[str], str]) -> Aligned:
    """Cut the text where its two sides do not change each other, and normalise segment by segment."""
    joining = {character for character in set(text) if _is_joining(character)}
    cuts = [0, *(i for i in range(1, len(text)) if text[i] not in joining), len(text)]
    segments = list(zip(cuts, cuts[1:], strict=False))
    forms = list(map(lru_cache(of_characters), [text[start:end] for start, end in segments]))
    # A form may differ from what stands in the text (a sigma that ends a word), but not in length.
    if sum(map(len, forms)) != len(normal):  # no such text is known
        normal = "".join(forms)
    sizes = list(map(len, forms))
    starts = [start for (start, _), size in zip(segments, sizes, strict=True) for _ in range(size)]
    ends = [end for (_, end), size in zip(segments, sizes, strict=True) for _ in range(size)]
    return Aligned(normal, starts, ends)


def _is_joining(character: str) -> bool:
    """Tell whether a character may change with what stands before it, or has no form of its own."""
    return bool(
        INVISIBLE.match(character) or _JOINING.match(unicodedata.normalize("NFKD", character) or character)
    )


def locate_listed(words: Sequence[str]) -> tuple[str, list[Token]]:
    """Return a text of words that were cut already, a space between two, and their places."""
    tokens = []
    start = 0
    for word in words:
        tokens.append(Token(word, start, start + len(word)))
        start += len(word) + 1
    return " ".join(words), tokens
