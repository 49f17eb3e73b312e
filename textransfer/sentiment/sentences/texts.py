"""What estimators take for texts: strings, or lists of words that a tokenizer has made of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeGuard, cast

from textransfer.config import TokenizerConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import as_tokenizer, check_tokenizer
from textransfer.errors import ConfigError, CorpusError
from textransfer.text.reading.listing import list_of
from textransfer.text.reading.values import is_missing
from textransfer.text.spans import Token, locate_listed

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Texts = Sequence[str] | Sequence[Sequence[str]]
"""Texts, or the words of each."""
TextList = list[str] | list[list[str]]
"""What `check_texts` makes of them."""


class WordLists(list[list[str]]):
    """Lists of words straight from a tokenizer: `check_texts` does not check them word by word.

    That would take a tenth of the time of a comparison, which fits the same texts hundreds of times.
    """


def check_texts(texts: Iterable[str] | Iterable[Sequence[str]]) -> TextList:
    """Return texts as a list of strings, or of lists of words; a missing one (None, NaN) is an empty string.

    Raises
    ------
    CorpusError
        If it is a single string, has no order, holds something else than strings or lists of strings, or
        mixes them.
    """
    if isinstance(texts, WordLists):
        return texts
    listed = list_of(texts)
    if not set(map(type, listed)) <= {str, list, tuple}:
        listed = ["" if is_missing(text) else text for text in listed]
    if listed and all(map(_is_row_of_one_text, listed)) and any(" " in row[0] for row in listed):
        listed = [row[0] for row in listed]  # rows of a table of one column, since no word holds a blank
    are_lists = bool(listed) and isinstance(listed[0], list | tuple)
    for position, text in enumerate(listed):
        if not (_is_list_of_words(text) if are_lists else isinstance(text, str)):
            expected = "a list of words, as text 0 is" if are_lists else "a string, as text 0 is"
            raise CorpusError(
                f"text {position} is {text!r:.60}, of type {type(text).__name__}; expected "
                f"{expected if position else 'a string or a list of words'}"
            )
    return [words if isinstance(words, list) else list(words) for words in listed] if are_lists else listed


def _is_row_of_one_text(row: object) -> bool:
    return isinstance(row, list | tuple) and len(row) == 1 and isinstance(row[0], str)


def _is_list_of_words(words: object) -> bool:
    if not isinstance(words, list | tuple):
        return False
    return set(map(type, words)) <= {str} or all(isinstance(word, str) for word in words)


def are_words(texts: TextList) -> TypeGuard[list[list[str]]]:
    """Tell whether checked texts are lists of words already."""
    return bool(texts) and not isinstance(texts[0], str)


def words_of(tokenizer: "Tokenizer", texts: TextList) -> list[list[str]]:
    """Return the words of checked texts; lists of words pass as they are."""
    return texts if are_words(texts) else list(tokenizer.tokenize_many(cast("list[str]", texts)))


def located_words(tokenizer: "Tokenizer", texts: TextList) -> list[tuple[str, list[Token]]]:
    """Return checked texts, each with its words and their places; of lists of words, a text is made."""
    if are_words(texts):
        return [locate_listed(words) for words in texts]
    from textransfer.text.tokenize import locate

    return [(text, locate(tokenizer, text)) for text in cast("list[str]", texts)]


def tokenizer_for(
    tokenizer: "Tokenizer | str | None", vectors: WordVectors | None, texts: TextList
) -> "Tokenizer":
    """Return the tokenizer if there is one, else that of the vectors, else one that suits the texts.

    The name of one asks for it with its defaults, but without marked negations unless the vectors have some.
    For lists of words, without a tokenizer and without vectors that tell theirs, there is none: a
    `NoTokenizer`.
    """
    if tokenizer is not None and not isinstance(tokenizer, str):
        return check_tokenizer(tokenizer)
    is_told = vectors is not None and vectors.tokenizer_spec is not None
    if tokenizer is None and are_words(texts) and not is_told:
        return NoTokenizer()
    if vectors is not None:
        return as_tokenizer(tokenizer, vectors)
    from textransfer.text.tokenize import build_tokenizer

    config = TokenizerConfig(negation="none").override(tokenizer=tokenizer)
    return build_tokenizer(config, [] if are_words(texts) else cast("list[str]", texts))


class NoTokenizer:
    """Stands where an estimator was fitted on lists of words without a tokenizer; refuses all strings."""

    name = "none"

    def tokenize(self, text: str) -> NoReturn:
        """Raise a ConfigError."""
        raise ConfigError(
            f"got the string {text!r:.40}, but the texts of fit were lists of words and no tokenizer was "
            "given; expected lists of words here too: cut the text the same way, or fit with a tokenizer"
        )

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Refuse the first of some texts."""
        return map(self.tokenize, texts)

    def spec(self) -> NoReturn:
        """Raise a ConfigError: it cannot be saved."""
        raise ConfigError(
            "fitted on lists of words without a tokenizer, which cannot be saved; expected the tokenizer "
            "that made the words: make the estimator with it"
        )
