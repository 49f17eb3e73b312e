"""The classifier folder: weights and word vectors, words, tokenizer, settings; it stands alone."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from textransfer.config import ClassifierConfig
from textransfer.embeddings.formats.files import read_record, read_tensors, write_record, write_tensors
from textransfer.errors import ConfigError, FormatError, NotFittedError
from textransfer.output_kinds import CLASSIFIER
from textransfer.sentiment.averaging import Averaging, Finish
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.network import OneHiddenLayer
from textransfer.sentiment.stretching import Emphasis
from textransfer.storage import staged_folder
from textransfer.text.tokenize import tokenizer_from_spec
from textransfer.version import __version__

TENSORS = "network.safetensors"
VOCABULARY = "vocabulary.json"
TOKENIZER = "tokenizer.json"
CONFIG = "config.json"
WORD_TENSORS = "words.safetensors"
WORDS = "words.json"
"""These two lie in the folder of a `CombinedClassifier` besides."""

_WEIGHTS = ("w1", "b1", "w2", "b2")


def save(
    classifier: SentimentClassifier,
    path: Path,
    *,
    force: bool = False,
    records: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    arrays: Mapping[str, Mapping[str, npt.NDArray[Any]]] = MappingProxyType({}),
) -> Path:
    """Write the folder, whole or not at all.

    Parameters
    ----------
    classifier : SentimentClassifier
        A fitted one.
    path : Path
        The folder to be made.
    force : bool, default=False
        Replace an older one.
    records : mapping of file name to record, optional
        Further JSON files to lay into the folder; `load` does not read them.
    arrays : mapping of file name to tensors, optional
        The same for safetensors.

    Raises
    ------
    NotFittedError
        If the classifier has learned nothing yet.
    OutputError
        If the folder exists and `force` is false, or cannot be written.
    ConfigError
        If the labels are neither text nor numbers, or the tokenizer cannot be saved.
    """
    if not classifier.__sklearn_is_fitted__():
        raise NotFittedError("this classifier is not fitted yet; call fit(texts, labels) before save")
    averaging, network = classifier.averaging_, classifier.network_
    tensors = {name: getattr(network, name)[0].detach().numpy() for name in _WEIGHTS}
    if network.prior is not None:
        tensors |= {
            "prior": network.prior.numpy(),
            "prior_strength": network.prior_strength[0].detach().numpy(),
        }
    tensors |= {"table": averaging.table, "word_weights": averaging.word_weights}
    if averaging.finish.center is not None:
        tensors["center"] = averaging.finish.center
    config = {
        "textransfer_version": __version__,
        "classes": _classes_record(classifier.classes_),
        "has_pretrained_vectors": classifier.vectors is not None,
        "averaging": {
            "is_distinct": averaging.is_distinct,
            "is_unit_length": averaging.finish.is_unit_length,
            "scale": averaging.finish.scale,
        },
        "settings": {name: getattr(classifier, name) for name in ClassifierConfig.names()},
        "n_epochs": classifier.n_epochs_,
        "temperature": classifier.temperature_,
        "emphasis": None if classifier.emphasis_ is None else asdict(classifier.emphasis_),
        "n_texts_without_known_words": classifier.n_texts_without_known_words_,
    }
    with staged_folder(path, CLASSIFIER, force=force) as stage:
        write_tensors(stage / TENSORS, tensors)
        write_record(stage / VOCABULARY, {"words": list(averaging.index)})
        write_record(stage / TOKENIZER, classifier.tokenizer_.spec())
        write_record(stage / CONFIG, config)
        for name, record in records.items():
            write_record(stage / name, record)
        for name, others in arrays.items():
            write_tensors(stage / name, others)
    return path


def has_words(path: Path) -> bool:
    """Tell whether a folder is that of a `CombinedClassifier` with words."""
    return any((path / name).is_file() for name in (WORDS, WORD_TENSORS))


def load(path: Path) -> SentimentClassifier:
    """Read the folder.

    The classifier predicts as the saved one did, to the bit. If it had pretrained vectors, its parameter
    `vectors` is the path of the folder; to fit it anew, give it vectors first. Of a folder with words it is
    the part over vectors.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file of it is missing, truncated, foreign or of a newer
        version, or if the files contradict each other.
    """
    absent = [name for name in (TENSORS, VOCABULARY, TOKENIZER, CONFIG) if not (path / name).is_file()]
    if absent:
        raise FormatError(
            f"{path} is no complete classifier folder: {', '.join(absent)} missing; "
            "give a folder that textransfer classify wrote"
        )
    config = read_record(path / CONFIG)
    tensors = read_tensors(path / TENSORS, *_WEIGHTS, "table", "word_weights")
    words = read_record(path / VOCABULARY).get("words")
    tokenizer = tokenizer_from_spec(read_record(path / TOKENIZER))
    try:
        settings = ClassifierConfig(**config["settings"])
        classifier = SentimentClassifier.from_config(
            settings, str(path) if config["has_pretrained_vectors"] else None
        )
        classifier.classes_ = np.array(config["classes"]["values"], dtype=config["classes"]["dtype"])
        classifier.averaging_ = _averaging(words, tensors, config["averaging"])
        classifier.network_ = _network(
            tensors, len(classifier.classes_), settings.activation, classifier.averaging_.table.shape[1]
        )
        classifier.n_epochs_ = int(config["n_epochs"])
        classifier.temperature_ = float(config.get("temperature", 1.0))  # 1 in folders of earlier releases
        emphasis = config.get("emphasis")
        classifier.emphasis_ = None if emphasis is None else Emphasis(**emphasis)
        classifier.n_texts_without_known_words_ = int(config["n_texts_without_known_words"])
    except (ConfigError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise FormatError(
            f"the files in {path} do not fit together: {error}; make the folder anew"
        ) from error
    classifier.tokenizer_ = tokenizer
    classifier.out_of_fold_ = classifier.seed_report_ = None  # are not saved
    return classifier


def _classes_record(classes: npt.NDArray[Any]) -> dict[str, Any]:
    values = classes.tolist()
    if classes.dtype.kind not in "OUbiuf" or not all(
        isinstance(value, str | int | float) for value in values
    ):
        raise ConfigError(f"the classes {values!r} cannot be saved; expected labels that are text or numbers")
    return {"dtype": "object" if classes.dtype.kind == "O" else classes.dtype.str, "values": values}


def _averaging(words: Any, tensors: dict[str, npt.NDArray[Any]], record: dict[str, Any]) -> Averaging:  # noqa: ANN401 - from a file
    table, weights, center = tensors["table"], tensors["word_weights"], tensors.get("center")
    if not isinstance(words, list) or table.ndim != 2 or not len(words) == len(table) == len(weights):
        raise ValueError(f"words, table and word_weights differ in length, or {VOCABULARY} has no words")
    index = {word: row for row, word in enumerate(words)}
    if len(index) != len(words):
        raise ValueError("a word occurs twice")
    if center is not None and center.shape != table.shape[1:]:
        raise ValueError(f"the center has the shape {center.shape}, the table {table.shape}")
    _check_finite(tensors)
    finish = Finish(center, is_unit_length=bool(record["is_unit_length"]), scale=float(record["scale"]))
    return Averaging(index, table, weights, is_distinct=bool(record["is_distinct"]), finish=finish)


def _network(
    tensors: dict[str, npt.NDArray[Any]], n_classes: int, activation: str, n_features: int
) -> OneHiddenLayer:
    hidden_size = tensors["w1"].shape[1]
    shapes = ((n_features, hidden_size), (1, hidden_size), (hidden_size, n_classes), (1, n_classes))
    for name, shape in zip(_WEIGHTS, shapes, strict=True):
        if tensors[name].shape != shape:
            raise ValueError(f"{name} has the shape {tensors[name].shape}; expected {shape}")
    weights = {name: torch.tensor(tensors[name])[None] for name in _WEIGHTS}
    prior, strength = tensors.get("prior"), tensors.get("prior_strength")
    if prior is None or strength is None:
        return OneHiddenLayer(**weights, activation=activation)
    if prior.shape != (n_features, n_classes) or strength.shape != (1, 1):
        raise ValueError(f"prior has the shape {prior.shape}; expected {(n_features, n_classes)}")
    return OneHiddenLayer(
        **weights,
        activation=activation,
        prior=torch.tensor(prior),
        prior_strength=torch.tensor(strength)[None],
    )


def _check_finite(tensors: dict[str, npt.NDArray[Any]]) -> None:
    broken = [name for name, array in tensors.items() if not np.isfinite(array).all()]
    if broken:
        raise ValueError(f"{', '.join(broken)} holds numbers that are not finite")
