"""What a classifier folder holds of the members beside the network: tensors, and records of words."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.formats.files import read_record, read_tensors
from textransfer.sentiment.digests import check_digest
from textransfer.sentiment.folder import (
    CONFIG,
    LINEAR_TENSORS,
    WORDS,
    ClassifierState,
    Further,
    check_complete,
    check_finite,
    check_floating,
    checked_shares,
    fitting_together,
    kind_of,
    word_weights,
)
from textransfer.sentiment.members import STUDENT, VECTORS, Member
from textransfer.sentiment.members import WORDS as WORD_MEMBER
from textransfer.sentiment.ratios import LogCountRatios
from textransfer.sentiment.term_predictor import TermPredictor
from textransfer.sentiment.terms import Terms

MEMBERS = "members.json"
"""The weights of the members, by name; folders of before have those of vectors and words in `WORDS`."""
LONGEST_NAME = 100
"""Characters of a member's name."""
_TERM_TENSORS = (*LINEAR_TENSORS, "idf", "pairs")


def further(
    members: Mapping[str, Member], weights: Mapping[str, float], classes: npt.NDArray[Any]
) -> Further:
    """Return what is saved of members, by name, and of their weights, that of the network among them."""
    tensors: dict[str, Mapping[str, npt.NDArray[Any]]] = {}
    records: dict[str, dict[str, Any]] = {MEMBERS: {"weights": weights, "classes": classes.tolist()}}
    for name, member in members.items():
        if isinstance(member, TermPredictor):
            terms = member.terms_
            tensors[f"{name}.safetensors"] = {
                **{tensor: getattr(member, f"{tensor}_") for tensor in LINEAR_TENSORS},
                "idf": terms.idf,
                "pairs": terms.pairs,
                **({"triples": terms.triples} if len(terms.triples) else {}),
                **({"squares": member.squares_} if member.squares_ is not None else {}),
            }
            records[f"{name}.json"] = {
                "kind": "student" if name == STUDENT else "words",
                "words": terms.words,
                "pieces": terms.pieces,
                "rarest": terms.rarest,
            }
            if name != STUDENT:
                records[f"{name}.json"]["has_ratios"] = member.has_ratios_
        elif isinstance(member, LogCountRatios):
            tensors[f"{name}.safetensors"] = {
                tensor: getattr(member, f"{tensor}_") for tensor in LINEAR_TENSORS
            }
            records[f"{name}.json"] = {"features": member.features_}
    return Further(tensors, records)


def load_members(path: Path, state: ClassifierState) -> tuple[dict[str, Member], dict[str, float]]:
    """Read the members of a folder and all weights; without members, that of the network is 1.

    Raises
    ------
    FormatError
        As `textransfer.sentiment.folder.load`.
    """
    if kind_of(path) != "combined":
        return {}, {VECTORS: 1.0}
    is_old = not (path / MEMBERS).is_file() and "features" in _record(path, WORDS)
    record = _record(path, WORDS if is_old else MEMBERS)
    with fitting_together(path):
        weights = record["weights"]
        if is_old:
            first, second = weights
            weights = {VECTORS: first, WORD_MEMBER: second}
        weights = {str(name): float(weight) for name, weight in weights.items()}
        # They name files of the folder.
        odd = [name[:60] for name in weights if not name.isidentifier() or len(name) > LONGEST_NAME]
        if odd:
            raise ValueError(f"a member is named {odd[0]!r}; expected a word")
        is_right = VECTORS in weights and weights[VECTORS] > 0
        if not is_right or not all(math.isfinite(weight) and weight >= 0 for weight in weights.values()):
            raise ValueError(
                f"the weights of the members are {weights!r}; expected one above 0 for vectors, others from 0"
            )
        if record["classes"] != state.classes.tolist():
            raise ValueError(
                f"the words tell {record['classes']!r} apart, the vectors {state.classes.tolist()!r}"
            )
    return {name: _member(path, name, state) for name in weights if name != VECTORS}, weights


def _member(path: Path, name: str, state: ClassifierState) -> Member:
    record = _record(path, f"{name}.json")
    check_complete(path, f"{name}.safetensors")
    if "features" in record:
        tensors = read_tensors(path / f"{name}.safetensors", *LINEAR_TENSORS, is_mapped=True)
        with fitting_together(path):
            features, floats = word_weights(record, tensors, LINEAR_TENSORS, len(state.classes))
            check_digest(read_record(path / CONFIG), f"{name}.safetensors", tensors)
            return LogCountRatios(floats["shares"], features, floats["weights"], floats["intercepts"])
    tensors = read_tensors(path / f"{name}.safetensors", *_TERM_TENSORS, is_mapped=True)
    with fitting_together(path):
        lists: dict[str, Any] = {key: record[key] for key in ("words", "pieces")}
        for key, entries in lists.items():
            if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
                raise ValueError(f"the {key} in {name}.json are no list of words")
        names = (*LINEAR_TENSORS, "idf", *(("squares",) if "squares" in tensors else ()))
        check_floating({key: tensors[key] for key in names})
        floats = {key: np.asarray(tensors[key], np.float64) for key in names}
        check_finite(floats)
        check_digest(read_record(path / CONFIG), f"{name}.safetensors", tensors)
        checked_shares(floats["shares"], len(state.classes), f"{name}.safetensors")
        pairs = _two_columns(tensors["pairs"], f"pairs in {name}.safetensors")
        no_triples = np.zeros((0, 2), np.int64)  # as in folders of before
        triples = _two_columns(tensors.get("triples", no_triples), f"triples in {name}.safetensors")
        rarest = float(record["rarest"])
        if not math.isfinite(rarest):
            raise ValueError(f"rarest in {name}.json is {rarest}; expected a finite number")
        terms = Terms(lists["words"], pairs, lists["pieces"], floats["idf"], rarest, triples)
        # A student has them always, words of before never.
        has_ratios = record.get("has_ratios", record.get("kind") == "student")
        if not isinstance(has_ratios, bool):
            raise ValueError(f"has_ratios in {name}.json is {has_ratios!r}; expected true or false")
        return TermPredictor().take(
            floats["shares"],
            terms,
            floats["weights"],
            floats["intercepts"],
            has_ratios=has_ratios,
            squares=floats.get("squares"),
        )


def _two_columns(places: npt.NDArray[Any], name: str) -> npt.NDArray[np.int64]:
    """Return whole numbers in two columns; ValueError if they are not."""
    if places.ndim != 2 or places.shape[1] != 2 or places.dtype.kind != "i":
        raise ValueError(f"the {name} have the shape {places.shape}; expected two columns")
    return np.asarray(places, np.int64)


def _record(path: Path, name: str) -> Mapping[str, Any]:
    """Return a record of a folder; FormatError if it is absent."""
    check_complete(path, name)
    return read_record(path / name)
