"""What pretraining has to beat, besides TF-IDF: the majority class, and the network without pretraining."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.judging.explanation import Contributions
from textransfer.sentiment.labels import class_shares, learn_classes
from textransfer.sentiment.sentences.texts import Texts, check_texts

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer


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

    def contributions(self, token_lists: list[list[str]]) -> list[Contributions]:
        """Return nothing for any word."""
        return [({}, self.shares_)] * len(token_lists)

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned: the shares."""
        self._check_fitted()
        return len(self.shares_)


def no_pretraining(
    config: ClassifierConfig,
    *,
    tokenizer: "Tokenizer | str | None" = None,
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
