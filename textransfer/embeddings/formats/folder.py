"""The embeddings folder of textransfer: tensors, vocabulary, tokenizer, config, model card."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt

from textransfer.embeddings.documents import DocumentMoments
from textransfer.embeddings.formats.pieces import read_record, read_tensors, write_record, write_tensors
from textransfer.embeddings.model_card import model_card as describe
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, FormatError
from textransfer.storage import staged_folder
from textransfer.version import __version__

TENSORS = "vectors.safetensors"
VOCABULARY = "vocabulary.json"
TOKENIZER = "tokenizer.json"
CONFIG = "config.json"
MODEL_CARD = "README.md"


def save(vectors: WordVectors, path: Path, *, force: bool = False, model_card: str | None = None) -> Path:
    """Write the folder, whole or not at all.

    Parameters
    ----------
    vectors : WordVectors
    path : Path
        Where the folder shall stand.
    force : bool, default=False
        Replace an older one.
    model_card : str, optional
        Text of README.md; written from the vectors' own facts if absent.

    Raises
    ------
    OutputError
        If it exists and `force` is false, or if it cannot be written.
    ConfigError
        If the metadata or the tokenizer's options are not plain JSON.
    """
    with staged_folder(path, force=force) as stage:
        write_into(stage, vectors, model_card=model_card)
    return path


def write_into(folder: Path, vectors: WordVectors, *, model_card: str | None = None) -> None:
    """Write the files into a folder that is there already, such as a staged one that gets further files."""
    tensors = {
        "in_vectors": vectors.matrix,
        "out_vectors": vectors.out_matrix,
        "out_bias": vectors.out_bias,
        "document_mean": None if vectors.moments is None else vectors.moments.mean,
        "document_covariance": None if vectors.moments is None else vectors.moments.covariance,
        "document_polar": None if vectors.moments is None else vectors.moments.polar,
    }
    write_tensors(folder / TENSORS, {name: array for name, array in tensors.items() if array is not None})
    vocabulary = {
        "n_tokens": vectors.n_tokens,
        "n_documents": vectors.n_documents,
        "words": vectors.words,
        "counts": None if vectors.counts is None else vectors.counts.tolist(),
        "document_counts": None if vectors.document_counts is None else vectors.document_counts.tolist(),
    }
    write_record(folder / VOCABULARY, vocabulary)
    if vectors.tokenizer_spec is not None:
        write_record(folder / TOKENIZER, vectors.tokenizer_spec)
    has_tokenizer = vectors.tokenizer_spec is not None
    write_record(
        folder / CONFIG,
        {"textransfer_version": __version__, **vectors.metadata, "has_tokenizer": has_tokenizer},
    )
    card = describe(vectors) if model_card is None else model_card
    (folder / MODEL_CARD).write_text(card, encoding="utf-8", newline="\n")


def load(path: Path) -> WordVectors:
    """Read the folder.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file of it is missing, truncated, foreign or of a newer
        version, or if the files contradict each other.
    """
    absent = [name for name in (TENSORS, VOCABULARY, CONFIG) if not (path / name).is_file()]
    if absent:
        raise FormatError(
            f"{path} is no complete embeddings folder: {', '.join(absent)} missing; "
            "give a folder that textransfer pretrain wrote"
        )
    config = read_record(path / CONFIG)
    vocabulary = read_record(path / VOCABULARY)
    _check_vocabulary(path / VOCABULARY, vocabulary)
    has_tokenizer = (path / TOKENIZER).exists()
    if config.pop("has_tokenizer", False) and not has_tokenizer:
        raise FormatError(
            f"{path} has lost its {TOKENIZER}, without which texts would be cut in another way; "
            "restore it, or make the folder anew"
        )
    tokenizer_spec = read_record(path / TOKENIZER) if has_tokenizer else None
    tensors = read_tensors(path / TENSORS, "in_vectors")
    try:
        return WordVectors(
            vocabulary["words"],
            tensors["in_vectors"],
            counts=vocabulary.get("counts"),
            document_counts=vocabulary.get("document_counts"),
            n_tokens=vocabulary.get("n_tokens"),
            n_documents=vocabulary.get("n_documents"),
            out_matrix=tensors.get("out_vectors"),
            out_bias=tensors.get("out_bias"),
            moments=_moments(tensors),
            tokenizer_spec=tokenizer_spec,
            metadata=config,
        )
    except ConfigError as error:
        raise FormatError(f"the files in {path} do not fit together: {error}") from error


def _moments(tensors: Mapping[str, npt.NDArray[Any]]) -> DocumentMoments | None:
    """Return the moments of the documents; folders of earlier releases have none, or nothing polar."""
    if not {"document_mean", "document_covariance"} <= set(tensors):
        return None
    return DocumentMoments(
        tensors["document_mean"], tensors["document_covariance"], tensors.get("document_polar")
    )


def _check_vocabulary(path: Path, vocabulary: dict[str, Any]) -> None:
    """Refuse a vocabulary whose entries have the wrong JSON type; sizes are checked with the matrix."""
    for name, kinds in _KINDS.items():
        value = vocabulary.get(name)
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise FormatError(
                f"{path} was not written by textransfer: {name!r} is missing or of another kind"
            )


_OPTIONAL = type(None)
_KINDS: dict[str, tuple[type, ...]] = {
    "words": (list,),
    "counts": (list, _OPTIONAL),
    "document_counts": (list, _OPTIONAL),
    "n_tokens": (int, _OPTIONAL),
    "n_documents": (int, _OPTIONAL),
}
