"""Guess from a vocabulary how its text was cut into words, where nobody wrote that down."""

from collections.abc import Sequence
from typing import get_args

from textransfer.config import TokenizerConfig, TokenizerName
from textransfer.errors import ConfigError
from textransfer.text.languages import SAMPLE_DOCUMENTS, detect_tokenizer
from textransfer.text.negation import are_marked

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
        raise ConfigError(
            "these vectors do not say how their words were cut, and subwords cannot be guessed; expected "
            f"--tokenizer {' or '.join(names)}, or vectors from textransfer pretrain"
        )
    config = TokenizerConfig().override(tokenizer=tokenizer, lowercase=not are_cased(words))
    is_marked = config.tokenizer == "words" and are_marked(words)
    return config.override(negation="english" if is_marked else "none")


def are_cased(words: Sequence[str]) -> bool:
    """Tell whether capitals and small letters are different words in a vocabulary."""
    return sum(word != word.lower() for word in words) > _CASED_SHARE * len(words)
