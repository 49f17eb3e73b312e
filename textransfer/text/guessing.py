"""Guess from a vocabulary how its text was cut into words, where nobody wrote that down."""

import warnings
from collections.abc import Sequence
from typing import get_args

from textransfer.config import TokenizerConfig, TokenizerName
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.text.languages import SAMPLE_DOCUMENTS, detect_tokenizer
from textransfer.text.negation import PREFIX, are_marked
from textransfer.text.tokenize import Tokenizer, build_tokenizer
from textransfer.text.tokenizers.japanese import JapaneseTokenizer

_CASED_SHARE = 0.05
"""Of a vocabulary with capitals, more words have one: a third of fastText's, half of GoogleNews's."""


def guess_tokenizer(words: Sequence[str], tokenizer: str | None = None) -> TokenizerConfig:
    """Return settings that cut text into such words, as far as words show it: script, case, marked negation.

    Parameters
    ----------
    words : sequence of str
        The vocabulary, the most frequent words first.
    tokenizer : str, optional
        Its name, if it is known; None and "auto" tell it by the script of the first words.

    Raises
    ------
    ConfigError
        If the words are pieces that cannot be guessed.
    """
    if tokenizer in (None, "auto"):
        tokenizer = detect_tokenizer(words[:SAMPLE_DOCUMENTS])
    if tokenizer == "subword":
        names = [name for name in get_args(TokenizerName) if name not in ("auto", "subword")]
        named = " or ".join(f'tokenizer="{name}"' for name in names)
        raise ConfigError(
            "these vectors do not say how their words were cut, and subwords cannot be guessed; expected "
            f"{named}, or vectors from textransfer pretrain"
        )
    config = TokenizerConfig().override(tokenizer=tokenizer, lowercase=not are_cased(words))
    is_marked = config.tokenizer == "words" and are_marked(words)
    return config.override(negation="english" if is_marked else "none")


def tokenizer_of_words(words: Sequence[str], tokenizer: str | None = None) -> Tokenizer:
    """Build the tokenizer of `guess_tokenizer`; unless it was named, a warning says what was guessed.

    Raises
    ------
    ConfigError
        As `guess_tokenizer`.
    """
    config = guess_tokenizer(words, tokenizer)
    built = build_tokenizer(config, words[:SAMPLE_DOCUMENTS])
    if tokenizer in (None, "auto"):
        unmet = unmet_words(words, built)
        never = ""
        if unmet:
            never = f"; {len(unmet):,} of the {len(words):,} words, such as {unmet[0]!r}, it never gives"
        case = "in small letters" if config.lowercase else "with capitals kept"
        marked = ", negations marked" if config.negation == "english" else ""
        warnings.warn(
            "these vectors do not say how their words were cut; by their words, the tokenizer "
            f"{config.tokenizer!r} is taken, {case}{marked}: if that is wrong, name another{never}",
            TextransferWarning,
            stacklevel=2,
        )
    return built


def unmet_words(words: Sequence[str], tokenizer: Tokenizer) -> list[str]:
    """Return the words of a vocabulary that a tokenizer never gives: phrases, marks, another case.

    Of subwords, those that are no piece by themselves; none of Japanese, which depend on their context.
    """
    if tokenizer.name == JapaneseTokenizer.name:
        return []
    is_marking = bool(tokenizer.spec().get("marks_negation"))
    cut = zip(words, tokenizer.tokenize_many(words), strict=True)
    return [word for word, pieces in cut if pieces != [word] and not (is_marking and word.startswith(PREFIX))]


def are_cased(words: Sequence[str]) -> bool:
    """Tell whether capitals and small letters are different words in a vocabulary."""
    return sum(word != word.lower() for word in words) > _CASED_SHARE * len(words)
