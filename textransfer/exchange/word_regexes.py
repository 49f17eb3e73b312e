r"""The rules of the tokenizer words as replacements by regular expressions, for Hugging Face's tokenizers.

The expressions are of Oniguruma, which that library has: ``\K`` keeps what was matched so far, so that
something is put in behind it, and ``\G`` is where the last match ended.
"""

from collections.abc import Iterable

import regex

from textransfer.text.negation import ENGLISH_BRIDGES, ENGLISH_NEGATIONS, MOST_BRIDGES, PREFIX
from textransfer.text.tokenizers.words import PICTOGRAPH

Step = tuple[str, str]
"""Expression, replacement."""

_WITH_SIGNS = (*range(0x80, 0x3400), *range(0x1F000, 0x1FB00))
"""Characters among which all emoji are."""


def character_class(pattern: str) -> str:
    """Return a class of the signs that a pattern of the library regex matches.

    They are listed one by one: libraries differ in which version of Unicode they know.
    """
    matches = regex.compile(pattern, regex.VERSION1).fullmatch
    codes = [code for code in _WITH_SIGNS if matches(chr(code))]
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in ranges)}]"


_JOINER = "['\u200c\u200d\u00b7\u05f3\u05f4]"
_PICTOGRAPH = character_class(PICTOGRAPH)
_JOINED = character_class("\\p{Extended_Pictographic}")
_EMOJI = (
    "[0-9#*]\u20e3|\\p{Regional_Indicator}\\p{Regional_Indicator}?"
    f"|(?:{_PICTOGRAPH}|\\p{{Emoji_Presentation}})[\U000e0020-\U000e007f]*"
    f"(?:\u200d{_JOINED})*"
)
_NO_KEY = "(?![0-9]\u20e3)"
_LETTERS = f"{_NO_KEY}[\\p{{L}}\\p{{N}}](?:{_NO_KEY}[\\p{{L}}\\p{{M}}\\p{{N}}])*"
WORD = f"(?>{_LETTERS}(?:{_JOINER}{_LETTERS})*|{_EMOJI})"
"""A word, as `textransfer.text.tokenizers.words` has it from version 3 on."""
_FIRST_LETTERS = "[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}]*"
_FIRST_WORD = f"(?>{_FIRST_LETTERS}(?:{_JOINER}{_FIRST_LETTERS})*|{_PICTOGRAPH})"
_BEGIN, _END = "(?<![^ ])", "(?![^ ])"
"""Of a word among words with spaces between them."""


def spaced_words(version: int) -> list[Step]:
    """Return steps that leave the words of a normalised text, and spaces between them."""
    word = WORD if version > 2 else _FIRST_WORD
    # \G, where the last match ended: else a search would begin within a word.
    return [
        (f"\\G(?:{word}| )*+\\K[^ ]", " "),
        (f"\\G(?:{word}(?= )| )*+{word}\\K(?=[^ ])", " "),
    ]


def without_words(words: Iterable[str], *, is_lowered: bool = False) -> list[Step]:
    """Return the step that takes stop words out, whatever their case; capitals are told to be gone or not."""
    listed = sorted(words)
    return [(f"({_case(is_lowered)}:{_BEGIN}{_any_of(listed)}{_END})", "")] if listed else []


def marked_negations(*, is_lowered: bool = False) -> list[Step]:
    """Return the steps that do what `textransfer.text.negation.mark_negated` does.

    The first marks the first word behind a negation, the second the next one, which shares its bridges.
    """
    case = _case(is_lowered)
    negation = f"({case}:{_BEGIN}{_any_of(ENGLISH_NEGATIONS)}{_END})"
    bridge = f"({case}: +{_any_of(ENGLISH_BRIDGES)}{_END})"
    here = f" +\\K(?!{negation})(?=[^ ])"
    shared = "|".join(
        f"(?:{bridge}){{{n}}} +{PREFIX}[^ ]+(?>(?:{bridge}){{0,{MOST_BRIDGES - n}}})"
        for n in range(MOST_BRIDGES + 1)
    )
    return [
        (f"{negation}(?>(?:{bridge}){{0,{MOST_BRIDGES}}}){here}", PREFIX),
        (f"{negation}(?:{shared}){here}", PREFIX),
    ]


def once_each() -> list[Step]:
    r"""Return the step that takes out each word that comes again.

    Its time grows with the square of the text: ``(?m:.*)``, which need not look for line breaks, halves it.
    """
    return [(f"{_BEGIN}([^ ]+)(?= (?m:.* )?\\1{_END})", "")]


def _case(is_lowered: bool) -> str:  # noqa: FBT001 - a flag of expressions
    return "?" if is_lowered else "?i"


def _any_of(words: Iterable[str]) -> str:
    """Return an expression for any of some words, in which beginnings that they share stand once.

    One of Oniguruma tries alternatives one by one.
    """
    endings: dict[str, list[str]] = {}
    for word in sorted(words):
        endings.setdefault(word[:1], []).append(word[1:])
    is_whole = endings.pop("", None) is not None
    parts = [regex.escape(letter) + _any_of(rest) for letter, rest in endings.items()]
    if len(parts) < 2 and not (parts and is_whole):
        return "".join(parts)
    return f"(?:{'|'.join(parts)}){'?' if is_whole else ''}"
