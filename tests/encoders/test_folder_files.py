import pickle
from pathlib import Path

import pytest
from encoder_folders import MODULES, Refusal, write_json

from textransfer.encoders.folder_files import files_in
from textransfer.encoders.recognising import recognised


def test_a_link_out_of_the_folder_is_refused(transformer: Path, tmp_path: Path, refusal: Refusal) -> None:
    secret = tmp_path / "secret.json"
    write_json(secret, {})
    (transformer / "tokenizer.json").symlink_to(secret)
    assert "outside the folder" in refusal(transformer)


def test_a_link_to_a_folder_outside_is_refused(transformer: Path, tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "elsewhere").mkdir()
    (transformer / "2_Dense").symlink_to(tmp_path / "elsewhere")
    assert "outside the folder" in refusal(transformer)


def test_links_of_the_hugging_face_cache_to_its_own_blobs_are_followed(
    transformer: Path, tmp_path: Path, refusal: Refusal
) -> None:
    model = tmp_path / "models--sentence-transformers--all"
    snapshot = model / "snapshots" / "c0ffee"
    snapshot.parent.mkdir(parents=True)
    transformer.rename(snapshot)
    (model / "blobs").mkdir()
    (snapshot / "model.safetensors").rename(model / "blobs" / "abc")
    (snapshot / "model.safetensors").symlink_to("../../blobs/abc")
    assert recognised(snapshot).kind == "sentence-transformers"
    (snapshot / "vocab.txt").symlink_to(tmp_path / "model.txt")
    assert "outside the folder" in refusal(snapshot)


def test_pickled_weights_are_refused_unless_plain_ones_lie_beside_them(
    transformer: Path, refusal: Refusal
) -> None:
    (transformer / "pytorch_model.bin").write_bytes(pickle.dumps({}))
    assert recognised(transformer).kind == "sentence-transformers"
    (transformer / "model.safetensors").unlink()
    message = refusal(transformer)
    assert "pytorch_model.bin holds pickled weights, which can run any program" in message
    assert "expected model.safetensors" in message


def test_pickled_weights_of_a_module_are_refused_too(transformer: Path, refusal: Refusal) -> None:
    write_json(transformer / "2_Dense/config.json", {})
    (transformer / "2_Dense/pytorch_model.bin").write_bytes(b"")
    assert "2_Dense/pytorch_model.bin holds pickled weights" in refusal(transformer)


@pytest.mark.parametrize(
    "settings",
    [
        {"auto_map": {"AutoModel": "mine.Model"}},
        {"model_args": {"trust_remote_code": True}},
        [{"auto_map": 1}],
    ],
)
def test_settings_that_ask_for_code_are_refused(
    transformer: Path, refusal: Refusal, settings: object
) -> None:
    write_json(transformer / "sentence_bert_config.json", settings)
    assert "asks for code of its own" in refusal(transformer)


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ({"type": "mine.Model", "path": ""}, "'mine.Model'"),
        ({"type": "os.system", "path": ""}, "'os.system'"),
        ({"path": ""}, "None"),
        ("text", "None"),
        ({**MODULES[0], "path": "../other"}, "'../other'"),
        ({**MODULES[0], "path": "/etc"}, "'/etc'"),
        ({**MODULES[0], "path": 3}, "3"),
    ],
)
def test_modules_from_elsewhere_are_refused(
    transformer: Path, refusal: Refusal, module: object, words: str
) -> None:
    write_json(transformer / "modules.json", [module])
    assert words in refusal(transformer)


@pytest.mark.parametrize("modules", [{}, [], 3])
def test_a_list_of_modules_that_is_none_is_refused(
    transformer: Path, refusal: Refusal, modules: object
) -> None:
    write_json(transformer / "modules.json", modules)
    assert "lists no modules" in refusal(transformer)


def test_an_adapter_would_need_a_model_from_elsewhere(transformer: Path, refusal: Refusal) -> None:
    write_json(transformer / "adapter_config.json", {"base_model_name_or_path": "some/model"})
    assert "nothing is fetched" in refusal(transformer)


def test_missing_and_damaged_files_are_named(
    transformer: Path, static: Path, onnx: Path, refusal: Refusal
) -> None:
    (transformer / "model.safetensors").unlink()
    (static / "tokenizer.json").unlink()
    (onnx / "tokenizer.json").unlink()
    assert "holds no weights" in refusal(transformer)
    assert "tokenizer.json missing" in refusal(static)
    assert "no tokenizer.json" in refusal(onnx)
    (static / "config.json").write_text('{"model_type"', encoding="utf-8")
    assert "truncated or no JSON" in refusal(static)


def test_hidden_files_are_passed_over(transformer: Path, tmp_path: Path) -> None:
    (transformer / ".git").mkdir()
    (transformer / ".git/hooks").symlink_to(tmp_path)
    assert all(".git" not in path.parts for path in files_in(transformer))
