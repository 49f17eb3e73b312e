"""The second half of a sentence vector: the mean of the vectors of its words, pairs and triples."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.embeddings.arrays import unit_rows
from textransfer.embeddings.phrases import PhraseVectors
from textransfer.errors import ConfigError
from textransfer.extras import is_installed
from textransfer.sentiment.sentences.stretching import Emphasis, stretching_matrix

if TYPE_CHECKING:
    from textransfer.embeddings.phrase_sums import PhraseTable

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

FEWEST_WORDS = 1 << 15
"""With fewer, loading the compiled loops takes longer than they save."""
WORDS_A_BLOCK = 1 << 16
"""Words of texts that are looked up together, about: what they hold takes some hundred bytes a word."""


@dataclass(frozen=True, eq=False)
class PhraseAveraging:
    """How words and phrases of a text become a vector of unit length."""

    phrases: PhraseVectors
    words: Mapping[str, int]
    """The row of each word of the vocabulary."""
    component_power: float
    """Of the components of the corpus's documents, as means of their phrases."""
    emphasis: Emphasis | None = None
    """A polar direction of those documents that counts more."""
    length: float = 1.0
    """Of the vectors; other than 1 in folders of before alone."""
    known_stretch: Floats | None = None
    """What multiplies centred means, (D, D), where it is known already; else it is computed once."""

    def to_record(self) -> dict[str, Any]:
        """Return what a folder keeps besides the tensors."""
        emphasis = None if self.emphasis is None else asdict(self.emphasis)
        return {"component_power": self.component_power, "emphasis": emphasis, "length": self.length}

    @classmethod
    def of_record(
        cls,
        phrases: PhraseVectors,
        words: Mapping[str, int],
        record: Mapping[str, Any],
        stretch: Floats | None = None,
    ) -> "PhraseAveraging":
        """Restore it with the vectors of a folder; ConfigError if they contradict themselves."""
        emphasis = None if record["emphasis"] is None else Emphasis(**record["emphasis"])
        power, length = float(record["component_power"]), float(record.get("length", 1.0))
        if stretch is not None and stretch.shape != 2 * phrases.moments.mean.shape:
            raise ConfigError(f"phrase_stretch has the shape {stretch.shape}; expected that of the moments")
        return cls(phrases.suiting(len(words)), words, power, emphasis, length, stretch)

    @property
    def size(self) -> int:
        """Dimensions of a vector (D)."""
        return int(self.phrases.matrix.shape[1])

    @cached_property
    def stretch(self) -> Floats:
        """What multiplies centred means, (D, D)."""
        if self.known_stretch is not None:
            return self.known_stretch
        stretching = stretching_matrix(self.phrases.moments, self.component_power, self.emphasis)
        return stretching.astype(np.float32)

    def means(self, token_lists: Iterable[Sequence[str]]) -> Floats:
        """Return the means of texts, float32 (n, D), without that of the corpus.

        Of words that the vocabulary lacks nothing is seen: those around them are neighbours. A text without a
        known word has a zero vector.
        """
        ids: list[int] = []
        offsets = [0]
        for tokens in token_lists:
            ids.extend(self.words[token] for token in tokens if token in self.words)
            offsets.append(len(ids))
        return self.means_of_ids(np.array(ids, np.int64), np.array(offsets, np.int64))

    def means_of_ids(self, ids: Ids, offsets: Ids) -> Floats:
        """Return what `means` does, of n texts as the rows of their words, text after text.

        Text i has ``ids[offsets[i]:offsets[i + 1]]``.
        """
        means = np.empty((len(offsets) - 1, self.size), np.float32)
        is_much = len(ids) >= FEWEST_WORDS and self.phrases.matrix.dtype == np.float16
        start = 0
        while start < len(means):
            beyond = int(np.searchsorted(offsets, offsets[start] + WORDS_A_BLOCK, side="right")) - 1
            end = max(beyond, start + 1)
            own = ids[offsets[start] : offsets[end]]
            sums, n_held = self._sums(own, offsets[start : end + 1] - offsets[start], is_much=is_much)
            means[start:end] = self._centred(sums, n_held)
            start = end
        return means

    def _sums(self, ids: Ids, offsets: Ids, *, is_much: bool) -> tuple[Floats, Floats]:
        """Return the sums of the rows that texts hold, (n, D), and their numbers, (n,)."""
        if is_much and is_installed("numba"):
            return self._table.sums(self.phrases.matrix, ids, offsets)
        held = self.phrases.index.holdings(ids, offsets)
        return np.asarray(held @ self.phrases.matrix), np.diff(held.offsets).astype(np.float32)

    @cached_property
    def _table(self) -> "PhraseTable":
        from textransfer.embeddings.phrase_sums import PhraseTable  # compiled, which takes a while to load

        return PhraseTable.of(self.phrases.index)

    def _centred(self, sums: Floats, n_held: Floats) -> Floats:
        """Make centred means of sums, in place."""
        sums /= np.maximum(n_held, 1)[:, None]
        sums -= self.phrases.moments.mean
        sums[n_held == 0] = 0
        return sums

    def finished(self, means: npt.NDArray[np.floating]) -> Floats:
        """Stretch centred means, (n, D), and bring them to the same length."""
        units = unit_rows(means.astype(np.float32, copy=False) @ self.stretch)
        return units if self.length == 1 else units * np.float32(self.length)

    def without_each(self, tokens: Sequence[str], names: Sequence[str]) -> Floats:
        """Return the vectors of a text without each of some words, (W, D).

        With a word go the phrases that hold it, and what stood on either side becomes neighbours. A word that
        the vocabulary lacks takes nothing away.
        """
        ids = np.array([self.words[token] for token in tokens if token in self.words], np.int64)
        n_together = max(WORDS_A_BLOCK // max(len(ids), 1), 1)
        parts = []
        for start in range(0, len(names), n_together):
            removed = np.array([self.words.get(name, -1) for name in names[start : start + n_together]])
            is_left = ids[None] != removed[:, None]
            offsets = np.concatenate([[0], np.cumsum(is_left.sum(axis=1))]).astype(np.int64)
            parts.append(self.means_of_ids(ids[np.nonzero(is_left)[1]], offsets))
        return self.finished(np.concatenate([np.empty((0, self.size), np.float32), *parts]))
