"""The classifier folder: weights, word vectors, words, tokenizer, settings; it stands alone."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.formats.files import (
    TOKENIZER,
    read_record,
    read_tensors,
    tokenizer_path,
    write_record,
    write_tensors,
)
from textransfer.embeddings.formats.folder import PHRASES, phrase_tensors
from textransfer.errors import ConfigError, FormatError
from textransfer.sentiment.digests import DIGESTS, check_digest, digest_of
from textransfer.sentiment.head import Head
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.encoding import Encoding
from textransfer.sentiment.sentences.saving import (
    VOCABULARY,
    averaging_records,
    averaging_settings,
    averaging_tensors,
    saved_averaging,
)
from textransfer.storage.kinds import CLASSIFIER
from textransfer.storage.reading import read_as_one
from textransfer.storage.writing import staged_folder
from textransfer.text.tokenize import Tokenizer, tokenizer_from_spec
from textransfer.version import __version__

TENSORS = "network.safetensors"
CONFIG = "config.json"
WORD_TENSORS = "words.safetensors"
WORDS = "words.json"
"""These two lie in the folder of a `CombinedClassifier` besides, and are that of a `TfidfBaseline`."""
Kind = Literal["vectors", "combined", "tfidf", "encoder"]
"""What `kind` in config.json says; in folders of version 0.1 the files tell."""

Records = Mapping[str, Mapping[str, Any]] | None
"""Further JSON files of a folder, by name."""
_WEIGHTS = ("w1", "b1", "w2", "b2")
_TABLES = ("table", "ngram_vectors")
"""Of which only those rows are read that a text needs; the head refuses what is not finite."""
LINEAR_TENSORS = ("shares", "weights", "intercepts")
_TFIDF_TENSORS = (*LINEAR_TENSORS, "idf")


@dataclass(frozen=True, eq=False)
class ClassifierState:
    """What is saved of a fitted `SentimentClassifier`; from the classes on, its fitted attributes."""

    settings: ClassifierConfig
    has_pretrained_vectors: bool
    """Whether it was fitted with vectors, rather than random ones."""
    head: Head
    classes: npt.NDArray[Any]
    averaging: Averaging
    tokenizer: Tokenizer
    encoding: Encoding
    n_epochs: int
    temperature: float
    n_texts_without_known_words: int
    shares: npt.NDArray[np.float64] | None
    """Of the classes in the labels; None in folders of version 0.1."""


@dataclass(frozen=True, eq=False)
class Further:
    """What a folder holds besides the network over vectors: tensors and records, by names of files."""

    tensors: Mapping[str, Mapping[str, npt.NDArray[Any]]]
    records: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class TfidfState:
    """What is saved of a `TfidfBaseline`; but for the first, its fitted attributes."""

    c: float
    classes: npt.NDArray[Any]
    tokenizer: Tokenizer
    shares: npt.NDArray[np.float64]
    features: list[str]
    idf: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    intercepts: npt.NDArray[np.float64]
    temperature: float


TFIDF_FITTED = [field.name for field in fields(TfidfState)[1:]]
"""Of these, the fitted attributes, without the last underscore."""


def save(
    path: Path,
    state: ClassifierState,
    further: Further | None = None,
    *,
    force: bool = False,
    records: Records = None,
) -> Path:
    """Write the folder, whole or not at all; `force` replaces an older one.

    `records` are further JSON files to lay into the folder, by name; they are not read again.

    Raises
    ------
    OutputError
        If the folder exists and `force` is false, or cannot be written.
    ConfigError
        If the labels are neither text nor numbers, or the tokenizer cannot be saved.
    """
    written = {
        **averaging_records(state.averaging),
        TOKENIZER: state.tokenizer.spec(),
        CONFIG: {"kind": "vectors" if further is None else "combined", **_config(state)},
        **({} if further is None else further.records),
        **(records or {}),
    }
    arrays = {TENSORS: _tensors(state), **({} if further is None else further.tensors)}
    if state.averaging.phrases is not None:
        arrays[PHRASES] = phrase_tensors(state.averaging.phrases.phrases)
    return write_folder(path, arrays, written, force=force)


def save_tfidf(path: Path, state: TfidfState, *, force: bool = False, records: Records = None) -> Path:
    """Write the folder of a `TfidfBaseline`; parameters and errors are those of `save`."""
    config = {
        "kind": "tfidf",
        "textransfer_version": __version__,
        "classes": classes_record(state.classes),
        "settings": {"c": state.c},
        "temperature": state.temperature,
    }
    written = {
        TOKENIZER: state.tokenizer.spec(),
        CONFIG: config,
        WORDS: {"features": state.features},
        **(records or {}),
    }
    arrays = {WORD_TENSORS: {name: getattr(state, name) for name in _TFIDF_TENSORS}}
    return write_folder(path, arrays, written, force=force)


def write_folder(
    path: Path,
    arrays: Mapping[str, Mapping[str, npt.NDArray[Any]]],
    records: Mapping[str, Mapping[str, Any]],
    *,
    force: bool,
) -> Path:
    """Write files of arrays and of records into a folder, whole or not at all."""
    with staged_folder(path, CLASSIFIER, force=force) as stage:
        for name, tensors in arrays.items():
            write_tensors(stage / name, tensors)
        digests = {name: digest_of(tensors) for name, tensors in arrays.items() if name != PHRASES}
        for name, record in records.items():
            write_record(stage / name, {**record, DIGESTS: digests} if name == CONFIG else record)
    return path


def _config(state: ClassifierState) -> dict[str, Any]:
    return {
        "textransfer_version": __version__,
        "classes": classes_record(state.classes),
        "has_pretrained_vectors": state.has_pretrained_vectors,
        "averaging": averaging_settings(state.averaging),
        "settings": state.settings.to_dict(),
        "n_epochs": state.n_epochs,
        "temperature": state.temperature,
        **state.encoding.to_records(),
        "n_texts_without_known_words": state.n_texts_without_known_words,
        "shares": None if state.shares is None else state.shares.tolist(),
    }


def classes_record(classes: npt.NDArray[Any]) -> dict[str, Any]:
    """Return classes as JSON holds them; ConfigError if they are neither text nor numbers."""
    values = classes.tolist()
    if classes.dtype.kind not in "OUbiuf" or not all(
        isinstance(value, str | int | float) for value in values
    ):
        raise ConfigError(f"the classes {values!r} cannot be saved; expected labels that are text or numbers")
    return {"dtype": "object" if classes.dtype.kind == "O" else classes.dtype.str, "values": values}


def _tensors(state: ClassifierState) -> dict[str, Any]:
    return state.head.tensors() | averaging_tensors(state.averaging)


def load(path: Path) -> ClassifierState:
    """Read the folder; of one with other members, the network over vectors.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file of it is missing, truncated, foreign or of a newer
        version, or if the files contradict each other; or if another program changed it meanwhile.
    """
    with read_as_one(path):
        return _load(path)


def _load(path: Path) -> ClassifierState:
    if kind_of(path) in ("tfidf", "encoder"):
        raise FormatError(f"{path} holds a classifier without word vectors; load it with load_classifier")
    check_complete(path, TENSORS, VOCABULARY, tokenizer_path(path).name, CONFIG)
    config = read_record(path / CONFIG)
    tensors = read_tensors(path / TENSORS, *_WEIGHTS, "table", "word_weights", is_mapped=True)
    vocabulary = read_record(path / VOCABULARY)
    tokenizer = tokenizer_from_spec(read_record(tokenizer_path(path)))
    with fitting_together(path):
        settings = ClassifierConfig(**config["settings"])
        classes = saved_classes(config)
        check_floating(tensors)
        check_finite({name: array for name, array in tensors.items() if name not in _TABLES})
        averaging = saved_averaging(vocabulary, tensors, config["averaging"], path)
        check_digest(config, TENSORS, tensors)
        return ClassifierState(
            settings=settings,
            has_pretrained_vectors=bool(config["has_pretrained_vectors"]),
            classes=classes,
            averaging=averaging,
            head=head_of(tensors, len(classes), settings.activation, averaging.size),
            tokenizer=tokenizer,
            encoding=Encoding.from_records(config, settings),
            n_epochs=int(config["n_epochs"]),
            temperature=float(config["temperature"]),
            n_texts_without_known_words=int(config["n_texts_without_known_words"]),
            shares=checked_shares(config.get("shares"), len(classes), CONFIG),
        )


def kind_of(path: Path) -> Kind:
    """Tell which classifier a folder holds; FormatError if this release does not know its kind."""
    kind = read_record(path / CONFIG).get("kind") if (path / CONFIG).is_file() else None
    if kind is None:
        return "combined" if any((path / name).is_file() for name in (WORDS, WORD_TENSORS)) else "vectors"
    if kind not in get_args(Kind):
        raise FormatError(
            f"{path} holds a classifier of the kind {kind!r}; this release reads "
            f"{', '.join(get_args(Kind))}: update textransfer"
        )
    known: Kind = kind
    return known


def check_complete(path: Path, *names: str) -> None:
    """Raise a FormatError if a file is missing."""
    absent = [name for name in names if not (path / name).is_file()]
    if not path.is_dir():
        what = f"{path} is a file" if path.exists() else f"there is no {path}"
        raise FormatError(
            f"{what}; expected a folder that textransfer classify wrote: make one, or give another path"
        )
    if absent:
        raise FormatError(
            f"{path} is no complete classifier folder: {', '.join(absent)} missing; "
            "give a folder that textransfer classify wrote"
        )


def load_tfidf(path: Path) -> TfidfState:
    """Read the folder of a `TfidfBaseline`. Raises as `load`."""
    if (path / CONFIG).is_file() and kind_of(path) != "tfidf":
        raise FormatError(
            f"{path} holds a classifier over word vectors, not over TF-IDF; load it with load_classifier"
        )
    check_complete(path, WORD_TENSORS, WORDS, tokenizer_path(path).name, CONFIG)
    config, record = read_record(path / CONFIG), read_record(path / WORDS)
    tensors = read_tensors(path / WORD_TENSORS, *_TFIDF_TENSORS)
    tokenizer = tokenizer_from_spec(read_record(tokenizer_path(path)))
    with fitting_together(path):
        classes = saved_classes(config)
        features, floats = word_weights(record, tensors, _TFIDF_TENSORS, len(classes))
        c, temperature = float(config["settings"]["c"]), float(config["temperature"])
        n_judged = 1 if len(classes) == 2 else len(classes)
        shapes = {
            "weights": (n_judged, len(features)),
            "intercepts": (n_judged,),
            "idf": (len(features),),
        }
        for name, shape in shapes.items():
            if floats[name].shape != shape:
                raise ValueError(f"{name} has the shape {floats[name].shape}; expected {shape}")
        check_digest(config, WORD_TENSORS, tensors)
        return TfidfState(c, classes, tokenizer, features=features, temperature=temperature, **floats)


def word_weights(
    record: Mapping[str, Any], tensors: Mapping[str, npt.NDArray[Any]], names: Sequence[str], n_classes: int
) -> tuple[list[str], dict[str, npt.NDArray[np.float64]]]:
    """Return the features and their numbers, checked."""
    features = record["features"]
    if not isinstance(features, list) or not all(isinstance(feature, str) for feature in features):
        raise ValueError(f"the features in {WORDS} are no list of words")
    if len(set(features)) != len(features):
        raise ValueError("a word or a pair of words occurs twice")
    check_floating({name: tensors[name] for name in names})
    floats = {name: np.asarray(tensors[name], np.float64) for name in names}
    check_finite(floats)
    checked_shares(floats["shares"], n_classes, WORD_TENSORS)
    return features, floats


_MISFITS = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, SyntaxError)
"""What values of a damaged file raise; a SyntaxError is NumPy's of the name of a type."""


