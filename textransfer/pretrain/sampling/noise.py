"""Noise distributions, and drawing noise words from them by position.

q(w) is the probability of word w as noise. A group of pairs shares one set of K noise words: the pairs of
one window, of one batch, or a single pair; its key is hashed from where the group stands in the corpus.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.errors import ConfigError
from textransfer.randomness import integers

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]
KeyArray = npt.NDArray[np.uint64]

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


def unigram_probabilities(counts: npt.NDArray[np.int64], exponent: float) -> FloatArray:
    """Return q(w) proportional to count(w)^exponent; a word that does not occur is no noise.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
        Occurrences of the words.
    exponent : float
        0.75 in the paper; 0 is uniform, 1 the counts themselves.

    References
    ----------
    Mikolov et al. (2013), Distributed representations of words and phrases, section 2.2.
    """
    weights = np.maximum(counts, 1).astype(np.float64) ** exponent * (counts > 0)
    return np.asarray(weights / weights.sum())


def log_uniform_probabilities(n_words: int) -> FloatArray:
    """Return TensorFlow's log-uniform distribution over frequency ranks.

    q(c) = (ln(c + 2) - ln(c + 1)) / ln(V + 1), c = 0..V-1: Zipf's law without counts. Ids are such ranks
    until words join later; then `frequency_ranks` has them.
    """
    ranks = np.arange(n_words, dtype=np.float64)
    return np.asarray(np.log1p(1.0 / (ranks + 1.0)) / np.log(n_words + 1.0))


def frequency_ranks(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the place of each word in descending order of count, shape (V,); ties by id."""
    ranks = np.empty(counts.size, dtype=np.int64)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(counts.size)
    return ranks


@dataclass(frozen=True)
class AliasTable:
    """Constant-time draws from any distribution: a column, then the column's word or its alias.

    References
    ----------
    Vose (1991), A linear algorithm for generating random numbers with a given distribution.
    """

    accept: npt.NDArray[np.uint64]
    """Out of 2^32, how often the column keeps its own word, shape (V,)."""
    alias: IntArray
    """The word it gives otherwise, shape (V,)."""

    @property
    def packed(self) -> KeyArray:
        """Both columns in one, shape (V,): accept in the upper 32 bits, alias in the lower."""
        return (self.accept << _HALF) | self.alias.astype(np.uint64)

    @classmethod
    def build(cls, probabilities: FloatArray) -> "AliasTable":
        """Build the table of a distribution that sums to one, shape (V,)."""
        scaled = (probabilities * probabilities.size).tolist()
        alias = list(range(len(scaled)))
        small = [i for i, p in enumerate(scaled) if p < 1.0]
        large = [i for i, p in enumerate(scaled) if p >= 1.0]
        while small and large:
            lack, rich = small.pop(), large.pop()
            alias[lack] = rich
            scaled[rich] -= 1.0 - scaled[lack]
            (small if scaled[rich] < 1.0 else large).append(rich)
        for leftover in (*small, *large):  # one up to rounding
            scaled[leftover] = 1.0
        # A full column would need 2^32, one more than 32 bits hold; mostly its alias is its own word anyway.
        accept = np.minimum(np.rint(np.array(scaled) * 2.0**32), 2.0**32 - 1).astype(np.uint64)
        return cls(accept, np.array(alias, dtype=np.int32))

    def words(self, bits: KeyArray) -> IntArray:
        """Turn 64 random bits each into a word: the upper half picks the column, the lower decides."""
        columns = ((bits >> _HALF) * np.uint64(self.alias.size)) >> _HALF
        kept = (bits & _LOW) < self.accept[columns]
        return np.where(kept, columns, self.alias[columns]).astype(np.int32)


@dataclass(frozen=True)
class NoiseSampler:
    """Draws sets of noise words, and knows how often each word is expected in a set.

    Raises
    ------
    ConfigError
        If K distinct words are wanted from fewer.
    """

    probabilities: FloatArray
    """q(w), shape (V,)."""
    n_noise: int
    """Words in a set (K)."""
    replacement: bool = True
    """Whether a set may hold a word twice. Without replacement words are drawn until K distinct ones are
    found, as TensorFlow's samplers do; the number of tries then sets the expected counts."""

    def __post_init__(self) -> None:
        n_words = int((self.probabilities > 0).sum())
        if not self.replacement and n_words < self.n_noise:
            raise ConfigError(
                f"negative is {self.n_noise} noise words without replacement, but the vocabulary has "
                f"{n_words}; expected at most that: give a smaller negative or a larger corpus"
            )

    @cached_property
    def table(self) -> AliasTable:
        """The alias table of q."""
        return AliasTable.build(self.probabilities)

    def draw(self, keys: KeyArray) -> tuple[IntArray, npt.NDArray[np.int64]]:
        """Draw a set for each key, shape (G, K), and tell how many draws it took, shape (G,)."""
        if self.replacement:
            words = self.table.words(integers(keys[:, None], np.arange(self.n_noise)))
            return words, np.full(keys.size, self.n_noise, dtype=np.int64)
        drawn = self.table.words(integers(keys[:, None], np.arange(4 * self.n_noise)))
        is_new = np.ones(drawn.shape, dtype=np.bool_)
        for place in range(1, drawn.shape[1]):
            is_new[:, place] = (drawn[:, :place] != drawn[:, place, None]).all(axis=1)
        n_distinct = is_new.cumsum(axis=1)
        words = np.empty((keys.size, self.n_noise), dtype=np.int32)
        is_enough = n_distinct[:, -1] >= self.n_noise
        words[is_enough] = drawn[is_new & (n_distinct <= self.n_noise) & is_enough[:, None]].reshape(
            -1, self.n_noise
        )
        tries = (n_distinct < self.n_noise).sum(axis=1) + 1
        for group in np.flatnonzero(~is_enough):
            words[group], tries[group] = self._draw_distinct(int(keys[group]))
        return words, tries

    def _draw_distinct(self, key: int) -> tuple[IntArray, int]:
        """Draw one set without replacement, for as long as it takes."""
        start, chunk = 0, 4 * self.n_noise
        drawn = np.empty(0, dtype=np.int32)
        while True:
            more = self.table.words(integers(key, np.arange(start, start + chunk)))
            drawn = np.concatenate([drawn, more])
            _, first = np.unique(drawn, return_index=True)
            if first.size >= self.n_noise:
                order = np.sort(first)[: self.n_noise]
                return drawn[order], int(order[-1]) + 1
            start, chunk = start + chunk, 2 * chunk

    def log_expected_counts(self, tries: npt.ArrayLike, words: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return ln of how often a word is expected in a set.

        With replacement that is ln(K q(w)). Without it, a set that took T tries holds w with probability
        1 - (1 - q(w))^T, whose logarithm is returned.
        """
        q = self.probabilities[np.asarray(words)]
        tries = np.asarray(tries, dtype=np.float64)
        with np.errstate(divide="ignore"):  # a word that is never noise: ln 0
            if self.replacement:
                return np.asarray(np.log(tries * q), dtype=np.float32)
            return np.asarray(np.log(-np.expm1(tries * np.log1p(-q))), dtype=np.float32)
