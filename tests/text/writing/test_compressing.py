"""A name that ends like a compressed file is one."""

from pathlib import Path

import pytest

from textransfer import WordVectors
from textransfer.text.reading.compression import COMPRESSIONS
from textransfer.text.reading.compression import open_binary as open_compressed

VECTORS = WordVectors(["film", "映画"], [[1.5, -2], [0.1, 3]])


@pytest.mark.parametrize("ending", sorted(COMPRESSIONS))
@pytest.mark.parametrize("binary", [True, False])
def test_vectors_are_compressed_by_the_ending(tmp_path: Path, ending: str, binary: bool) -> None:
    plain = VECTORS.save_word2vec(tmp_path / "v.txt", binary=binary)
    path = VECTORS.save_word2vec(tmp_path / f"v.txt{ending.upper()}", binary=binary)
    assert path.read_bytes() != plain.read_bytes()
    with open_compressed(path) as file:
        assert file.read() == plain.read_bytes()
    assert WordVectors.load(path).matrix.tobytes() == VECTORS.matrix.tobytes()
