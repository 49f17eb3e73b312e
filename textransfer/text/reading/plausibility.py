"""How plausible a decoded text is: as what language it would be likeliest, by its characters."""

import unicodedata
from collections import Counter
from functools import cache
from math import log

import regex

from textransfer.text.reading.characters import LANGUAGES, PUNCTUATION, WIDE_PUNCTUATION, Language

_ASCII_LETTER, _ASCII_OTHER, _CAPITAL = -3.0, -4.5, -0.5
_UNLISTED, _RARE, _STRANGE, _NO_TEXT = -9.5, -12.5, -12.0, -16.0
"""Logarithms of the chance of a character: of the language, of another one, of no text at all."""
_LATIN, _MOST_LATIN = -0.3, -6.0
"""Of a Latin letter in a language of other letters, and of all of them, as tables have Latin columns."""
_LEAST = -9.0
"""Of characters that are no ASCII, on the average, in text."""
_FAULTS = (
    (r"(?=\p{Ll}\p{Lu})(?![a-z][A-Z])", -5.0, -5.0, 0.0),
    (r"(?=\p{Lu}{2}\p{Ll})(?![A-Z]{2}[a-z])", -2.0, -2.0, 0.0),
    (r"(?<=\p{Lu})[^\x00-\x7f\P{Lu}]", 0.4, 0.4, 0.0),
    (r"(?=[^\x00-\x7f\P{Latin}]{2})", -1.5, -8.0, -8.0),
    (r"\p{Latin}(?=[^\p{Latin}\P{L}])|[^\p{Latin}\P{L}](?=\p{Latin})", -8.0, -5.0, -0.2),
    (r"[^\x00-\x7f\P{L}](?=\d)|\d(?=[^\x00-\x7f\P{L}])", -3.0, -2.0, 0.0),
    (r"(?<!\p{L})[^\p{Latin}\P{L}](?!\p{L})", -8.0, -2.0, -1.0),
    (r"(?<=[A-Za-z])[^\x00-\x7f\P{Lo}](?=[A-Za-z])", -3.0, -3.0, -4.0),
    (r"(?<=[A-Za-z])\p{Han}(?!\p{Lo})|(?<!\p{Lo})\p{Han}(?=[A-Za-z])", -4.0, -4.0, -4.0),
    (r"(?<=[A-Za-z])[ｦ-ﾟ]|[ｦ-ﾟ](?=[A-Za-z])", -4.0, -4.0, -3.0),
    (r"[\p{S}\p{No}\p{P}--[\x00-\x7f’°®·–—…‘]](?<=\p{L}.)(?=\p{L})", -4.0, -4.0, -1.0),
    (r"[\p{S}\p{No}--[\x00-\x7f°®]](?=\p{L})", -2.0, -2.0, -0.5),
    (r"(?<![^\p{Latin}\P{L}]|\p{M})[\p{M}--[\u0300-\u0323]]", -5.0, -5.0, -5.0),
    (r"ã(?![oe])", -2.5, -2.5, -2.5),
    (r"ς(?=\p{L})|[ךםןףץ](?=\p{L})", -6.0, -6.0, -6.0),
    (r"(?<![ｦ-ﾟ])[ｦ-ﾟ](?![ｦ-ﾟ])", -7.0, -7.0, -7.0),
)
_ACCENTS = 3
"""The place of two letters with accents, which Vietnamese has."""
_PATTERNS = tuple(regex.compile(pattern, regex.V1) for pattern, *_ in _FAULTS)
"""What words seldom hold, and its weight where letters are Latin, of another alphabet, or East Asian.

A capital after a small letter, two letters with accents, two scripts in one word (but Japanese, Chinese and
Korean need no space between), a symbol within a word, a mark on nothing, a half-width kana alone.
"""


def plausibility(text: str, encoding: str) -> float:
    """Return the logarithm of the chance of a text in the likeliest of the languages of an encoding."""
    return max(_by_language(text, encoding))


def is_text(text: str, encoding: str) -> bool:
    """Tell whether what is no ASCII in a text consists of what a language is written with."""
    plain = text.encode("ascii", "ignore").decode()
    scores = zip(_by_language(text, encoding), _by_language(plain, encoding), strict=True)
    return max(whole - ascii_alone for whole, ascii_alone in scores) > (len(text) - len(plain)) * _LEAST


def _by_language(text: str, encoding: str) -> list[float]:
    counts = Counter(text)
    faults = [len(pattern.findall(text)) for pattern in _PATTERNS]
    if encoding == "cp1258":
        faults[_ACCENTS] = 0
    n_latin = sum(count for character, count in counts.items() if character < "\x80" and character.isalpha())
    scores = []
    for number, language in enumerate(LANGUAGES):
        if encoding not in language.encodings:
            continue
        chances = _chances(number)
        score = language.prior
        for character, count in counts.items():
            chance = chances.get(character)
            score += count * (_chance(character, number) if chance is None else chance)
        kind = _kind(language)
        score += max(_MOST_LATIN, _LATIN * n_latin) if kind else 0.0
        scores.append(
            score + sum(n * weights[kind] for n, (_, *weights) in zip(faults, _FAULTS, strict=True))
        )
    return scores


def _kind(language: Language) -> int:
    if language.base:
        return 2
    return 1 if language.share > 0.5 else 0


@cache
def _chances(number: int) -> dict[str, float]:
    """Return the chances of the listed characters: about as one over the rank."""
    language = LANGUAGES[number]
    chances: dict[str, float] = {}
    is_wide = bool(language.base)
    punctuation, share = (WIDE_PUNCTUATION, 0.08) if is_wide else (PUNCTUATION, 0.012)
    for characters, of_all in ((language.letters, language.share), (punctuation, share)):
        letters = list(dict.fromkeys(characters))
        weights = [1 / (rank + 3 + len(letters) / 20) for rank in range(len(letters))]
        for letter, weight in zip(letters, weights, strict=True):
            chances.setdefault(letter, log(of_all * 0.9 * weight / sum(weights)))
    for letter in list(chances):
        if len(letter.upper()) == 1 and letter.upper() != letter:
            chances.setdefault(letter.upper(), chances[letter] + _CAPITAL)
    return chances


def _chance(character: str, number: int) -> float:
    """Return the chance of a character that is not listed for a language."""
    language = LANGUAGES[number]
    if character < "\x80":
        if character < " " and character not in "\t\n\r\f\x1a":
            return _NO_TEXT
        return _ASCII_LETTER + log(1 - min(language.share, 0.15)) if character.isalpha() else _ASCII_OTHER
    category = unicodedata.category(character)
    if category[0] == "C" or "\u2500" <= character <= "\u259f":
        return _NO_TEXT
    if language.base:
        try:
            raw = character.encode(language.base)
        except UnicodeEncodeError:
            return _RARE
        if "\uff00" < character < "\uff5f":  # wide ASCII
            return -8.0
        return _UNLISTED if language.first_frequent <= raw[0] <= language.last_frequent else _RARE
    if _kind(language) == 0 and category[0] == "L" and "LATIN" in unicodedata.name(character, ""):
        return _UNLISTED
    return _STRANGE
