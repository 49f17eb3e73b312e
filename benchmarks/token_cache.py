"""Tokenize each distinct text once, and look its words up once, however many arms and draws read it."""

from collections.abc import Iterable, Iterator, Sequence
from sys import intern
from typing import Any

from textransfer import SentimentClassifier
from textransfer.sentiment.sentences.bags import Bags
from textransfer.text.tokenize import Tokenizer


class TokenCache:
    """A tokenizer that remembers the words of every text it has seen.

    Parameters
    ----------
    tokenizer : Tokenizer
        The one that does the work.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._words: dict[str, list[str]] = {}

    @property
    def name(self) -> str:
        """Name of the tokenizer."""
        return self._tokenizer.name

    def tokenize(self, text: str) -> list[str]:
        """Return the words of a text; the caller must not change the list."""
        words = self._words.get(text)
        if words is None:
            words = self._words[text] = [intern(word) for word in self._tokenizer.tokenize(text)]
        return words

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Yield the words of each text."""
        return map(self.tokenize, texts)

    def spec(self) -> dict[str, Any]:
        """Return what rebuilds the tokenizer, without what is remembered."""
        return self._tokenizer.spec()

    def __deepcopy__(self, memo: dict[int, Any]) -> "TokenCache":
        # A clone of an estimator shall profit from what is remembered.
        return self


class EncodedTexts:
    """Texts as classifiers over the same vectors look them up; encoders count words differently."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._bags: dict[bool, Bags] = {}

    def of(self, classifier: SentimentClassifier) -> Bags:
        """Return the texts for a fitted classifier."""
        is_distinct = classifier.averaging_.is_distinct
        if is_distinct not in self._bags:
            self._bags[is_distinct] = classifier.encode(self._texts)
        return self._bags[is_distinct]
