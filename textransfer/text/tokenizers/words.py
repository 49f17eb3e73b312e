"""Cut text into Unicode words."""

from collections.abc import Iterable, Iterator
from typing import Any

import regex

from textransfer.text.negation import ENGLISH_NEGATIONS, mark_negated
from textransfer.text.normalize import Normalization
from textransfer.text.spans import Token, align

# Between letters: apostrophes, the joiners of Persian and Indic scripts, Catalan's dot, Hebrew's geresh.
_JOINER = "['\u200c\u200d\u00b7\u05f3\u05f4]"
PICTOGRAPH = (
    r"[[\p{Extended_Pictographic}&&[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]]"
    r"||[\u2605\u2606\u2661\u2669-\u266c]]"
)
"""A sign that is an emoji by itself; or a star, heart or note, which reviewers use like one."""
_KEYCAP = r"[0-9#*]\u20e3"
_EMOJI = (
    rf"{_KEYCAP}|\p{{Regional_Indicator}}\p{{Regional_Indicator}}?"
    rf"|[{PICTOGRAPH}\p{{Emoji_Presentation}}][\U000e0020-\U000e007f]*(?:\u200d\p{{Extended_Pictographic}})*"
)
EMOJI = regex.compile(_EMOJI, regex.VERSION1)
"""One emoji of a normalised text: also several signs joined to one, a flag, a key."""


def _words(letter: str, more: str, sign: str) -> "regex.Pattern[str]":
    word = f"{letter}{more}*"
    return regex.compile(rf"{word}(?:{_JOINER}{word})*|{sign}", regex.VERSION1)


_FIRST = _words(r"[\p{L}\p{N}]", r"[\p{L}\p{M}\p{N}]", PICTOGRAPH)
_WORD = _words(r"[\p{L}\p{N}]", r"[\p{L}\p{M}\p{N}]", _EMOJI)
_NO_KEY = r"(?![0-9]\u20e3)"
_WORD_OR_KEY = _words(rf"{_NO_KEY}[\p{{L}}\p{{N}}]", rf"(?:{_NO_KEY}[\p{{L}}\p{{M}}\p{{N}}])", _EMOJI)


def word_pattern(text: str, version: int = 3) -> "regex.Pattern[str]":
    """Return what finds the words of a normalised text.

    A word is letters, digits and their marks, perhaps joined by apostrophes; or one emoji, which was one sign
    up to version 2 of the words tokenizer.
    """
    if version < 3:
        return _FIRST
    return _WORD_OR_KEY if "\u20e3" in text else _WORD


_ASCII_TABLE = {code: chr(code) if chr(code).isalnum() or chr(code) == "'" else " " for code in range(128)}


def split_unicode(text: str, version: int = 3) -> list[str]:
    """Return the words of a normalised text: the definition, for any script."""
    words: list[str] = word_pattern(text, version).findall(text)
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
    is_turkish : bool, default=False
        Whether capitals become small as in Turkish and Azerbaijani: I the letter without a dot.
    version : int, default=3
        Version 2 keeps to the rules of the first release (`Normalization`, `word_pattern`).

    Notes
    -----
    Emoji are words of their own, without skin tones and variation marks; a run of them is as many words.

    Examples
    --------
    >>> WordsTokenizer().tokenize("Don\u2019t miss it: 10/10!")
    ["don't", 'miss', 'it', '10', '10']
    """

    name = "words"
    version = 3

    def __init__(
        self,
        *,
        lowercase: bool = True,
        stop_words: Iterable[str] = (),
        marks_negation: bool = False,
        is_turkish: bool = False,
        version: int = 3,
    ) -> None:
        self.lowercase = lowercase
        self.stop_words = frozenset(stop_words)
        self.marks_negation = marks_negation
        self.is_turkish = is_turkish
        self.version = version
        self.normalization = Normalization(lowercase, is_turkish, 1 if version < 3 else 2)

    def plain(self) -> "WordsTokenizer":
        """Return the same without stop words and negation."""
        return WordsTokenizer(lowercase=self.lowercase, is_turkish=self.is_turkish, version=self.version)

    def tokenize(self, text: str) -> list[str]:
        """Return the words of one text, in order."""
        text = self.normalization(text)
        words = split_ascii(text) if text.isascii() else split_unicode(text, self.version)
        if self.marks_negation:
            # Of the stop words negations alone have a say in what they turn round.
            words = mark_negated(_without(words, self.stop_words - ENGLISH_NEGATIONS))
        return _without(words, self.stop_words)

    def locate(self, text: str) -> list[Token]:
        """Return the words of one text as `tokenize` does, with their places in it."""
        aligned = align(text, self.normalization)
        matches = word_pattern(aligned.text, self.version).finditer(aligned.text)
        tokens = aligned.tokens((match.group(), *match.span()) for match in matches)
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
        spec = {
            "name": self.name,
            "version": self.version,
            "lowercase": self.lowercase,
            "stop_words": sorted(self.stop_words),
            "marks_negation": self.marks_negation,
        }
        return spec if self.version < 3 else {**spec, "is_turkish": self.is_turkish}

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> "WordsTokenizer":
        """Rebuild a tokenizer from its `spec`; version 1 marked nothing."""
        version = spec["version"]
        return cls(
            lowercase=spec["lowercase"],
            stop_words=spec["stop_words"],
            marks_negation=spec["marks_negation"] if version > 1 else False,
            is_turkish=spec["is_turkish"] if version > 2 else False,
            version=max(version, 2),
        )


def _without(words: list[str], stop_words: frozenset[str]) -> list[str]:
    return [word for word in words if word.lower() not in stop_words] if stop_words else words


def located_without(tokens: list[Token], stop_words: frozenset[str]) -> list[Token]:
    """Leave stop words out, whatever their case."""
    return [token for token in tokens if token.word.lower() not in stop_words] if stop_words else tokens
