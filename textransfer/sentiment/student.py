"""A linear classifier of words and pairs that learns from what another one says of unlabelled texts."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from textransfer.caching import cached_property
from textransfer.randomness import Purpose, generator
from textransfer.sentiment.counted import CountedTexts, Ids
from textransfer.sentiment.judging.out_of_fold import MANY_LABELS
from textransfer.sentiment.least_squares import ScaledFeatures
from textransfer.sentiment.log_count_ratios import count_ratios, ratio_weights, unit_weights
from textransfer.sentiment.probabilities import softmax
from textransfer.sentiment.sentences.lookup import LookedUpTexts
from textransfer.sentiment.term_predictor import TermPredictor, lengths
from textransfer.sentiment.terms import Terms

MOST_DOCUMENTS = 20_000
"""More bring little, and take their time in each of many fits."""
MOST_LONG_DOCUMENTS = 100_000
"""Of more than 64 distinct words, beside more than 2,000 labels: most pairs and triples are rare."""
FEWEST_DOCUMENTS = 7000
"""6,920 sentences of SST-2 bring nothing, 7,000 articles of AG News a point."""
FEWEST_WITH_TERM = 5
MOST_UNEVEN = 1.5
"""Labels of the largest class for each of the smallest; beyond that what is said of a rare class is seldom
sure, and a student hardly ever says it: macro-F1 falls. See docs/design.md."""
MOST_CLASSES = 20
"""Each class is a problem of its own."""
PENALTY = 100.0
UNIT_PENALTY = 1.0
"""Of texts at unit length."""
MOST_SAVED = 100_000
"""Words and pairs with the largest weights that a classifier keeps."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class UnlabelledTexts:
    """Texts that a student learns from, cut and counted once for many fits."""

    looked_up: LookedUpTexts
    source: str = "memory"
    """What messages call them."""
    many: "UnlabelledTexts | None" = None
    """More of them, for thousands of labels; see `MOST_LONG_DOCUMENTS`."""
    has_triples: bool = False
    """Whether a student reads triples of words too, and brings texts to unit length."""

    @classmethod
    def of(cls, counted: CountedTexts, source: str = "memory", many: CountedTexts | None = None) -> Self:
        """Take texts whose words are counted, and those that teach beside thousands of labels."""
        further = None if many is None else cls(LookedUpTexts(many), source, has_triples=True)
        return cls(LookedUpTexts(counted), source, further)

    def beside(self, n_labels: int) -> "UnlabelledTexts":
        """Return those for so many labelled texts."""
        return self.many if self.many is not None and n_labels > MANY_LABELS else self

    def __len__(self) -> int:
        return len(self.counted)

    @property
    def counted(self) -> CountedTexts:
        """Their words as numbers."""
        return self.looked_up.counted

    @cached_property
    def terms(self) -> Terms:
        """Their words and pairs, and triples if they shall, that at least five of them hold."""
        return Terms.of(self.counted, FEWEST_WITH_TERM, has_pieces=False, has_triples=self.has_triples)

    @cached_property
    def halves(self) -> tuple["_Half", "_Half"]:
        """Two halves of them, at random."""
        held = self.terms.held(self.counted)
        if not self.has_triples:  # which fill memory, and are divided by lengths anyway
            held = sparse.csr_matrix(held.astype(np.float64))
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
        squares = None
        if texts.has_triples:
            features, own = [first.features, second.features], [answers[first.rows], answers[second.rows]]
            squares = (count_ratios(features, own) ** 2).mean(axis=1)
        by_first, by_second = (half.weights(answers, squares) for half in (first, second))
        scores = np.concatenate([second.scores(by_first, squares), first.scores(by_second, squares)])
        sharpness, intercepts = _sharpness(scores, answers[np.append(second.rows, first.rows)])
        weights = sharpness * (by_first + by_second) / 2
        return self.take(shares, texts.terms, weights, intercepts, has_ratios=True, squares=squares)

    def pruned(self, n: int = MOST_SAVED) -> "Student":
        """Return the same with the n words and pairs whose weights are furthest apart, and words of pairs.

        Where texts have unit length all stay, since all are part of lengths.
        """
        terms, apart = self.terms_, np.ptp(self.weights_, axis=1)
        if len(terms) <= n or self.squares_ is not None:
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
        return cls(rows, ScaledFeatures.of(sparse.csr_matrix(held[rows])))

    def weights(self, answers: Floats, squares: Floats | None) -> Floats:
        """Return weights of terms, (F, C), that answers to all texts teach; with squares, at unit length."""
        if squares is None:
            return ratio_weights(self.features, answers[self.rows], PENALTY)
        return unit_weights(self.features, answers[self.rows], squares, UNIT_PENALTY)

    def scores(self, weights: Floats, squares: Floats | None) -> Floats:
        """Return sums of weights, (m, C)."""
        scores = np.asarray(self.features.features @ weights)
        return scores if squares is None else scores / lengths(self.features.features @ squares)[:, None]


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
