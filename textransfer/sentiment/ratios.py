"""Words and pairs of words, each weighed by how much more often one class holds it than the others."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from textransfer.randomness import Purpose, library_seed, seed_of
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.labels import class_shares, learn_classes
from textransfer.sentiment.sentences.texts import Texts, check_texts, words_of

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

SMOOTHING = 1.0
"""Added to every count (the paper's alpha)."""
PENALTY_C = 1.0
MAX_ITERATIONS = 1000
MANY_TEXTS = 1000
"""From so many labelled texts on, what only one of them holds is left out: it fills memory, tells little."""

Floats = npt.NDArray[np.float64]


class LogCountRatios(TextClassifier):
    """Logistic regression on words and pairs of neighbours, scaled by their smoothed log-count ratios.

    For each class against the others, a feature f that n of its texts hold has the ratio
    r = ln((1 + n) / |1 + n|) - ln((1 + m) / |1 + m|), with m texts of the others and sums over features;
    a text is r where it holds the feature and 0 elsewhere.

    Parameters
    ----------
    tokenizer : Tokenizer
        What splits texts into words.
    random_state : int, default=0
        Order in which the regression goes through the texts.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
    shares_ : ndarray of float64, shape (C,)
        Share of each class in the labels: all that is known if no text has a word.
    features_ : list of str, length F
        Words, and pairs with a space between.
    weights_ : ndarray of float64, shape (K, F)
        Of the features, ratios and coefficients in one; for the second of two classes against the first (K is
        1), for more classes each against the others (K is C).
    intercepts_ : ndarray of float64, shape (K,)
    index_ : dict of str to int
        The place of each feature.

    References
    ----------
    Wang, Manning (2012), Baselines and bigrams: simple, good sentiment and topic classification, ACL, section
    2; with logistic regression in place of the support vector machine, and without its interpolation.
    """

    def __init__(self, tokenizer: "Tokenizer", random_state: int = 0) -> None:
        self.tokenizer = tokenizer
        self.random_state = random_state

    def fit(self, texts: Texts, labels: Sequence[Any]) -> Self:
        """Learn ratios and weights; if no text has a word, only the shares of the classes."""
        listed = check_texts(texts)
        classes, codes = learn_classes(listed, labels)
        # Of two classes, the second against the first says it all.
        judged = [1] if len(classes) == 2 else list(range(len(classes)))
        token_lists = words_of(self.tokenizer, listed)
        names: list[str] = []
        weights, intercepts = np.zeros((len(judged), 0)), np.zeros(len(judged))
        if any(token_lists):
            counter = CountVectorizer(analyzer=_words_and_pairs, binary=True, dtype=np.float64)
            features, spelled = counter.fit_transform(token_lists), counter.get_feature_names_out()
            if len(listed) >= MANY_TEXTS:
                is_kept = np.asarray(features.sum(axis=0)).ravel() > 1
                features, spelled = features[:, is_kept], spelled[is_kept]
            names = spelled.tolist()
        if names:
            seed = library_seed(seed_of(self.random_state), Purpose.WORD_WEIGHTS)
            rows, constants = zip(*(_fit(features, codes == code, seed) for code in judged), strict=True)
            weights, intercepts = np.stack(rows), np.array(constants)
        return self.restore(classes, class_shares(codes, len(classes)), names, weights, intercepts)

    def restore(
        self,
        classes: npt.NDArray[Any],
        shares: Floats,
        features: list[str],
        weights: Floats,
        intercepts: Floats,
    ) -> Self:
        """Take the fitted attributes of before, in their order; ValueError if they contradict each other."""
        n_judged = 1 if len(classes) == 2 else len(classes)
        shapes = (len(classes),), (n_judged, len(features)), (n_judged,)
        if (shares.shape, weights.shape, intercepts.shape) != shapes:
            raise ValueError(
                f"shares, weights and intercepts have the shapes {shares.shape}, {weights.shape} and "
                f"{intercepts.shape}; expected {', '.join(map(str, shapes))}"
            )
        index = {feature: place for place, feature in enumerate(features)}
        if len(index) != len(features):
            raise ValueError("a word or a pair of words occurs twice")
        self.classes_, self.shares_, self.features_ = classes, shares, features
        self.weights_, self.intercepts_, self.index_ = np.ascontiguousarray(weights), intercepts, index
        self._counter = CountVectorizer(analyzer=_words_and_pairs, binary=True, dtype=np.float64)
        # Set here, not found by the first call, so that several threads can call at once.
        self._counter.vocabulary_ = index
        return self

    def encode(self, texts: Texts | CountedTexts) -> sparse.csr_matrix:
        """Return which of the features each text holds, shape (n, F); can stand in for the texts."""
        self._check_fitted()
        if isinstance(texts, CountedTexts):
            return self._encode_counted(texts)
        listed = check_texts(texts)
        if not self.features_ or not listed:
            return sparse.csr_matrix((len(listed), len(self.features_)), dtype=np.float64)
        return sparse.csr_matrix(self._counter.transform(words_of(self.tokenizer, listed)))

    def _encode_counted(self, texts: CountedTexts) -> sparse.csr_matrix:
        keys, pairs = texts.pairs
        names = (
            f"{texts.words[left]} {texts.words[right]}"
            for left, right in zip(*np.divmod(keys, max(len(texts.words), 1)), strict=True)
        )
        at = np.array([self.index_.get(name, -1) for name in (*texts.words, *names)], np.int64)
        both = sparse.hstack([texts.held.scipy(), pairs.scipy()], "coo")
        rows, columns = both.row, at[both.col]
        is_known = columns >= 0
        shape = len(texts), len(self.features_)
        return sparse.csr_matrix((np.ones(is_known.sum()), (rows[is_known], columns[is_known])), shape)

    def probabilities(self, texts: CountedTexts) -> Floats:
        """Return what `predict_proba` does, of counted texts."""
        return self.predict_proba(self.encode(texts))

    def predict_proba(self, texts: Texts | sparse.csr_matrix) -> Floats:
        """Return the probability of each class, shape (n, C), columns as in `classes_`."""
        self._check_fitted()
        features = texts if isinstance(texts, sparse.csr_matrix) else self.encode(texts)
        if not self.features_:
            return np.tile(self.shares_, (features.shape[0], 1))
        logits = [
            features @ weights + intercept
            for weights, intercept in zip(self.weights_, self.intercepts_, strict=True)
        ]
        return _probabilities(np.stack(logits, axis=1))

    def knows(self, word: str) -> bool:
        """Tell whether a word is a feature."""
        return word in self.index_

    def knows_each(self, texts: CountedTexts) -> npt.NDArray[np.bool_]:
        """Tell which words of texts are features, shape (V,)."""
        return np.array([word in self.index_ for word in texts.words], bool)

    def without_each(self, words: list[str]) -> tuple[list[str], Floats]:
        """Return the distinct words of a text, (W,), and its probabilities without each, shape (W, C).

        With a word go the pairs that hold it, and what stood on either side of it becomes a pair.
        """
        self._check_fitted()
        index = self.index_
        features = dict.fromkeys(feature for feature in _words_and_pairs(words) if feature in index)
        places: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            places.setdefault(word, []).append(place)
        if not self.features_:
            return list(places), np.tile(self.shares_, (len(places), 1))
        logits = np.repeat(
            (self.weights_[:, [index[name] for name in features]].sum(axis=1) + self.intercepts_)[None],
            len(places),
            axis=0,
        )
        for row, (word, own) in enumerate(places.items()):
            lost, new = {word}, set[str]()
            for place in own:
                before, after = words[max(place - 1, 0) : place], words[place + 1 : place + 2]
                lost.update(f"{left} {word}" for left in before)
                lost.update(f"{word} {right}" for right in after)
                if before and before[0] != word:
                    end = place
                    while end < len(words) and words[end] == word:
                        end += 1
                    new.update(f"{before[0]} {right}" for right in words[end : end + 1])
            gone = [index[name] for name in lost if name in features]
            made = [index[name] for name in new if name in index and name not in features]
            logits[row] += self.weights_[:, made].sum(axis=1) - self.weights_[:, gone].sum(axis=1)
        return list(places), _probabilities(logits)

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned: weights and intercepts."""
        self._check_fitted()
        return self.weights_.size + len(self.intercepts_) if self.features_ else len(self.shares_)


def _fit(features: sparse.csr_matrix, is_class: npt.NDArray[np.bool_], seed: int) -> tuple[Floats, float]:
    """Return the weights of the features and the intercept, for one class against the others."""
    inside, outside = (
        SMOOTHING + np.asarray(features[rows].sum(axis=0)).ravel() for rows in (is_class, ~is_class)
    )
    ratios = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
    regression = LogisticRegression(
        C=PENALTY_C, solver="liblinear", dual=True, max_iter=MAX_ITERATIONS, random_state=seed
    )
    regression.fit(features @ sparse.diags_array(ratios), is_class)
    return ratios * regression.coef_[0], float(regression.intercept_[0])


def _probabilities(logits: Floats) -> Floats:
    """Return the probabilities of the classes, (n, C), from logits of each that is judged, (n, K)."""
    p = 1 / (1 + np.exp(-logits))
    return np.hstack([1 - p, p]) if p.shape[1] == 1 else np.asarray(p / p.sum(axis=1, keepdims=True))


def _words_and_pairs(words: list[str]) -> list[str]:
    """Return words, and neighbours with a space between."""
    return words + [f"{word} {following}" for word, following in pairwise(words)]
