"""Words with their counts, most frequent first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.errors import ConfigError


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words in descending order of count, ties by code point; a word's id is its place.

    Of a vocabulary that was `extended`, each part is in that order: the known words, then the added ones.
    """

    words: list[str]
    counts: npt.NDArray[np.int64]
    """Occurrences in the corpus, shape (V,)."""
    document_counts: npt.NDArray[np.int64]
    """Documents that hold the word, shape (V,)."""
    n_tokens: int
    """Of the whole corpus, dropped words included."""
    n_documents: int
    """The same, empty ones included."""
    n_dropped_words: int = 0
    """Words left out by `truncated` or `extended`."""
    n_dropped_tokens: int = 0
    """Their occurrences."""

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    @cached_property
    def index(self) -> dict[str, int]:
        """Id of each word."""
        return {word: place for place, word in enumerate(self.words)}

    def truncated(self, min_count: int = 1, max_size: int | None = None) -> "Vocabulary":
        """Keep the words that occur at least `min_count` times, at most `max_size` of them.

        Raises
        ------
        ConfigError
            If a limit is below 1.
        """
        for name, value in (("min_count", min_count), ("max_vocab_size", max_size)):
            if value is not None and value < 1:
                raise ConfigError(f"{name} is {value}; expected a whole number of at least 1")
        n_kept = int(np.searchsorted(-self.counts, -min_count, side="right"))
        n_kept = n_kept if max_size is None else min(n_kept, max_size)
        return Vocabulary(
            self.words[:n_kept],
            self.counts[:n_kept],
            self.document_counts[:n_kept],
            self.n_tokens,
            self.n_documents,
            self.n_dropped_words + len(self.words) - n_kept,
            self.n_dropped_tokens + int(self.counts[n_kept:].sum()),
        )

    def extended(self, new: "Vocabulary", min_count: int = 1, max_size: int | None = None) -> "Vocabulary":
        """Add the counts of more text: ids stay, new words are appended.

        New words that occur less often than `min_count` in the new text alone are left out, and beyond
        `max_size` words in all. Sizes are those of both texts; dropped are words and tokens of the new one.
        """
        ids = np.array([self.index.get(word, -1) for word in new.words], dtype=np.int64)
        joining = np.flatnonzero(ids[: len(new.truncated(min_count))] < 0)
        if max_size is not None:
            joining = joining[: max(max_size - len(self), 0)]
        ids[joining] = len(self) + np.arange(joining.size)
        is_kept = ids >= 0
        counts, document_counts = np.zeros((2, len(self) + joining.size), dtype=np.int64)
        for both, old, added in (
            (counts, self.counts, new.counts),
            (document_counts, self.document_counts, new.document_counts),
        ):
            both[: len(self)] = old
            both[ids[is_kept]] += added[is_kept]
        return Vocabulary(
            self.words + [new.words[place] for place in joining],
            counts,
            document_counts,
            self.n_tokens + new.n_tokens,
            self.n_documents + new.n_documents,
            new.n_dropped_words + int((~is_kept).sum()),
            new.n_dropped_tokens + int(new.counts[~is_kept].sum()),
        )


def frequency_order(words: Sequence[str], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the places of words in descending order of count, ties by code point, shape (V,)."""
    by_spelling = np.asarray(sorted(range(len(words)), key=words.__getitem__), dtype=np.int64)
    return by_spelling[np.argsort(-counts[by_spelling], kind="stable")]
