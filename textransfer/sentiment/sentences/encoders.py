"""Sentence vectors from word vectors: the plain mean, and the weighted mean that few labels profit from."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.config import EncoderName
from textransfer.embeddings.moments import mean_of_words, sif_weights
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.sentiment.sentences.averaging import Averaging, Finish, Stretched
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.encoding import Encoding
from textransfer.sentiment.sentences.phrases import PhraseAveraging
from textransfer.sentiment.sentences.stretching import COMPONENT_POWER, Emphasis, stretching_matrix
from textransfer.sentiment.sentences.unknown_words import UnknownWords

N_STRETCHED = 32
"""Averagings that are kept for vectors, each without a table of its own."""
MOST_POWER = 2
"""Of the variance of a principal component, by which it is multiplied; as in the settings of a classifier."""
SMALLEST, LARGEST = 1e-9, 1e15
"""Between these lies the largest number of vectors whose lengths count; the squares of others are lost."""


@dataclass(frozen=True, eq=False)
class WordMeans:
    """Means of word vectors and the corpus's own, before they are stretched and brought to unit length."""

    matrix: npt.NDArray[np.float32]
    """Word vectors as they are averaged, shape (V, D)."""
    weights: npt.NDArray[np.float64]
    """How much each word counts, shape (V,)."""
    is_distinct: bool
    """Whether a word that occurs several times in a text counts once."""
    center: npt.NDArray[np.floating]
    """Mean of the corpus, shape (D,)."""
    unknown: UnknownWords | None = None
    """What words without a row have from their n-grams, if anything."""

    @cached_property
    def products(self) -> npt.NDArray[np.float32]:
        """Sums of the products of each two columns over all words, shape (D, D)."""
        return np.asarray(self.matrix.T @ self.matrix)

    def centred(self, bags: Bags) -> npt.NDArray[np.floating]:
        """Return the means of texts without that of the corpus, (n, D)."""
        means = bags.product(self.matrix) - self.center
        return np.asarray(means if bags.unknown is None else means + bags.unknown)


def word_means(vectors: WordVectors, encoder: EncoderName) -> WordMeans:
    """Return what "sif" or "centered" average."""
    return vectors.derived(
        ("word means", encoder),
        lambda: _sif_means(vectors, None) if encoder == "sif" else _occurrence_means(vectors),
        n_kept=2,
    )


def averaging_of(
    vectors: WordVectors, encoder: EncoderName, component_power: float, emphasis: Emphasis | None = None
) -> Averaging:
    """Return how an encoder averages; power and emphasis are of no account for plain means."""
    if encoder == "mean":
        return plain_averaging(vectors)
    make = centered_averaging if encoder == "centered" else sif_averaging
    return make(vectors, component_power=component_power, emphasis=emphasis)


def with_phrases(averaging: Averaging, vectors: WordVectors, encoding: Encoding) -> Averaging:
    """Return an averaging whose vectors have a second half: the mean of the vectors of words and phrases."""
    if vectors.phrases is None:
        raise ConfigError("these vectors have none of phrases; pretrain anew, with 2,000 documents at least")
    power, emphasis, moments = encoding.component_power, encoding.emphasis, vectors.phrases.moments
    stretch = vectors.derived(
        ("stretch of phrases", power, _direction(emphasis)),
        lambda: stretching_matrix(moments, power, emphasis).astype(np.float32),
        n_kept=N_STRETCHED,
    )
    phrases = PhraseAveraging(vectors.phrases, vectors.index, power, emphasis, known_stretch=stretch)
    return replace(averaging, phrases=phrases)


def plain_averaging(vectors: WordVectors) -> Averaging:
    """Average the vectors of all known words, each as often as it occurs, as the article does."""
    weights = np.ones(len(vectors))
    return Averaging(
        vectors.index,
        _reckonable(vectors.matrix),
        weights,
        is_distinct=False,
        finish=Finish(),
        spellings=vectors.spellings,
        unknown=UnknownWords.of(vectors.ngrams, is_unit_length=False),
    )


def standard_averaging(vectors: WordVectors) -> Averaging:
    """Average as `plain_averaging`, take the mean of the corpus off, and bring texts to the length sqrt(D).

    Then each coordinate has a variance of about 1, as linear models with a penalty want it. The means
    themselves have a large component in common and may differ by a tenth of it, which a penalty hides.
    """
    center = word_means(vectors, "centered").center.astype(np.float32)
    finish = Finish(center, is_unit_length=True, scale=float(np.sqrt(vectors.vector_size)))
    return replace(plain_averaging(vectors), finish=finish)


