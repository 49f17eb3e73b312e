"""Words with their counts, most frequent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from textransfer.errors import ConfigError


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words in descending order of count, ties by code point; a word's id is its place.

    Parameters
    ----------
    words : list of str, length V
    counts : ndarray of int64, shape (V,)
        Occurrences in the corpus.
    document_counts : ndarray of int64, shape (V,)
        Documents that hold the word.
    n_tokens, n_documents : int
        Size of the whole corpus, dropped words and empty documents included.
    n_dropped_words, n_dropped_tokens : int
        Words left out by `truncated`, and their occurrences.
    """

    words: list[str]
    counts: npt.NDArray[np.int64]
    document_counts: npt.NDArray[np.int64]
    n_tokens: int
    n_documents: int
    n_dropped_words: int = 0
    n_dropped_tokens: int = 0

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    @cached_property
    def index(self) -> dict[str, int]:
        """Id of each word."""
        return {word: place for place, word in enumerate(self.words)}

    @classmethod
    def from_counts(
        cls,
        words: Sequence[str],
        counts: npt.ArrayLike,
        document_counts: npt.ArrayLike,
        *,
        n_documents: int,
    ) -> "Vocabulary":
        """Sort words by count.

        Parameters
        ----------
        words : sequence of str, length V
            In any order, each once.
        counts, document_counts : array-like of int, shape (V,)
        n_documents : int
            Documents of the corpus.
        """
        counts = np.asarray(counts, dtype=np.int64)
        order = frequency_order(words, counts)
        return cls(
            [words[place] for place in order],
            counts[order],
            np.asarray(document_counts, dtype=np.int64)[order],
            int(counts.sum()),
            n_documents,
        )

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


def frequency_order(words: Sequence[str], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the places of words in descending order of count, ties by code point, shape (V,)."""
    by_spelling = np.asarray(sorted(range(len(words)), key=words.__getitem__), dtype=np.int64)
    return by_spelling[np.argsort(-counts[by_spelling], kind="stable")]
