"""Sentence vectors as scikit-learn's transformers: texts in, an array or a table out."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.metadata_routing import UNUSED

from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_vectors
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.encoders import plain_averaging, sif_averaging, standard_averaging
from textransfer.sentiment.sentences.lookup import bags_of
from textransfer.sentiment.sentences.stretching import COMPONENT_POWER
from textransfer.sentiment.sentences.texts import Texts, check_texts, tokenizer_for

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer


class _Encoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Turns texts into vectors by word vectors alone; nothing is learned from the texts."""

    # Texts are what scikit-learn calls X, and no metadata.
    __metadata_request__fit: ClassVar = {"texts": UNUSED}
    __metadata_request__transform: ClassVar = {"texts": UNUSED}

    vectors: VectorsLike
    tokenizer: "Tokenizer | str | None"

    def averaging(self) -> Averaging:
        """Return what turns words into a vector."""
        raise NotImplementedError

    def _word_vectors(self) -> WordVectors:
        """Return the vectors; those of a file, or of gensim, are taken once."""
        if isinstance(self.vectors, WordVectors):
            return self.vectors
        source, taken = getattr(self, "_taken", (None, None))
        if not isinstance(taken, WordVectors) or source is not self.vectors:
            taken = as_vectors(self.vectors)
            self._taken = self.vectors, taken
        return taken

    def fit(self, texts: object = None, y: object = None) -> Self:
        """Do nothing: the encoder is determined by its word vectors."""
        return self

    def bags(self, texts: Texts) -> Bags:
        """Return the known words of each text with their shares in its mean."""
        listed = check_texts(texts)
        return bags_of(self.averaging(), tokenizer_for(self.tokenizer, self._word_vectors(), listed), listed)

    def transform(self, texts: Texts) -> npt.NDArray[np.float32]:
        """Return the sentence vectors, float32 (n, D); zeros for a text without a known word.

        Texts are strings or lists of words, also as a column or a table of one column. After
        `set_output(transform="pandas")` the result is a table, whose columns `get_feature_names_out` names.
        """
        bags = self.bags(texts)
        self.n_empty_ = bags.n_empty
        return self.averaging().vectors(bags)

    @property
    def _n_features_out(self) -> int:
        return self._word_vectors().vector_size

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - a type of scikit-learn
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.requires_fit = False
        return tags


class MeanEncoder(_Encoder):
    """Sentence vectors as the mean of the vectors of all known words, each as often as it occurs.

    Parameters
    ----------
    vectors : WordVectors, path, or gensim's KeyedVectors
        The word vectors; nothing is learned from the texts.
    tokenizer : Tokenizer or {"words", "spaces", "japanese"}, optional
        By default the one that made the vectors.
    standardize : bool, default=True
        Take the mean of the corpus off, and bring vectors to the length sqrt(D), so that each coordinate has
        a variance of about 1. The plain means of False have a large component in common, which hides
        from penalised models what they differ by: scale them before a `LogisticRegression`.

    Attributes
    ----------
    n_empty_ : int
        Texts of the last `transform` that had no known word.

    Examples
    --------
    >>> from textransfer import MeanEncoder, WordVectors
    >>> vectors = WordVectors(["good", "bad"], [[1, 0.5], [-1, 0.5]])
    >>> MeanEncoder(vectors, "words", standardize=False).transform(["good", "good and bad"]).tolist()
    [[1.0, 0.5], [0.0, 0.5]]
    """

    def __init__(
        self,
        vectors: VectorsLike,
        tokenizer: "Tokenizer | str | None" = None,
        *,
        standardize: bool = True,
    ) -> None:
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.standardize = standardize

    def averaging(self) -> Averaging:
        """Return what turns words into a vector."""
        return (standard_averaging if self.standardize else plain_averaging)(self._word_vectors())


class SIFEncoder(_Encoder):
    """Sentence vectors as the weighted, centred mean of unit word vectors; see `sif_averaging`.

    Parameters
    ----------
    vectors : WordVectors, path, or gensim's KeyedVectors
        Best with their counts; nothing is learned from the texts.
    smoothing : float, optional
        Words that are much more frequent than this count less; a probability, in (0, 1]. By default so that
        a word of the corpus counts one half on average.
    component_power : float, default=0.5
        Power of the variance of each principal component of the corpus by which it is multiplied.
    tokenizer : Tokenizer or {"words", "spaces", "japanese"}, optional
        By default the one that made the vectors.

    Attributes
    ----------
    n_empty_ : int
        Texts of the last `transform` that had no known word.

    Examples
    --------
    >>> from textransfer import SIFEncoder, SkipGram
    >>> reviews = ["a warm and funny film", "a dull and lifeless film", "warm, funny, a delight"]
    >>> encoder = SIFEncoder(SkipGram(vector_size=8, epochs=5).fit(reviews).vectors_)
    >>> encoder.fit_transform(reviews).shape, encoder.get_feature_names_out()[0]
    ((3, 8), 'sifencoder0')
    """

    def __init__(
        self,
        vectors: VectorsLike,
        smoothing: float | None = None,
        component_power: float = COMPONENT_POWER,
        tokenizer: "Tokenizer | str | None" = None,
    ) -> None:
        self.vectors = vectors
        self.smoothing = smoothing
        self.component_power = component_power
        self.tokenizer = tokenizer

    def averaging(self) -> Averaging:
        """Return what turns words into a vector."""
        return sif_averaging(self._word_vectors(), self.smoothing, self.component_power)
