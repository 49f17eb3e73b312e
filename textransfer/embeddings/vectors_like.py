"""Take word vectors, and the tokenizer that suits them, in any form in which callers give them."""

from pathlib import Path
from typing import TYPE_CHECKING, Union

from textransfer.embeddings.keyed import are_keyed
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

    from textransfer.text.tokenize import Tokenizer

VectorsLike = Union[WordVectors, str, Path, "KeyedVectors"]
"""Vectors, the folder or file that holds them, or those of gensim."""


def as_vectors(vectors: VectorsLike) -> WordVectors:
    """Return vectors as `WordVectors`.

    Raises
    ------
    ConfigError
        If they are something else.
    FormatError
        If the folder or file cannot be read.
    """
    if isinstance(vectors, WordVectors):
        return vectors
    if isinstance(vectors, str | Path):
        return WordVectors.load(vectors)
    if are_keyed(vectors):
        return WordVectors.from_gensim(vectors)
    hint = "; of gensim's models take model.wv" if are_keyed(getattr(vectors, "wv", None)) else ""
    raise ConfigError(
        f"vectors is a {type(vectors).__name__}; expected WordVectors, the path of a folder or file of word "
        f"vectors, or gensim's KeyedVectors{hint}"
    )


def as_tokenizer(
    tokenizer: "Tokenizer | str | None", vectors: WordVectors, name: str = "these vectors"
) -> "Tokenizer":
    """Return the tokenizer to cut texts with: the one passed, else that of the vectors, told or guessed.

    A name ("words", "japanese") is for vectors that do not tell their tokenizer; case and negations are then
    guessed from the words.

    Raises
    ------
    ConfigError
        If it is no tokenizer, or the vectors, which messages call by `name`, were made with another one.
    """
    if not isinstance(tokenizer, str):
        return vectors.tokenizer() if tokenizer is None else check_tokenizer(tokenizer)
    if vectors.tokenizer_spec is None:
        from textransfer.text.guessing import tokenizer_of_words

        return vectors.tokenizer() if tokenizer == "auto" else tokenizer_of_words(vectors.words, tokenizer)
    own = vectors.tokenizer()
    if tokenizer not in ("auto", own.name):
        raise ConfigError(
            f"{name}: made with the tokenizer {own.name!r}, but {tokenizer!r} is asked for; words cut in "
            "another way would not be found: leave the tokenizer out, or pretrain anew"
        )
    return own


def check_tokenizer(tokenizer: "Tokenizer") -> "Tokenizer":
    """Return what can cut texts; ConfigError if it is something else, such as a function."""
    if not all(callable(getattr(tokenizer, method, None)) for method in ("tokenize", "tokenize_many")):
        raise ConfigError(
            f"tokenizer is {tokenizer!r:.60}; expected 'words', 'spaces', 'japanese', or an object with the "
            "methods tokenize, tokenize_many and spec; texts cut elsewhere can be given as lists of words"
        )
    return tokenizer
