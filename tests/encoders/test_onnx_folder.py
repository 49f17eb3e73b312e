from pathlib import Path

import numpy as np
import pytest
from encoder_folders import Refusal, write_json

from textransfer.encoders.onnx_folder import pooled, pooling_of
from textransfer.encoders.recognising import recognised
from textransfer.errors import FormatError


def test_the_mean_leaves_padding_out_and_the_first_piece_is_the_first() -> None:
    pieces = np.array([[[1.0, 3], [3, 5], [9, 9]], [[2, 2], [4, 4], [6, 9]]])
    mask = np.array([[1, 1, 0], [1, 1, 1]])
    np.testing.assert_allclose(pooled(pieces, mask, "mean"), [[2, 4], [4, 5]])
    np.testing.assert_allclose(pooled(pieces, mask, "cls"), [[1, 3], [2, 2]])


def test_a_text_without_pieces_is_a_zero_vector() -> None:
    assert not pooled(np.ones((1, 2, 3)), np.zeros((1, 2), np.int64), "mean").any()


@pytest.mark.parametrize(
    ("settings", "pooling"),
    [
        ({}, "mean"),
        ([], "mean"),
        ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}, "mean"),
        ({"pooling_mode_cls_token": True}, "cls"),
        ({"pooling_mode": "cls"}, "cls"),
        ({"word_embedding_dimension": 384, "pooling_mode": "mean"}, "mean"),
    ],
)
def test_pooling_is_what_the_settings_say(settings: object, pooling: str) -> None:
    assert pooling_of(settings, Path("config.json")) == pooling


@pytest.mark.parametrize(
    "settings",
    [
        {"pooling_mode_max_tokens": True},
        {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True},
        {"pooling_mode": "lasttoken"},
    ],
)
def test_other_pooling_is_refused(settings: object) -> None:
    with pytest.raises(FormatError, match="expected mean or cls alone"):
        pooling_of(settings, Path("config.json"))


def test_of_several_models_the_usual_one_is_taken(onnx: Path, refusal: Refusal) -> None:
    (onnx / "model_int8.onnx").write_bytes(b"")
    assert recognised(onnx).kind.startswith("ONNX")
    (onnx / "model.onnx").rename(onnx / "model_fp16.onnx")
    assert "several ONNX models (model_fp16.onnx, model_int8.onnx)" in refusal(onnx)
    write_json(onnx / "config.json", {})
    (onnx / "model_int8.onnx").unlink()
    assert recognised(onnx).kind.startswith("ONNX")


@pytest.mark.parametrize("place", ["../secret", "/etc/hostname"])
def test_weights_are_not_taken_from_outside_the_folder(onnx: Path, tmp_path: Path, place: str) -> None:
    library = pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime", "1.32")
    tokenizers = pytest.importorskip("tokenizers")
    assert runtime
    (tmp_path / "secret").write_bytes(np.ones(4, np.float32).tobytes())
    tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0}, "a")).save(str(onnx / "tokenizer.json"))
    helper, floats, integers = library.helper, library.TensorProto.FLOAT, library.TensorProto.INT64
    table = library.TensorProto(name="table", data_type=floats, dims=[2, 2], data_location=1)
    for key, value in (("location", place), ("offset", "0"), ("length", "16")):
        table.external_data.add(key=key, value=value)
    ids = helper.make_tensor_value_info("input_ids", integers, ["n", "l"])
    output = helper.make_tensor_value_info("pieces", floats, ["n", "l", 2])
    node = helper.make_node("Gather", ["table", "input_ids"], ["pieces"])
    graph = helper.make_graph([node], "encoder", [ids], [output], [table])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    (onnx / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(FormatError, match="cannot be opened"):
        recognised(onnx).open()
