"""Take word vectors, and the tokenizer that suits them, in any form in which callers give them."""

from pathlib import Path
from typing import TYPE_CHECKING, Union

from textransfer.embeddings.keyed import are_keyed
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

    from textransfer.text.tokenize import Tokenizer

GivenVectors = Union[WordVectors, str, Path, "KeyedVectors"]
"""Vectors, the folder or file that holds them, or those of gensim."""


def as_vectors(given: GivenVectors) -> WordVectors:
    """Return vectors as `WordVectors`.

    Raises
    ------
    ConfigError
        If they are something else.
    FormatError
        If the folder or file cannot be read.
    """
    if isinstance(given, WordVectors):
        return given
    if isinstance(given, str | Path):
        return WordVectors.load(given)
    if are_keyed(given):
        return WordVectors.from_gensim(given)
    hint = "; of gensim's models take model.wv" if are_keyed(getattr(given, "wv", None)) else ""
    raise ConfigError(
        f"vectors is a {type(given).__name__}; expected WordVectors, the path of a folder or file of word "
        f"vectors, or gensim's KeyedVectors{hint}"
    )


def as_tokenizer(
    given: "Tokenizer | str | None", vectors: WordVectors, name: str = "these vectors"
) -> "Tokenizer":
    """Return the tokenizer to cut texts with: the given one, else that of the vectors, told or guessed.

    A name ("words", "japanese") is for vectors that do not tell their tokenizer; case and negations are then
    guessed from the words.

    Raises
    ------
    ConfigError
        If it is no tokenizer, or the vectors, which messages call by `name`, were made with another one.
    """
    if not isinstance(given, str):
        return vectors.tokenizer() if given is None else check_tokenizer(given)
    if vectors.tokenizer_spec is None:
        from textransfer.text.guessing import tokenizer_of_words

        return vectors.tokenizer() if given == "auto" else tokenizer_of_words(vectors.words, given)
    own = vectors.tokenizer()
    if given not in ("auto", own.name):
        raise ConfigError(
            f"{name}: made with the tokenizer {own.name!r}, but {given!r} is asked for; words cut in "
            "another way would not be found: leave the tokenizer out, or pretrain anew"
        )
    return own


def check_tokenizer(given: "Tokenizer") -> "Tokenizer":
    """Return what can cut texts; ConfigError if it is something else, such as a function."""
    if not all(callable(getattr(given, method, None)) for method in ("tokenize", "tokenize_many")):
        raise ConfigError(
            f"tokenizer is {given!r:.60}; expected 'words', 'japanese', or an object with the methods "
            "tokenize, tokenize_many and spec; texts that are cut elsewhere can be given as lists of words"
        )
    return given
