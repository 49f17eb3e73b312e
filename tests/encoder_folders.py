"""What folders of encoders are made of."""

import json
from collections.abc import Callable
from pathlib import Path

Refusal = Callable[[Path], str]
"""Recognises a folder that is refused, and returns the message."""

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
