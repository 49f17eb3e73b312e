"""Bring text to one Unicode form, so that what reads the same is the same."""

import re
import unicodedata

LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
"""What web pages leave in scraped reviews; kept, it would be a frequent word "br"."""

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4\u0060\u2032", "'"))
_HAS_APOSTROPHE = re.compile("[\u2018\u2019\u201b\u02bc\u00b4\u0060\u2032]")
# Soft hyphen, word joiner, byte-order mark, direction marks: invisible, yet they would cut a word in two.
INVISIBLE = re.compile("[\u00ad\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def normalize(text: str, *, lowercase: bool = True) -> str:
    """Return the text in one Unicode form; doing it twice changes nothing more.

    Beyond the form NFKC, which makes one of full-width and half-width, of ligatures and letters,

    - typographic apostrophes become ``'``, since phones write "don\u2019t" where keyboards write "don't";
    - HTML line breaks become a space: scraped reviews are full of them, and "br" is no word;
    - invisible formatting characters inside words (soft hyphens, direction marks) go;
    - half surrogate pairs, which no file can hold, become U+FFFD.

    Parameters
    ----------
    text : str
        Any text.
    lowercase : bool, default=True
        Whether to make capitals small.

    Examples
    --------
    >>> normalize("\uff37\uff4f\uff57 \u2026 it\u2019s<br />GREAT")
    "wow ... it's great"
    """
    text = normalize_characters(text, lowercase=lowercase)
    return LINE_BREAK.sub(" ", text) if "<" in text else text


def normalize_characters(text: str, *, lowercase: bool = True) -> str:
    """Do all that `normalize` does, but for the line breaks: what changes single characters."""
    if text.isascii():
        text = text.replace("`", "'") if "`" in text else text
        return text.lower() if lowercase else text
    return _normalize_unicode(text, lowercase)


def _normalize_unicode(text: str, lowercase: bool) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    # Before the Unicode form: NFKC would make a space and an accent of an acute accent used as apostrophe.
    text = _folded(text)
    text = unicodedata.normalize("NFKC", text)
    if lowercase:
        # Small letters may decompose otherwise than their capitals, so the form is restored.
        text = unicodedata.normalize("NFKC", text.lower())
    return _folded(text)


def _folded(text: str) -> str:
    if INVISIBLE.search(text):
        text = INVISIBLE.sub("", text)
    if _HAS_APOSTROPHE.search(text):
        text = text.translate(_APOSTROPHES)
    return text
