"""Folders with an encoder in ONNX and its tokenizer.json: run by onnxruntime, pooled here."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.encoders.encoder import Encode, Encoder
from textransfer.encoders.folder_files import digest_of, number_in, settings_in
from textransfer.errors import FormatError
from textransfer.extras import require

MODELS = ("model.onnx", "onnx/model.onnx")
"""Where the model lies, the first that is there; else the only .onnx file of the folder."""
TOKENIZER = "tokenizer.json"
POOLING = "1_Pooling/config.json"
LONGEST = 512
"""Pieces of a text that are read if the folder does not say."""
TEXTS_A_BATCH = 32


def onnx_model(folder: Path, files: Sequence[Path]) -> Path | None:
    """Return the model of a folder; None if there is none. FormatError if it is unclear which it is."""
    models = [path for path in files if path.suffix == ".onnx"]
    usual = [folder / name for name in MODELS if folder / name in models]
    if len(models) > 1 and not usual:
        names = ", ".join(path.relative_to(folder).as_posix() for path in models[:4])
        raise FormatError(f"{folder} holds several ONNX models ({names}); expected one named {MODELS[0]}")
    return next(iter(usual or models), None)


def onnx_encoder(folder: Path, files: Sequence[Path], model: Path) -> Encoder:
    """Return the encoder of a folder with a model in ONNX.

    Raises
    ------
    FormatError
        If its tokenizer is missing, or it pools in another way than by the mean or the first piece.
    """
    if not (folder / TOKENIZER).is_file():
        raise FormatError(
            f"{folder} holds {model.name} but no {TOKENIZER}; expected the tokenizer of the model: copy "
            "it there"
        )
    pooling = pooling_of(settings_in(folder / POOLING), folder / POOLING)

    def load() -> Encode:
        return _loaded(folder, model, pooling)

    settings = [folder / TOKENIZER, *(path for path in files if path.name.endswith("config.json"))]
    own = [*settings, *(path for path in files if path.parent == model.parent and path.suffix != ".json")]
    kind = f"ONNX, {pooling} pooling"
    return Encoder(kind, load, str(folder), digest_of(folder, sorted(set(own)), f"{kind} {model.name}"))


def pooling_of(settings: object, path: Path) -> str:
    """Return how vectors of pieces become one: "mean", as where nothing is said, or "cls", the first."""
    asked = settings if isinstance(settings, dict) else {}
    named = asked.get("pooling_mode")
    ways = [named] if isinstance(named, str) else []
    ways += [key[13:] for key, value in asked.items() if key.startswith("pooling_mode_") and value is True]
    short = {"mean_tokens": "mean", "cls_token": "cls"}
    ways = [short.get(way, way) for way in ways] or ["mean"]
    if len(ways) > 1 or ways[0] not in ("mean", "cls"):
        raise FormatError(f"{path} asks for the pooling {', '.join(ways)}; expected mean or cls alone")
    return ways[0]


def pooled(
    pieces: npt.NDArray[np.floating], mask: npt.NDArray[np.int64], pooling: str
) -> npt.NDArray[np.float32]:
    """Return a vector for each text, (n, D): the mean of those of its pieces, (n, L, D), or the first.

    The mask, (n, L), is 0 at padding.
    """
    if pooling == "cls":
        return np.asarray(pieces[:, 0], np.float32)
    counted = mask[:, :, None].astype(np.float32)
    return np.asarray((pieces * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1), np.float32)


def _loaded(folder: Path, model: Path, pooling: str) -> Encode:
    purpose = f"{folder}, an encoder in ONNX,"
    runtime = require("onnxruntime", extra="onnx", purpose=purpose)
    tokenizers = require("tokenizers", extra="onnx", purpose=purpose)
    try:
        session: Any = runtime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        tokenizer: Any = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER))
        inputs = [part.name for part in session.get_inputs()]
    except Exception as error:  # whatever the libraries raise at a damaged file
        reason = " ".join(str(error).split())
        raise FormatError(f"{folder} cannot be opened: {reason}; restore the folder") from error
    unknown = set(inputs) - {"input_ids", "attention_mask", "token_type_ids"}
    if unknown:
        raise FormatError(
            f"{model} wants {', '.join(sorted(unknown))}; expected an encoder of texts, with input_ids and "
            "attention_mask"
        )
    tokenizer.enable_truncation(_longest(folder))
    tokenizer.enable_padding(**(tokenizer.padding or {}) | {"length": None})

    def encode(texts: list[str]) -> npt.ArrayLike:
        vectors = []
        for start in range(0, len(texts), TEXTS_A_BATCH):
            pieces = tokenizer.encode_batch(texts[start : start + TEXTS_A_BATCH])
            mask = np.array([text.attention_mask for text in pieces], np.int64)
            arrays = {
                "input_ids": np.array([text.ids for text in pieces], np.int64),
                "attention_mask": mask,
                "token_type_ids": np.array([text.type_ids for text in pieces], np.int64),
            }
            output = np.asarray(session.run(None, {name: arrays[name] for name in inputs})[0])
            if output.ndim not in (2, 3) or len(output) != len(pieces):
                raise FormatError(
                    f"{model} gives an array of the shape {output.shape} for {len(pieces)} texts; expected a "
                    "vector for each text, or for each piece of it"
                )
            vectors.append(pooled(output, mask, pooling) if output.ndim == 3 else output)
        return np.concatenate(vectors)

    return encode


def _longest(folder: Path) -> int:
    """Return the number of pieces that the folder's settings allow."""
    for name, key in (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
        ("config.json", "max_position_embeddings"),
    ):
        number = number_in(settings_in(folder / name), key)
        if number is not None and number < 1 << 20:  # some say "no limit" by an enormous number
            return number
    return LONGEST
