"""What a text holds besides a mean of vectors: its words, pairs of neighbours, and pieces of words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from textransfer.sentiment.counted import LONGEST_PIECE, CountedTexts, Ids, pieces_of

MANY_TEXTS = 1000
"""From so many labelled texts on, what only one of them holds is left out: it fills memory, tells little."""
PIECES_LENGTH = 2.0
"""Length of the pieces of a word together, where the word itself has length 1; see docs/design.md."""
MOST_WORDS_WITH_PIECES = 64
"""Longer texts, by distinct words, hold enough whole words: pieces bring nothing there, and cost most."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Terms:
    """Words, pairs and pieces of some labelled texts, and how much each counts.

    A text is its words, each idf (1 + ln of its occurrences), and its pairs, each idf, divided by their
    length. Each word brings its pieces: their idf, at a length of `PIECES_LENGTH` times that of the word.
    """

    words: list[str]
    """W of them, sorted."""
    pairs: Ids
    """Places of two words that follow each other, in ascending order, shape (P, 2)."""
    pieces: list[str]
    """Of words, with ``<`` and ``>`` at their ends, G of them; none where texts are long."""
    idf: Floats
    """ln((1 + n) / (1 + texts with it)) + 1 of each word, pair and piece, shape (W + P + G,)."""
    rarest: float
    """The same of what no labelled text has."""
    index: dict[str, int] = field(init=False)
    """Place of each word."""
    piece_index: dict[str, int] = field(init=False)
    """Place of each piece, counted from the first word on."""
    pair_keys: Ids = field(init=False)
    """W left + right of the pairs."""

    def __post_init__(self) -> None:
        index = {word: place for place, word in enumerate(self.words)}
        first = len(self.words) + len(self.pairs)
        piece_index = {piece: place + first for place, piece in enumerate(self.pieces)}
        if len(index) != len(self.words) or len(piece_index) != len(self.pieces):
            raise ValueError("a word, or a piece of words, occurs twice")
        if self.idf.shape != (first + len(self.pieces),):
            raise ValueError(f"there are {first + len(self.pieces)} terms, but idf has {len(self.idf)}")
        keys = self.pairs[:, 0] * len(self.words) + self.pairs[:, 1]
        if (np.diff(keys) <= 0).any() or (self.pairs < 0).any() or (self.pairs >= len(self.words)).any():
            raise ValueError("a pair of words occurs twice, is out of order, or has a word that is none")
        for name, value in (("index", index), ("piece_index", piece_index), ("pair_keys", keys)):
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, texts: CountedTexts, fewest: int | None = None, *, has_pieces: bool = True) -> "Terms":
        """Learn the terms of texts that `fewest` of them hold; by default all, or those of two of many."""
        n = len(texts)
        fewest = fewest or (2 if n >= MANY_TEXTS else 1)
        _, held, _ = texts.by_word
        n_with_word = np.bincount(held, minlength=len(texts.words))
        kept = np.array(sorted(np.flatnonzero(n_with_word >= fewest), key=texts.words.__getitem__), np.int64)
        places = np.full(len(texts.words), -1)
        places[kept] = np.arange(len(kept))
        keys, n_with_pair = np.unique(texts.pairs(places, len(kept))[1], return_counts=True)
        keys, n_with_pair = keys[n_with_pair >= fewest], n_with_pair[n_with_pair >= fewest]
        pieces: list[str] = []
        n_with_piece = np.zeros(0, np.int64)
        if has_pieces and len(held) <= MOST_WORDS_WITH_PIECES * n:
            every, counts = _pieces_in(texts)
            order = sorted(np.flatnonzero(counts >= fewest), key=every.__getitem__)
            pieces, n_with_piece = [every[place] for place in order], counts[order]
        counts = np.concatenate([n_with_word[kept], n_with_pair, n_with_piece])
        return cls(
            [texts.words[place] for place in kept],
            np.stack(np.divmod(keys, max(len(kept), 1)), axis=1),
            pieces,
            np.log((1 + n) / (1 + counts)) + 1,
            float(np.log(1 + n)) + 1,
        )

    def __len__(self) -> int:
        return len(self.idf)

    def encode(self, texts: CountedTexts) -> sparse.csr_matrix:
        """Return texts by their terms, shape (n, W + P + G)."""
        places = np.array([self.index.get(word, -1) for word in texts.words], np.int64)
        rows, held, counts = texts.by_word
        sizes = self._idf_at(places)[held] * (1 + np.log(counts))
        pair_rows, pair_places = self._pairs_in(texts, places)
        pair_sizes = self.idf[pair_places]
        n = len(texts)
        squares = np.bincount(rows, sizes**2, n) + np.bincount(pair_rows, pair_sizes**2, n)
        lengths = np.where(squares > 0, np.sqrt(squares), 1.0)
        by_word = sparse.csr_matrix((sizes / lengths[rows], (rows, held)), (n, len(texts.words)))
        pairs = sparse.csr_matrix((pair_sizes / lengths[pair_rows], (pair_rows, pair_places)), (n, len(self)))
        return sparse.csr_matrix(by_word @ self._of_words(texts, places) + pairs)

    def held(self, texts: CountedTexts) -> sparse.csr_matrix:
        """Return which words and pairs texts hold, ones in shape (n, W + P + G)."""
        places = np.array([self.index.get(word, -1) for word in texts.words], np.int64)
        rows, words, _ = texts.by_word
        at = places[words]
        pair_rows, pair_places = self._pairs_in(texts, places)
        rows, columns = np.append(rows[at >= 0], pair_rows), np.append(at[at >= 0], pair_places)
        return sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), (len(texts), len(self)))

    def _of_words(self, texts: CountedTexts, places: Ids) -> sparse.csr_matrix:
        """Return what each word of texts is, at a size of 1, by itself and by its pieces, shape (V, F)."""
        known = np.flatnonzero(places >= 0)
        shape = len(texts.words), len(self)
        whole = sparse.csr_matrix((np.ones(len(known)), (known, places[known])), shape)
        if not self.pieces or not texts.words:
            return whole
        names, pieces = texts.pieces
        of_words = pieces.scipy()
        at = np.array([self.piece_index.get(piece, -1) for piece in names], np.int64)
        idf = self._idf_at(at)
        lengths = np.sqrt(of_words @ idf**2)
        rows = np.repeat(np.arange(len(lengths)), np.diff(of_words.indptr))
        is_known = at[of_words.indices] >= 0
        rows, columns = rows[is_known], of_words.indices[is_known]
        parts = PIECES_LENGTH * idf[columns] / lengths[rows]
        return sparse.csr_matrix(whole + sparse.csr_matrix((parts, (rows, at[columns])), shape))

    def _idf_at(self, places: Ids) -> Floats:
        return np.where(places >= 0, np.append(self.idf, self.rarest)[places], self.rarest)

    def _pairs_in(self, texts: CountedTexts, places: Ids) -> tuple[Ids, Ids]:
        """Return the text and the place of each known pair, each once a text."""
        rows, keys = texts.pairs(places, len(self.words))
        if not len(self.pair_keys):
            return rows[:0], keys[:0]
        at = np.minimum(np.searchsorted(self.pair_keys, keys), len(self.pair_keys) - 1)
        is_known = self.pair_keys[at] == keys
        return rows[is_known], at[is_known] + len(self.words)

    def row(self, word: str) -> tuple[list[int], list[float]]:
        """Return the places of a word and of its pieces, and what stands there at a size of 1."""
        place = self.index.get(word)
        places, parts = ([], []) if place is None else ([place], [1.0])
        if self.pieces:
            own = pieces_of(word)
            known = [self.piece_index[piece] for piece in own if piece in self.piece_index]
            idf = self.idf[known]
            length = np.sqrt((idf**2).sum() + (len(own) - len(known)) * self.rarest**2)
            places = places + known
            parts = parts + (PIECES_LENGTH * idf / length).tolist()
        return places, parts

    def size(self, word: str, count: int) -> float:
        """Return how much a word that stands so often counts, before all is divided by the text's length."""
        place = self.index.get(word)
        return (self.rarest if place is None else float(self.idf[place])) * (1 + float(np.log(count)))

    def places_of_pairs(self, words: Sequence[str]) -> set[int]:
        """Return the places of the known pairs of a text."""
        texts = CountedTexts.of([list(words)])
        places = np.array([self.index.get(word, -1) for word in texts.words], np.int64)
        return set(self._pairs_in(texts, places)[1].tolist())

    def knows(self, word: str) -> bool:
        """Tell whether a word is a term, or a piece of it that is long enough to be told by."""
        if word in self.index or not self.pieces:
            return word in self.index
        return any(len(piece) > LONGEST_PIECE - 2 and piece in self.piece_index for piece in pieces_of(word))


def _pieces_in(texts: CountedTexts) -> tuple[list[str], Ids]:
    """Return the pieces of the words of texts, and how many texts hold each."""
    names, pieces = texts.pieces
    of_words = pieces.scipy()
    rows, held, _ = texts.by_word
    shape = len(texts), len(texts.words)
    of_texts = sparse.csr_matrix((np.ones(len(held)), (rows, held)), shape) @ of_words
    return names, np.bincount(of_texts.indices, minlength=len(names))
