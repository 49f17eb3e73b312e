"""Cut text into Unicode words."""

from collections.abc import Iterable, Iterator
from typing import Any

import regex

from textransfer.text.negation import ENGLISH_NEGATIONS, mark_negated
from textransfer.text.normalize import normalize
from textransfer.text.spans import Token, align

_WORD = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*"
# Between letters: apostrophes, the joiners of Persian and Indic scripts, Catalan's dot, Hebrew's geresh.
_JOINER = "['\u200c\u200d\u00b7\u05f3\u05f4]"
PICTOGRAPH = (
    r"[[\p{Extended_Pictographic}&&[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]]"
    r"||[\u2605\u2606\u2661\u2669-\u266c]]"
)
"""One emoji; or a star, heart or note, which reviewers use like one."""
WORD = regex.compile(rf"{_WORD}(?:{_JOINER}{_WORD})*|{PICTOGRAPH}", regex.VERSION1)
"""A word: letters, digits and their marks, perhaps joined by apostrophes; or one emoji."""

_ASCII_TABLE = {code: chr(code) if chr(code).isalnum() or chr(code) == "'" else " " for code in range(128)}


def split_unicode(text: str) -> list[str]:
    """Return the words of a normalised text: the definition, for any script."""
    words: list[str] = WORD.findall(text)
    return words


def split_ascii(text: str) -> list[str]:
    """Return the words of a normalised ASCII text: the same as `split_unicode`, ten times as fast.

    All but letters, digits and the apostrophes between two of them becomes a space.
    """
    text = text.translate(_ASCII_TABLE)
    if "'" in text:
        text = text.replace("''", "  ").replace(" '", "  ").replace("' ", "  ").strip("'")
    return text.split()


class WordsTokenizer:
    r"""Unicode words: ``don't`` is one word, numbers are words, underscores and hyphens separate.

    Parameters
    ----------
    lowercase : bool, default=True
        Whether upper and lower case are the same word.
    stop_words : iterable of str, default=()
        Words to leave out, in normalised form and small letters; capitals make no difference here.
    marks_negation : bool, default=False
        Whether words that an English negation turns round become others ("not good" gives "not",
        "not_good"); negations among the stop words are left out after that, other stop words before.

    Notes
    -----
    Emoji are words of their own, without skin tones and variation selectors.

    Examples
    --------
    >>> WordsTokenizer().tokenize("Don\u2019t miss it: 10/10!")
    ["don't", 'miss', 'it', '10', '10']
    """

    name = "words"
    version = 2

    def __init__(
        self, *, lowercase: bool = True, stop_words: Iterable[str] = (), marks_negation: bool = False
    ) -> None:
        self.lowercase = lowercase
        self.stop_words = frozenset(stop_words)
        self.marks_negation = marks_negation

    def tokenize(self, text: str) -> list[str]:
        """Return the words of one text, in order."""
        text = normalize(text, lowercase=self.lowercase)
        words = split_ascii(text) if text.isascii() else split_unicode(text)
        if self.marks_negation:
            # Of the stop words negations alone have a say in what they turn round.
            words = mark_negated(_without(words, self.stop_words - ENGLISH_NEGATIONS))
        return _without(words, self.stop_words)

    def locate(self, text: str) -> list[Token]:
        """Return the words of one text as `tokenize` does, with their places in it."""
        aligned = align(text, lowercase=self.lowercase)
        tokens = aligned.tokens((match.group(), *match.span()) for match in WORD.finditer(aligned.text))
        if self.marks_negation:
            tokens = located_without(tokens, self.stop_words - ENGLISH_NEGATIONS)
            marked = mark_negated([token.word for token in tokens])
            tokens = [token._replace(word=word) for token, word in zip(tokens, marked, strict=True)]
        return located_without(tokens, self.stop_words)

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Yield the words of each text."""
        return map(self.tokenize, texts)

    def spec(self) -> dict[str, Any]:
        """Return all that rebuilds this tokenizer, as JSON can hold it."""
        return {
            "name": self.name,
            "version": self.version,
            "lowercase": self.lowercase,
            "stop_words": sorted(self.stop_words),
            "marks_negation": self.marks_negation,
        }

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> "WordsTokenizer":
        """Rebuild a tokenizer from its `spec`; version 1 marked nothing."""
        marks_negation = spec["marks_negation"] if spec["version"] > 1 else False
        return cls(lowercase=spec["lowercase"], stop_words=spec["stop_words"], marks_negation=marks_negation)


def _without(words: list[str], stop_words: frozenset[str]) -> list[str]:
    return [word for word in words if word.lower() not in stop_words] if stop_words else words


def located_without(tokens: list[Token], stop_words: frozenset[str]) -> list[Token]:
    """Leave stop words out, whatever their case."""
    return [token for token in tokens if token.word.lower() not in stop_words] if stop_words else tokens
