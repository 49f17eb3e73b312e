"""The script and language of documents, told from the start of the first of them."""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import regex

from textransfer.text.normalize import normalize

SAMPLE_DOCUMENTS, SAMPLE_CHARACTERS = 1000, 500
"""Size of the sample: so many documents, so many characters of each."""

_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN, _HANGUL = regex.compile(r"\p{Han}"), regex.compile(r"\p{Hangul}")
_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WITHOUT_SPACES = regex.compile(rf"[{_SPACELESS}]")
_STRETCH = regex.compile(rf"[{_SPACELESS}\p{{M}}ー]{{8,}}")
"""So many letters without a space are hardly ever one word."""
_LETTER = regex.compile(r"\p{L}")
_WITHOUT_SPACES_SHARE, _STRETCHES_SHARE = 0.3, 0.05
"""From this share of letters on, or of letters in such stretches, spaces do not tell the words."""
_KANA_SHARE = 0.05
"""Japanese text has about half kana; headlines in Chinese have none."""
TOLERABLE_STRETCHES = 0.01
"""Share of letters in stretches above which it is said that they become single words."""

_ENGLISH = regex.compile(r"\b(?:the|and|it|this|that|with|you)\b", regex.IGNORECASE)
_WORD = regex.compile(r"\p{L}+")
_ENGLISH_SHARE = 0.04
"""Of these words, which English has eight to fifteen times in a hundred, and hardly any other language."""

_TURKISH = regex.compile(
    r"\p{L}*(?:[\u0131\u0130\u011f\u011e]|i\u0307)[\p{L}\p{M}]*|\b(?:[çÇ]ok|[iİ]çin|[üÜ]çün)\b"
)
_TURKISH_SHARE = 0.1
"""Of words with such a letter or g with breve, and of some frequent ones: Turkish has about three in ten."""


class ScriptShares(NamedTuple):
    """Shares of the letters of documents: kana, scripts without spaces, long stretches of these."""

    kana: float
    without_spaces: float
    in_stretches: float

    @property
    def tokenizer(self) -> str:
        """The tokenizer that suits them."""
        is_spaced = (
            self.without_spaces < _WITHOUT_SPACES_SHARE and self.in_stretches < _STRETCHES_SHARE
        ) or not self.without_spaces
        if is_spaced:
            return "words"
        return "japanese" if self.kana >= _KANA_SHARE * self.without_spaces else "subword"


def script_shares(documents: Iterable[str]) -> ScriptShares:
    """Measure how documents are written."""
    n_letters = n_kana = n_without_spaces = n_in_stretches = 0
    for start in _sample(documents):
        text = normalize(start)
        if text.isascii():
            n_letters += sum(map(str.isalpha, text))
            continue
        n_letters += len(_LETTER.findall(text))
        n_kana += len(_KANA.findall(text))
        n_without_spaces += len(_WITHOUT_SPACES.findall(text))
        n_in_stretches += sum(len(_LETTER.findall(stretch)) for stretch in _STRETCH.findall(text))
    n_letters = max(n_letters, 1)
    return ScriptShares(n_kana / n_letters, n_without_spaces / n_letters, n_in_stretches / n_letters)


def detect_tokenizer(documents: Iterable[str]) -> str:
    """Return the name of the tokenizer that suits the script of some documents.

    "japanese" where kana are written, "subword" for scripts without spaces between words, else "words".
    """
    return script_shares(documents).tokenizer


def language_of_han(texts: Iterable[str]) -> str:
    """Return the language by which texts with Han characters are drawn: "ja", "ko", "zh", or "" without any.

    Examples
    --------
    >>> [language_of_han([text]) for text in ("とても良い", "很好", "김치가 좋다 漬物", "good")]
    ['ja', 'zh', 'ko', '']
    """
    text = "".join(texts)
    n_kana, n_han, n_hangul = (len(pattern.findall(text)) for pattern in (_KANA, _HAN, _HANGUL))
    if n_kana >= _KANA_SHARE * max(n_kana + n_han, 1):
        return "ko" if n_hangul > n_kana + n_han else "ja"
    return "ko" if n_hangul > n_han else "zh" if n_han else ""


def is_english(documents: Iterable[str]) -> bool:
    """Tell whether documents are mostly English."""
    n_words = n_english = 0
    for start in _sample(documents):
        n_words += len(_WORD.findall(start))
        n_english += len(_ENGLISH.findall(start))
    return n_english >= max(_ENGLISH_SHARE * n_words, 1)


def is_turkish(documents: Iterable[str]) -> bool:
    """Tell whether documents are mostly in Turkish, Azerbaijani, or a language with the same two letters i.

    Only such languages have an i without a dot, or a capital with one.
    """
    n_words = n_turkish = 0
    for start in _sample(documents):
        start = unicodedata.normalize("NFC", start)
        n_words += len(_WORD.findall(start))
        n_turkish += len(_TURKISH.findall(start))
    return n_turkish >= max(_TURKISH_SHARE * n_words, 1)


def _sample(documents: Iterable[str]) -> Iterator[str]:
    return (document[:SAMPLE_CHARACTERS] for document in islice(documents, SAMPLE_DOCUMENTS))
