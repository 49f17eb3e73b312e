"""A small file of vectors that would fill the memory is refused, whatever its format."""

import gzip
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from textransfer import WordVectors, export_model
from textransfer.embeddings.formats import unpacking
from textransfer.errors import FormatError

pytestmark = pytest.mark.filterwarnings("ignore::textransfer.TextransferWarning")
N, SIZE = 20_000, 50
"""Four megabytes of zeros, and a one."""


def rows() -> list[bytes]:
    return [b"%d" % number for number in range(N)]


def matrix() -> np.ndarray:
    values = np.zeros((N, SIZE), np.float32)
    values[:, 0] = 1
    return values


def as_text(path: Path) -> None:
    line = b" 1" + b" 0" * (SIZE - 1) + b"\n"
    path.write_bytes(zstandard.compress(b"".join(word + line for word in rows()), 19))


def as_binary(path: Path) -> None:
    vector = b" " + matrix()[0].tobytes() + b"\n"
    content = b"%d %d\n" % (N, SIZE) + b"".join(word + vector for word in rows())
    path.write_bytes(gzip.compress(content))


def as_npz(path: Path) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, words=np.array([word.decode() for word in rows()]), vectors=matrix())


def as_parquet(path: Path) -> None:
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(matrix().ravel()), SIZE)
    pq.write_table(pa.table({"word": [word.decode() for word in rows()], "vector": vectors}), path)


def as_parquet_of_one_word(path: Path) -> None:
    vectors = pa.array([[1.0]] * N, pa.list_(pa.float32()))
    pq.write_table(pa.table({"word": ["x" * 4000] * N, "vector": vectors}), path)


WRITERS: dict[str, Callable[[Path], None]] = {
    "v.vec.zst": as_text,
    "v.bin.gz": as_binary,
    "v.npz": as_npz,
    "v.parquet": as_parquet,
    "w.parquet": as_parquet_of_one_word,
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_unpacks_to_far_more_than_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    WordVectors.load(path)
    monkeypatch.setattr(unpacking, "ALWAYS_TAKEN", 1 << 16)
    monkeypatch.setattr(unpacking, "MOST_TIMES", 8)
    with pytest.raises(
        FormatError, match=rf"^{re.escape(str(path))} unpacks to more than .* or make it anew$"
    ):
        WordVectors.load(path)


@pytest.mark.parametrize("name", ["word2vec", "word2vec-text", "fasttext", "npz", "parquet", "safetensors"])
def test_vectors_hardly_shrink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    values = np.random.default_rng(0).normal(size=(500, 20)).astype(np.float32)
    vectors = WordVectors([f"word{number}" for number in range(500)], values)
    exported = Path(export_model(vectors, name, tmp_path / "vectors").output)
    packed = exported.with_name(f"{exported.name}.gz")
    packed.write_bytes(gzip.compress(exported.read_bytes()))
    monkeypatch.setattr(unpacking, "ALWAYS_TAKEN", 0)
    for path in (exported, packed) if name.startswith(("word2vec", "fasttext")) else (exported,):
        assert len(WordVectors.load(path)) == 500


@pytest.mark.parametrize(
    ("descr", "shape"),
    [("<U1", (3 * 10**12,)), ("<U0", (3 * 10**12,)), ("<f4", (2, 10**12)), ("|V0", (10**9, 10**9))],
)
def test_an_array_that_announces_more_than_it_holds_is_refused(
    tmp_path: Path, descr: str, shape: tuple[int, ...]
) -> None:
    path, name = tmp_path / "v.npz", "words" if descr[1] in "UV" else "vectors"
    arrays = {"words": np.array(["a", "b"]), "vectors": np.eye(2, dtype=np.float32)}
    with zipfile.ZipFile(path, "w") as archive:
        for member, array in arrays.items():
            header = np.lib.format.header_data_from_array_1_0(array)
            header |= {"descr": descr, "shape": shape} if member == name else {}
            with archive.open(f"{member}.npy", "w") as stream:
                np.lib.format.write_array_header_1_0(stream, header)
                stream.write(array.tobytes())
    with pytest.raises(FormatError, match=f"{name} announces"):
        WordVectors.load(path)
