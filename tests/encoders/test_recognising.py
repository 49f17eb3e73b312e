import shutil
from pathlib import Path

import pytest
from encoder_folders import Refusal, write_json

from textransfer.encoders.recognising import recognised
from textransfer.errors import MissingExtraError


def test_each_kind_is_told_by_its_content(transformer: Path, static: Path, onnx: Path) -> None:
    kinds = [recognised(folder).kind for folder in (transformer, static, onnx)]
    assert kinds == ["sentence-transformers", "model2vec", "ONNX, cls pooling"]
    assert recognised(onnx).path == str(onnx)


def test_a_folder_with_both_is_opened_by_its_weights_and_without_them_by_onnx(transformer: Path) -> None:
    write_json(transformer / "tokenizer.json", {})
    (transformer / "onnx").mkdir()
    (transformer / "onnx/model.onnx").write_bytes(b"onnx")
    assert recognised(transformer).kind == "sentence-transformers"
    (transformer / "model.safetensors").unlink()
    assert recognised(transformer).kind == "ONNX, mean pooling"


def test_an_unknown_folder_is_told_what_it_holds_and_what_is_expected(
    tmp_path: Path, refusal: Refusal
) -> None:
    (tmp_path / "notes.md").touch()
    message = refusal(tmp_path)
    assert "it holds notes.md" in message
    assert "modules.json" in message
    assert "model2vec" in message
    assert "tokenizer.json" in message


@pytest.mark.parametrize("name", ["transformer", "static", "onnx"])
def test_a_fingerprint_follows_the_files_not_the_place(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(name)
    first = recognised(folder).fingerprint
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "README.md").write_text("changed", encoding="utf-8")
    assert recognised(copy).fingerprint == first
    kind = "model2vec" if name == "static" else "bert"
    write_json(copy / "config.json", {"model_type": kind, "changed": True})
    assert recognised(copy).fingerprint != first


def test_nothing_is_loaded_before_it_is_needed_and_the_extra_is_named(
    transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sentence_transformers", None)
    encoder = recognised(transformer)
    with pytest.raises(MissingExtraError, match=r'pip install "textransfer\[encoders\]"'):
        encoder.open()
