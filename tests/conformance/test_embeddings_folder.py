"""The embeddings folder: what it holds, and how damage to it is named."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import textransfer
from textransfer import WordVectors
from textransfer.errors import ConfigError, FormatError


def table(words, size=3, seed=0):
    matrix = np.random.default_rng(seed).normal(size=(len(words), size)).astype(np.float32)
    return WordVectors(words, matrix)


def assert_same(loaded, expected):
    assert loaded.words == expected.words
    assert loaded.matrix.shape == expected.matrix.shape
    assert loaded.matrix.tobytes() == expected.matrix.tobytes()


def assert_refused(path, match=None):
    with pytest.raises(FormatError, match=match) as caught:
        WordVectors.load(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.fixture
def full():
    return WordVectors(
        ["film", "映画"],
        [[1, 2], [3, 4]],
        counts=[5, 3],
        document_counts=[2, 1],
        n_tokens=10,
        n_documents=4,
        out_matrix=[[5, 6], [7, 8]],
        out_bias=[0.5, -0.5],
        tokenizer_spec={"name": "words", "version": 1, "lowercase": True},
        metadata={"textransfer_version": "0.0.9", "corpus": {"sources": ["a.txt"]}, "seconds": 1.5},
    )


def test_the_folder_keeps_everything(full, tmp_path):
    found = WordVectors.load(full.save(tmp_path / "x"))
    assert_same(found, full)
    for name in ("counts", "document_counts", "out_matrix", "out_bias"):
        np.testing.assert_array_equal(getattr(found, name), getattr(full, name), strict=True)
    for name in ("n_tokens", "n_documents", "tokenizer_spec", "metadata"):
        assert getattr(found, name) == getattr(full, name)


def test_the_layout_of_the_folder_is_fixed(full, tmp_path):
    full.save(tmp_path / "x")
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == [
        "README.md",
        "config.json",
        "tokenizer_spec.json",
        "vectors.safetensors",
        "vocabulary.json",
    ]
    assert sorted(load_file(tmp_path / "x" / "vectors.safetensors")) == [
        "in_vectors",
        "out_bias",
        "out_vectors",
    ]
    assert json.loads((tmp_path / "x" / "vocabulary.json").read_text(encoding="utf-8")) == {
        "format_version": 1,
        "n_tokens": 10,
        "n_documents": 4,
        "words": ["film", "映画"],
        "counts": [5, 3],
        "document_counts": [2, 1],
        "spellings": {},
    }
    assert "映画" in (tmp_path / "x" / "vocabulary.json").read_text(encoding="utf-8")
    config = json.loads((tmp_path / "x" / "config.json").read_text())
    assert config == {"format_version": 1, **full.metadata, "has_tokenizer": True}


def test_the_folder_says_which_release_wrote_it(tmp_path):
    loaded = WordVectors.load(table(["a"]).save(tmp_path / "x"))
    assert loaded.metadata == {"textransfer_version": textransfer.__version__}
    assert loaded.counts is loaded.n_tokens is loaded.tokenizer_spec is loaded.out_matrix is None


@pytest.mark.parametrize("name", ["vectors.safetensors", "vocabulary.json", "config.json"])
def test_a_missing_file_is_named(full, tmp_path, name):
    full.save(tmp_path / "x")
    (tmp_path / "x" / name).unlink()
    assert_refused(tmp_path / "x", f": {name} missing")


@pytest.mark.parametrize("name", ["vocabulary.json", "config.json", "tokenizer_spec.json"])
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "truncated or no JSON"),
        (b"\xff\xfe", "truncated or no JSON"),
        (b"[" * 100_000, "truncated or no JSON"),
        (b"[1]", "no format_version"),
        (b"{}", "no format_version"),
        (b'{"format_version": "1"}', "no format_version"),
        (b'{"format_version": true}', "no format_version"),
        (b'{"format_version": 2}', "format_version 2; this release reads up to 1: update"),
    ],
)
def test_records_that_are_damaged_or_newer(full, tmp_path, name, content, complaint):
    full.save(tmp_path / "x")
    (tmp_path / "x" / name).write_bytes(content)
    assert_refused(tmp_path / "x", complaint)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"words": "film"}, "'words' is missing or of another kind"),
        ({"words": None}, "'words' is missing"),
        ({"words": ["film"]}, "do not fit together: matrix has the shape"),
        ({"words": ["film", 5]}, "word 1 is 5"),
        ({"counts": [1]}, "counts has the shape"),
        ({"counts": ["1", "2"]}, "counts holds something else"),
        ({"counts": [[1], [2, 3]]}, "counts"),
        ({"counts": [2**70, 1]}, "counts holds something else"),
        ({"counts": 5}, "'counts' is missing or of another kind"),
        ({"n_tokens": "many"}, "'n_tokens' is missing or of another kind"),
        ({"n_tokens": True}, "'n_tokens' is missing or of another kind"),
    ],
)
def test_a_vocabulary_that_does_not_fit(full, tmp_path, changes, complaint):
    full.save(tmp_path / "x")
    file = tmp_path / "x" / "vocabulary.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | changes))
    assert_refused(tmp_path / "x", complaint)


@pytest.mark.parametrize(
    ("tensors", "complaint"),
    [
        ({"network": np.ones((2, 2), np.float32)}, "holds no in_vectors, only network"),
        ({"in_vectors": np.ones((3, 2), np.float32)}, r"matrix has the shape \(3, 2\); expected \(2, any\)"),
        ({"in_vectors": np.ones(2, np.float32)}, "matrix has the shape"),
        (
            {"in_vectors": np.ones((2, 2), np.float32), "out_vectors": np.ones((2, 3), np.float32)},
            "out_matrix has the shape",
        ),
        (
            {"in_vectors": np.ones((2, 2), np.float32), "out_bias": np.ones(3, np.float32)},
            "out_bias has the shape",
        ),
    ],
)
def test_tensors_that_do_not_fit(full, tmp_path, tensors, complaint):
    full.save(tmp_path / "x")
    save_file(tensors, tmp_path / "x" / "vectors.safetensors")
    assert_refused(tmp_path / "x", complaint)


def test_tensors_of_a_dtype_that_numpy_lacks(full, tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file as save_torch

    full.save(tmp_path / "x")
    save_torch({"in_vectors": torch.ones((2, 2), dtype=torch.bfloat16)}, tmp_path / "x/vectors.safetensors")
    assert_refused(tmp_path / "x")


def test_half_precision_of_another_program_is_read(full, tmp_path):
    full.save(tmp_path / "x")
    save_file({"in_vectors": np.float16([[1, 2], [3, 4]])}, tmp_path / "x/vectors.safetensors")
    assert WordVectors.load(tmp_path / "x").matrix.tobytes() == full.matrix.tobytes()


@pytest.mark.parametrize(
    "metadata", [{"a": np.ones(2)}, {"a": float("nan")}, {"a": Path("x")}, {"format_version": 2}]
)
def test_metadata_must_be_plain(tmp_path, metadata):
    with pytest.raises(ConfigError, match=r"config\.json"):
        WordVectors(["a"], [[1]], metadata=metadata).save(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("save", ["save(path, force=True)", "save_word2vec(path, binary=True, force=True)"])
def test_a_disk_that_fills_up_leaves_the_old(tmp_path, save):
    path = tmp_path / "x"
    exec(f"vectors.{save}", {"vectors": table(["old"]), "path": path})
    # A limit on the size of files makes real writes fail half-way, within safetensors too.
    script = (
        "import resource, sys, numpy as np\n"
        "from textransfer import WordVectors\n"
        "from textransfer.errors import OutputError\n"
        "vectors = WordVectors([f'w{row}' for row in range(5000)], np.ones((5000, 50)))\n"
        "path = sys.argv[1]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "try:\n"
        f"    vectors.{save}\n"
        "except OutputError as error:\n"
        "    print(error)\n"
    )
    root = str(Path(textransfer.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env={"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"cannot write {path}: ")
    assert "File too large" in done.stdout
    assert WordVectors.load(path).words == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_lost_its_tokenizer_is_refused(tmp_path):
    from textransfer.text.tokenizers.words import WordsTokenizer

    vectors = WordVectors(["a", "b"], np.eye(2), tokenizer_spec=WordsTokenizer().spec())
    vectors.save(tmp_path / "x")
    (tmp_path / "x" / "tokenizer_spec.json").unlink()
    with pytest.raises(FormatError, match=r"lost its tokenizer_spec\.json"):
        WordVectors.load(tmp_path / "x")


def test_a_folder_with_the_older_name_of_the_tokenizer_is_read_and_replaced_whole(full, tmp_path):
    full.save(tmp_path / "x")
    (tmp_path / "x" / "tokenizer_spec.json").rename(tmp_path / "x" / "tokenizer.json")
    assert WordVectors.load(tmp_path / "x").tokenizer_spec == full.tokenizer_spec
    full.save(tmp_path / "x", force=True)
    assert not (tmp_path / "x" / "tokenizer.json").exists()
