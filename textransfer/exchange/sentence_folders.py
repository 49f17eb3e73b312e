"""Folders that sentence-transformers and model2vec load, and that give our sentence vectors."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from textransfer.embeddings.formats.files import write_export_record, write_tensors
from textransfer.embeddings.precision import Rounded, rounded
from textransfer.exchange.cards import sentence_card
from textransfer.exchange.sentence_table import SentenceTable
from textransfer.formats import Precision
from textransfer.storage.kinds import MODEL2VEC, SENTENCE_TRANSFORMERS, Kind
from textransfer.storage.writing import staged_folder

_STATIC = "0_StaticEmbedding"
_NORMALIZE = {"name": "1", "type": "sentence_transformers.models.Normalize"}
_LARGEST_INT8 = 127


def save_sentence_transformers(table: SentenceTable, path: Path, *, force: bool = False) -> Path:
    """Write modules StaticEmbedding and Normalize, whole or not at all.

    Raises
    ------
    OutputError
        If the folder exists and `force` is false, or if it cannot be written.
    """
    modules = [
        {"idx": 0, "name": "0", "path": _STATIC, "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "path": "1_Normalize", **_NORMALIZE},
    ]
    config: dict[str, Any] = {
        "model_type": "SentenceTransformer",
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    with staged_folder(path, SENTENCE_TRANSFORMERS, force=force) as stage:
        for folder in (_STATIC, "1_Normalize"):
            (stage / folder).mkdir()
        _write_json(stage / "modules.json", modules)
        _write_json(stage / "config_sentence_transformers.json", config)
        _write_json(stage / "1_Normalize" / "config.json", {})
        _write_json(stage / _STATIC / "tokenizer.json", table.tokenizer)
        write_tensors(stage / _STATIC / "model.safetensors", {"embedding.weight": table.rows})
        _finish(stage, "sentence-transformers", table, SENTENCE_TRANSFORMERS)
    return path


def save_model2vec(
    table: SentenceTable, path: Path, precision: Precision = "float32", *, force: bool = False
) -> Path:
    """Write a folder of model2vec, which sentence-transformers loads too, whole or not at all."""
    rows = rows_in(table, precision)
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "tokenizer_name": "textransfer",
        "hidden_dim": table.rows.shape[1],
        "normalize": True,
        "max_length": None,
        "embedding_dtype": str(rows.dtype),
    }
    modules = [
        {"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "path": "1_Normalize", **_NORMALIZE},
    ]
    with staged_folder(path, MODEL2VEC, force=force) as stage:
        (stage / "1_Normalize").mkdir()
        _write_json(stage / "modules.json", modules)
        _write_json(stage / "1_Normalize" / "config.json", {})
        _write_json(stage / "config.json", config)
        _write_json(stage / "tokenizer.json", table.tokenizer)
        write_tensors(stage / "model.safetensors", {"embeddings": rows})
        _finish(stage, "model2vec", table, MODEL2VEC)
    return path


def rows_in(table: SentenceTable, precision: Precision) -> Rounded:
    """Return rows in a precision; whole numbers have one scale, since only directions count in the end."""
    if precision != "int8":
        return rounded(table.rows, precision)[0]
    largest = float(np.abs(table.rows).max(initial=0)) or 1.0
    return np.asarray(np.rint(table.rows * (_LARGEST_INT8 / largest)), np.int8)


def _finish(stage: Path, format_name: str, table: SentenceTable, kind: Kind) -> None:
    facts = {"n_tokens": len(table.rows), "vector_size": table.rows.shape[1], "notes": list(table.notes)}
    write_export_record(stage, format_name, facts)
    card = sentence_card(format_name, len(table.rows), table.rows.shape[1], table.notes)
    (stage / "README.md").write_text(card, encoding="utf-8", newline="\n")


def _write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - any JSON
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8", newline="\n")