def sif_averaging(
    vectors: WordVectors,
    smoothing: float | None = None,
    component_power: float = COMPONENT_POWER,
    emphasis: Emphasis | None = None,
) -> Averaging:
    """Average unit word vectors by rarity, take the mean of the corpus off, stretch, bring to unit length.

    Each distinct word of a text counts once, with the weight a / (a + p(w)). What remains without the
    corpus's mean is multiplied, along each principal component of the corpus's documents, by the variance
    there to a power: the directions in which documents differ most are more likely to matter than the
    others, and few labels cannot tell which do. All of that is linear, so the word vectors carry it.

    Without counts, p follows Zipf's law over the order of the words. Without moments, the mean is taken from
    the vocabulary alone, sum_w df(w) a/(a + p(w)) x_w / sum_w df(w) a/(a + p(w)), with counts for missing
    document counts, and nothing is stretched. The smoothing is the paper's a, in (0, 1]; by default the
    counts decide, see `textransfer.embeddings.moments.sif_weights`. The power lies in [0, 2]; 0 stretches
    nothing. An emphasis is a polar direction of the moments that shall count more.

    References
    ----------
    Arora, Liang, Ma (2017), A simple but tough-to-beat baseline for sentence embeddings, Algorithm 1. There
    the first principal component is taken off instead of the mean, and a word counts as often as it occurs.
    """
    if smoothing is not None and not 0 < smoothing <= 1:
        raise ConfigError(f"smoothing is {smoothing!r}; expected a probability above 0 and at most 1")
    return vectors.derived(
        ("SIF", smoothing, component_power, _direction(emphasis)),
        lambda: _stretched(vectors, _of_smoothing(vectors, smoothing), component_power, emphasis),
        n_kept=N_STRETCHED,
    )


def centered_averaging(
    vectors: WordVectors, component_power: float = COMPONENT_POWER, emphasis: Emphasis | None = None
) -> Averaging:
    """Average word vectors as long as they are, each as often as it occurs; else as `sif_averaging`.

    That suits texts whose frequent words, and how often they say them, tell what they are about.
    """
    return vectors.derived(
        ("centered", component_power, _direction(emphasis)),
        lambda: _stretched(vectors, word_means(vectors, "centered"), component_power, emphasis),
        n_kept=N_STRETCHED,
    )


def _direction(emphasis: Emphasis | None) -> tuple[int, float] | None:
    """Return what of an emphasis decides how vectors are stretched."""
    return None if emphasis is None else (emphasis.direction, emphasis.strength)


def _of_smoothing(vectors: WordVectors, smoothing: float | None) -> WordMeans:
    return word_means(vectors, "sif") if smoothing is None else _sif_means(vectors, smoothing)


def _sif_means(vectors: WordVectors, smoothing: float | None) -> WordMeans:
    weights = sif_weights(vectors.counts, len(vectors), vectors.n_tokens, smoothing)
    center = _mean_of_corpus(vectors, weights, smoothing)
    unknown = UnknownWords.of(vectors.ngrams, is_unit_length=True)
    return WordMeans(vectors.unit_matrix, weights, is_distinct=True, center=center, unknown=unknown)


def _occurrence_means(vectors: WordVectors) -> WordMeans:
    weights = np.ones(len(vectors))
    center = mean_of_words(_reckonable(vectors.matrix), weights, vectors.counts)
    unknown = UnknownWords.of(vectors.ngrams, is_unit_length=False)
    return WordMeans(vectors.matrix, weights, is_distinct=False, center=center, unknown=unknown)


def _reckonable(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return vectors as they are, (V, D); ConfigError if they are too long or too short to be averaged so."""
    largest = max(float(matrix.max(initial=0)), -float(matrix.min(initial=0)))
    if largest and not SMALLEST <= largest <= LARGEST:
        raise ConfigError(
            f"the word vectors have numbers up to {largest:.2g}; expected the largest between {SMALLEST:g} "
            f"and {LARGEST:g}: multiply all of them by one number, or take encoder='sif', for which lengths "
            "are of no account"
        )
    return matrix


def _stretched(
    vectors: WordVectors, means: WordMeans, component_power: float, emphasis: Emphasis | None
) -> Averaging:
    if not 0 <= component_power <= MOST_POWER:
        raise ConfigError(f"component_power is {component_power!r}; expected a number from 0 to {MOST_POWER}")
    table: npt.NDArray[np.float32] | None = means.matrix
    center, unknown, stretched = means.center, means.unknown, None
    if vectors.moments is not None and (component_power or emphasis is not None):
        stretch = stretching_matrix(vectors.moments, component_power, emphasis).astype(np.float32)
        squares = np.einsum("de,de->", stretch, means.products @ stretch)  # of all rows, stretched
        length = np.float32(np.sqrt(max(squares, 0) / max(len(means.matrix), 1))) or np.float32(1)
        table, center = None, (center @ stretch) / length
        stretched = Stretched(means.matrix, stretch / length)
        unknown = None if unknown is None else replace(unknown, stretch=stretch / length)
    finish = Finish(center.astype(np.float32), is_unit_length=True)
    return Averaging(
        vectors.index,
        table,
        means.weights,
        is_distinct=means.is_distinct,
        finish=finish,
        spellings=vectors.spellings,
        unknown=unknown,
        stretched=stretched,
    )


def _mean_of_corpus(
    vectors: WordVectors, weights: npt.NDArray[np.float64], smoothing: float | None
) -> npt.NDArray[np.floating]:
    if vectors.moments is not None and smoothing is None:
        return vectors.moments.mean
    counts = vectors.counts if vectors.document_counts is None else vectors.document_counts
    return mean_of_words(vectors.unit_matrix, weights, counts)