@contextmanager
def fitting_together(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the values of a folder into a FormatError."""
    try:
        yield
    except _MISFITS as error:
        raise FormatError(
            f"the files in {path} do not fit together: {error}; make the folder anew"
        ) from error


def saved_classes(config: Mapping[str, Any]) -> npt.NDArray[Any]:
    """Return the labels that config.json names; ValueError if one stands there twice."""
    classes = np.array(config["classes"]["values"], dtype=config["classes"]["dtype"])
    if classes.ndim != 1 or len(set(classes.tolist())) < len(classes):
        raise ValueError(f"a class occurs twice in {CONFIG}")
    return classes


def checked_shares(shares: Any, n_classes: int, name: str) -> npt.NDArray[np.float64] | None:  # noqa: ANN401 - from a file
    """Return shares from a file; ValueError if they are none of so many classes."""
    if shares is None:
        return None
    array = np.asarray(shares, np.float64)
    is_whole = array.shape == (n_classes,) and bool((array >= 0).all())
    if not is_whole or not math.isclose(array.sum(), 1, abs_tol=1e-6):
        raise ValueError(f"the shares in {name} are no shares of {n_classes} classes in one whole")
    return array


def head_of(
    tensors: Mapping[str, npt.NDArray[Any]], n_classes: int, activation: str, n_features: int
) -> Head:
    """Return the head that arrays are; ValueError if their shapes do not fit together."""
    hidden_size = tensors["w1"].shape[1]
    shapes = {
        "w1": (n_features, hidden_size),
        "b1": (1, hidden_size),
        "w2": (hidden_size or n_features, n_classes),
        "b2": (1, n_classes),
    }
    if "prior" in tensors and "prior_strength" in tensors:
        shapes |= {"prior": (n_features, n_classes), "prior_strength": (1, 1)}
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            raise ValueError(f"{name} has the shape {tensors[name].shape}; expected {shape}")
    return Head(**{name: tensors[name] for name in shapes}, activation=activation)


def check_floating(tensors: Mapping[str, npt.NDArray[Any]]) -> None:
    """Raise a ValueError if an array is of integers, to which somebody has rounded it."""
    for name, array in tensors.items():
        if array.dtype.kind != "f":
            raise ValueError(f"{name} is of {array.dtype}; expected floating-point numbers")


def check_finite(tensors: Mapping[str, npt.NDArray[Any]]) -> None:
    """Raise a ValueError if a number is not finite."""
    broken = [name for name, array in tensors.items() if not np.isfinite(array).all()]
    if broken:
        raise ValueError(f"{', '.join(broken)} holds numbers that are not finite")
