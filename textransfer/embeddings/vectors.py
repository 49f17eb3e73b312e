"""Word vectors: words, counts and matrix, with look-up by word.

Only `WordVectors.to_torch` and `WordVectors.to_gensim` load torch and gensim.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.embeddings.any_ngrams import AnyNgrams
from textransfer.embeddings.arrays import (
    check_words,
    checked_total,
    frozen_counts,
    frozen_floats,
)
from textransfer.embeddings.contents import Contents
from textransfer.embeddings.moments import N_POLE_WORDS, DocumentMoments
from textransfer.embeddings.phrases import PhraseVectors
from textransfer.embeddings.word_index import WordIndex
from textransfer.embeddings.word_lookup import WordLookup
from textransfer.errors import ConfigError, FormatError
from textransfer.text.spelling import compose

if TYPE_CHECKING:
    import torch
    from gensim.models import KeyedVectors

    from textransfer.text.tokenize import Tokenizer

_N_DERIVED = 6
"""Results of a kind that `WordVectors.derived` keeps."""

Derived = TypeVar("Derived")


class WordVectors(WordLookup):
    """A vector for each word of a vocabulary, with what is needed to use and to save them.

    The object is a value: its arrays are read-only, and a copy of it (`copy.deepcopy`, scikit-learn's
    `clone`) is the object itself.

    Parameters
    ----------
    words : sequence of str, length V
        Each word once; by convention the most frequent first, words that joined later after them.
    matrix : array-like, shape (V, D)
        Row i is the vector of word i. Kept as float32, not copied if it is that already.
    counts : array-like of int, shape (V,), optional
        Occurrences of each word in the pretraining corpus.
    document_counts : array-like of int, shape (V,), optional
        Documents of the pretraining corpus that hold the word.
    n_tokens : int, optional
        Tokens of the corpus, those left out of the vocabulary included.
    n_documents : int, optional
        Documents of the corpus.
    out_matrix : array-like, shape (V, D), optional
        Vectors of the words as context; needed only to go on training.
    out_bias : array-like, shape (V,), optional
        Bias of each word as context (NCE).
    moments : DocumentMoments, optional
        Mean and covariance of the corpus's documents as sentence vectors.
    ngrams : AnyNgrams, optional
        Vectors of character n-grams, from which an unknown word has its vector, alone and in texts.
    phrases : PhraseVectors, optional
        Vectors of words, pairs and triples by the documents of the corpus that hold them.
    tokenizer_spec : mapping, optional
        What rebuilds the tokenizer that made the words.
    spellings : mapping of str to str, optional
        How people write those words that the tokenizer gives another form, such as that of a dictionary.
    metadata : mapping, optional
        Plain facts that JSON can hold; see `textransfer.embeddings.model_card` for the known ones.

    Raises
    ------
    ConfigError
        If a word occurs twice, shapes disagree, or a number is not finite or out of range.

    Examples
    --------
    >>> vectors = WordVectors(["good", "fine", "bad"], [[1, 0], [1, 0.1], [-1, 0]])
    >>> "good" in vectors, len(vectors), vectors.vector_size
    (True, 3, 2)
    >>> vectors.most_similar("good", n=1)[0][0]
    'fine'
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: npt.ArrayLike,
        *,
        counts: npt.ArrayLike | None = None,
        document_counts: npt.ArrayLike | None = None,
        n_tokens: int | None = None,
        n_documents: int | None = None,
        out_matrix: npt.ArrayLike | None = None,
        out_bias: npt.ArrayLike | None = None,
        moments: DocumentMoments | None = None,
        ngrams: AnyNgrams | None = None,
        phrases: PhraseVectors | None = None,
        tokenizer_spec: Mapping[str, Any] | None = None,
        spellings: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.words = check_words(words)
        n_words = len(self.words)
        self.index = dict(zip(self.words, range(n_words), strict=True))
        self.matrix = frozen_floats("matrix", matrix, (n_words, None))
        self.counts = frozen_counts("counts", counts, n_words)
        self.document_counts = frozen_counts("document_counts", document_counts, n_words)
        self.n_tokens = checked_total("n_tokens", n_tokens)
        self.n_documents = checked_total("n_documents", n_documents)
        size = (n_words, self.vector_size)
        self.out_matrix = None if out_matrix is None else frozen_floats("out_matrix", out_matrix, size)
        self.out_bias = None if out_bias is None else frozen_floats("out_bias", out_bias, (n_words,))
        self.moments = None if moments is None else moments.checked(self.vector_size)
        self.ngrams = None if ngrams is None else ngrams.checked(self.vector_size)
        self.phrases = None if phrases is None else phrases.checked(n_words)
        self.tokenizer_spec = None if tokenizer_spec is None else dict(tokenizer_spec)
        written = {word: str(way) for word, way in (spellings or {}).items() if word in self.index}
        self.spellings = compose(self.words) | written
        self.metadata = dict(metadata or {})
        self._derived: dict[tuple[Hashable, ...], Any] = {}

    def __repr__(self) -> str:
        return f"<WordVectors: {len(self):,} words, {self.vector_size} dimensions>"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __getstate__(self) -> dict[str, Any]:
        # What can be rebuilt stays behind: unit rows for their size, tokenizers because of their libraries.
        return {name: value for name, value in self.__dict__.items() if name not in _REBUILT}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _derived={})
        for value in state.values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def derived(
        self, key: tuple[Hashable, ...], make: Callable[[], Derived], *, n_kept: int = _N_DERIVED
    ) -> Derived:
        """Return what `make` makes of the vectors; of a kind, the key's first, the last results are kept."""
        results = self._derived
        if key in results:
            kept: Derived = results[key]
            return kept
        made = make()
        alike = [other for other in results if other[0] == key[0]]
        left = {other for other in alike[: max(len(alike) + 1 - n_kept, 0)]}
        latest = {other: result for other, result in results.items() if other not in left}
        self._derived = {**latest, key: made}  # in one step: other threads may read
        return made

    @cached_property
    def _lookup(self) -> WordIndex:
        tokenize = None if self.tokenizer_spec is None else lambda text: self._tokenizer.tokenize(text)
        return WordIndex(self.words, self.index, self.spellings, tokenize)

    def poles(self, n: int = N_POLE_WORDS) -> list[tuple[list[str], list[str]]]:
        """Return, for each direction of `DocumentMoments.polar`, the n words at each of its two ends.

        Words are given as people write them (`spelling`).
        """
        words = [self.spelling(word) for word in self.words] if self.spellings else self.words
        return [] if self.moments is None else self.moments.pole_words(words, self.matrix, n)

    def tokenizer(self) -> "Tokenizer":
        """Return the tokenizer that made the words; if another program wrote them, one that suits the words.

        That one is told by their script, case and marked negations, and a warning says so once. ConfigError
        if it cannot be told; see `textransfer.text.guessing.guess_tokenizer`.
        """
        return self._tokenizer if self.tokenizer_spec is not None else self._guessed_tokenizer

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from textransfer.text.tokenize import tokenizer_from_spec

        return tokenizer_from_spec(self.tokenizer_spec or {})

    @cached_property
    def _guessed_tokenizer(self) -> "Tokenizer":
        from textransfer.text.guessing import tokenizer_of_words

        return tokenizer_of_words(self.words)

    def contents(self) -> Contents:
        """Return what is saved of the vectors, as plain values."""
        return Contents(**{field.name: getattr(self, field.name) for field in fields(Contents)})

    def save(self, path: str | Path, *, force: bool = False, model_card: str | None = None) -> Path:
        """Write an embeddings folder, whole or not at all.

        Parameters
        ----------
        path : str or Path
        force : bool, default=False
            Replace an older one.
        model_card : str, optional
            Text of its README.md; by default the one of `textransfer.embeddings.model_card`.

        """
        from textransfer.embeddings.formats import folder

        return folder.save(self.contents(), Path(path), force=force, model_card=model_card)

    @classmethod
    def load(cls, path: str | Path) -> "WordVectors":
        """Read an embeddings folder, or a word2vec, fastText (.vec) or GloVe file, compressed or not.

        Raises
        ------
        FormatError
            If the file is none of these, truncated, of a newer version, or contradicts itself.
        """
        from textransfer.embeddings import formats

        contents = formats.load(Path(path))
        try:
            return cls(**vars(contents))
        except ConfigError as error:
            raise FormatError(
                f"the contents of {path} do not fit together: {error}; restore it or make it anew"
            ) from error

    def save_word2vec(self, path: str | Path, *, binary: bool, force: bool = False) -> Path:
        """Write the words and vectors in a format of word2vec, which most other programs read.

        Words after an English negation stand there as ``not_good``, as `tokenizer` makes them of a text.
        Binary is float32 as it is, text has 9 significant digits: both read back to the bit. A path that ends
        in .gz, .bz2, .xz or .zst is compressed.

        Raises
        ------
        ConfigError
            If a word holds a space or a line break, which the format cannot express.
        """
        from textransfer.embeddings.formats import word2vec

        return word2vec.save(self.contents(), Path(path), binary=binary, force=force)

    def to_gensim(self) -> "KeyedVectors":
        """Return the words, vectors and counts as gensim's KeyedVectors."""
        from textransfer.embeddings.keyed import to_keyed

        return to_keyed(self.contents())

    @classmethod
    def from_gensim(cls, keyed: "KeyedVectors") -> Self:
        """Take words, vectors and counts out of gensim's KeyedVectors.

        gensim counts V, V-1, ..., 1 where a file told it no counts; such counts are left out. So are, with a
        warning, rows without a word and those with a number that is not finite, as from a file.
        """
        from textransfer.embeddings.keyed import from_keyed

        return cls(**vars(from_keyed(keyed)))

    def to_torch(self, *, freeze: bool = True) -> "torch.nn.Embedding":
        """Return a copy of the matrix as a torch embedding, kept out of training if frozen."""
        import torch

        table = torch.nn.Embedding(len(self), self.vector_size, _weight=torch.from_numpy(self.matrix.copy()))
        table.weight.requires_grad_(not freeze)
        return table


_REBUILT = ("unit_matrix", "_tokenizer", "_guessed_tokenizer", "_lookup", "_derived")
