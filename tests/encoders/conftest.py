"""Folders that look like encoders, without the libraries that would open them."""

from pathlib import Path

import numpy as np
import pytest
from encoder_folders import MODULES, Refusal, write_json
from safetensors.numpy import save_file


@pytest.fixture
def transformer(tmp_path: Path) -> Path:
    folder = tmp_path / "minilm"
    write_json(folder / "modules.json", MODULES)
    write_json(folder / "config.json", {"model_type": "bert"})
    write_json(folder / "1_Pooling/config.json", {"pooling_mode_mean_tokens": True})
    save_file({"weight": np.ones((2, 2), np.float32)}, folder / "model.safetensors")
    return folder


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "potion"
    write_json(folder / "config.json", {"model_type": "model2vec", "normalize": True})
    write_json(folder / "tokenizer.json", {})
    save_file({"embeddings": np.ones((2, 2), np.float32)}, folder / "model.safetensors")
    return folder


@pytest.fixture
def onnx(tmp_path: Path) -> Path:
    folder = tmp_path / "exported"
    write_json(folder / "tokenizer.json", {})
    write_json(folder / "1_Pooling/config.json", {"pooling_mode_cls_token": True})
    (folder / "model.onnx").write_bytes(b"onnx")
    return folder


@pytest.fixture
def refusal() -> Refusal:
    """Return the message by which a folder is refused: one line."""
    from textransfer.encoders.recognising import recognised
    from textransfer.errors import FormatError

    def message(folder: Path) -> str:
        with pytest.raises(FormatError) as refused:
            recognised(folder)
        assert "\n" not in str(refused.value)
        return str(refused.value)

    return message
