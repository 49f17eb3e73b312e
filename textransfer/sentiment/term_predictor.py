"""A fitted classifier over words, pairs and pieces of words: what it says of texts. It needs numpy alone."""

from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.counted import CountedTexts, texts_without_each
from textransfer.sentiment.probabilities import softmax
from textransfer.sentiment.terms import Terms

Floats = npt.NDArray[np.float64]


class TermPredictor:
    """Softmax over sums of the weights of terms.

    Attributes
    ----------
    shares_ : ndarray of float64, shape (C,)
        Share of each class in the labels: all that is known of a text without a known word.
    terms_ : Terms
        Words, pairs and pieces, F of them.
    weights_ : ndarray of float64, shape (F, C)
    intercepts_ : ndarray of float64, shape (C,)
        Logits are features times weights, with these added.
    has_ratios_ : bool
        Whether terms count alike where a text holds them, whatever their number: their weights have log-count
        ratios in them. Else by their rarity, see `Terms`.
    """

    shares_: Floats
    terms_: Terms
    weights_: Floats
    intercepts_: Floats
    has_ratios_: bool

    def take(
        self, shares: Floats, terms: Terms, weights: Floats, intercepts: Floats, *, has_ratios: bool
    ) -> Self:
        """Take the fitted attributes; ValueError if they contradict each other."""
        shapes = (len(terms), len(shares)), (len(shares),)
        if (weights.shape, intercepts.shape) != shapes:
            raise ValueError(
                f"weights and intercepts have the shapes {weights.shape} and {intercepts.shape}; expected "
                f"{shapes[0]} and {shapes[1]}"
            )
        self.shares_, self.terms_, self.has_ratios_ = shares, terms, has_ratios
        self.weights_, self.intercepts_ = np.ascontiguousarray(weights), intercepts
        return self

    def probabilities(self, texts: CountedTexts) -> Floats:
        """Return the probability of each class, shape (n, C)."""
        add = self.terms_.sums if self.has_ratios_ else self.terms_.scores
        return self._answers(*add(texts, self.weights_))

    def _answers(self, scores: Floats, is_known: npt.NDArray[np.bool_]) -> Floats:
        p = softmax(scores + self.intercepts_)
        p[~is_known] = self.shares_
        return p

    def knows(self, word: str) -> bool:
        """Tell whether a word, or a piece of it, has a weight."""
        return self.terms_.knows(word)

    def knows_each(self, texts: CountedTexts) -> npt.NDArray[np.bool_]:
        """Return what `knows` says of each word of texts, shape (V,)."""
        return self.terms_.knows_each(texts)

    def without_each(self, words: list[str]) -> tuple[list[str], Floats]:
        """Return the distinct words of a text, (W,), and its probabilities without each, shape (W, C).

        With a word go the pairs that hold it, and what stood on either side of it becomes a pair.
        """
        names, rest = texts_without_each(words)
        return names, self.probabilities(rest)

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned: weights and intercepts."""
        return self.weights_.size + len(self.intercepts_)
