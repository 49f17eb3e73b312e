"""Predict a stream of texts that may be larger than memory: in blocks, by several threads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.case import LEAST_SHARE, N_TEXTS, warn_of_case
from textransfer.errors import ConfigError
from textransfer.sentiment.predictor import TextPredictor
from textransfer.text.encoding.pipeline import available_cores, in_order
from textransfer.text.reading.records import Record

TEXTS_A_TIME = 16000
CHARACTERS_A_TIME = 1 << 21
"""Texts of a block, at most so many or so long together; some blocks are in memory at a time."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a classifier says of a block of texts."""

    records: list[Record]
    probabilities: npt.NDArray[np.float64]
    """Shape (n, C), columns as in `classes_` of the classifier."""
    known_shares: npt.NDArray[np.float64]
    """Share of each text's words that are known, shape (n,); a text with 0 gets the shares of the classes in
    the labels as its probabilities."""
    words: list[list[tuple[str, float]]] | None
    """For each text those that count most, if asked for, with what they add to its class."""


def predict_stream(
    model: TextPredictor,
    records: Iterable[Record],
    *,
    n_words: int = 0,
    is_at_once: bool = False,
) -> Iterator[Predictions]:
    """Yield the predictions of the texts of records in their order.

    Parameters
    ----------
    model : TextPredictor
        Fitted.
    records : iterable of Record
        Read only as far ahead as the threads need.
    n_words : int, default=0
        Explain each text by so many words.
    is_at_once : bool, default=False
        Answer each text before the next is read.

    Raises
    ------
    ConfigError
        If words are asked for and the classifier reads none.
    """
    if n_words and not model.reads_words:
        raise ConfigError(
            "the classifier is one over an encoder, of which nobody can tell what a word adds; leave the "
            "explanation out"
        )
    blocks = _blocks(records, 1 if is_at_once else TEXTS_A_TIME)
    predict = partial(_predict, model, n_words)
    for number, predictions in enumerate(in_order(predict, blocks, 1 if is_at_once else available_cores())):
        if number == 0 and not is_at_once:
            _look_at_case(model, predictions)
        yield predictions


def _look_at_case(model: TextPredictor, predictions: Predictions) -> None:
    """Say so if the first texts have words that the vectors know in another case only."""
    averaging = getattr(model, "averaging_", None)
    if averaging is not None and predictions.known_shares.mean() < 1 - LEAST_SHARE:
        texts = [record.text for record in predictions.records[:N_TEXTS]]
        warn_of_case(list(model.tokenizer_.tokenize_many(texts)), averaging.index)


def _predict(model: TextPredictor, n_words: int, records: list[Record]) -> Predictions:
    texts = [record.text for record in records]
    encoded: Any = model.encode(texts)  # each predicts from an encoding of its own
    words = None
    if n_words:
        words = [text.strongest(n_words) for text in model.explain(texts)]
    return Predictions(records, model.predict_proba(encoded), model.known_shares(encoded), words)


def _blocks(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    block: list[Record] = []
    n_characters = 0
    for record in records:
        block.append(record)
        n_characters += len(record.text)
        if len(block) == size or n_characters >= CHARACTERS_A_TIME:
            yield block
            block, n_characters = [], 0
    if block:
        yield block
