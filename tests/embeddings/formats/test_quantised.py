"""Quantised matrices of fastText: each number is that of a centroid, and sizes that cannot be are refused."""

import struct

import numpy as np
import pytest

from textransfer import WordVectors
from textransfer.embeddings.formats.fasttext_reader import MAGIC
from textransfer.errors import FormatError

LABEL = 1
WIDTHS = (2, 2, 1)


def product(widths, centroids):
    sizes = struct.pack("<4i", sum(widths), len(widths), widths[0], widths[-1])
    return sizes + b"".join(part.astype("<f4").tobytes() for part in centroids)


def model(random, codes, n_codes=None, widths=WIDTHS):
    """Return the bytes of a model of three words, and the vectors that they have."""
    centroids = [random.normal(size=(256, width)).astype(np.float32) for width in widths]
    lengths = random.uniform(1, 2, (256, 1)).astype(np.float32)
    of_rows = random.integers(256, size=len(codes), dtype=np.uint8)
    words = ("film", "plot", "cast")
    content = MAGIC + struct.pack("<i12id", 12, 5, 5, 5, 1, 5, 1, 3, 3, 0, 0, 0, 100, 1e-4)
    content += struct.pack("<iiiqq", 4, 3, 1, 9, -1)
    content += b"".join(word.encode() + b"\0" + struct.pack("<qb", 3, 0) for word in words)
    content += b"__label__a\0" + struct.pack("<qb", 9, LABEL)
    content += struct.pack("<??qqi", True, True, 3, 5, codes.size if n_codes is None else n_codes)
    content += codes.tobytes() + product(widths, centroids)
    content += of_rows.tobytes() + product((1,), [lengths])
    content += struct.pack("<?qq", False, 1, 5) + np.zeros(5, "<f4").tobytes()
    rows = np.array([np.concatenate([c[k] for c, k in zip(centroids, row, strict=True)]) for row in codes])
    return content, words, rows * lengths[of_rows]


def test_each_number_is_that_of_a_centroid_times_the_length(tmp_path):
    random = np.random.default_rng(0)
    content, words, expected = model(random, random.integers(256, size=(3, 3), dtype=np.uint8))
    (tmp_path / "x.ftz").write_bytes(content)
    vectors = WordVectors.load(tmp_path / "x.ftz")
    assert tuple(vectors.words) == words
    np.testing.assert_allclose(vectors.matrix, expected, rtol=1e-6)


@pytest.mark.parametrize("fault", ["codes", "widths", "end"])
def test_sizes_that_cannot_be_are_refused(tmp_path, fault):
    random = np.random.default_rng(0)
    codes = random.integers(256, size=(3, 3), dtype=np.uint8)
    settings = {"codes": {"n_codes": -1}, "widths": {"widths": (2, 2, 2)}}.get(fault, {})
    content, _, _ = model(random, codes, **settings)
    (tmp_path / "x.ftz").write_bytes(content[:-1] if fault == "end" else content)
    with pytest.raises(FormatError, match="damaged|truncated"):
        WordVectors.load(tmp_path / "x.ftz")
