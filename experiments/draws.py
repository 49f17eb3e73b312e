"""Classifiers fitted to few-shot draws, side by side, for benchmarks that change what they learn from."""

from typing import Any

import numpy as np

from benchmarks.token_cache import TokenCache
from textransfer import SentimentClassifier, WordVectors
from textransfer.sentiment.training.side_by_side import fit_side_by_side
from textransfer.text.reading.labelled import LabelledTexts


def fit_all(
    vectors: WordVectors,
    tokens: TokenCache,
    pool: LabelledTexts,
    draws: list[np.ndarray],
    first_state: int = 0,
    **settings: Any,  # noqa: ANN401 - those of the classifier
) -> list[SentimentClassifier]:
    """Fit a classifier to each draw; random states count up from the first draw's."""
    found: dict[int, SentimentClassifier] = {}
    texts = [[pool.texts[i] for i in rows] for rows in draws]
    labels = [[pool.labels[i] for i in rows] for rows in draws]

    def make(position: int) -> SentimentClassifier:
        return SentimentClassifier(vectors, tokenizer=tokens, random_state=first_state + position, **settings)

    for stage in fit_side_by_side(make, texts, labels):
        found |= dict(stage.members)
    return [found[position] for position in range(len(draws))]
