"""What each character is to the compiled scanner, derived from the definition of a word."""

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import regex

from textransfer.text.encoding.kernels.scanning import APOSTROPHE, HARD, SEPARATOR, TAG
from textransfer.text.normalize import Normalization
from textransfer.text.tokenizers.words import EMOJI

LIMIT = 1 << 16
"""Code points from here on (emoji, rare scripts) are left to the definition."""
ALPHABETS = 0x3000
"""Up to here are all alphabets that are much used; then come Chinese, Japanese and Korean, four times as
many."""

_LETTERS = regex.compile(r"[\p{L}\p{N}]", regex.VERSION1)
_SPECIAL = regex.compile(r"[\p{L}\p{N}\p{M}'<>/`\u200c\u200d\u00b7\u05f3\u05f4]", regex.VERSION1)
_JAMO = range(0x1100, 0x1200)  # letters that join into a syllable
_SIGMA = 0x03A3  # small at a word's end otherwise than within


@lru_cache(maxsize=8)
def character_tables(
    normalization: Normalization, limit: int = LIMIT
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Return `plan` and `folds` as `textransfer.text.encoding.kernels.scanning` wants them.

    Parameters
    ----------
    normalization : Normalization
        What becomes of characters.
    limit : int
        Code points from here on are hard: for text that hardly has them, since all take a tenth of a second.

    Returns
    -------
    plan : ndarray of uint8, shape (128,)
        By ASCII character.
    folds : ndarray of int32, shape (65536,)
        By code point.

    Notes
    -----
    A character is easy if its normal form does not depend on what stands beside it: a letter that stays one
    letter, whose encoding grows no longer, or a separator that stays one. All others are hard.
    """
    plan = np.zeros(128, dtype=np.uint8)
    for code in range(128):
        character = chr(code)
        if character.isalnum():
            plan[code] = ord(character.lower() if normalization.lowercase else character)
        else:
            plan[code] = {"'": APOSTROPHE, "`": APOSTROPHE, "<": TAG}.get(character, SEPARATOR)
    folds = np.full(LIMIT, HARD, dtype=np.int32)
    codes = [code for code in range(128, limit) if not 0xD800 <= code < 0xE000]
    # Line feeds keep neighbours apart, so that one call serves for all.
    text = "\n".join(map(chr, codes))
    stable = normalization.unicode_form(text).split("\n")
    normal = normalization(text).split("\n")
    letters = set(_LETTERS.findall("\n".join([text, *normal])))
    special = {*_SPECIAL.findall(text + "'<>/`"), *EMOJI.findall(text)}
    for code, same, form in zip(codes, stable, normal, strict=True):
        character = chr(code)
        if form == "'":
            folds[code] = APOSTROPHE
        elif character in letters:
            is_easy = same == character and form in letters and code not in _JAMO and code != _SIGMA
            if is_easy and len(form.encode()) <= len(character.encode()) and not unicodedata.combining(form):
                folds[code] = ord(form)
        elif (
            form
            and special.isdisjoint(form)
            and (form == character or form.isascii())
            and not any(map(str.isalnum, form))
        ):
            folds[code] = SEPARATOR
    plan.flags.writeable = folds.flags.writeable = False
    return plan, folds
