"""A classifier that a diagnosis needs besides the usual ones: no hidden layer."""

from dataclasses import replace
from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.sentences.texts import WordLists
from textransfer.text.tokenize import Tokenizer
from textransfer.transfer.comparing.arms import quiet

LINEAR_C = 3.0
"""C of scikit-learn's logistic regression on sentence vectors; see docs/design.md."""
MAX_ITERATIONS = 1000


class NoHiddenLayer:
    """Logistic regression on the sentence vectors that the classifier sees."""

    def __init__(self, vectors: WordVectors, tokenizer: Tokenizer, config: ClassifierConfig) -> None:
        settings = replace(config, fine_tune=False)  # all texts train, none is held out
        self._classifier = SentimentClassifier.from_config(settings, vectors, tokenizer=tokenizer)
        self._head = LogisticRegression(C=LINEAR_C, max_iter=MAX_ITERATIONS)

    def fit(self, texts: WordLists, labels: list[int]) -> Self:
        """Bring texts to vectors as the classifier does, and learn from them."""
        with quiet():
            fit = self._classifier.prepare_fit(texts, labels)
        if fit is None:
            raise ValueError("there is no text to train on")
        self._averaging = fit.averaging
        self._head.fit(fit.averaging.vectors(fit.bags), labels)
        return self

    def predict(self, texts: WordLists) -> npt.NDArray[np.int64]:
        """Return the class number of each text."""
        return np.asarray(self._head.predict(self._averaging.vectors(self._classifier.encode(texts))))

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned."""
        return int(self._head.coef_.size + self._head.intercept_.size)
