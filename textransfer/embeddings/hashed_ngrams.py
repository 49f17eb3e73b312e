"""Character n-grams as fastText keeps them: a hash numbers them, and each number has a vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.arrays import frozen_floats
from textransfer.errors import ConfigError

_WORDS_A_BLOCK = 2048
_OFFSET, _PRIME = np.uint32(2166136261), np.uint32(16777619)
"""Of the hash FNV-1a in 32 bits."""

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HashedNgrams:
    """A vector for each of B hashes of n-grams; n-grams of one hash share it.

    A word has the mean of those of its n-grams: `shortest` to `longest` characters of the word with ``<``
    before and ``>`` after it.

    References
    ----------
    Bojanowski et al. (2017), Enriching word vectors with subword information; dictionary.cc of fastText.
    """

    matrix: Floats
    """Shape (B, D)."""
    shortest: int
    longest: int
    length: float = 1.0
    """Of the vectors of rare words."""

    def __len__(self) -> int:
        return len(self.matrix)

    def checked(self, size: int) -> "HashedNgrams":
        """Return them read-only; ConfigError if they do not suit vectors of this size."""
        if not 1 <= self.shortest <= self.longest:
            raise ConfigError(
                f"n-grams have {self.shortest} to {self.longest} characters; expected 1 or more, and the "
                "shortest no longer than the longest"
            )
        if not (np.isfinite(self.length) and self.length > 0):
            raise ConfigError(f"the length of n-grams is {self.length!r}; expected a number above 0")
        matrix = frozen_floats("ngram matrix", self.matrix, (None, size))
        return HashedNgrams(matrix, self.shortest, self.longest, float(self.length))

    def to_record(self) -> dict[str, Any]:
        """Return what a folder keeps besides the matrix."""
        return {"shortest": self.shortest, "longest": self.longest, "length": self.length}

    def sums(self, words: Sequence[str]) -> tuple[Floats, Ids]:
        """Return the sum of the vectors of the n-grams of each word, (n, D), and how many there are, (n,)."""
        sums = np.zeros((len(words), self.matrix.shape[1]), np.float32)
        n_ngrams = np.zeros(len(words), np.int64)
        for start in range(0, len(words), _WORDS_A_BLOCK):
            block = words[start : start + _WORDS_A_BLOCK]
            rows, word_of = hashes(block, len(self.matrix), self.shortest, self.longest)
            n_ngrams[start : start + len(block)] = np.bincount(word_of, minlength=len(block))
            first = np.flatnonzero(np.diff(word_of, prepend=-1))
            if len(first):
                sums[start + word_of[first]] = np.add.reduceat(self.matrix[rows], first, axis=0)
        return sums, n_ngrams

    def vectors(self, words: Sequence[str]) -> Floats:
        """Return the vectors that words have by their n-grams, (n, D); zeros where there is none."""
        sums, n_ngrams = self.sums(words)
        return np.asarray(sums / np.maximum(n_ngrams, 1)[:, None].astype(np.float32))

    def weighted(self, words: Sequence[str]) -> tuple[Floats, npt.NDArray[np.float64]]:
        """Return the vectors of words, (n, D), and how much each is worth beside known rare words, (n,).

        That is the square of its length as a share of theirs, at most 1: the less the n-grams agree, the
        shorter it is.
        """
        vectors = self.vectors(words)
        lengths = np.linalg.norm(vectors, axis=1).astype(np.float64)
        return vectors, np.minimum(lengths / self.length, 1) ** 2


def hashes(words: Sequence[str], n_hashes: int, shortest: int, longest: int) -> tuple[Ids, Ids]:
    """Return the hashes of the n-grams of words, text order within a word, and the word of each.

    Examples
    --------
    >>> hashes(["tea"], 1000, 3, 3)
    (array([  8, 337, 895]), array([0, 0, 0]))
    """
    spelled = [f"<{word}>".encode("utf-8", "surrogatepass") for word in words]
    # Bytes enter the hash as signed characters, as in fastText, whose files depend on it.
    characters = np.frombuffer(b"".join(spelled), np.int8)
    signed = characters.astype(np.int32).view(np.uint32)
    starts = np.flatnonzero((characters.view(np.uint8) & 0xC0) != 0x80)
    sizes = np.array([len(word) for word in spelled], np.int64)
    word_of = np.searchsorted(np.cumsum(sizes), starts, side="right")
    bounds = np.append(starts, len(characters))
    is_edge = np.diff(word_of, prepend=-1, append=-1) != 0
    is_edge = is_edge[:-1] | is_edge[1:]
    parts: list[tuple[Ids, Ids, Ids]] = []
    for n in range(shortest, longest + 1):
        first = np.arange(max(len(starts) - n + 1, 0))
        first = first[word_of[first] == word_of[first + n - 1]]
        if n == 1:  # neither the mark before the word nor that behind it
            first = first[~is_edge[first]]
        hashed = _fnv(signed, bounds[first], bounds[first + n])
        parts.append(((hashed % np.uint32(n_hashes)).astype(np.int64), first, np.full(len(first), n)))
    rows, first, lengths = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((lengths, first))
    return rows[order], word_of[first[order]]


def _fnv(signed: npt.NDArray[np.uint32], begins: Ids, ends: Ids) -> npt.NDArray[np.uint32]:
    """Return the hash FNV-1a of the bytes from each begin to its end."""
    hashed = np.full(len(begins), _OFFSET, np.uint32)
    lengths = ends - begins
    for place in range(int(lengths.max(initial=0))):
        is_inside = lengths > place
        hashed[is_inside] = (hashed[is_inside] ^ signed[begins[is_inside] + place]) * _PRIME
    return hashed
