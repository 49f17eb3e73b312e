"""Word vectors and the words themselves, put together where there are labels enough to learn words from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import NotFittedError
from textransfer.sentiment.calibration import CAUTION, log_loss
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.encoders import check_texts
from textransfer.sentiment.labels import learn_classes
from textransfer.sentiment.out_of_fold import out_of_fold, splits_of
from textransfer.sentiment.ratios import LogCountRatios

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

FEWEST_LABELS = 100
"""With fewer labels single words have not earned a vote; see docs/justified.md."""

Floats = npt.NDArray[np.float64]


class CombinedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A `SentimentClassifier` and `LogCountRatios` of words and pairs, weighed by cross-validation.

    p(class) is proportional to exp(a ln p_vectors + b ln p_words). The weights a and b are those with the
    least log loss on predictions for held-out folds of the labelled texts, held near 1 and 0. With fewer
    than 100 labels b is 0, and what remains is the classifier over vectors.

    Parameters
    ----------
    vectors : WordVectors
        Pretrained.
    tokenizer : Tokenizer, optional
        By default the one that made the vectors.
    config : ClassifierConfig, optional
        Settings of the network; it is calibrated here, with the weights.
    random_state : int, default=0
        Of the network.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
    weights_ : (float, float)
        a and b.
    """

    def __init__(
        self,
        vectors: WordVectors,
        *,
        tokenizer: "Tokenizer | None" = None,
        config: ClassifierConfig | None = None,
        random_state: int = 0,
    ) -> None:
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.config = config
        self.random_state = random_state

    def fit(self, texts: Sequence[str], labels: Sequence[Any]) -> Self:
        """Fit both, and weigh them."""
        listed = check_texts(texts)
        self.classes_, codes = learn_classes(listed, labels)
        options = {"tokenizer": self.tokenizer, "random_state": self.random_state, "calibrate": False}
        settings = {} if self.config is None else self.config.to_dict()
        self._network = SentimentClassifier(self.vectors, **{**settings, **options}).fit(listed, labels)
        self._words: LogCountRatios | None = None
        self.weights_ = (1.0, 0.0)
        splits = splits_of(codes)
        held = out_of_fold(self._network, listed, labels) if len(codes) >= FEWEST_LABELS else None
        if held is None:
            return self
        tokenizer = self._network.tokenizer_
        by_words = []
        for kept, others in splits:
            words = LogCountRatios(tokenizer).fit([listed[i] for i in kept], codes[kept].tolist())
            by_words.append(words.predict_proba([listed[i] for i in others]))
        self.weights_ = best_weights(held.probabilities, np.concatenate(by_words), codes[held.positions])
        self._words = LogCountRatios(tokenizer).fit(listed, labels)
        return self

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return the probability of each class, shape (n, C), columns as in `classes_`."""
        if not hasattr(self, "weights_"):
            raise NotFittedError("this CombinedClassifier is not fitted yet; call fit(texts, labels) first")
        found = self._network.predict_proba(texts)
        if self._words is None:
            return found
        return mixed(found, self._words.predict_proba(texts), self.weights_)

    def predict(self, texts: Sequence[str]) -> npt.NDArray[Any]:
        """Return the most probable class of each text, shape (n,)."""
        codes = self.predict_proba(texts).argmax(axis=1)
        return np.asarray(self.classes_[codes])

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned, the two weights included."""
        n = sum(parameter.numel() for parameter in self._network.network_.parameters())
        return n if self._words is None else n + self._words.n_parameters_ + 2


def mixed(by_vectors: Floats, by_words: Floats, weights: tuple[float, float]) -> Floats:
    """Return exp(a ln p + b ln q), summing to 1 over the classes, from p and q of shape (n, C)."""
    tiny = np.finfo(np.float64).tiny
    logits = weights[0] * np.log(np.maximum(by_vectors, tiny)) + weights[1] * np.log(
        np.maximum(by_words, tiny)
    )
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def best_weights(by_vectors: Floats, by_words: Floats, codes: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return the weights a > 0 and b >= 0 with the least log loss, held near 1 and 0.

    Parameters
    ----------
    by_vectors, by_words : ndarray, shape (n, C)
        Probabilities for texts that were not trained on.
    codes : ndarray of int64, shape (n,)
        The true classes.
    """

    def loss(point: Floats) -> float:
        a, b = float(np.exp(point[0])), float(point[1])
        held = CAUTION * (point[0] ** 2 + b**2) / len(codes)
        return float(log_loss(mixed(by_vectors, by_words, (a, b)), codes) + held)

    found = minimize(loss, [0.0, 0.1], method="L-BFGS-B", bounds=[(-3, 3), (0, 5)])
    return float(np.exp(found.x[0])), float(found.x[1])
