"""Find the words of a test of word vectors among the most frequent words, whatever their case."""

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError


class WordLookup:
    """The first words of some vectors, by spelling.

    A word is looked up as it is written, as a spelling that the vectors tell, then as their tokenizer writes
    it. If case does not count, the first of several spellings is taken, the most frequent one, as in gensim.

    Parameters
    ----------
    vectors : WordVectors
    restrict_vocab : int
        How many words, the first ones, are there.
    is_case_sensitive : bool, default=False
        Whether "Turkey" and "turkey" are two words.

    Raises
    ------
    ConfigError
        If `restrict_vocab` is not positive, or the tokenizer of the vectors has folded all case already.
    """

    def __init__(self, vectors: WordVectors, restrict_vocab: int, *, is_case_sensitive: bool = False) -> None:
        if restrict_vocab < 1:
            raise ConfigError(f"restrict_vocab is {restrict_vocab}; expected at least one word")
        spec = vectors.tokenizer_spec
        if is_case_sensitive and spec is not None and spec.get("lowercase"):
            raise ConfigError(
                "upper and lower case are to be told apart, but these vectors were made of text in lower "
                "case; leave that out"
            )
        self.vectors = vectors
        self.n_words = min(restrict_vocab, len(vectors))
        self._fold = str if is_case_sensitive else str.casefold
        self._rows: dict[str, int] = {}
        for row, word in enumerate(vectors.words[: self.n_words]):
            self._rows.setdefault(self._fold(word), row)
        for word, spelling in vectors.spellings.items():
            if vectors.index[word] < self.n_words:
                self._rows.setdefault(self._fold(spelling), vectors.index[word])
        self._tokenizer = None if spec is None else vectors.tokenizer()

    def row_of(self, word: str) -> int:
        """Return the row of a word, -1 if it is unknown."""
        row = self._rows.get(self._fold(word))
        if row is None and self._tokenizer is not None:
            words = self._tokenizer.tokenize(word)
            row = self._rows.get(self._fold(words[0])) if len(words) == 1 else None
        return -1 if row is None else row

    def rows_of(self, words: list[str]) -> npt.NDArray[np.int64]:
        """Return the row of each word, -1 for unknown ones, int64 (n,)."""
        return np.array([self.row_of(word) for word in words], np.int64)

    @cached_property
    def first_spellings(self) -> npt.NDArray[np.int64]:
        """For each row, the row of the first spelling of its word, int64 (n_words,)."""
        words = self.vectors.words[: self.n_words]
        return np.array([self._rows[self._fold(word)] for word in words], np.int64)
