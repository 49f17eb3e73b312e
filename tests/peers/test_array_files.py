"""NumPy, safetensors and pyarrow as peers: what stands in our files, read as the table of formats says."""

import numpy as np
import pytest

from textransfer import WordVectors, export_model
from textransfer.formats import FORMATS

pytestmark = pytest.mark.peer


@pytest.fixture
def vectors():
    words = ["don't", "映画", "naïve", "🎬", *(f"w{row}" for row in range(50))]
    matrix = np.random.default_rng(3).normal(size=(len(words), 7)).astype(np.float32)
    return WordVectors(words, matrix, counts=range(len(words), 0, -1))


def loaded_as_said(export, *modules):
    """Run the Python by which the table of formats says that a file is loaded."""
    line = export.loading.split("  #")[0]
    return eval(line, {module: __import__(module) for module in modules})


def test_npz(vectors, tmp_path):
    arrays = loaded_as_said(export_model(vectors, "npz", tmp_path / "x.npz"), "numpy")
    assert arrays["words"].tolist() == vectors.words
    assert arrays["vectors"].tobytes() == vectors.matrix.tobytes()
    assert arrays["counts"].tolist() == vectors.counts.tolist()
    np.savez(tmp_path / "theirs.npz", words=np.array(["a", "b"]), vectors=np.eye(2))
    assert WordVectors.load(tmp_path / "theirs.npz")["b"].tolist() == [0, 1]


def test_npz_of_int8_says_its_scales(vectors, tmp_path):
    arrays = loaded_as_said(export_model(vectors, "npz", tmp_path / "x.npz", precision="int8"), "numpy")
    restored = arrays["vectors"] * arrays["scales"][:, None]
    np.testing.assert_allclose(restored, vectors.matrix, atol=arrays["scales"].max())


def test_safetensors(vectors, tmp_path):
    pytest.importorskip("safetensors.numpy")
    tensors = loaded_as_said(export_model(vectors, "safetensors", tmp_path / "x"), "safetensors")
    assert bytes(tensors["words"]).decode().split("\n") == vectors.words
    assert tensors["vectors"].tobytes() == vectors.matrix.tobytes()


def test_parquet(vectors, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    table = loaded_as_said(export_model(vectors, "parquet", tmp_path / "x"), "pyarrow")
    assert table["word"].to_pylist() == vectors.words
    assert np.array(table["vector"].to_pylist(), np.float32).tobytes() == vectors.matrix.tobytes()
    theirs = pyarrow.table({"word": ["a", "b"], "vector": [[1.0, 2.0], [3.0, 4.0]]})  # lists of any size
    pyarrow.parquet.write_table(theirs, str(tmp_path / "theirs"))
    assert WordVectors.load(tmp_path / "theirs").matrix.tolist() == [[1, 2], [3, 4]]


def test_projector(vectors, tmp_path):
    export_model(vectors, "projector", tmp_path / "x")
    rows = np.loadtxt(tmp_path / "x" / "vectors.tsv", delimiter="\t", dtype=np.float32)
    assert rows.tobytes() == vectors.matrix.tobytes()
    metadata = (tmp_path / "x" / "metadata.tsv").read_text(encoding="utf-8").splitlines()
    assert metadata[0] == "word\tcount"
    assert [line.split("\t")[0] for line in metadata[1:]] == vectors.words


def test_gensims_own_file(vectors, tmp_path):
    pytest.importorskip("gensim.models")
    keyed = loaded_as_said(export_model(vectors, "gensim", tmp_path / "x.kv"), "gensim")
    assert keyed.index_to_key == vectors.words
    assert keyed.vectors.tobytes() == vectors.matrix.tobytes()
    assert keyed.get_vecattr("映画", "count") == vectors.counts[1]
    assert [path.name for path in tmp_path.iterdir()] == ["x.kv"]


@pytest.mark.parametrize("name", ["word2vec", "word2vec-text", "glove", "fasttext-vec"])
def test_text_and_binary_by_gensim(vectors, tmp_path, name):
    pytest.importorskip("gensim.models")
    keyed = loaded_as_said(export_model(vectors, name, tmp_path / f"x{FORMATS[name].ending}"), "gensim")
    assert keyed.index_to_key == vectors.words
    assert keyed.vectors.tobytes() == vectors.matrix.tobytes()
