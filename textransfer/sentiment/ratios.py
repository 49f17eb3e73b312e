"""Words and pairs of words, each weighed by how much more often one class holds it than the others."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from textransfer.sentiment.baselines import Baseline
from textransfer.sentiment.encoders import check_texts
from textransfer.sentiment.labels import learn_classes

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

SMOOTHING = 1.0
"""Added to every count (the paper's alpha)."""
PENALTY_C = 1.0
MAX_ITERATIONS = 1000
MANY_TEXTS = 1000
"""From so many labelled texts on, what only one of them holds is left out: it fills memory, tells little."""

Floats = npt.NDArray[np.float64]


class LogCountRatios(Baseline):
    """Logistic regression on words and pairs of neighbours, scaled by their smoothed log-count ratios.

    For each class against the others, a feature f that n of its texts hold has the ratio
    r = ln((1 + n) / |1 + n|) - ln((1 + m) / |1 + m|), with m texts of the others and sums over features;
    a text is r where it holds the feature and 0 elsewhere.

    Parameters
    ----------
    tokenizer : Tokenizer
        What splits texts into words.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)

    References
    ----------
    Wang, Manning (2012), Baselines and bigrams: simple, good sentiment and topic classification, ACL, section
    2; with logistic regression in place of the support vector machine, and without its interpolation.
    """

    def __init__(self, tokenizer: "Tokenizer") -> None:
        self.tokenizer = tokenizer

    def fit(self, texts: Sequence[str], labels: Sequence[Any]) -> Self:
        """Learn ratios and weights; if no text has a word, only the shares of the classes."""
        listed = check_texts(texts)
        self.classes_, codes = learn_classes(listed, labels)
        self._shares = np.bincount(codes) / len(codes)
        self._counter: CountVectorizer | None = None
        token_lists = list(self.tokenizer.tokenize_many(listed))
        if not any(token_lists):
            return self
        least = 2 if len(listed) >= MANY_TEXTS else 1
        counter = CountVectorizer(analyzer=_words_and_pairs, binary=True, min_df=least, dtype=np.float64)
        features = counter.fit_transform(token_lists)
        self._counter = counter
        # Of two classes, the second against the first says it all.
        judged = [1] if len(self.classes_) == 2 else range(len(self.classes_))
        self._models = [_Model(features, codes == code) for code in judged]
        return self

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return the probability of each class, shape (n, C), columns as in `classes_`."""
        self._check_fitted()
        listed = check_texts(texts)
        if self._counter is None or not listed:
            return np.tile(self._shares, (len(listed), 1))
        features = self._counter.transform(list(self.tokenizer.tokenize_many(listed)))
        found = np.stack([model.probabilities(features) for model in self._models], axis=1)
        if found.shape[1] == 1:
            return np.hstack([1 - found, found])
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned: weights and intercepts."""
        self._check_fitted()
        if self._counter is None:
            return len(self._shares)
        return sum(model.weights.size + 1 for model in self._models)


class _Model:
    """One class against the others; ratios and coefficients are one weight a feature in the end."""

    def __init__(self, features: sparse.csr_matrix, is_class: npt.NDArray[np.bool_]) -> None:
        inside, outside = (
            SMOOTHING + np.asarray(features[rows].sum(axis=0)).ravel() for rows in (is_class, ~is_class)
        )
        ratios = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
        regression = LogisticRegression(
            C=PENALTY_C, solver="liblinear", dual=True, max_iter=MAX_ITERATIONS, random_state=0
        )
        regression.fit(features @ sparse.diags_array(ratios), is_class)
        self.weights: Floats = ratios * regression.coef_[0]
        self.intercept = float(regression.intercept_[0])

    def probabilities(self, features: sparse.csr_matrix) -> Floats:
        """Return p(class) of each text, shape (n,)."""
        return np.asarray(1 / (1 + np.exp(-(features @ self.weights + self.intercept))))


def _words_and_pairs(words: list[str]) -> list[str]:
    """Return words, and neighbours with a space between."""
    return words + [f"{one} {other}" for one, other in zip(words, words[1:], strict=False)]
