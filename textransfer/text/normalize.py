"""Bring text to one Unicode form, so that what reads the same is the same."""

import re
import unicodedata
from dataclasses import dataclass

import regex

LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
"""What web pages leave in scraped reviews; kept, it would be a frequent word "br"."""

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4\u0060\u2032", "'"))
_HAS_APOSTROPHE = re.compile("[\u2018\u2019\u201b\u02bc\u00b4\u0060\u2032]")
# Soft hyphen, word joiner, byte-order mark, direction marks: invisible, yet they would cut a word in two.
_INVISIBLE_AT_FIRST = "\u00ad\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069"
# What chooses the shape of the sign before it, or the skin of an emoji; below, what draws Arabic letters out.
_SHAPES = "\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180d\u180f\U0001f3fb-\U0001f3ff"
INVISIBLE = regex.compile(rf"[{_INVISIBLE_AT_FIRST}{_SHAPES}]|\u0640(?!\p{{M}})")
"""Characters that go without a trace."""
_FIRST_INVISIBLE = re.compile(f"[{_INVISIBLE_AT_FIRST}]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Letters of Hangul written for themselves, as in a laugh: NFKC would make them parts of syllables.
_LONE_JAMO = re.compile("([\u3131-\u3163\u3165-\u318e\uffa1-\uffdc]+)")
_FINAL_SIGMA = regex.compile(r"(?<=\p{L}\p{M}*)\u03a3(?!\p{M}*'?\p{L})")
# Letters with a dot of their own, and marks below, which stand before those above.
_SECOND_DOT = re.compile("([ij\u0131\u012f\u0268\u1e2d\u1ecb][\u0316-\u0333]*)\u0307+")
_UNUSUAL = re.compile(
    f"[{_INVISIBLE_AT_FIRST}{_SHAPES}\u0640\ud800-\udfff\u3131-\u318e\uffa1-\uffdc\u03a3\u0130\u0307]"
)
_BARE_CAPITAL_I = re.compile("I(?![\u0300-\u036f])")


@dataclass(frozen=True)
class Normalization:
    """The rules by which text is brought to one form; calling it does so, and twice changes nothing more.

    Beyond the form NFKC, which makes one of full-width and half-width, of ligatures and letters,

    - typographic apostrophes become ``'``, since phones write "don\u2019t" where keyboards write "don't";
    - HTML line breaks become a space: scraped reviews are full of them, and "br" is no word;
    - characters without a shape of their own go: soft hyphens, direction and variation marks, skin tones of
      emoji, the strokes that draw out Arabic words;
    - letters of Hangul that stand for themselves stay so, which NFKC would make parts of syllables;
    - half surrogate pairs, which no file can hold, become U+FFFD.

    Small letters are those that a reader would write: the dot of a capital I goes, and a sigma is final where
    its word ends. Pairs that only some readers hold for one stay two: German ss and sharp s ("Masse" and
    its like are words of their own), Greek letters with and without an accent, which capitals lack.

    Parameters
    ----------
    lowercase : bool, default=True
        Whether to make capitals small.
    is_turkish : bool, default=False
        Whether the small letter of I is the one without a dot.
    version : int, default=2
        The rules of the first release are 1: vectors that were learned with them keep to them.
    """

    lowercase: bool = True
    is_turkish: bool = False
    version: int = 2

    def __call__(self, text: str) -> str:
        """Return the text in one form."""
        text = self.characters(text)
        return LINE_BREAK.sub(" ", text) if "<" in text else text

    def characters(self, text: str) -> str:
        """Do all of it but for the line breaks: what changes single characters."""
        if self.is_turkish and self.lowercase and "I" in text:
            text = _BARE_CAPITAL_I.sub("\u0131", text)
        if text.isascii():
            text = text.replace("`", "'") if "`" in text else text
            return text.lower() if self.lowercase else text
        if _HAS_APOSTROPHE.search(text):
            text = text.translate(_APOSTROPHES)
        if not (_UNUSUAL.search(text) or self.is_turkish) and unicodedata.is_normalized("NFKC", text):
            # Most text that is not ASCII: all that follows would find nothing else to do.
            return unicodedata.normalize("NFKC", text.lower()) if self.lowercase else text
        text = _SURROGATE.sub("\ufffd", text)
        # Before the Unicode form, which would make a space and an accent of an acute used as apostrophe.
        text = self.unicode_form(self._folded(text))
        if self.lowercase:
            # Small letters may decompose otherwise than their capitals, so the form is restored.
            text = self.unicode_form(self.small(text))
        return self._folded(text)

    def small(self, text: str) -> str:
        """Make capitals small in a text in Unicode form."""
        if self.version == 1:
            return text.lower()
        if self.is_turkish:
            text = text.replace("\u0130", "i").replace("I", "\u0131")
        if "\u03a3" in text:
            text = _FINAL_SIGMA.sub("\u03c2", text).replace("\u03a3", "\u03c3")
        text = text.lower()
        if "\u0307" in text:
            text = _SECOND_DOT.sub(lambda match: match[1].replace("\u0131", "i"), text)
        return text

    def unicode_form(self, text: str) -> str:
        """Return the form NFKC, but for letters of Hangul that stand for themselves."""
        if self.version == 1 or not _LONE_JAMO.search(text):
            return unicodedata.normalize("NFKC", text)
        pieces = _LONE_JAMO.split(text)
        pieces[::2] = [unicodedata.normalize("NFKC", piece) for piece in pieces[::2]]
        pieces[1::2] = ["".join(map(_full_width, piece)) for piece in pieces[1::2]]
        return "".join(pieces)

    def _folded(self, text: str) -> str:
        if self.version == 1:
            text = _FIRST_INVISIBLE.sub("", text)
        elif INVISIBLE.search(text):
            text = INVISIBLE.sub("", text)
        if _HAS_APOSTROPHE.search(text):
            text = text.translate(_APOSTROPHES)
        return text


def normalize(text: str, *, lowercase: bool = True) -> str:
    """Return the text in one form, by the rules of `Normalization` for languages but Turkish.

    Examples
    --------
    >>> normalize("\uff37\uff4f\uff57 \u2026 it\u2019s<br />GREAT")
    "wow ... it's great"
    """
    return Normalization(lowercase)(text)


def _full_width(jamo: str) -> str:
    """Return a letter of Hangul in its usual width."""
    kind, _, code = unicodedata.decomposition(jamo).partition(" ")
    return chr(int(code, 16)) if kind == "<narrow>" else jamo
