"""Sentence vectors as a table of rows, a word each, whose plain mean at unit length is the sentence vector.

With w the weight of a word, x its vector and c the mean that is taken off, the sentence vector is that of
sum w x / sum w - c, at unit length. It has the direction of sum w (x - c): so these are the rows.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from textransfer.config import EncoderName
from textransfer.embeddings.formats.words_in_text import check_whole_characters
from textransfer.embeddings.vectors import WordVectors
from textransfer.exchange.tokenizer_json import Json, subword_json, tokenizer_json
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.encoders import averaging_of
from textransfer.sentiment.sentences.stretching import COMPONENT_POWER
from textransfer.text.tokenize import Tokenizer
from textransfer.text.tokenizers.japanese import JapaneseTokenizer
from textransfer.text.tokenizers.subword import SubwordTokenizer

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SentenceTable:
    """What programs that average rows of tokens need."""

    rows: Floats
    """Shape (T, D), T the tokens; that of an unknown token is zero."""
    tokenizer: Json
    """tokenizer.json: texts to tokens."""
    notes: tuple[str, ...] = field(default=())
    """Where its sentence vectors are not ours."""


def averaging_of_vectors(vectors: WordVectors, encoder: EncoderName = "sif") -> Averaging:
    """Return how `SIFEncoder` averages, or take plain means if the encoder is "mean"."""
    return averaging_of(vectors, encoder, COMPONENT_POWER)


def sentence_rows(averaging: Averaging) -> Floats:
    """Return w (x - c) of each word, shape (V, D)."""
    center = averaging.finish.center
    table = averaging.table if center is None else averaging.table - np.asarray(center)
    return np.asarray(averaging.word_weights[:, None].astype(np.float32) * table, np.float32)


def sentence_table(averaging: Averaging, tokenizer: Tokenizer) -> SentenceTable:
    """Return the table of an averaging, with the tokenizer that goes with it.

    Raises
    ------
    ConfigError
        If the tokenizer cannot be written as tokenizer.json, or a word holds half a character.
    """
    rows, notes = sentence_rows(averaging), []
    if isinstance(tokenizer, SubwordTokenizer):
        written, tokens = subword_json(tokenizer)
        if averaging.is_distinct:
            notes.append("pieces of words that come again in a text count again")
    else:
        tokens = list(averaging.index)
        check_whole_characters(tokens, "tokenizer.json")
        written = tokenizer_json(tokenizer, tokens, is_distinct=averaging.is_distinct)
        tokens = list(written["model"]["vocab"])
    if isinstance(tokenizer, JapaneseTokenizer):
        notes.append(
            "texts must be cut into words first, with spaces between them: "
            '" ".join(WordVectors.load("embeddings").tokenizer().tokenize(text))'
        )
    if averaging.unknown is not None:
        notes.append("unknown words count for nothing, where ours have vectors from their n-grams")
    if averaging.phrases is not None:
        notes.append("the half of sentence vectors that is made of pairs and triples of words is left out")
    own = np.array([averaging.index.get(token, -1) for token in tokens], np.int64)
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])
    return SentenceTable(padded[own], written, tuple(notes))
