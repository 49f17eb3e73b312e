"""From the words of labelled texts to their vectors, bent by labels and joined by what seed words say."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferWarning
from textransfer.sentiment.sentences.averaging import Averaging, Bags
from textransfer.sentiment.sentences.emphasis import choose_emphasis
from textransfer.sentiment.sentences.encoders import plain_averaging, sif_averaging
from textransfer.sentiment.sentences.seeds import (
    KnownSeeds,
    SeedReport,
    SeedWords,
    look_up_seeds,
    seed_complaints,
    seed_directions,
)
from textransfer.sentiment.sentences.stretching import Emphasis

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


@dataclass(frozen=True)
class PreparedTexts:
    """How words become vectors, and the labelled texts as words."""

    averaging: Averaging
    bags: Bags
    """The known words of each text."""
    emphasis: Emphasis | None = None
    """Of `averaging`."""
    prior: Floats | None = None
    """What seed words say of sentence vectors, shape (D, C)."""
    seed_report: SeedReport | None = None


def prepare_labelled(
    vectors: WordVectors,
    tokenizer: "Tokenizer",
    config: ClassifierConfig,
    token_lists: Sequence[Sequence[str]],
    labels: Labels,
    seed_words: SeedWords | None = None,
) -> PreparedTexts:
    """Look the words of labelled texts up, and settle how they are averaged."""
    averaging, bags = _average(vectors, config, token_lists)
    seeds = None
    if seed_words is not None:
        seeds = look_up_seeds(seed_words, labels.classes.tolist(), vectors, tokenizer)
    emphasis = _find_emphasis(vectors, config, bags, labels, seeds)
    if emphasis is not None:
        averaging = sif_averaging(vectors, None, config.component_power, emphasis)
    if seeds is None:
        return PreparedTexts(averaging, bags, emphasis)
    prior, report = seed_directions(
        vectors,
        seeds,
        component_power=config.component_power,
        is_unit=config.encoder == "sif",
        emphasis=emphasis,
    )
    if len(bags):
        by_seeds = (averaging.vectors(bags) @ prior).argmax(axis=1)
        report = replace(report, labels_right=float((by_seeds == labels.codes).mean()))
    for complaint in seed_complaints(report, len(bags)):
        warnings.warn(complaint, TextransferWarning, stacklevel=4)
    return PreparedTexts(averaging, bags, emphasis, prior, report)


def _average(
    vectors: WordVectors, config: ClassifierConfig, token_lists: Sequence[Sequence[str]]
) -> tuple[Averaging, Bags]:
    """Return how words become vectors, and the known words of the texts; warn of texts without any."""
    averaging = (
        sif_averaging(vectors, component_power=config.component_power)
        if config.encoder == "sif"
        else plain_averaging(vectors)
    )
    bags = averaging.bags(token_lists)
    if bags.n_empty:
        warnings.warn(
            f"{bags.n_empty} of {len(bags)} labelled texts have no known word; each is a zero vector",
            TextransferWarning,
            stacklevel=5,
        )
    return averaging.standardized(bags) if config.standardize else averaging, bags


def _find_emphasis(
    vectors: WordVectors,
    config: ClassifierConfig,
    bags: Bags,
    labels: Labels,
    seeds: KnownSeeds | None,
) -> Emphasis | None:
    """Return the direction of the corpus that labels, and seed words as texts of one word, speak for."""
    moments = vectors.moments
    if moments is None or not moments.n_polar or not config.emphasis or config.encoder != "sif":
        return None
    counts = bags.has_words if labels.weights is None else bags.has_words & (labels.weights > 0)
    rows = labels.trained[counts[labels.trained]]
    means = np.asarray(bags.take(rows).matrix(len(vectors)) @ vectors.unit_matrix)
    codes = labels.codes[rows]
    weights = np.ones(len(rows))
    if labels.weights is not None and len(rows):
        weights = labels.weights[rows] / labels.weights[rows].mean()  # a seed weighs as much as a text
    if seeds is not None:
        words = list(seeds.means(vectors.unit_matrix).values())
        means = np.concatenate([means, *words])
        codes = np.concatenate([codes, np.repeat(np.arange(len(words)), [*map(len, words)])])
        weights = np.concatenate([weights, np.ones(len(means) - len(weights))])
    return choose_emphasis(means - moments.mean, moments, config.component_power, codes, weights)
