"""From the words of labelled texts to their vectors, bent by labels and joined by what seed words say."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.amounts import agreeing, amount
from textransfer.config import ClassifierConfig, EncoderName
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferWarning
from textransfer.sentiment.sentences.averaging import HALF, Averaging
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.encoders import averaging_of, with_phrases, word_means
from textransfer.sentiment.sentences.encoding import DEFAULT_ENCODER, POWERS, Encoding, choose_encoding
from textransfer.sentiment.sentences.evidence import asked_texts
from textransfer.sentiment.sentences.lookup import bags_of_words, some_of
from textransfer.sentiment.sentences.seeds import (
    KnownSeeds,
    SeedReport,
    SeedWords,
    look_up_seeds,
    seed_complaints,
    seed_directions,
)
from textransfer.sentiment.sentences.stretching import COMPONENT_POWER

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Labels:
    """What is known of n labelled texts besides their words."""

    classes: npt.NDArray[Any]
    """The labels, sorted, shape (C,)."""
    codes: npt.NDArray[np.int64]
    """The class of each text, shape (n,)."""
    trained: npt.NDArray[np.int64]
    """Positions of the texts that are trained on; the others are held out."""
    weights: Floats | None = None
    """How much each text counts, shape (n,)."""

    @property
    def counting(self) -> npt.NDArray[np.int64]:
        """Positions of the texts that are trained on and have a weight."""
        return self.trained if self.weights is None else self.trained[self.weights[self.trained] > 0]


@dataclass(frozen=True)
class PreparedTexts:
    """How words become vectors, and the labelled texts as words."""

    averaging: Averaging
    bags: Bags
    """The known words of each text."""
    encoding: Encoding
    """What `averaging` is."""
    prior: Floats | None = None
    """What seed words say of sentence vectors, shape (D, C)."""
    seed_report: SeedReport | None = None


def prepare_labelled(
    vectors: WordVectors,
    tokenizer: "Tokenizer",
    config: ClassifierConfig,
    token_lists: Sequence[list[str]],
    labels: Labels,
    seed_words: SeedWords | None = None,
) -> PreparedTexts:
    """Look the words of labelled texts up, and settle how they are averaged."""
    seeds = None
    if seed_words is not None:
        seeds = look_up_seeds(seed_words, labels.classes.tolist(), vectors, tokenizer)
    encoding = _choose(vectors, config, token_lists, labels, seeds)
    averaging, bags = _average(vectors, config, encoding, token_lists, labels)
    if averaging.phrases is not None and bags.phrases is not None:
        of_phrases = _choose_of_phrases(averaging.phrases.phrases.moments, config, bags.phrases, labels)
        averaging = with_phrases(averaging, vectors, of_phrases)
    if seeds is None:
        return PreparedTexts(averaging, bags, encoding)
    prior, report = seed_directions(
        vectors,
        seeds,
        component_power=encoding.component_power,
        is_unit=encoding.encoder != "mean",
        emphasis=encoding.emphasis,
    )
    if averaging.phrases is not None:  # seeds say nothing of the second half
        rest = np.zeros((averaging.phrases.size, prior.shape[1]), np.float32)
        prior = np.concatenate([prior / np.float32(HALF), rest])
    if len(bags):
        by_seeds = (averaging.vectors(bags) @ prior).argmax(axis=1)
        report = replace(report, labels_right=float((by_seeds == labels.codes).mean()))
    for complaint in seed_complaints(report, len(bags)):
        warnings.warn(complaint, TextransferWarning, stacklevel=4)
    return PreparedTexts(averaging, bags, encoding, prior, report)


def _average(
    vectors: WordVectors,
    config: ClassifierConfig,
    encoding: Encoding,
    token_lists: Sequence[list[str]],
    labels: Labels,
) -> tuple[Averaging, Bags]:
    """Return how words become vectors, and the known words of the texts; warn of texts without any."""
    averaging = averaging_of(vectors, encoding.encoder, encoding.component_power, encoding.emphasis)
    if vectors.phrases is not None and config.phrases and encoding.encoder != "mean" and not config.fine_tune:
        averaging = with_phrases(averaging, vectors, Encoding(DEFAULT_ENCODER, COMPONENT_POWER))
    if config.fine_tune:  # what n-grams tell is not trained along
        averaging = replace(averaging, unknown=None)
    bags = bags_of_words(averaging, token_lists)
    if n := bags.n_empty:
        warnings.warn(
            f"{n:,} of {amount(len(bags), 'labelled text')} {agreeing(n, 'has', 'have')} no known word; "
            f"{agreeing(n, 'it tells', 'they tell')} how frequent {agreeing(n, 'its', 'their')} class is, "
            "no more",
            TextransferWarning,
            stacklevel=5,
        )
    if not config.standardize:
        return averaging, bags
    if encoding.encoder == "mean":
        return averaging.standardized(bags), bags
    return averaging.centered_towards(bags.take(labels.counting)), bags


def _choose_of_phrases(
    moments: DocumentMoments, config: ClassifierConfig, means: Floats, labels: Labels
) -> Encoding:
    """Return how labels, if settings leave it to them, want centred means of phrases, (n, D), stretched."""
    rows = labels.counting
    rows = rows[asked_texts(labels.codes[rows])]
    rows = rows[means[rows].any(axis=1)]
    powers = POWERS if config.component_power is None else (config.component_power,)
    weights = None if labels.weights is None else labels.weights[rows]
    documents = {DEFAULT_ENCODER: means[rows]}
    return choose_encoding(
        documents, moments, powers, labels.codes[rows], weights, may_emphasize=config.emphasis
    )


def _choose(
    vectors: WordVectors,
    config: ClassifierConfig,
    token_lists: Sequence[list[str]],
    labels: Labels,
    seeds: KnownSeeds | None,
) -> Encoding:
    """Return the encoding that settings fix, and labels choose where they do not.

    Seed words count as labelled texts of one word, of which each says how its word points, not how often it
    is said: with them the encoder is the default one unless another is asked for.
    """
    moments = vectors.moments
    power = COMPONENT_POWER if config.component_power is None else config.component_power
    encoders: tuple[EncoderName, ...] = (config.encoder,)
    if config.encoder == "auto":
        encoders = (DEFAULT_ENCODER,) if seeds is not None else (DEFAULT_ENCODER, "centered")
    powers = POWERS if config.component_power is None else (power,)
    may_emphasize = config.emphasis and moments is not None and moments.n_polar > 0
    is_fixed = len(encoders) * len(powers) == 1
    if moments is None or config.encoder == "mean" or (is_fixed and not may_emphasize):
        return Encoding(encoders[0], power)
    rows = labels.counting
    rows = rows[asked_texts(labels.codes[rows])]
    means = {encoder: word_means(vectors, encoder) for encoder in encoders}
    asked = some_of(token_lists, rows)
    bags = {name: bags_of_words(averaging_of(vectors, name, 0.0), asked) for name in encoders}
    is_known = bags[encoders[0]].has_words
    rows = rows[is_known]
    documents = {name: means[name].centred(own)[is_known] for name, own in bags.items()}
    codes = labels.codes[rows]
    weights = np.ones(len(rows))
    if labels.weights is not None and len(rows):
        weights = labels.weights[rows] / labels.weights[rows].mean()  # a seed weighs as much as a text
    if len(rows) and config.standardize:  # as in `Averaging.centered_towards`
        share = len(rows) / (len(rows) + vectors.vector_size)
        documents = {name: own - share * own.mean(axis=0) for name, own in documents.items()}
    if seeds is not None:
        words = list(seeds.means(vectors.unit_matrix).values())
        from_words = np.concatenate(words) - means[encoders[0]].center
        documents = {name: np.concatenate([own, from_words]) for name, own in documents.items()}
        codes = np.concatenate([codes, np.repeat(np.arange(len(words)), [*map(len, words)])])
        weights = np.concatenate([weights, np.ones(len(from_words))])
    return choose_encoding(documents, moments, powers, codes, weights, may_emphasize=may_emphasize)
