"""What folders of version 0.1 have for words and pairs: logistic regression on log-count ratios."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.counted import CountedTexts

Floats = npt.NDArray[np.float64]


class LogCountRatios:
    """Sums what the words and pairs of neighbours in a text say, each once. Nothing fits it any more.

    Parameters
    ----------
    shares : ndarray of float64, shape (C,)
        Share of each class in the labels: all that is known if there is no feature.
    features : list of str, length F
        Words, and pairs with a space between.
    weights : ndarray of float64, shape (K, F)
        Of the features; for the second of two classes against the first (K is 1), for more classes each
        against the others (K is C).
    intercepts : ndarray of float64, shape (K,)

    Raises
    ------
    ValueError
        If these contradict each other.

    References
    ----------
    Wang, Manning (2012), Baselines and bigrams: simple, good sentiment and topic classification, ACL, section
    2; with logistic regression in place of the support vector machine, and without its interpolation.
    """

    def __init__(self, shares: Floats, features: list[str], weights: Floats, intercepts: Floats) -> None:
        n_judged = 1 if len(shares) == 2 else len(shares)
        shapes = (n_judged, len(features)), (n_judged,)
        if (weights.shape, intercepts.shape) != shapes:
            raise ValueError(
                f"weights and intercepts have the shapes {weights.shape} and {intercepts.shape}; expected "
                f"{shapes[0]} and {shapes[1]}"
            )
        self.index_ = {feature: place for place, feature in enumerate(features)}
        if len(self.index_) != len(features):
            raise ValueError("a word or a pair of words occurs twice")
        self.shares_, self.features_ = shares, features
        self.weights_, self.intercepts_ = np.ascontiguousarray(weights), intercepts

    def probabilities(self, texts: CountedTexts) -> Floats:
        """Return the probability of each class, shape (n, C)."""
        if not self.features_:
            return np.tile(self.shares_, (len(texts), 1))
        keys, pairs = texts.pairs
        n_words = len(texts.words)
        names = (
            f"{texts.words[left]} {texts.words[right]}"
            for left, right in zip(*np.divmod(keys, max(n_words, 1)), strict=True)
        )
        at = np.array([self.index_.get(name, -1) for name in (*texts.words, *names)], np.int64)
        weights = np.where(at[:, None] >= 0, self.weights_.T[at], 0)
        return _probabilities(texts.held @ weights[:n_words] + pairs @ weights[n_words:] + self.intercepts_)

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
        return self.weights_.size + len(self.intercepts_) if self.features_ else len(self.shares_)


def _probabilities(logits: Floats) -> Floats:
    """Return the probabilities of the classes, (n, C), from logits of each that is judged, (n, K)."""
    p = 1 / (1 + np.exp(-np.maximum(logits, -700.0)))
    return np.hstack([1 - p, p]) if p.shape[1] == 1 else np.asarray(p / p.sum(axis=1, keepdims=True))


def _words_and_pairs(words: list[str]) -> list[str]:
    """Return words, and neighbours with a space between."""
    return words + [f"{word} {following}" for word, following in pairwise(words)]
