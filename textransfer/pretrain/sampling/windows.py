"""Subsampling, then windows: which words stand near which, drawn by corpus position.

A *window* is one kept word, the context, with the kept words around it, the centres. In the notation of
the design each pair (centre, context) scores u(centre) . v(context). The window is laid around the context,
not the centre: all its pairs then share one output vector (and can share noise words), and over a corpus
the pairs are the same, since "a is near b" is mutual. word2vec and gensim do so too.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.randomness import integers

_HALF = np.uint64(32)

NEIGHBOURS = 3
"""Windows in a row that share noise words and make one update, if neighbours do."""
STRETCH_BITS = 8
"""Neighbours are counted anew in each document, and where the position without so many of its last bits
changes: where to begin is then known in the middle of a long document, too."""


def keep_thresholds(counts: npt.NDArray[np.int64], sample: float) -> npt.NDArray[np.uint64]:
    """Return, out of 2^32, how often an occurrence of each word survives the subsampling.

    A word of relative frequency f is kept with probability min(1, sqrt(t/f) + t/f), t = `sample`.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
        Occurrences of the words.
    sample : float
        The threshold t; 0 keeps everything.

    References
    ----------
    Mikolov et al. (2013), section 2.3; the second summand is that of the authors' program.
    """
    if sample == 0.0:
        return np.full(counts.size, 2**32, dtype=np.uint64)
    ratio = sample * counts.sum() / np.maximum(counts, 1)
    keep = np.minimum(np.sqrt(ratio) + ratio, 1.0)
    return np.asarray(np.rint(keep * 2.0**32), dtype=np.uint64)


@dataclass(frozen=True)
class Windows:
    """The windows of a stretch of text; those without any neighbour are left out."""

    contexts: npt.NDArray[np.int32]
    """The word that a window lies around, shape (W,)."""
    positions: npt.NDArray[np.int64]
    """Where it stands: the corpus position that all draws for the window are keyed by, shape (W,)."""
    centers: npt.NDArray[np.int32]
    """The neighbours of all windows, one after the other, shape (B,)."""
    slots: npt.NDArray[np.int64]
    """Place of each neighbour in its window, 0..2*window-1, shape (B,)."""
    ranks: npt.NDArray[np.int64]
    """How many windows stand before each one in its document and stretch, shape (W,)."""
    offsets: npt.NDArray[np.int64]
    """Window i holds ``centers[offsets[i]:offsets[i + 1]]``, shape (W + 1,)."""


@dataclass(frozen=True)
class WindowSampler:
    """Draws windows by position."""

    keep: npt.NDArray[np.uint64]
    """From `keep_thresholds`, shape (V,)."""
    window: int
    """Furthest neighbour."""
    is_shrinking: bool
    """Draw the reach of a window from 1..window instead of always taking `window`."""
    subsample_key: int
    """Key of the stream that drops words."""
    window_key: int
    """Key of the stream that draws reaches."""

    def draw(self, tokens: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64], position: int) -> Windows:
        """Draw the windows of some documents, at whose ends they stop; see `Engine.train_block`."""
        positions = position + np.arange(tokens.size, dtype=np.int64)
        is_kept = (integers(self.subsample_key, positions) >> _HALF) < self.keep[tokens]
        document = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))[is_kept]
        words, positions = tokens[is_kept], positions[is_kept]

        reach = np.full(words.size, self.window, dtype=np.int64)
        if self.is_shrinking:
            bits = integers(self.window_key, positions) >> _HALF
            reach = 1 + ((bits * np.uint64(self.window)) >> _HALF).astype(np.int64)
        place = np.arange(words.size, dtype=np.int64)
        low = np.maximum(place - reach, np.searchsorted(document, document, side="left"))
        high = np.minimum(place + reach + 1, np.searchsorted(document, document, side="right"))

        n_neighbours = high - low - 1
        has_pairs = n_neighbours > 0
        place, low, n_neighbours = place[has_pairs], low[has_pairs], n_neighbours[has_pairs]
        ends = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(n_neighbours)])
        owner = np.repeat(place, n_neighbours)
        neighbour = np.repeat(low, n_neighbours) + np.arange(ends[-1]) - np.repeat(ends[:-1], n_neighbours)
        neighbour += neighbour >= owner
        slots = neighbour - owner + self.window - (neighbour > owner)
        document, positions = document[place], positions[place]
        stretch = positions >> STRETCH_BITS
        begins = np.ones(place.size, dtype=np.bool_)
        begins[1:] = (np.diff(document) != 0) | (np.diff(stretch) != 0)
        rank = np.arange(place.size) - np.maximum.accumulate(np.where(begins, np.arange(place.size), 0))
        return Windows(words[place], positions, words[neighbour], slots, rank, ends)
