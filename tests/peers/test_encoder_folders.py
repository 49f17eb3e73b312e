"""Folders that the libraries themselves wrote, opened without network."""

import socket
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_json

from textransfer.encoders.encoding import encode_texts
from textransfer.encoders.recognising import recognised

WORDS = ["[UNK]", "[PAD]", "good", "bad", "film"]
VECTORS = np.array([[0, 0], [9, 9], [1, 0], [-1, 0], [0, 1]], np.float32)
TEXTS = ["good film", "bad", "good good film"]
MEANS = np.array([[0.5, 0.5], [-1, 0], [2 / 3, 1 / 3]])


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("something was to be fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def write_tokenizer(path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.models.WordLevel({word: row for row, word in enumerate(WORDS)}, unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(path))


@pytest.mark.peer
def test_model2vec(tmp_path: Path) -> None:
    library = pytest.importorskip("model2vec")
    tokenizers = pytest.importorskip("tokenizers")
    write_tokenizer(tmp_path / "tokenizer.json")
    tokenizer = tokenizers.Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    (tmp_path / "saved").mkdir()
    library.StaticModel(VECTORS, tokenizer, config={}, normalize=False).save_pretrained(tmp_path / "saved")
    encoder = recognised(tmp_path / "saved")
    assert encoder.kind == "model2vec"
    np.testing.assert_allclose(encode_texts(encoder, TEXTS, name="x").vectors, MEANS, atol=1e-6)


@pytest.mark.peer
def test_sentence_transformers(tmp_path: Path) -> None:
    library = pytest.importorskip("sentence_transformers")
    models = pytest.importorskip("sentence_transformers.models")
    tokenizers = pytest.importorskip("tokenizers")
    write_tokenizer(tmp_path / "tokenizer.json")
    tokenizer = tokenizers.Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    module = models.StaticEmbedding(tokenizer, embedding_weights=VECTORS)
    library.SentenceTransformer(modules=[module], device="cpu").save(str(tmp_path / "saved"))
    encoder = recognised(tmp_path / "saved")
    assert encoder.kind == "sentence-transformers"
    np.testing.assert_allclose(encode_texts(encoder, TEXTS, name="x").vectors, MEANS, atol=1e-6)


@pytest.mark.peer
@pytest.mark.parametrize(("pooling", "expected"), [("mean", MEANS), ("cls", VECTORS[[2, 3, 2]])])
def test_onnx(tmp_path: Path, pooling: str, expected: np.ndarray) -> None:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    helper, kinds = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "embedding",
        [helper.make_tensor_value_info("input_ids", kinds.INT64, ["n", "length"])],
        [helper.make_tensor_value_info("last_hidden_state", kinds.FLOAT, ["n", "length", 2])],
        [onnx.numpy_helper.from_array(VECTORS, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(tmp_path / "model.onnx"))
    write_tokenizer(tmp_path / "tokenizer.json")
    write_json(
        tmp_path / "1_Pooling/config.json", {f"pooling_mode_{pooling}_token{'s' * (pooling == 'mean')}": True}
    )
    encoder = recognised(tmp_path)
    assert encoder.kind == f"ONNX, {pooling} pooling"
    np.testing.assert_allclose(encode_texts(encoder, TEXTS, name="x").vectors, expected, atol=1e-6)
