"""The folder of a `CombinedClassifier`: that of its part over vectors, and what words have taught."""

import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from textransfer.config import ClassifierConfig
from textransfer.embeddings.formats.files import read_record, read_tensors
from textransfer.errors import FormatError, NotFittedError
from textransfer.sentiment import persistence
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.persistence import WORD_TENSORS, WORDS
from textransfer.sentiment.ratios import LogCountRatios

_TENSORS = ("shares", "weights", "intercepts")


def save(
    combined: CombinedClassifier,
    path: Path,
    *,
    force: bool = False,
    records: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Path:
    """Write the folder, whole or not at all; without words it is that of the part over vectors.

    Parameters
    ----------
    combined : CombinedClassifier
        A fitted one.
    path : Path
        The folder to be made.
    force : bool, default=False
        Replace an older one.
    records : mapping of file name to record, optional
        Further JSON files to lay into the folder; they are not read again.

    Raises
    ------
    NotFittedError
        If the classifier has learned nothing yet.
    OutputError
        If the folder exists and `force` is false, or cannot be written.
    ConfigError
        If the labels are neither text nor numbers, or the tokenizer cannot be saved.
    """
    if not combined.__sklearn_is_fitted__():
        raise NotFittedError("this classifier is not fitted yet; call fit(texts, labels) before save")
    words = combined.words_
    if words is None:
        return persistence.save(combined.classifier_, path, force=force, records=records)
    record = {
        "classes": combined.classes_.tolist(),
        "weights": list(combined.weights_),
        "features": words.features_,
    }
    tensors = {"shares": words.shares_, "weights": words.weights_, "intercepts": words.intercepts_}
    return persistence.save(
        combined.classifier_,
        path,
        force=force,
        records={**records, WORDS: record},
        arrays={WORD_TENSORS: tensors},
    )


def load(path: Path) -> CombinedClassifier:
    """Read the folder; one of a `SentimentClassifier` gives a classifier without words.

    It predicts as the saved one did, to the bit. Its parameter `vectors` is the path of the folder; to fit it
    anew, give it vectors first.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file of it is missing, truncated, foreign or of a newer
        version, or if the files contradict each other.
    """
    plain = persistence.load(path)
    settings = {name: getattr(plain, name) for name in ClassifierConfig.names()}
    combined = CombinedClassifier(plain.vectors, config=ClassifierConfig(**settings))
    combined.classifier_, combined.classes_ = plain, plain.classes_
    combined.words_, combined.weights_ = None, (1.0, 0.0)
    combined.out_of_fold_ = None  # is not saved
    if not persistence.has_words(path):
        return combined
    absent = [name for name in (WORDS, WORD_TENSORS) if not (path / name).is_file()]
    if absent:
        raise FormatError(
            f"{path} is no complete folder of a classifier with text features: {absent[0]} missing; "
            "make it anew with textransfer classify --text-features"
        )
    record, tensors = read_record(path / WORDS), read_tensors(path / WORD_TENSORS, *_TENSORS)
    try:
        combined.weights_ = _weights(record["weights"])
        if record["classes"] != plain.classes_.tolist():
            raise ValueError(
                f"the words tell {record['classes']!r} apart, the vectors {plain.classes_.tolist()!r}"
            )
        features = record["features"]
        if not isinstance(features, list) or not all(isinstance(feature, str) for feature in features):
            raise ValueError(f"the features in {WORDS} are no list of words")
        floats = {name: np.asarray(tensors[name], np.float64) for name in _TENSORS}
        broken = [name for name, array in floats.items() if not np.isfinite(array).all()]
        if broken:
            raise ValueError(f"{', '.join(broken)} in {WORD_TENSORS} holds numbers that are not finite")
        if (floats["shares"] < 0).any() or not math.isclose(floats["shares"].sum(), 1, abs_tol=1e-6):
            raise ValueError(f"the shares in {WORD_TENSORS} are no shares of one whole")
        combined.words_ = LogCountRatios(plain.tokenizer_).restore(
            plain.classes_, floats["shares"], features, floats["weights"], floats["intercepts"]
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FormatError(
            f"the files in {path} do not fit together: {error}; make the folder anew"
        ) from error
    return combined


def _weights(found: Any) -> tuple[float, float]:  # noqa: ANN401 - from a file
    a, b = (float(weight) for weight in found)
    if not (math.isfinite(a) and math.isfinite(b) and a > 0 and b >= 0):
        raise ValueError(f"the weights of vectors and words are {found!r}; expected one above 0, one from 0")
    return a, b
