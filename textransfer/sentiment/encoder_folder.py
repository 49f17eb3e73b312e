"""The folder of a classifier over an encoder: the head, and where the encoder lies, with its fingerprint."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.formats.files import read_record, read_tensors
from textransfer.encoders.encoder import Encoder
from textransfer.encoders.recognising import recognised
from textransfer.errors import ConfigError, FormatError
from textransfer.sentiment.digests import check_digest
from textransfer.sentiment.folder import (
    CONFIG,
    TENSORS,
    Records,
    check_complete,
    check_finite,
    check_floating,
    classes_record,
    fitting_together,
    head_of,
    kind_of,
    saved_classes,
    write_folder,
)
from textransfer.sentiment.vector_head import Standard, VectorHead
from textransfer.version import __version__

_WEIGHTS = ("w1", "b1", "w2", "b2")


@dataclass(frozen=True, eq=False)
class EncoderState:
    """What is saved of a fitted `EncoderClassifier`."""

    settings: ClassifierConfig
    classes: npt.NDArray[Any]
    head: VectorHead
    encoder: Encoder
    temperature: float


def save(path: Path, state: EncoderState, *, force: bool = False, records: Records = None) -> Path:
    """Write the folder, whole or not at all; parameters and errors are those of `folder.save`.

    Raises
    ------
    ConfigError
        If the encoder is a function.
    """
    encoder = state.encoder
    if encoder.fingerprint is None:
        raise ConfigError(
            "the encoder is a function, which cannot be saved; expected the folder of an encoder: give that"
        )
    config = {
        "kind": "encoder",
        "textransfer_version": __version__,
        "classes": classes_record(state.classes),
        "settings": state.settings.to_dict(),
        "encoder": {
            "kind": encoder.kind,
            "path": str(Path(encoder.path).resolve()),
            "fingerprint": encoder.fingerprint,
        },
        "scale": state.head.standard.scale,
        "temperature": state.temperature,
    }
    tensors: Mapping[str, npt.NDArray[Any]] = {
        **state.head.head.tensors(),
        "center": state.head.standard.center,
    }
    return write_folder(path, {TENSORS: tensors}, {CONFIG: config, **(records or {})}, force=force)


def load(path: Path) -> EncoderState:
    """Read the folder, and look for its encoder.

    Raises
    ------
    FormatError
        If it is another kind of folder, a file is missing or damaged, or the encoder is gone or has changed.
    """
    check_complete(path, TENSORS, CONFIG)
    if kind_of(path) != "encoder":
        raise FormatError(f"{path} holds no classifier over an encoder; load it with load_classifier")
    config = read_record(path / CONFIG)
    tensors = read_tensors(path / TENSORS, *_WEIGHTS, "center")
    with fitting_together(path):
        settings = ClassifierConfig(**config["settings"])
        classes = saved_classes(config)
        check_floating(tensors)
        check_digest(config, TENSORS, tensors)
        center = np.asarray(tensors.pop("center"), np.float32)
        scale, temperature = float(config["scale"]), float(config["temperature"])
        check_finite({"center": center, "scale": np.array([scale, temperature]), **tensors})
        head = head_of(tensors, len(classes), settings.activation, len(center))
        place, fingerprint = Path(config["encoder"]["path"]), str(config["encoder"]["fingerprint"])
    encoder = _encoder(path, place, fingerprint)
    return EncoderState(settings, classes, VectorHead(Standard(center, scale), head), encoder, temperature)


def _encoder(path: Path, place: Path, fingerprint: str) -> Encoder:
    """Return the encoder that a classifier was made with."""
    if not os.path.isdir(place):  # noqa: PTH112 - false too for a name that no file can have
        raise FormatError(
            f"{path} was made with the encoder in {place}, which is gone; expected it there: put it back, or "
            "train the classifier anew"
        )
    encoder = recognised(place)
    if encoder.fingerprint != fingerprint:
        raise FormatError(
            f"{path} was made with the encoder in {place}, whose files have changed since; expected the same "
            "ones: put them back, or train the classifier anew"
        )
    return encoder
