"""The folder of a classifier in ONNX: the graph, the tokenizer, examples to check a port by, a card."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textransfer.embeddings.card_header import as_markdown, header
from textransfer.embeddings.formats.files import write_export_record
from textransfer.errors import ConfigError
from textransfer.exchange.onnx.classifier import classifier_graph
from textransfer.exchange.tokenizer_json import tokenizer_json
from textransfer.sentiment.predictor import TextPredictor
from textransfer.storage.kinds import ONNX
from textransfer.storage.writing import staged_folder

MODEL, TOKENIZER, EXAMPLES, CARD = "model.onnx", "tokenizer.json", "examples.json", "README.md"
EXAMPLE_TEXTS = (
    "A gripping film, and not a dull plot!",
    "It\u2019s NOT good at all <br /> 10/10",
    "naïve 映画 👩\u200d💻",
    "",
    "zzyzx",
)
"""Texts whose words and probabilities are written beside the graph."""

_USE = """\
```python
import json

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file("FOLDER/tokenizer.json")
session = onnxruntime.InferenceSession("FOLDER/model.onnx")


def probabilities(texts):
    words, owners = [], []
    for number, text in enumerate(texts):
        own = tokenizer.normalizer.normalize_str(text).split()
        words += own
        owners += [number] * len(own)
    characters = np.zeros((len(words), max(map(len, words), default=1)), np.int64)
    for row, word in enumerate(words):
        characters[row, : len(word)] = [ord(character) for character in word]
    inputs = {
        "characters": characters,
        "texts": np.array(owners, np.int64),
        "n_texts": np.array([len(texts)]),
    }
    return session.run(["probabilities"], inputs)[0]


for example in json.load(open("FOLDER/examples.json"))["examples"]:
    assert np.allclose(probabilities([example["text"]])[0], example["probabilities"], atol=1e-6)
```
"""


def save_onnx(classifier: TextPredictor, path: Path, *, force: bool = False) -> list[str]:
    """Write the folder, whole or not at all; return what is to be known of it.

    Raises
    ------
    ConfigError
        If the classifier has no graph; see `classifier_graph`.
    OutputError
        If the folder exists and `force` is false, or if it cannot be written.
    MissingExtraError
        If onnx is not installed.
    """
    content = classifier_graph(classifier)
    notes = []
    try:
        tokenizer = tokenizer_json(classifier.tokenizer_, [])
        if tokenizer["normalizer"] is None:
            notes.append("texts must be cut into words first, as the Japanese tokenizer does")
    except ConfigError:
        tokenizer = None
        notes.append(
            f"the tokenizer {classifier.tokenizer_.name!r} is not in the folder: cut texts with textransfer"
        )
    classes = [str(name) for name in classifier.classes_]
    with staged_folder(path, ONNX, force=force) as stage:
        (stage / MODEL).write_bytes(content)
        if tokenizer is not None:
            _write_json(stage / TOKENIZER, tokenizer)
        _write_json(stage / EXAMPLES, {"classes": classes, "examples": examples(classifier)})
        write_export_record(stage, "onnx", {"classes": classes, "notes": notes})
        (stage / CARD).write_text(card(classes, notes), encoding="utf-8", newline="\n")
    return notes


def examples(classifier: TextPredictor) -> list[dict[str, Any]]:
    """Return some texts with their words and probabilities, by which a port can check itself."""
    words = list(classifier.tokenizer_.tokenize_many(EXAMPLE_TEXTS))
    p = classifier.predict_proba(list(EXAMPLE_TEXTS)).tolist()
    return [
        {"text": text, "words": own, "probabilities": row}
        for text, own, row in zip(EXAMPLE_TEXTS, words, p, strict=True)
    ]


def card(classes: Sequence[str], notes: Sequence[str]) -> str:
    """Return the text of README.md."""
    fields = {
        "library_name": "onnx",
        "pipeline_tag": "text-classification",
        "tags": ["onnx", "text-classification", "word-embeddings", "textransfer"],
    }
    lines = [
        header(fields),
        f"# A classifier of texts: {as_markdown(', '.join(map(str, classes)))}\n",
        "Made by textransfer. The graph takes words as the code points of their characters, so that it needs "
        "no operators but those of ONNX, in any language that has a runtime:\n",
        "| input | type | what it is |",
        "| --- | --- | --- |",
        "| `characters` | int64 (words, letters) | code points of each word, 0 behind its end, words of a "
        "text one behind the other, text after text; up to 4,096 a word |",
        "| `texts` | int64 (words) | the number of each word's text, from 0 |",
        "| `n_texts` | int64 (1) | how many texts there are, those without a word included |\n",
        "Outputs are `probabilities`, double (texts, classes), and `label`, a string a text.\n",
        "`tokenizer.json` makes words of texts, by Hugging Face's tokenizers: its normalizer leaves the "
        "words with spaces between them. `examples.json` has texts with their words and probabilities, to "
        "check a port by.\n",
        *(f"- {note}" for note in notes),
        _USE,
    ]
    return "\n".join(lines)


def _write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - any JSON
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8", newline="\n")
