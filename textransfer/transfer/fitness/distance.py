"""How far the texts of a task lie from the corpus that the word vectors were learned from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from textransfer.embeddings.vectors import WordVectors
from textransfer.randomness import Purpose, generator
from textransfer.records import Record, record_of
from textransfer.sentiment.sentences.encoders import sif_averaging
from textransfer.transfer.statistics.intervals import Floats

Nearness = Literal["near", "some way off", "far", "unknown"]

N_COMPONENTS = 10
"""Principal components of the corpus that a shift is measured along: those with most of its variance."""
N_SIMULATED = 50
SHIFT_BOUNDS = (0.3, 2.0)
"""Root mean square shift, in standard deviations, from which texts are some way off, and far."""
WORD_BOUNDS = (0.15, 0.5)
"""Share of the divergence that words could have beyond a sample's, from which texts are so."""
RARE = 0.01
"""A shift that so many samples of the corpus would show is none."""
_FLAT = 1e-9
"""A component with so small a share of the largest variance has none."""


@dataclass(frozen=True)
class Shift(Record):
    """How far the mean of texts as sentence vectors lies from that of the corpus."""

    size: float
    """Root mean square over components, in standard deviations of the corpus's documents there; what a sample
    of so few documents shows on average is taken off."""
    p_value: float
    """Share of samples of the corpus that would lie as far, about."""
    n_texts: int
    """Texts with a known word."""
    _properties: ClassVar[tuple[str, ...]] = ("nearness",)

    @property
    def nearness(self) -> Nearness:
        """In words."""
        return "near" if self.p_value >= RARE else _nearness(self.size, SHIFT_BOUNDS)


@dataclass(frozen=True)
class WordDivergence(Record):
    """How far the frequencies of words in texts lie from those in the corpus."""

    observed: float
    """Jensen-Shannon divergence in bits, from 0 to 1; all unknown words count as one."""
    expected: float
    """Its mean for as many words drawn from the corpus's frequencies."""
    n_tokens: int
    """Words of the texts."""
    _properties: ClassVar[tuple[str, ...]] = ("excess", "nearness")

    @property
    def excess(self) -> float:
        """What is beyond the expected, as a share of what could be; 0 is a sample of the corpus."""
        return max(self.observed - self.expected, 0.0) / max(1 - self.expected, 1e-12)

    @property
    def nearness(self) -> Nearness:
        """In words."""
        return _nearness(self.excess, WORD_BOUNDS)


@dataclass(frozen=True)
class Distance:
    """Both measures; one is None where the vectors lack what it needs."""

    shift: Shift | None
    """Needs the moments of the corpus's documents, and a text with a known word."""
    words: WordDivergence | None
    """Needs counts of the words."""

    @property
    def nearness(self) -> Nearness:
        """The farther of the two."""
        order: tuple[Nearness, ...] = ("unknown", "near", "some way off", "far")
        measured = [measure.nearness for measure in (self.shift, self.words) if measure]
        return max(measured, key=order.index, default="unknown")

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return {"nearness": self.nearness, **record_of(self)}


def distance_to(
    vectors: WordVectors, token_lists: Sequence[Sequence[str]], random_state: int = 0
) -> Distance:
    """Measure how far texts, as lists of words, lie from the corpus of word vectors.

    The seed is that of the simulated samples.
    """
    return Distance(_shift(vectors, token_lists), _divergence(vectors, token_lists, random_state))


def _shift(vectors: WordVectors, token_lists: Sequence[Sequence[str]]) -> Shift | None:
    """Compare the mean of the texts with the corpus's, along its leading components.

    The moments are those of unit vectors about the corpus's mean, and so are the texts here. With mean s
    of n texts and variance v_j of component j, n s_j^2 / v_j has expectation 1 for a sample of the corpus,
    and the sum over k components is near a chi-square of k degrees of freedom.
    """
    if vectors.moments is None:
        return None
    averaging = sif_averaging(vectors, component_power=0)
    bags = averaging.bags(token_lists)
    n_texts = len(bags) - bags.n_empty
    if not n_texts:
        return None
    mean = averaging.vectors(bags)[bags.has_words].mean(axis=0, dtype=np.float64)
    variances, components = np.linalg.eigh(vectors.moments.covariance.astype(np.float64))
    leading = np.flatnonzero(variances > _FLAT * max(variances[-1], 1e-30))[-N_COMPONENTS:]
    if not len(leading):
        return None
    squares = (mean @ components[:, leading]) ** 2 / variances[leading]
    size = float(np.sqrt(max(squares.mean() - 1 / n_texts, 0.0)))
    p_value = float(special.chdtrc(len(leading), n_texts * squares.sum()))
    return Shift(size, p_value, n_texts)


def _divergence(
    vectors: WordVectors, token_lists: Sequence[Sequence[str]], random_state: int
) -> WordDivergence | None:
    counts = vectors.counts
    n_tokens = sum(map(len, token_lists))
    if counts is None or not counts.any() or not n_tokens:
        return None
    n_left_out = max((vectors.n_tokens or 0) - int(counts.sum()), 0)
    corpus = np.append(counts, n_left_out).astype(np.float64)
    corpus /= corpus.sum()
    observed = jensen_shannon(_frequencies(token_lists, vectors.index), corpus)
    draws = generator(random_state, Purpose.CORPUS_SAMPLES)
    samples = [draws.multinomial(n_tokens, corpus) / n_tokens for _ in range(N_SIMULATED)]
    expected = float(np.mean([jensen_shannon(sample, corpus) for sample in samples]))
    return WordDivergence(observed, expected, n_tokens)


def _frequencies(token_lists: Sequence[Sequence[str]], index: Mapping[str, int]) -> Floats:
    """Return the share of each word in some texts, and that of all unknown ones at the end."""
    rows = np.array([index.get(word, len(index)) for words in token_lists for word in words], np.int64)
    return np.bincount(rows, minlength=len(index) + 1) / len(rows)


def jensen_shannon(first: Floats, second: Floats) -> float:
    """Return the Jensen-Shannon divergence (Lin 1991) of two distributions in bits, from 0 to 1."""
    middle = (first + second) / 2
    return max(_entropy(middle) - (_entropy(first) + _entropy(second)) / 2, 0.0)


def _entropy(shares: npt.NDArray[np.float64]) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log2(positive)).sum())


def _nearness(value: float, bounds: tuple[float, float]) -> Nearness:
    if value >= bounds[1]:
        return "far"
    return "some way off" if value >= bounds[0] else "near"
