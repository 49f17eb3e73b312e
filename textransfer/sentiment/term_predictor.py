"""A fitted classifier over words, pairs and pieces of words: what it says of texts. It needs numpy alone."""

from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
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
    squares_ : ndarray of float64, shape (F,), or None
        Their sum over the terms of a text is the square of its length, which its sums are divided by; None
        where they are not.
    """

    shares_: Floats
    terms_: Terms
    weights_: Floats
    intercepts_: Floats
    has_ratios_: bool
    squares_: Floats | None

    def take(
        self,
        shares: Floats,
        terms: Terms,
        weights: Floats,
        intercepts: Floats,
        *,
        has_ratios: bool,
        squares: Floats | None = None,
    ) -> Self:
        """Take the fitted attributes; ValueError if they contradict each other."""
        shapes = (len(terms), len(shares)), (len(shares),)
        if (weights.shape, intercepts.shape) != shapes:
            raise ValueError(
                f"weights and intercepts have the shapes {weights.shape} and {intercepts.shape}; expected "
                f"{shapes[0]} and {shapes[1]}"
            )
        if squares is not None and (squares.shape != (len(terms),) or (squares < 0).any()):
            raise ValueError(f"there are {len(squares)} squares; expected {len(terms)} numbers from 0 on")
        self.shares_, self.terms_, self.has_ratios_, self.squares_ = shares, terms, has_ratios, squares
        self.weights_, self.intercepts_ = np.ascontiguousarray(weights), intercepts
        vars(self).pop("_beside", None)
        return self

    def probabilities(self, texts: CountedTexts) -> Floats:
        """Return the probability of each class, shape (n, C)."""
        if self.squares_ is not None:
            sums, is_known = self.terms_.sums(texts, self._beside)
            return self._answers(sums[:, :-1] / lengths(sums[:, -1])[:, None], is_known)
        add = self.terms_.sums if self.has_ratios_ else self.terms_.scores
        return self._answers(*add(texts, self.weights_))

    @cached_property
    def _beside(self) -> Floats:
        """Weights, and squares if there are any, (F, C + 1)."""
        columns = [self.weights_] if self.squares_ is None else [self.weights_, self.squares_]
        return np.column_stack(columns)

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
        """Numbers that were learned: weights, intercepts, and squares where there are any."""
        n_squares = 0 if self.squares_ is None else len(self.squares_)
        return self.weights_.size + len(self.intercepts_) + n_squares


def lengths(squares: Floats) -> Floats:
    """Return lengths of texts, (n,), from their squares; 1 for those without any."""
    return np.where(squares > 0, np.sqrt(squares), 1.0)
