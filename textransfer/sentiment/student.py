"""A linear classifier of words and pairs that learns from what another one says of unlabelled texts."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from textransfer.randomness import Purpose, generator
from textransfer.sentiment.counted import CountedTexts, Ids
from textransfer.sentiment.least_squares import ScaledFeatures
from textransfer.sentiment.log_count_ratios import ratio_weights
from textransfer.sentiment.probabilities import softmax
from textransfer.sentiment.sentences.lookup import LookedUpTexts
from textransfer.sentiment.term_predictor import TermPredictor
from textransfer.sentiment.terms import Terms

MOST_DOCUMENTS = 20_000
"""More bring little, and take their time in each of many fits."""
FEWEST_DOCUMENTS = 7000
"""6,920 sentences of SST-2 bring nothing, 7,000 articles of AG News a point."""
FEWEST_WITH_TERM = 5
MOST_UNEVEN = 1.5
"""Labels of the largest class for each of the smallest; beyond that what is said of a rare class is seldom
sure, and a student hardly ever says it: macro-F1 falls. See docs/design.md."""
MOST_CLASSES = 20
"""Each class is a problem of its own."""
PENALTY = 100.0
MOST_SAVED = 100_000
"""Words and pairs with the largest weights that a classifier keeps."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class UnlabelledTexts:
    """Texts that a student learns from, cut and counted once for many fits."""

    looked_up: LookedUpTexts
    source: str = "memory"
    """What messages call them."""

    @classmethod
    def of(cls, counted: CountedTexts, source: str = "memory") -> Self:
        """Take texts whose words are counted."""
        return cls(LookedUpTexts(counted), source)

    def __len__(self) -> int:
        return len(self.counted)

    @property
    def counted(self) -> CountedTexts:
        """Their words as numbers."""
        return self.looked_up.counted

    @cached_property
    def terms(self) -> Terms:
        """Their words and pairs that at least five of them hold."""
        return Terms.of(self.counted, FEWEST_WITH_TERM, has_pieces=False)

    @cached_property
    def halves(self) -> tuple["_Half", "_Half"]:
        """Two halves of them, at random."""
        held = self.terms.held(self.counted)
        is_first = generator(0, Purpose.HALVES).random(len(self)) < 0.5
        return _Half.of(held, np.flatnonzero(is_first)), _Half.of(held, np.flatnonzero(~is_first))

    def suit(self, codes: npt.NDArray[np.int64]) -> bool:
        """Tell whether a student of these texts is of use beside labels of the classes `codes`, (n,)."""
        return are_even(np.bincount(codes)) and len(self) >= FEWEST_DOCUMENTS


class Student(TermPredictor):
    """Softmax over the words and pairs that a text holds, whatever their number and order."""

    def fit(self, texts: UnlabelledTexts, answers: Floats, shares: Floats) -> Self:
        """Learn from the probabilities, (n, C), that another classifier gives to unlabelled texts.

        Each half of the texts teaches weights; the other half tells how much their sums mean.
        """
        first, second = texts.halves
        by_first, by_second = (
            ratio_weights(half.features, answers[half.rows], PENALTY) for half in (first, second)
        )
        scores = np.concatenate([second.features.features @ by_first, first.features.features @ by_second])
        sharpness, intercepts = _sharpness(scores, answers[np.append(second.rows, first.rows)])
        weights = sharpness * (by_first + by_second) / 2
        return self.take(shares, texts.terms, weights, intercepts, has_ratios=True)

    def pruned(self, n: int = MOST_SAVED) -> "Student":
        """Return the same with the n words and pairs whose weights are furthest apart, and words of pairs."""
        terms, apart = self.terms_, np.ptp(self.weights_, axis=1)
        if len(terms) <= n:
            return self
        n_words = len(terms.words)
        is_kept = np.zeros(len(terms), bool)
        is_kept[np.argsort(-apart, kind="stable")[:n]] = True
        pairs = np.flatnonzero(is_kept[n_words:])
        is_kept[terms.pairs[pairs].ravel()] = True
        kept = np.flatnonzero(is_kept)
        places = np.cumsum(is_kept[:n_words]) - 1
        words = [terms.words[place] for place in kept[kept < n_words]]
        smaller = Terms(words, places[terms.pairs[pairs]], [], terms.idf[kept], terms.rarest)
        weights = self.weights_[kept]
        return Student().take(self.shares_, smaller, weights, self.intercepts_, has_ratios=True)


def are_even(counts: npt.NDArray[np.int64]) -> bool:
    """Tell whether classes of so many labels, shape (C,), are about even, and not too many."""
    return len(counts) <= MOST_CLASSES and bool(counts.max() <= MOST_UNEVEN * counts.min())


@dataclass(frozen=True, eq=False)
class _Half:
    """Some of the texts, m of them, and which terms they hold."""

    rows: Ids
    """Their places, shape (m,)."""
    features: ScaledFeatures
    """Which terms they hold, ones, shape (m, F)."""

    @classmethod
    def of(cls, held: sparse.csr_matrix, rows: Ids) -> Self:
        return cls(rows, ScaledFeatures.of(sparse.csr_matrix(held[rows].astype(np.float64))))


def _sharpness(scores: Floats, answers: Floats) -> tuple[float, Floats]:
    """Return what makes softmax(sharpness scores + intercepts) most like answers, both of shape (n, C)."""
    size = float(scores.std()) or 1.0

    def loss(point: Floats) -> tuple[float, Any]:
        logits = np.exp(point[0]) * scores / size + point[1:]
        p = softmax(logits)
        gradient = (p - answers) / len(scores)
        by_scale = np.exp(point[0]) * (gradient * scores / size).sum()
        value = -(answers * np.log(np.maximum(p, np.finfo(float).tiny))).sum() / len(scores)
        return float(value), np.append(by_scale, gradient.sum(axis=0))

    best = minimize(loss, np.zeros(1 + scores.shape[1]), jac=True, method="L-BFGS-B").x
    return float(np.exp(best[0])) / size, np.asarray(best[1:])
