"""Words looked up as people type them: their vectors, their neighbours, how alike they are."""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.checks import check_range
from textransfer.embeddings.any_ngrams import AnyNgrams
from textransfer.embeddings.arrays import unit_rows
from textransfer.embeddings.moments import sif_weights
from textransfer.embeddings.word_index import WordIndex
from textransfer.errors import ConfigError, TextransferWarning, UnknownWordError
from textransfer.peer_names import refusing_peer_names

Vector = npt.NDArray[np.floating]
Query = str | Vector | Sequence[str | Vector]
"""Words or vectors to look for."""

_OURS = {
    "wv": "nothing: these are the vectors",
    "vectors": "matrix",
    "syn0": "matrix",
    "vectors_norm": "unit_matrix",
    "get_normed_vectors": "unit_matrix",
    "vocab": "index",
    "index2word": "words",
    "get_vector": "vectors[word]",
    "get_index": "index[word]",
    "has_index_for": "word in vectors",
    "similar_by_word": "most_similar",
    "similar_by_vector": "most_similar",
    "similar_by_key": "most_similar",
    "distance": "1 - similarity",
    "get_vecattr": "counts",
    "n_similarity": "SIFEncoder, for texts",
    "wmdistance": "SIFEncoder, for texts",
    "get_mean_vector": "SIFEncoder, for texts",
    "get_sentence_vector": "SIFEncoder, for texts",
    "get_word_vector": "vectors[word]",
    "get_nearest_neighbors": "most_similar",
    "evaluate_word_pairs": "textransfer.evaluate_vectors",
    "evaluate_word_analogies": "textransfer.evaluate_vectors",
    "save_word2vec_format": "save_word2vec",
    "load_word2vec_format": "WordVectors.load",
    "train": "textransfer.update_vectors",
}
"""What attributes of gensim and fastText are here."""


