"""Cut text where it has blanks: text of words that another program has cut."""

from collections.abc import Iterable, Iterator
from typing import Any

from textransfer.storage.spelling import whole
from textransfer.text.normalize import Normalization


class SpacesTokenizer:
    """Takes what stands between blanks for a word, punctuation included.

    Parameters
    ----------
    lowercase : bool, default=False
        Whether to make capitals small, and bring letters to one form with them; else words stay as they are,
        but for half surrogate pairs, which become U+FFFD.
    stop_words : iterable of str
        Words to leave out, whatever their case.
    is_turkish : bool, default=False
        Whether the small letter of I is the one without a dot.

    Examples
    --------
    >>> SpacesTokenizer().tokenize("New_York is not Rome .")
    ['New_York', 'is', 'not', 'Rome', '.']
    """

    name = "spaces"
    version = 1

    def __init__(
        self, *, lowercase: bool = False, stop_words: Iterable[str] = (), is_turkish: bool = False
    ) -> None:
        self.lowercase, self.is_turkish = lowercase, is_turkish
        self.stop_words = frozenset(stop_words)
        self._normalization = Normalization(lowercase, is_turkish)

    def tokenize(self, text: str) -> list[str]:
        """Return the words of one text, in order."""
        words = (self._normalization(text) if self.lowercase else whole(text)).split()
        return [word for word in words if word.lower() not in self.stop_words] if self.stop_words else words

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Yield the words of each text."""
        return map(self.tokenize, texts)

    def spec(self) -> dict[str, Any]:
        """Return all that rebuilds this tokenizer, as JSON can hold it."""
        return {
            "name": self.name,
            "version": self.version,
            "lowercase": self.lowercase,
            "stop_words": sorted(self.stop_words),
            "is_turkish": self.is_turkish,
        }

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> "SpacesTokenizer":
        """Rebuild a tokenizer from its `spec`."""
        return cls(lowercase=spec["lowercase"], stop_words=spec["stop_words"], is_turkish=spec["is_turkish"])
