"""Our tokenizers as tokenizer.json of Hugging Face's tokenizers: texts to the rows of their words."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from textransfer.errors import ConfigError
from textransfer.exchange.word_regexes import (
    Step,
    marked_negations,
    once_each,
    spaced_words,
    without_words,
)
from textransfer.text.negation import ENGLISH_NEGATIONS
from textransfer.text.tokenize import Tokenizer
from textransfer.text.tokenizers.japanese import JapaneseTokenizer
from textransfer.text.tokenizers.subword import SubwordTokenizer
from textransfer.text.tokenizers.words import WordsTokenizer

UNKNOWN = "[UNK]"
_APOSTROPHES = "[\u2018\u2019\u201b\u02bc\u00b4\u0060\u2032]"
_INVISIBLE_AT_FIRST = "\u00ad\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SHAPES = "\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180d\u180f\U0001f3fb-\U0001f3ff"
_FILLER = 0x3164
"""Of Hangul, which is none of the letters that stand for themselves."""
_LONE_JAMO = [chr(code) for code in (*range(0x3131, 0x318F), *range(0xFFA1, 0xFFDD)) if code != _FILLER]
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff\uffa1-\uffdc]")
"""What lone letters of Hangul could be taken for, or are: where no word has it, they are unknown anyway."""
_PRIVATE_USE = 0xF0000
_REIWA = ("\u32ff", "\u4ee4\u548c")
"""A sign that the library's form NFKC is too old to know; 71 others are letters of phonetic writing."""

Json = dict[str, Any]


def tokenizer_json(tokenizer: Tokenizer, words: Sequence[str], *, is_distinct: bool = False) -> Json:
    """Return what `tokenizers.Tokenizer.from_str` takes, as JSON, for row i being that of word i.

    A word outside the vocabulary has the row behind the last one, `UNKNOWN`. Without a vocabulary all words
    come out as ours, which matters where pieces of unknown words count. With `is_distinct` a word of a text
    comes once.

    Texts of the Japanese tokenizer must be cut before: its words, with spaces between them.

    Raises
    ------
    ConfigError
        If it is another tokenizer than ours.
    """
    vocabulary = {word: row for row, word in enumerate(words)}
    vocabulary.setdefault(UNKNOWN, len(words))
    model: Json = {"type": "WordLevel", "vocab": vocabulary, "unk_token": UNKNOWN}
    if isinstance(tokenizer, WordsTokenizer):
        steps = [*_words_steps(tokenizer, words), *(_replacements(once_each()) if is_distinct else [])]
    elif isinstance(tokenizer, JapaneseTokenizer):
        steps = _replacements(once_each()) if is_distinct else []
    else:
        raise ConfigError(
            f"the tokenizer {tokenizer.name!r} cannot be written as tokenizer.json; expected 'words' or "
            "'japanese': export to a format of word vectors"
        )
    return _whole(steps, model)


def subword_json(tokenizer: SubwordTokenizer) -> tuple[Json, list[str]]:
    """Return the same of a tokenizer of subwords, whose rows are those of its own pieces, and these."""
    spec = tokenizer.spec()
    plain = WordsTokenizer(
        lowercase=tokenizer.lowercase,
        is_turkish=tokenizer.is_turkish,
        version=3 if tokenizer.version > 1 else 2,
    )
    model = spec["model"]["model"]
    listed = model["vocab"]
    pieces = (
        sorted(listed, key=listed.__getitem__) if isinstance(listed, dict) else [entry[0] for entry in listed]
    )
    return _whole(_words_steps(plain, pieces), model), pieces


def _words_steps(tokenizer: WordsTokenizer, words: Sequence[str]) -> list[Json]:
    """Return the normalizers that leave the words of a text with spaces between them."""
    kept, is_lowered = tokenizer.stop_words - ENGLISH_NEGATIONS, tokenizer.lowercase
    marked = [*without_words(kept, is_lowered=is_lowered), *marked_negations(is_lowered=is_lowered)]
    return [
        *_normalization(tokenizer, has_jamo=not words or any(map(_HANGUL.search, words))),
        *_replacements(spaced_words(tokenizer.version)),
        *_replacements(marked if tokenizer.marks_negation else []),
        *_replacements(without_words(tokenizer.stop_words, is_lowered=is_lowered)),
    ]


def _normalization(tokenizer: WordsTokenizer, *, has_jamo: bool) -> list[Json]:
    """Return what `textransfer.text.normalize.Normalization` does."""
    is_first = tokenizer.version < 3
    invisible = (
        f"[{_INVISIBLE_AT_FIRST}]" if is_first else f"[{_INVISIBLE_AT_FIRST}{_SHAPES}]|\u0640(?!\\p{{M}})"
    )
    folded = _replacements([(invisible, ""), (_APOSTROPHES, "'")])
    form = [*_replacements([_REIWA]), *_unicode_form(has_jamo=has_jamo and not is_first)]
    steps = [*folded, *form]
    if tokenizer.lowercase:
        turkish = [("I(?![\u0300-\u036f])", "\u0131")] if tokenizer.is_turkish else []
        small = [("\u0130", "i"), ("I", "\u0131")] if tokenizer.is_turkish else []
        sigma = [("\\p{L}\\p{M}*\\K\u03a3(?!\\p{M}*'?\\p{L})", "\u03c2")]
        dots = [
            ("\u0131(?=[\u0316-\u0333]*\u0307)", "i"),
            ("[ij\u012f\u0268\u1e2d\u1ecb][\u0316-\u0333]*\\K\u0307+", ""),
        ]
        steps = [
            *_replacements(turkish),
            *steps,
            *_replacements([*small, *sigma]),
            {"type": "Lowercase"},
            *_replacements([] if is_first else dots),
            *form,
        ]
    return [*steps, *folded, *_replacements([("(?i:<br\\s*/?>)", " ")])]


def _unicode_form(*, has_jamo: bool) -> list[Json]:
    """Return the form NFKC; letters of Hangul that stand for themselves are put aside meanwhile."""
    if not has_jamo:
        return [{"type": "NFKC"}]
    aside = {letter: chr(_PRIVATE_USE + place) for place, letter in enumerate(_LONE_JAMO)}
    marks = f"[{min(aside.values())}-{max(aside.values())}]"
    return [
        *_replacements([(marks, " "), *aside.items()]),
        {"type": "NFKC"},
        *_replacements([(mark, _full_width(letter)) for letter, mark in aside.items()]),
    ]


def _full_width(letter: str) -> str:
    kind, _, code = unicodedata.decomposition(letter).partition(" ")
    return chr(int(code, 16)) if kind == "<narrow>" else letter


def _replacements(steps: Iterable[Step]) -> list[Json]:
    return [
        {"type": "Replace", "pattern": {"Regex": pattern}, "content": content} for pattern, content in steps
    ]


def _whole(steps: Sequence[Json], model: Mapping[str, Any]) -> Json:
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": list(steps)} if steps else None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": dict(model),
    }
