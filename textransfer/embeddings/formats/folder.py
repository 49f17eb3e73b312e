"""The embeddings folder of textransfer: tensors, vocabulary, tokenizer, config, model card."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.any_ngrams import AnyNgrams, ngrams_of_record
from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats.files import (
    TOKENIZER,
    read_record,
    read_tensors,
    tokenizer_path,
    write_record,
    write_tensors,
)
from textransfer.embeddings.formats.tensor_kinds import SCALES, check_kinds
from textransfer.embeddings.model_card import model_card as describe
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.phrases import PhraseIndex, PhraseVectors
from textransfer.embeddings.precision import restored, rounded
from textransfer.errors import FormatError
from textransfer.formats import Precision
from textransfer.records import plain_value
from textransfer.storage.kinds import EMBEDDINGS
from textransfer.storage.reading import read_as_one
from textransfer.storage.spelling import writable
from textransfer.storage.writing import staged_folder
from textransfer.version import __version__

TENSORS = "vectors.safetensors"
VOCABULARY = "vocabulary.json"
CONFIG = "config.json"
NGRAMS = "ngrams.json"
MODEL_CARD = "README.md"
PHRASES = "phrases.safetensors"
_MOMENTS = ("mean", "covariance", "polar")


def save(
    contents: Contents,
    path: Path,
    *,
    force: bool = False,
    model_card: str | None = None,
    precision: Precision = "float32",
) -> Path:
    """Write the folder, whole or not at all; README.md is `model_card`, or written from the vectors' facts.

    Raises
    ------
    OutputError
        If it exists and `force` is false, or if it cannot be written.
    ConfigError
        If the metadata or the tokenizer's options are not plain JSON.
    """
    with staged_folder(path, EMBEDDINGS, force=force) as stage:
        write_into(stage, contents, model_card=model_card, precision=precision)
    return path


def write_into(
    folder: Path,
    contents: Contents,
    *,
    model_card: str | None = None,
    precision: Precision = "float32",
) -> None:
    """Write the files into a folder that is there already, such as a staged one that gets further files."""
    tensors: dict[str, npt.NDArray[Any] | None] = {"out_bias": contents.out_bias}
    for name, matrix in (("in_vectors", contents.matrix), ("out_vectors", contents.out_matrix)):
        if matrix is not None:
            tensors[name], tensors[name + SCALES] = rounded(matrix, precision)
    if contents.moments is not None:
        tensors |= {f"document_{name}": getattr(contents.moments, name) for name in _MOMENTS}
    if contents.ngrams is not None:
        tensors["ngram_vectors"] = contents.ngrams.matrix
        write_record(folder / NGRAMS, contents.ngrams.to_record())
    write_tensors(folder / TENSORS, {name: array for name, array in tensors.items() if array is not None})
    if contents.phrases is not None:
        write_tensors(folder / PHRASES, phrase_tensors(contents.phrases))
    vocabulary = {
        "n_tokens": contents.n_tokens,
        "n_documents": contents.n_documents,
        "words": contents.words,
        "counts": plain_value(contents.counts),
        "document_counts": plain_value(contents.document_counts),
        "spellings": dict(contents.spellings),
    }
    write_record(folder / VOCABULARY, vocabulary)
    if contents.tokenizer_spec is not None:
        write_record(folder / TOKENIZER, contents.tokenizer_spec)
    parts = {"has_tokenizer": contents.tokenizer_spec is not None}
    if contents.phrases is not None:
        parts["has_phrases"] = True
    write_record(folder / CONFIG, {"textransfer_version": __version__, **contents.metadata, **parts})
    card = describe(contents) if model_card is None else model_card
    (folder / MODEL_CARD).write_text(writable(card), encoding="utf-8", newline="\n")


def load(path: Path) -> Contents:
    """Read the folder.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file of it is missing, truncated, foreign or of a newer version;
        or if another program changed it meanwhile.
    """
    with read_as_one(path):
        return _load(path)


def _load(path: Path) -> Contents:
    absent = [name for name in (TENSORS, VOCABULARY, CONFIG) if not (path / name).is_file()]
    if absent:
        raise FormatError(
            f"{path} is no complete embeddings folder: {', '.join(absent)} missing; "
            "give a folder that textransfer pretrain wrote"
        )
    config = read_record(path / CONFIG)
    vocabulary = read_record(path / VOCABULARY)
    for name, kinds in _KINDS.items():  # sizes are checked with the matrix
        value = vocabulary.get(name)
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise FormatError(
                f"{path / VOCABULARY} was not written by textransfer: {name!r} is missing or of another kind"
            )
    has_tokenizer = tokenizer_path(path).exists()
    if config.pop("has_tokenizer", False) and not has_tokenizer:
        raise FormatError(
            f"{path} has lost its {TOKENIZER}, without which texts would be cut in another way; "
            "restore it, or make the folder anew"
        )
    has_phrases = bool(config.pop("has_phrases", False))
    tokenizer_spec = read_record(tokenizer_path(path)) if has_tokenizer else None
    tensors = read_tensors(path / TENSORS, "in_vectors", is_mapped=True)
    check_kinds(tensors, path / TENSORS)
    mean, covariance, polar = (tensors.get(f"document_{name}") for name in _MOMENTS)
    vectors = {
        name: restored(tensors[name], tensors.get(name + SCALES))
        for name in ("in_vectors", "out_vectors")
        if name in tensors
    }
    return Contents(
        vocabulary["words"],
        vectors["in_vectors"],
        **{name: vocabulary.get(name) for name in _KINDS if name not in ("words", "spellings")},
        spellings=vocabulary.get("spellings") or {},
        out_matrix=vectors.get("out_vectors"),
        out_bias=tensors.get("out_bias"),
        moments=None if mean is None or covariance is None else DocumentMoments(mean, covariance, polar),
        ngrams=_ngrams(path, tensors.get("ngram_vectors")),
        phrases=read_phrases(path / PHRASES, len(vocabulary["words"])) if has_phrases else None,
        tokenizer_spec=tokenizer_spec,
        metadata=config,
    )


def _ngrams(path: Path, matrix: npt.NDArray[np.float32] | None) -> AnyNgrams | None:
    """Return the vectors of n-grams, if the folder has some."""
    if matrix is None:
        return None
    try:
        return ngrams_of_record(read_record(path / NGRAMS), matrix)
    except ValueError as error:
        raise FormatError(f"{path / NGRAMS} was not written by textransfer: {error}") from error


def phrase_tensors(phrases: PhraseVectors) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays that are written of vectors of phrases; half precision holds them whole."""
    tensors: dict[str, npt.NDArray[Any] | None] = {
        "vectors": phrases.matrix.astype(np.float16, copy=False),
        "prefixes": phrases.index.prefixes,
        "lasts": phrases.index.lasts,
        **{f"document_{name}": getattr(phrases.moments, name) for name in _MOMENTS},
    }
    return {name: array for name, array in tensors.items() if array is not None}


def read_phrases(path: Path, n_words: int) -> PhraseVectors:
    """Read vectors of phrases that `phrase_tensors` wrote; they stay in the file, of half precision.

    FormatError if a part is missing.
    """
    names = ("vectors", "prefixes", "lasts", "document_mean", "document_covariance")
    tensors = read_tensors(path, *names, is_mapped=True)
    check_kinds(tensors, path, whole=("prefixes", "lasts"))
    index = PhraseIndex(n_words, tensors["prefixes"], tensors["lasts"])
    mean, covariance = tensors["document_mean"], tensors["document_covariance"]
    moments = DocumentMoments(mean, covariance, tensors.get("document_polar"))
    return PhraseVectors(index, tensors["vectors"], moments)


_OPTIONAL = type(None)
_KINDS: dict[str, tuple[type, ...]] = {
    "words": (list,),
    "counts": (list, _OPTIONAL),
    "document_counts": (list, _OPTIONAL),
    "n_tokens": (int, _OPTIONAL),
    "n_documents": (int, _OPTIONAL),
    "spellings": (dict, _OPTIONAL),
}
