"""Folders of model2vec: a vector for each piece of a word, averaged; opened by that library."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from textransfer.encoders.encoder import Encode, Encoder
from textransfer.encoders.folder_files import check_plain, digest_of, settings_in
from textransfer.encoders.offline import nothing_fetched
from textransfer.errors import FormatError
from textransfer.extras import require

_TABLE = "embeddings"
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"


def is_static(folder: Path) -> bool:
    """Tell whether a folder is one of model2vec: its settings say so, or its weights have that name."""
    settings = settings_in(folder / CONFIG)
    if isinstance(settings, dict) and settings.get("model_type") == "model2vec":
        return True
    if not all((folder / name).is_file() for name in (CONFIG, WEIGHTS, TOKENIZER)):
        return False
    try:
        with safe_open(folder / WEIGHTS, framework="numpy") as file:
            return _TABLE in file.keys()  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise FormatError(
            f"{folder / WEIGHTS} is truncated or no safetensors file ({error}); restore it"
        ) from error


def static_encoder(folder: Path, files: list[Path]) -> Encoder:
    """Return the encoder of a folder of model2vec. FormatError if a file of it is missing."""
    check_plain(files)
    absent = [name for name in (WEIGHTS, TOKENIZER) if not (folder / name).is_file()]
    if absent:
        raise FormatError(
            f"{folder} is no complete folder of model2vec: {', '.join(absent)} missing; copy the whole folder"
        )

    def load() -> Encode:
        return _loaded(folder)

    own = [folder / name for name in (CONFIG, WEIGHTS, TOKENIZER)]
    return Encoder("model2vec", load, str(folder), digest_of(folder, own, "model2vec"))


def _loaded(folder: Path) -> Encode:
    library = require("model2vec", extra="model2vec", purpose=f"{folder}, a folder of model2vec,")
    try:
        with nothing_fetched():
            model: Any = library.StaticModel.from_pretrained(folder)
    except Exception as error:  # whatever the library and those below it raise at a damaged folder
        reason = " ".join(str(error).split())
        raise FormatError(f"model2vec cannot open {folder}: {reason}; restore the folder") from error

    def encode(texts: list[str]) -> npt.ArrayLike:
        return np.asarray(model.encode(texts, use_multiprocessing=False))

    return encode