class WordLookup:
    """What is asked of word vectors by word."""

    words: list[str]
    index: Mapping[str, int]
    matrix: npt.NDArray[np.float32]
    counts: npt.NDArray[np.int64] | None
    n_tokens: int | None
    ngrams: AnyNgrams | None
    spellings: Mapping[str, str]

    @property
    def vector_size(self) -> int:
        """Dimensions of a word vector (D)."""
        return int(self.matrix.shape[1])

    @property
    def _lookup(self) -> WordIndex:
        """Return what finds the rows of words."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index or word in self._lookup

    def __getitem__(self, word: str | Sequence[str]) -> npt.NDArray[np.float32]:
        if not isinstance(word, str):
            vectors = [self[name] for name in _as_words(word)]
            return np.array(vectors, np.float32).reshape(len(vectors), self.vector_size)
        by_ngrams = self._by_ngrams([word])
        vector: npt.NDArray[np.float32] = (
            by_ngrams[word] if by_ngrams else self.matrix[self.rows_of([word])[0]]
        )
        return vector

    def get(self, word: str, default: Vector | None = None) -> Vector | None:
        """Return the vector of a word, shape (D,), or a default if nothing is known of it."""
        try:
            return self[word]
        except UnknownWordError:
            return default

    @property
    def key_to_index(self) -> Mapping[str, int]:
        """The row of each word, as gensim calls `index`."""
        return self.index

    @property
    def index_to_key(self) -> list[str]:
        """The words in order, as gensim calls `words`."""
        return self.words

    if not TYPE_CHECKING:  # a type checker would take every name for an attribute

        def __getattr__(self, name: str) -> NoReturn:
            ours = f"; here it is {_OURS[name]}" if name in _OURS else ""
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{ours}")

    @cached_property
    def unit_matrix(self) -> npt.NDArray[np.float32]:
        """The vectors at unit length, float32 (V, D); a zero vector stays zero. Computed once."""
        return unit_rows(self.matrix)

    def rows_of(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return the row of each word, int64 (n,); UnknownWordError (a KeyError) lists those without.

        What is no word of the vocabulary is taken for a spelling of one, else cut by the tokenizer.
        """
        pieces = self._lookup.pieces_of(words)
        if notes := list(filter(None, map(self._lookup.note_on, words))):
            raise UnknownWordError(f"{notes[0]}; expected single words: give them apart")
        return np.array([pieces[word][0] for word in words], dtype=np.int64)

    def spelling(self, word: str) -> str:
        """Return how people write a word of the vocabulary: とても, where a dictionary has 迚も."""
        return self.spellings.get(word, word)

    def _by_ngrams(self, words: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Return the vectors of those words that are unknown, but for their n-grams."""
        rowless = {} if self.ngrams is None else self._lookup.rowless(words)
        if self.ngrams is None or not rowless:
            return {}
        vectors, weights = self.ngrams.weighted(list(rowless.values()))
        rows = zip(rowless, vectors, weights, strict=True)
        return {word: vector for word, vector, weight in rows if weight}

    def _units_of(self, words: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return vectors of unit length, (n, D); of a word that is cut, its words' mean, as in a sentence."""
        by_ngrams = self._by_ngrams(words)
        pieces = self._lookup.pieces_of(word for word in words if word not in by_ngrams)
        weights = sif_weights(self.counts, len(self), self.n_tokens)
        for note in filter(None, map(self._lookup.note_on, pieces)):
            warnings.warn(f"{note}: their mean is taken", TextransferWarning, stacklevel=3)
        means = [
            by_ngrams[word] if word in by_ngrams else weights[pieces[word]] @ self.unit_matrix[pieces[word]]
            for word in words
        ]
        return unit_rows(np.array(means, dtype=np.float32).reshape(len(means), self.vector_size))

    @refusing_peer_names
    def most_similar(
        self,
        word: Query = (),
        *,
        positive: Query = (),
        negative: Query = (),
        n: int = 10,
    ) -> list[tuple[str, float]]:
        """Return the words nearest to a word, or to a sum of words less others, by cosine.

        Parameters
        ----------
        word, positive : str, ndarray of shape (D,), or sequence of them
            Words to be near to, each counted at unit length, or vectors, as long as they are.
        negative : str, ndarray of shape (D,), or sequence of them
            What to be far from.
        n : int, default=10
            How many neighbours; fewer come back from a smaller vocabulary.

        Returns
        -------
        list of (word, cosine), the nearest first, without the words of the query
            Words as people write them (`spelling`).

        Notes
        -----
        Words are looked up as `rows_of` does. One that the tokenizer cuts into several known words, such as a
        phrase, or a word into subwords, counts with the mean of these.
        """
        wanted = [*_as_terms(word), *_as_terms(positive)]
        terms = [*wanted, *_as_terms(negative)]
        if not terms:
            raise ConfigError("most_similar got no word; expected one, or positive=[...], negative=[...]")
        if complaints := check_range("n", n, 1, is_integer=True):
            raise ConfigError(complaints[0])
        words = [term for term in terms if isinstance(term, str)]
        units = iter(self._units_of(words))
        parts = [next(units) if isinstance(term, str) else self._checked(term) for term in terms]
        signs = np.array([1] * len(wanted) + [-1] * (len(terms) - len(wanted)), dtype=np.float32)
        by_ngrams = self._by_ngrams(words)
        known = [word for word in words if word not in by_ngrams]
        rows = [row for pieces in self._lookup.pieces_of(known).values() for row in pieces]
        return self._nearest(signs @ np.array(parts), np.unique(np.array(rows, dtype=np.int64)), n)

    def doesnt_match(self, words: Sequence[str]) -> str:
        """Return the word that is least like the others, by the cosine with the mean of all unit vectors.

        Raises
        ------
        ConfigError
            If there is no word, or a single string.
        """
        if isinstance(words, str) or not len(words):
            raise ConfigError(f"doesnt_match got {words!r:.60}; expected a list of words")
        units = self._units_of(_as_words(words))
        return words[int(np.argmin(units @ unit_rows(units.mean(axis=0, keepdims=True))[0]))]

    def similarity(self, first: str, second: str) -> float:
        """Return the cosine of two words' vectors, 0 if one of them is zero."""
        units = self._units_of([first, second])
        return float(units[0] @ units[1])

    def _nearest(
        self, query: npt.NDArray[np.float32], excluded: npt.NDArray[np.int64], n: int
    ) -> list[tuple[str, float]]:
        cosines = self.unit_matrix @ unit_rows(query[np.newaxis])[0]
        cosines[excluded] = -np.inf
        n_found = min(n, len(self) - len(excluded))
        if n_found == 0:
            return []
        nearest = np.argpartition(-cosines, n_found - 1)[:n_found]
        nearest = nearest[np.lexsort((nearest, -cosines[nearest]))]
        return [(self.spelling(self.words[row]), float(cosines[row])) for row in nearest]

    def _checked(self, vector: Vector) -> Vector:
        """Return a vector to look for; ConfigError if it has another shape, or a number is not finite."""
        if vector.shape != (self.vector_size,) or not np.isfinite(np.asarray(vector, np.float64)).all():
            raise ConfigError(
                f"a vector to look for has the shape {vector.shape}; expected ({self.vector_size},), "
                "with finite numbers"
            )
        return vector.astype(np.float32)


def _as_terms(query: object) -> list[str | Vector]:
    """Return the words and vectors of a query; the rows of an array are vectors."""
    if isinstance(query, np.ndarray) and query.dtype.kind == "f":
        return list(np.atleast_2d(query))
    listed = list(query) if isinstance(query, Iterable) and not isinstance(query, str) else [query]
    odd = [term for term in listed if not isinstance(term, str | np.ndarray)]
    if odd:
        raise ConfigError(f"a word is {odd[0]!r:.60}; expected a string, or a list of them")
    return [term if isinstance(term, np.ndarray) else str(term) for term in listed]


def _as_words(words: object) -> list[str]:
    terms = _as_terms(words)
    if not all(isinstance(term, str) for term in terms):
        raise ConfigError(f"got {words!r:.60}; expected words")
    return [str(term) for term in terms]
