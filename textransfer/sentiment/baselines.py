"""What pretraining has to beat: majority class, TF-IDF, the same network without pretraining."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from textransfer.config import ClassifierConfig
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.labels import class_shares, learn_classes
from textransfer.sentiment.sentences.texts import Texts, check_texts, tokenizer_for, words_of

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

TFIDF_C = 10.0
"""Inverse strength of the penalty; TF-IDF vectors of few texts are nearly orthogonal: little is wanted."""
MAX_ITERATIONS = 1000


class MajorityBaseline(TextClassifier):
    """Always the most frequent class; of several, the first in sorted order.

    `shares_`, shape (C,), are the shares of the classes in the labels: the probabilities of any text.
    """

    def fit(self, texts: Texts, labels: Sequence[Any]) -> Self:
        """Count the labels."""
        self.classes_, codes = learn_classes(check_texts(texts), labels)
        self.shares_ = class_shares(codes, len(self.classes_))
        return self

    def predict_proba(self, texts: Texts) -> npt.NDArray[np.float64]:
        """Return the shares of the classes for each text, shape (n, C)."""
        self._check_fitted()
        return np.tile(self.shares_, (len(check_texts(texts)), 1))

    def known_shares(self, texts: Texts) -> npt.NDArray[np.float64]:
        """Return zeros, shape (n,): it knows no words."""
        return np.zeros(len(check_texts(texts)))

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned: the shares."""
        self._check_fitted()
        return len(self.shares_)


class TfidfBaseline(TextClassifier):
    """TF-IDF of the words, then logistic regression.

    Parameters
    ----------
    tokenizer : Tokenizer, optional
        What splits texts into words; by default one that suits the script of the labelled texts.
    c : float, default=10.0
        C of scikit-learn's logistic regression.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
    tokenizer_ : Tokenizer
    """

    def __init__(self, tokenizer: "Tokenizer | None" = None, c: float = TFIDF_C) -> None:
        self.tokenizer = tokenizer
        self.c = c

    def fit(self, texts: Texts, labels: Sequence[Any]) -> Self:
        """Learn words and weights from labelled texts; if none has a word, the shares of the classes."""
        listed = check_texts(texts)
        self.classes_, codes = learn_classes(listed, labels)
        self.tokenizer_ = tokenizer_for(self.tokenizer, None, listed)
        token_lists = words_of(self.tokenizer_, listed)
        self._majority = MajorityBaseline().fit(listed, labels)
        self._words: TfidfVectorizer | None = None
        if any(token_lists):
            self._words = TfidfVectorizer(analyzer=_as_is, sublinear_tf=True)
            features = self._words.fit_transform(token_lists)
            self._regression = LogisticRegression(C=self.c, max_iter=MAX_ITERATIONS).fit(features, codes)
        return self

    def predict_proba(self, texts: Texts) -> npt.NDArray[np.float64]:
        """Return the probability of each class, shape (n, C), columns as in `classes_`.

        A text without a known word gets the shares of the classes in the labels.
        """
        self._check_fitted()
        listed = check_texts(texts)
        if self._words is None or not listed:
            return self._majority.predict_proba(listed)
        features = self._words.transform(words_of(self.tokenizer_, listed))
        p = np.asarray(self._regression.predict_proba(features))
        p[np.diff(features.indptr) == 0] = self._majority.shares_
        return p

    def known_shares(self, texts: Texts) -> npt.NDArray[np.float64]:
        """Return the share of each text's words that are known, shape (n,); 0 where nothing is known."""
        self._check_fitted()
        listed = check_texts(texts)
        index = {} if self._words is None else self._words.vocabulary_
        token_lists = words_of(self.tokenizer_, listed)
        n_known = [sum(word in index for word in words) for words in token_lists]
        return np.array(n_known, np.float64) / np.maximum([*map(len, token_lists)], 1)

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned: coefficients and intercepts of the regression."""
        self._check_fitted()
        if self._words is None:
            return self._majority.n_parameters_
        return int(self._regression.coef_.size + self._regression.intercept_.size)


def no_pretraining(
    config: ClassifierConfig,
    *,
    tokenizer: "Tokenizer | None" = None,
    vector_size: int | None = None,
    random_state: int = 0,
) -> SentimentClassifier:
    """Return the same classifier over random word vectors that are trained end to end.

    Settings, tokenizer and dimensions are those of the pretrained arm, but for the rate of the word vectors:
    the default rate of random ones is taken.
    """
    settings = {**config.to_dict(), "fine_tune": True, "vector_learning_rate": None}
    return SentimentClassifier(
        None, tokenizer=tokenizer, vector_size=vector_size, random_state=random_state, **settings
    )


def _as_is(words: list[str]) -> list[str]:
    """Stand in for the analyser of `TfidfVectorizer`: the texts are split already."""
    return words
