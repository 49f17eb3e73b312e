"""N-grams of fastText: compiled loops over bytes give what its source says, word by word."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textransfer import WordVectors
from textransfer.embeddings.hashed_ngrams import HashedNgrams, hashes
from textransfer.errors import ConfigError


def plainly(word, n_hashes, shortest, longest):
    """Return the hashes of a word as dictionary.cc computes them, byte by byte."""
    spelled = f"<{word}>".encode()
    found = []
    for start in range(len(spelled)):
        if spelled[start] & 0xC0 == 0x80:
            continue
        end, n = start, 1
        while end < len(spelled) and n <= longest:
            end += 1
            while end < len(spelled) and spelled[end] & 0xC0 == 0x80:
                end += 1
            if n >= shortest and not (n == 1 and (start == 0 or end == len(spelled))):
                hashed = 2166136261
                for byte in spelled[start:end]:
                    signed = byte - 256 if byte > 127 else byte
                    hashed = ((hashed ^ (signed & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
                found.append(hashed % n_hashes)
            n += 1
    return found


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=5),
    st.integers(1, 3),
    st.integers(0, 3),
)
def test_hashes_are_those_of_fasttext(words, shortest, more):
    rows, word_of = hashes(words, 1000, shortest, shortest + more)
    by_word = [rows[word_of == number].tolist() for number in range(len(words))]
    assert by_word == [plainly(word, 1000, shortest, shortest + more) for word in words]


def test_vectors_are_means_of_rows():
    matrix = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    ngrams = HashedNgrams(matrix, 2, 4).checked(3)
    words = ["tea", "映画", "", "a", *(f"w{n}" for n in range(5000))]
    vectors = ngrams.vectors(words)
    for place in (0, 1, 3, 4, 5003):
        expected = matrix[plainly(words[place], 50, 2, 4)].mean(axis=0)
        np.testing.assert_allclose(vectors[place], expected, rtol=1e-5, atol=1e-6)


def test_unknown_words_have_vectors_after_a_round_through_a_folder(tmp_path):
    matrix = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    vectors = WordVectors(["film"], [[1, 2, 3]], ngrams=HashedNgrams(matrix, 3, 6))
    vectors.save(tmp_path / "x")
    expected = matrix[plainly("filmic", 50, 3, 6)].mean(axis=0)
    for each in (vectors, WordVectors.load(tmp_path / "x")):
        np.testing.assert_allclose(each["filmic"], expected, rtol=1e-5)
        assert each["film"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(("shortest", "longest", "length"), [(0, 3, 1.0), (4, 3, 1.0), (1, 3, 0.0)])
def test_odd_bounds_are_refused(shortest, longest, length):
    with pytest.raises(ConfigError):
        HashedNgrams(np.ones((2, 3), np.float32), shortest, longest, length).checked(3)
