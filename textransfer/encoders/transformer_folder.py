"""Folders of sentence-transformers, opened by that library."""

from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.encoders.encoder import Encode, Encoder
from textransfer.encoders.folder_files import check_plain, digest_of, settings_in
from textransfer.encoders.offline import nothing_fetched
from textransfer.errors import FormatError
from textransfer.extras import require

MODULES = "modules.json"
_OF_THE_LIBRARY = "sentence_transformers."


def transformer_encoder(folder: Path, files: list[Path]) -> Encoder:
    """Return the encoder of a folder with modules.json.

    Raises
    ------
    FormatError
        If it needs code, pickles or files from elsewhere, or has no weights.
    """
    check_plain(files)
    modules = settings_in(folder / MODULES)
    if not isinstance(modules, list) or not modules:
        raise FormatError(f"{folder / MODULES} lists no modules; expected those of sentence-transformers")
    for module in modules:
        _check_module(folder, module)
    adapters = [path for path in files if path.name == "adapter_config.json"]
    if adapters:
        raise FormatError(
            f"{adapters[0]} is an adapter to a model that lies elsewhere, and nothing is fetched; expected a "
            "whole model: merge the adapter into it"
        )
    if not any(path.suffix == ".safetensors" for path in files):
        raise FormatError(
            f"{folder} holds no weights; expected model.safetensors: copy the whole folder, or download the "
            "files that are missing"
        )

    def load() -> Encode:
        return _loaded(folder)

    kind = "sentence-transformers"
    return Encoder(kind, load, str(folder), digest_of(folder, files, kind))


def _check_module(folder: Path, module: object) -> None:
    """Refuse a module of another package, which would be imported, or of another folder."""
    name, path = (module.get("type"), module.get("path", "")) if isinstance(module, dict) else (None, "")
    if not isinstance(name, str) or not name.startswith(_OF_THE_LIBRARY):
        raise FormatError(
            f"{folder / MODULES} asks for the module {name!r}; expected modules of sentence-transformers: "
            "code of a folder is never run"
        )
    if not isinstance(path, str) or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise FormatError(f"{folder / MODULES} names the path {path!r}; expected a subfolder of its own")


def _loaded(folder: Path) -> Encode:
    library = require(
        "sentence_transformers", extra="encoders", purpose=f"{folder}, a folder of sentence-transformers,"
    )
    try:
        with nothing_fetched():
            model: Any = library.SentenceTransformer(
                str(folder),
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
    except Exception as error:  # whatever the library and those below it raise at a damaged folder
        reason = " ".join(str(error).split())
        raise FormatError(
            f"sentence-transformers cannot open {folder}: {reason}; restore the folder"
        ) from error

    def encode(texts: list[str]) -> npt.ArrayLike:
        with nothing_fetched():
            return np.asarray(model.encode(texts, convert_to_numpy=True, show_progress_bar=False))

    return encode
