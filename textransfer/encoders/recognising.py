"""What a folder is: told by its content, and opened by the module for its kind."""

from pathlib import Path

from textransfer.encoders.encoder import Encoder
from textransfer.encoders.folder_files import check_plain, files_in
from textransfer.encoders.onnx_folder import onnx_encoder, onnx_model
from textransfer.encoders.static_folder import is_static, static_encoder
from textransfer.encoders.transformer_folder import MODULES, transformer_encoder
from textransfer.errors import FormatError

_MOST_SHOWN = 6


def recognised(folder: Path) -> Encoder:
    """Return the encoder that lies in a folder; nothing is loaded yet.

    Raises
    ------
    FormatError
        If it is no encoder of a known kind, or would need code, pickles, or files from elsewhere.
    """
    files = files_in(folder)  # looks for links out of the folder before anything is read
    if is_static(folder):
        return static_encoder(folder, files)
    has_weights = any(path.suffix == ".safetensors" for path in files)
    model = onnx_model(folder, files)
    if model is not None and not ((folder / MODULES).is_file() and has_weights):
        return onnx_encoder(folder, files, model)
    if (folder / MODULES).is_file():
        return transformer_encoder(folder, files)
    check_plain([path for path in files if path.suffix != ".bin" or _is_pickled(path)])
    names = sorted({path.relative_to(folder).parts[0] for path in files})
    shown = ", ".join(names[:_MOST_SHOWN]) + (", ..." if len(names) > _MOST_SHOWN else "")
    raise FormatError(
        f"{folder} is no encoder of a known kind (it holds {shown or 'nothing'}); expected a folder of "
        "sentence-transformers (modules.json, model.safetensors), of model2vec (config.json that says so, "
        "model.safetensors, tokenizer.json), or an ONNX model with tokenizer.json"
    )


def _is_pickled(path: Path) -> bool:
    """Tell whether a file begins as pickled weights do: programs of word vectors use their ending, too."""
    with path.open("rb") as file:
        return file.read(4).startswith((b"\x80", b"PK\x03\x04"))
