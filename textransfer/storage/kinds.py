"""Which files textransfer writes into each kind of folder: nothing else is ever replaced or deleted."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import filterfalse
from pathlib import Path

from textransfer.errors import OutputError

_BESIDE = re.compile(r"\.(.+)\.(lock|[a-z0-9_]{8}\.tmp(\.old)?)")
"""What stands beside an output while it is written, see `storage`; group 1 is the output's name."""
_OF_THE_SYSTEM = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What file managers leave in any folder that they show: no reason to refuse it, but not ours to delete."""
_WORK = r"work/textransfer-[^/]*/.+|([^/]+/)?\.tmp\w{6}"
"""In a folder that is being filled: the encoded corpus, and what safetensors is writing, which it renames."""


@dataclass(frozen=True)
class Kind:
    """A kind of output."""

    title: str
    """What it is, for messages."""
    files: str
    """Regular expression of the names of its files and subfolders, with ``/`` below these."""
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """JSON files (or globs) of which one tells it from a folder of other things, and keys of all versions."""

    def check(self, folder: Path) -> None:
        """Refuse to replace a folder that is neither empty nor of this kind alone."""
        entries = [entry for entry in folder.iterdir() if entry.name not in _OF_THE_SYSTEM]
        foreign = self.foreign(folder) if self.is_marked(folder) else [*filterfalse(self._is_begun, entries)]
        if foreign:
            names = ", ".join(sorted(entry.name for entry in foreign)[:3]) + ", ..." * (len(foreign) > 3)
            raise OutputError(
                f"{folder} holds files that textransfer did not write as {self.title} ({names}), and is not "
                "replaced: move them away, or give another name"
            )

    def is_marked(self, folder: Path) -> bool:
        """Tell whether a folder has the record of this kind."""
        return any(_has_keys(path, keys) for name, keys in self.records.items() for path in folder.glob(name))

    def foreign(self, folder: Path, prefix: str = "") -> list[Path]:
        """Return the entries of a folder that are not of this kind."""
        return [entry for entry in folder.iterdir() if not self._owns(entry, prefix)]

    def _owns(self, entry: Path, prefix: str) -> bool:
        beside = _BESIDE.fullmatch(entry.name)
        if not self.has_file(prefix + (beside[1] if beside else entry.name)):
            return not prefix and entry.name in _OF_THE_SYSTEM
        is_plain = beside is not None or entry.is_symlink() or not entry.is_dir()
        return is_plain or not self.foreign(entry, f"{prefix}{entry.name}/")

    def _is_begun(self, entry: Path) -> bool:
        """Tell whether an entry is a subfolder in which a killed run has finished nothing yet."""
        is_folder = entry.is_dir() and not entry.is_symlink() and self.has_file(entry.name)
        return is_folder and all(_BESIDE.fullmatch(inner.name) for inner in entry.iterdir())

    def has_file(self, name: str, *, or_work: bool = False) -> bool:
        """Tell whether a file of this name is one of this kind, or of the work on it."""
        return bool(re.fullmatch(self.files, name) or (or_work and re.fullmatch(_WORK, name)))


def _has_keys(path: Path, keys: tuple[str, ...]) -> bool:
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    version = record.get("format_version", 1) if isinstance(record, dict) else None
    return isinstance(version, int) and not isinstance(version, bool) and set(keys) <= set(record)


EMBEDDINGS = Kind(
    "word vectors",
    r"(vectors|phrases)\.safetensors|(vocabulary|tokenizer|tokenizer_spec|config|ngrams)\.json|"
    r"progress\.jsonl|README\.md",
    {"config.json": ("format_version", "textransfer_version")},
)
CLASSIFIER = Kind(
    "a classifier",
    r"(network|words|student|phrases)\.safetensors|"
    r"(vocabulary|tokenizer|tokenizer_spec|config|comparison|members|ngrams|words|student)\.json",
    {"config.json": ("format_version", "textransfer_version", "classes")},
)
CHECKPOINT = Kind(
    "a checkpoint",
    r"tables\.safetensors|checkpoint\.json|progress\.jsonl",
    {"checkpoint.json": ("format_version", "textransfer_version", "fingerprint")},
)
CURVE = Kind(
    "a learning curve",
    r"curve\.(json|csv|png|svg)|budgets(/\d+(-\d+)?\.json)?",  # 8-2.json: one that could not replace 8.json
    {"curve.json": ("n_pool", "budgets", "measures"), "budgets/*.json": ("key", "result")},
)
EXPERIMENT = Kind(
    "an experiment",
    r"experiment\.json|cells\.csv|curves\.(png|svg)",
    {"experiment.json": ("format_version", "cells", "n_watched")},
)
EXPORT_RECORD = "textransfer.json"
"""In folders for other programs: of what they were made, and how."""
_EXPORTED = {EXPORT_RECORD: ("format_version", "textransfer_version", "format")}
PROJECTOR = Kind(
    "vectors for the projector",
    r"(vectors|metadata)\.tsv|projector_config\.pbtxt|textransfer\.json",
    _EXPORTED,
)
SENTENCE_TRANSFORMERS = Kind(
    "a folder for sentence-transformers",
    r"(modules|config_sentence_transformers|textransfer)\.json|README\.md|"
    r"\d_\w+(/(config|tokenizer)\.json|/model\.safetensors)?",
    _EXPORTED,
)
MODEL2VEC = Kind(
    "a folder for model2vec",
    r"(config|tokenizer|modules|textransfer)\.json|model\.safetensors|README\.md|1_Normalize(/config\.json)?",
    _EXPORTED,
)
ONNX = Kind(
    "a classifier in ONNX",
    r"model\.onnx|(tokenizer|examples|textransfer)\.json|README\.md",
    _EXPORTED,
)
DEMO = Kind(
    "a demo",
    r"results\.json|learning_curves_\w+\.(png|svg)",
    {"results.json": ("format_version", "reports", "first_random_state")},
)
