"""What a text holds besides a mean of vectors: its words, pairs of neighbours, and pieces of words."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.embeddings.phrases import PhraseIndex, places_in
from textransfer.embeddings.sparse_rows import SparseRows, ends_of_rows
from textransfer.extras import is_installed
from textransfer.sentiment.counted import LONGEST_PIECE, CountedTexts, Ids, pieces_of

if TYPE_CHECKING:
    from scipy import sparse

    from textransfer.embeddings.phrase_sums import PhraseTable

MANY_TEXTS = 1000
"""From so many labelled texts on, what only one of them holds is left out: it fills memory, tells little."""
PIECES_LENGTH = 2.0
"""Length of the pieces of a word together, where the word itself has length 1; see docs/design.md."""
FEWEST_WORDS = 1 << 15
"""With fewer in the texts, loading the compiled loops takes longer than they save."""
MOST_WORDS_WITH_PIECES = 64
"""Longer texts, by distinct words, hold enough whole words: pieces bring nothing there, and cost most."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Terms:
    """Words, pairs and pieces of some labelled texts, and how much each counts.

    A text is its words, each idf (1 + ln of its occurrences), and its pairs, each idf, divided by the length
    of all its words and pairs; of pairs that are no terms from 1,000 labelled texts on. Each word brings its
    pieces: their idf, at a length of `PIECES_LENGTH` times that of the word.
    """

    words: list[str]
    """W of them, sorted."""
    pairs: Ids
    """Places of two words that follow each other, in ascending order, shape (P, 2)."""
    pieces: list[str]
    """Of words, with ``<`` and ``>`` at their ends, G of them; none where texts are long."""
    idf: Floats
    """ln((1 + n) / (1 + texts with it)) + 1 of each word, pair and piece, shape (W + P + G + T,)."""
    rarest: float
    """The same of what no labelled text has."""
    triples: Ids = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    """Places of a pair and of the word after it, in ascending order, shape (T, 2), for `held` and `sums`."""
    index: dict[str, int] = field(init=False)
    """Place of each word."""
    piece_index: dict[str, int] = field(init=False)
    """Place of each piece, counted from the first word on."""
    pair_keys: Ids = field(init=False)
    """W left + right of the pairs."""
    triple_keys: Ids = field(init=False)
    """W pair + last of the triples."""

    def __post_init__(self) -> None:
        index = {word: place for place, word in enumerate(self.words)}
        first = len(self.words) + len(self.pairs)
        piece_index = {piece: place + first for place, piece in enumerate(self.pieces)}
        if len(index) != len(self.words) or len(piece_index) != len(self.pieces):
            raise ValueError("a word, or a piece of words, occurs twice")
        n = first + len(self.pieces) + len(self.triples)
        if self.idf.shape != (n,):
            raise ValueError(f"there are {n} terms, but idf has {len(self.idf)}")
        keys = self._keys("pair", self.pairs, len(self.words))
        triple_keys = self._keys("triple", self.triples, len(self.pairs))
        derived = {"index": index, "piece_index": piece_index, "pair_keys": keys, "triple_keys": triple_keys}
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def _keys(self, kind: str, phrases: Ids, n_firsts: int) -> Ids:
        """Return a number of each pair or triple; ValueError if they do not rise, or name what is none."""
        keys = phrases[:, 0] * len(self.words) + phrases[:, 1]
        if (
            (np.diff(keys) <= 0).any()
            or (phrases < 0).any()
            or (phrases >= (n_firsts, len(self.words))).any()
        ):
            raise ValueError(f"a {kind} of words occurs twice, is out of order, or has a part that is none")
        return keys

    @classmethod
    def of(
        cls,
        texts: CountedTexts,
        fewest: int | None = None,
        *,
        has_pieces: bool = True,
        has_triples: bool = False,
    ) -> "Terms":
        """Learn the terms of texts that `fewest` of them hold; by default all, or those of two of many."""
        n = len(texts)
        fewest = fewest or (2 if n >= MANY_TEXTS else 1)
        n_with_word = np.bincount(texts.counts.columns, minlength=len(texts.words))
        kept = np.array(sorted(np.flatnonzero(n_with_word >= fewest), key=texts.words.__getitem__), np.int64)
        places = np.full(len(texts.words), -1)
        places[kept] = np.arange(len(kept))
        every_pair, pairs_held = texts.pairs
        n_with_pair = np.bincount(pairs_held.columns, minlength=len(every_pair))
        left, right = places[np.stack(np.divmod(every_pair, max(len(places), 1)))]
        is_kept = (n_with_pair >= fewest) & (left >= 0) & (right >= 0)
        keys, n_with_pair = (left * len(kept) + right)[is_kept], n_with_pair[is_kept]
        rising = np.argsort(keys)
        keys, n_with_pair = keys[rising], n_with_pair[rising]
        triples, n_with_triple = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        if has_triples:
            pair_places = np.full(len(every_pair), -1)
            pair_places[np.flatnonzero(is_kept)[rising]] = np.arange(len(rising))
            triples, n_with_triple = _triples_of(texts, fewest, pair_places, places)
        pieces: list[str] = []
        n_with_piece = np.zeros(0, np.int64)
        if has_pieces and not are_long(texts):
            every, counts = _pieces_in(texts)
            order = sorted(np.flatnonzero(counts >= fewest), key=every.__getitem__)
            pieces, n_with_piece = [every[place] for place in order], counts[order]
        counts = np.concatenate([n_with_word[kept], n_with_pair, n_with_piece, n_with_triple])
        return cls(
            [texts.words[place] for place in kept],
            np.stack(np.divmod(keys, max(len(kept), 1)), axis=1),
            pieces,
            np.log((1 + n) / (1 + counts)) + 1,
            float(np.log(1 + n)) + 1,
            triples,
        )

    def __len__(self) -> int:
        return len(self.idf)

    def encode(self, texts: CountedTexts) -> "sparse.csr_matrix":
        """Return texts by their terms, shape (n, W + P + G)."""
        from scipy import sparse  # heavy, and for fits alone

        places = self.places_of(texts)
        idf = self._idf_at(places)
        pairs, held = self._pairs_in(texts, places)
        lengths = self._lengths(texts, idf, pairs, held)
        by_word = texts.logs[0].scipy() @ sparse.diags_array(idf) @ self._of_words(texts, places).scipy()
        at = np.arange(len(pairs)), pairs
        by_pair = held.scipy() @ sparse.csr_matrix((self.idf[pairs], at), (len(pairs), len(self)))
        return sparse.csr_matrix(sparse.diags_array(1 / lengths) @ (by_word + by_pair))

    def scores(self, texts: CountedTexts, weights: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return `encode` times weights, (W + P + G, C), and which texts have a term, without that matrix."""
        places = self.places_of(texts)
        idf = self._idf_at(places)
        pairs, held = self._pairs_in(texts, places)
        of_words = self._of_words(texts, places)
        own = np.column_stack([(of_words @ weights) * idf[:, None], np.diff(of_words.offsets) > 0])
        by_word = texts.logs[0] @ own
        scores = by_word[:, :-1] + held @ (weights[pairs] * self.idf[pairs, None])
        return scores / self._lengths(texts, idf, pairs, held)[:, None], by_word[:, -1] > 0

    def sums(self, texts: CountedTexts, numbers: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return `held` times numbers, (W + P + G + T, K), and which texts have a word.

        Without that matrix; of much text by compiled loops, which give the same.
        """
        places = self.places_of(texts)
        is_known = np.bincount(texts.documents, places[texts.ids] >= 0, minlength=len(texts)) > 0
        if len(texts.ids) >= FEWEST_WORDS and not self.pieces and is_installed("numba"):
            sums, _ = self._table.sums(numbers, places[texts.ids], texts.offsets)
            return np.asarray(sums, np.float64), is_known
        pairs, held = self._pairs_in(texts, places)
        known = np.flatnonzero(places >= 0)
        own = np.zeros((len(places), numbers.shape[1]))
        own[known] = numbers[places[known]]
        sums = texts.held @ own + held @ numbers[pairs]
        if len(self.triples):
            triples, held = self._triples_in(texts, places)
            sums += held @ numbers[triples]
        return sums, is_known

    @cached_property
    def _table(self) -> "PhraseTable":
        from textransfer.embeddings.phrase_sums import PhraseTable  # compiled, which takes a while to load

        n_words = len(self.words)
        prefixes = np.concatenate([self.pairs[:, 0], n_words + self.triples[:, 0]]).astype(np.int32)
        lasts = np.concatenate([self.pairs[:, 1], self.triples[:, 1]]).astype(np.int32)
        return PhraseTable.of(PhraseIndex(n_words, prefixes, lasts))

    def held(self, texts: CountedTexts) -> "sparse.csr_matrix":
        """Return which words, pairs and triples texts hold, ones in shape (n, W + P + G + T)."""
        from scipy import sparse  # heavy, and for fits alone

        places = self.places_of(texts)
        known = np.flatnonzero(places >= 0)
        pairs, held = self._pairs_in(texts, places)
        parts, columns = [texts.held.of_columns(known), held], [places[known], pairs]
        if len(self.triples):
            triples, held = self._triples_in(texts, places)
            parts, columns = [*parts, held], [*columns, triples]
        side_by_side = sparse.hstack([part.scipy() for part in parts], "csr")
        at = np.concatenate(columns)[side_by_side.indices]
        whole = sparse.csr_matrix((side_by_side.data, at, side_by_side.indptr), (len(texts), len(self)))
        whole.sort_indices()
        return whole

    def places_of(self, texts: CountedTexts) -> Ids:
        """Return the place of each word of texts, -1 where it is none, shape (V,)."""
        return texts.places_in(self.index)

    def _lengths(self, texts: CountedTexts, idf: Floats, pairs: Ids, held: SparseRows) -> Floats:
        """Return the lengths of texts, (n,), whose words count `idf`; 1 for those without words.

        Of many labelled texts, a pair that is none counts like one that no text has, as a word does. With few
        labels nearly all pairs of a new text are none, and would drown the words that say something.
        """
        squares = (texts.logs[1] @ idf[:, None] ** 2 + held @ self.idf[pairs, None] ** 2)[:, 0]
        if self.rarest_pair:
            squares += self.rarest_pair**2 * (np.diff(texts.pairs[1].offsets) - np.diff(held.offsets))
        return np.where(squares > 0, np.sqrt(squares), 1.0)

    @property
    def rarest_pair(self) -> float:
        """What a pair that is none counts in the length of a text; nothing with few labels."""
        return self.rarest if self.rarest >= np.log(1 + MANY_TEXTS) + 1 else 0.0

    def _of_words(self, texts: CountedTexts, places: Ids) -> SparseRows:
        """Return what each word of texts is, at a size of 1, by itself and by its pieces, shape (V, F)."""
        has_word = places >= 0
        rows, columns, parts = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        if self.pieces and texts.words:
            names, pieces = texts.pieces
            at = np.array([self.piece_index.get(piece, -1) for piece in names], np.int64)
            idf = self._idf_at(at)
            lengths = np.sqrt(pieces @ idf[:, None] ** 2)[:, 0]
            is_known = at[pieces.columns] >= 0
            rows = np.repeat(np.arange(len(lengths)), np.diff(pieces.offsets))[is_known]
            columns = at[pieces.columns[is_known]]
            parts = PIECES_LENGTH * self.idf[columns] / lengths[rows]
        offsets = np.concatenate([[0], np.cumsum(has_word + np.bincount(rows, minlength=len(places)))])
        is_word = np.zeros(offsets[-1], bool)
        is_word[offsets[:-1][has_word]] = True  # before its pieces
        values, all_columns = np.ones(len(is_word)), np.empty(len(is_word), np.int32)
        values[~is_word], all_columns[~is_word], all_columns[is_word] = parts, columns, places[has_word]
        return SparseRows(values, all_columns, ends_of_rows(offsets), len(self))

    def _idf_at(self, places: Ids) -> Floats:
        idf, is_known = np.full(len(places), self.rarest), places >= 0
        idf[is_known] = self.idf[places[is_known]]
        return idf

    def _pairs_in(self, texts: CountedTexts, places: Ids) -> tuple[Ids, SparseRows]:
        """Return the places of the pairs that any text has, K of them, and which text has which, (n, K)."""
        every, held = texts.pairs
        if len(every) < len(self.pairs):  # a few texts look theirs up, many are asked for the known ones
            left, right = places[np.stack(np.divmod(every, max(len(places), 1)))]
            keys = np.where((left >= 0) & (right >= 0), left * len(self.words) + right, -1)
            pairs = places_in(self.pair_keys, keys)
            at = np.flatnonzero(pairs >= 0)
            at = at[np.argsort(pairs[at])]
            return pairs[at] + len(self.words), held.of_columns(at)
        known = np.flatnonzero(places >= 0)
        words = np.full(len(self.words), -1)
        words[places[known]] = known
        left, right = words[self.pairs.T]
        at = places_in(every, left * len(places) + right)
        pairs = np.flatnonzero((left >= 0) & (right >= 0) & (at >= 0))
        return pairs + len(self.words), held.of_columns(at[pairs])

    def _triples_in(self, texts: CountedTexts, places: Ids) -> tuple[Ids, SparseRows]:
        """Return what `_pairs_in` does, of triples."""
        every, held = texts.triples
        left, right = places[np.stack(np.divmod(texts.pairs[0], max(len(places), 1)))]
        keys = np.where((left >= 0) & (right >= 0), left * len(self.words) + right, -1)
        pairs = places_in(self.pair_keys, keys)
        pair_of, last_of = np.divmod(every, max(len(places), 1))
        left, right = pairs[pair_of], places[last_of]
        keys = np.where((left >= 0) & (right >= 0), left * len(self.words) + right, -1)
        triples = places_in(self.triple_keys, keys)
        at = np.flatnonzero(triples >= 0)
        at = at[np.argsort(triples[at])]
        return triples[at] + len(self) - len(self.triples), held.of_columns(at)

    def knows(self, word: str) -> bool:
        """Tell whether a word is a term, or a piece of it that is long enough to be told by."""
        if word in self.index or not self.pieces:
            return word in self.index
        return any(_is_telling(piece) and piece in self.piece_index for piece in pieces_of(word))

    def knows_each(self, texts: CountedTexts) -> npt.NDArray[np.bool_]:
        """Return what `knows` says of each word of texts, shape (V,)."""
        is_known = self.places_of(texts) >= 0
        if not self.pieces:
            return is_known
        names, of_words = texts.pieces
        is_telling = [_is_telling(piece) and piece in self.piece_index for piece in names]
        return np.asarray(is_known | (of_words @ np.array(is_telling, np.float64)[:, None] > 0)[:, 0])


def are_long(texts: CountedTexts) -> bool:
    """Tell whether texts have more than 64 distinct words on average."""
    return len(texts.counts.columns) > MOST_WORDS_WITH_PIECES * len(texts)


def _is_telling(piece: str) -> bool:
    return len(piece) > LONGEST_PIECE - 2


def _triples_of(texts: CountedTexts, fewest: int, pairs: Ids, words: Ids) -> tuple[Ids, Ids]:
    """Return triples that so many texts hold, and how many do.

    Of the places, or -1, of pairs and words of the texts among those kept.
    """
    every, held = texts.triples
    counts = np.bincount(held.columns, minlength=len(every))
    frequent = np.flatnonzero(counts >= fewest)
    first, last = np.divmod(every[frequent], max(len(words), 1))
    triples = np.stack([pairs[first], words[last]], axis=1)
    is_kept = (triples >= 0).all(axis=1)
    triples, counts = triples[is_kept], counts[frequent[is_kept]]
    rising = np.lexsort(triples.T[::-1])
    return triples[rising], counts[rising]


def _pieces_in(texts: CountedTexts) -> tuple[list[str], Ids]:
    """Return the pieces of the words of texts, and how many texts hold each."""
    names, of_words = texts.pieces
    of_texts = texts.held.scipy() @ of_words.scipy()
    return names, np.bincount(of_texts.indices, minlength=len(names))
