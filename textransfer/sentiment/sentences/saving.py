"""What a classifier folder holds of how words become sentence vectors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.any_ngrams import ngrams_of_record
from textransfer.embeddings.formats.files import read_record
from textransfer.embeddings.formats.folder import PHRASES, read_phrases
from textransfer.sentiment.sentences.averaging import Averaging, Finish
from textransfer.sentiment.sentences.phrases import PhraseAveraging
from textransfer.sentiment.sentences.unknown_words import UnknownWords

VOCABULARY = "vocabulary.json"
NGRAMS = "ngrams.json"
"""There only where unknown words have vectors from their n-grams."""


def averaging_records(averaging: Averaging) -> dict[str, dict[str, Any]]:
    """Return the JSON files, by name."""
    words = {"words": list(averaging.index), "spellings": dict(averaging.spellings)}
    if averaging.unknown is None:
        return {VOCABULARY: words}
    unknown = averaging.unknown
    record = {"is_unit_length": unknown.is_unit_length, **unknown.ngrams.to_record()}
    return {VOCABULARY: words, NGRAMS: record}


def averaging_settings(averaging: Averaging) -> dict[str, Any]:
    """Return the entry of config.json."""
    return {
        "is_distinct": averaging.is_distinct,
        "is_unit_length": averaging.finish.is_unit_length,
        "scale": averaging.finish.scale,
        "phrases": None if averaging.phrases is None else averaging.phrases.to_record(),
    }


def averaging_tensors(averaging: Averaging) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays, by name."""
    tensors: dict[str, npt.NDArray[Any]] = {
        "table": averaging.table,
        "word_weights": averaging.word_weights,
    }
    if averaging.finish.center is not None:
        tensors["center"] = np.asarray(averaging.finish.center)
    if averaging.unknown is not None:
        tensors["ngram_vectors"] = averaging.unknown.ngrams.matrix
        if averaging.unknown.stretch is not None:
            tensors["stretch"] = averaging.unknown.stretch
    if averaging.phrases is not None:
        tensors["phrase_stretch"] = averaging.phrases.stretch
    return tensors


def saved_averaging(
    vocabulary: Mapping[str, Any],
    tensors: Mapping[str, npt.NDArray[Any]],
    record: Mapping[str, Any],
    path: Path,
) -> Averaging:
    """Restore what was saved in a folder: its words, its arrays, the entry of config.json.

    ValueError, or what a wrong type raises, if these do not fit together.
    """
    words, spellings = vocabulary.get("words"), vocabulary.get("spellings", {})
    table, weights, center = tensors["table"], tensors["word_weights"], tensors.get("center")
    if not isinstance(words, list) or table.ndim != 2 or not len(words) == len(table) == len(weights):
        raise ValueError(f"words, table and word_weights differ in length, or {VOCABULARY} has no words")
    index = {word: row for row, word in enumerate(words)}
    if len(index) != len(words):
        raise ValueError("a word occurs twice")
    if not isinstance(spellings, dict):
        raise ValueError(f"the spellings in {VOCABULARY} are no spellings of words")
    if weights.ndim != 1:
        raise ValueError(f"word_weights has the shape {weights.shape}; expected one number a word")
    if center is not None and center.shape != table.shape[1:]:
        raise ValueError(f"the center has the shape {center.shape}, the table {table.shape}")
    finish = Finish(center, is_unit_length=bool(record["is_unit_length"]), scale=float(record["scale"]))
    phrases = None
    if (of_phrases := record.get("phrases")) is not None:
        vectors = read_phrases(path / PHRASES, len(words))
        phrases = PhraseAveraging.of_record(vectors, index, of_phrases, tensors.get("phrase_stretch"))
    return Averaging(
        index,
        table,
        weights,
        is_distinct=bool(record["is_distinct"]),
        finish=finish,
        spellings={word: str(way) for word, way in spellings.items()},
        unknown=_saved_unknown(tensors, path),
        phrases=phrases,
    )


def _saved_unknown(tensors: Mapping[str, npt.NDArray[Any]], path: Path) -> UnknownWords | None:
    if "ngram_vectors" not in tensors:
        return None
    record, size, stretch = read_record(path / NGRAMS), tensors["table"].shape[1], tensors.get("stretch")
    if stretch is not None and stretch.shape != (size, size):
        raise ValueError(f"stretch has the shape {stretch.shape}; expected {size} by {size}")
    ngrams = ngrams_of_record(record, tensors["ngram_vectors"])
    if ngrams.matrix.shape != (len(ngrams), size) or not ngrams.length > 0:
        raise ValueError(
            f"ngram_vectors has the shape {ngrams.matrix.shape}, their length is {ngrams.length}; expected "
            f"({len(ngrams)}, {size}) and a number above 0"
        )
    return UnknownWords(ngrams, bool(record["is_unit_length"]), stretch)
