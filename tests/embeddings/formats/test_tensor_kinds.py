"""Arrays of an embeddings folder that somebody has rounded to integers, or that lie flat, are refused."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from textransfer import WordVectors
from textransfer.embeddings.formats.tensor_kinds import check_kinds
from textransfer.embeddings.moments import DocumentMoments
from textransfer.errors import FormatError


@pytest.fixture
def folder(tmp_path):
    matrix = np.eye(3, 2, dtype=np.float32)
    moments = DocumentMoments(np.ones(2, np.float32), np.eye(2, dtype=np.float32))
    return WordVectors(["a", "b", "c"], matrix, out_matrix=matrix, moments=moments).save(tmp_path / "x")


def changed(folder, name, change):
    path = folder / "vectors.safetensors"
    tensors = load_file(path)
    tensors[name] = np.ascontiguousarray(change(tensors[name]))
    path.unlink()
    save_file(tensors, path)
    with pytest.raises(FormatError) as error:
        WordVectors.load(folder)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("kind", ["int8", "int32", "int64"])
@pytest.mark.parametrize("name", ["in_vectors", "out_vectors", "document_mean", "document_covariance"])
def test_whole_numbers(folder, name, kind):
    message = changed(folder, name, lambda array: array.astype(kind))
    assert f"has {name} of the type {kind}; expected numbers of floating point" in message


@pytest.mark.parametrize("name", ["in_vectors", "document_mean", "document_covariance"])
def test_another_shape(folder, name):
    flat = changed(folder, name, lambda array: array.reshape(1, -1) if array.ndim == 1 else array.ravel())
    assert "has the shape" in flat


def test_rows_of_phrases_are_whole_numbers(tmp_path):
    check_kinds({"lasts": np.zeros(2, np.int32)}, tmp_path, whole=("lasts",))
    with pytest.raises(FormatError, match="lasts of the type float32; expected whole numbers"):
        check_kinds({"lasts": np.zeros(2, np.float32)}, tmp_path, whole=("lasts",))
