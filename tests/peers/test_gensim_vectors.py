"""gensim as peer: files and objects both ways to the bit, neighbours to rounding."""

import numpy as np
import pytest

from textransfer import WordVectors
from textransfer.errors import ConfigError

models = pytest.importorskip("gensim.models")
pytestmark = pytest.mark.peer

ODD_WORDS = ["don't", "映画", "naïve", "🎬", "\u3000", "\u00a0", "5", "</s>", "x" * 200]


@pytest.fixture
def vectors():
    words = ODD_WORDS + [f"w{row}" for row in range(201)]
    matrix = np.random.default_rng(3).normal(size=(len(words), 33)).astype(np.float32)
    matrix[1, :4] = [1e-45, -0.0, 12345678.9, -1 / 3]
    counts = np.sort(np.random.default_rng(4).integers(1, 1000, len(words)))[::-1]
    return WordVectors(words, matrix, counts=counts)


def assert_same(ours, keyed):
    assert ours.words == keyed.index_to_key
    assert ours.matrix.dtype == keyed.vectors.dtype == np.float32
    assert ours.matrix.tobytes() == keyed.vectors.tobytes()


@pytest.mark.parametrize("binary", [True, False])
def test_gensim_loads_ours(vectors, tmp_path, binary):
    vectors.save_word2vec(tmp_path / "x", binary=binary)
    assert_same(vectors, models.KeyedVectors.load_word2vec_format(str(tmp_path / "x"), binary=binary))


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("binary", [True, False])
def test_ours_loads_gensims(vectors, tmp_path, binary, suffix):
    keyed = vectors.to_gensim()
    keyed.save_word2vec_format(str(tmp_path / f"x{suffix}"), binary=binary, sort_attr=None)
    assert_same(WordVectors.load(tmp_path / f"x{suffix}"), keyed)


def test_ours_loads_glove_text_that_gensim_wrote(vectors, tmp_path):
    keyed = vectors.to_gensim()
    keyed.save_word2vec_format(str(tmp_path / "x"), binary=False, write_header=False, sort_attr=None)
    assert_same(WordVectors.load(tmp_path / "x"), keyed)
    loaded = models.KeyedVectors.load_word2vec_format(str(tmp_path / "x"), no_header=True)
    assert_same(WordVectors.load(tmp_path / "x"), loaded)


def test_objects_both_ways(vectors):
    keyed = vectors.to_gensim()
    assert_same(vectors, keyed)
    assert keyed.get_vecattr("w5", "count") == vectors.counts[vectors.index["w5"]]
    back = WordVectors.from_gensim(keyed)
    assert_same(back, keyed)
    np.testing.assert_array_equal(back.counts, vectors.counts, strict=True)


def test_without_counts_or_words():
    bare = WordVectors(["a", "b"], [[1, 2], [3, 4]])
    assert WordVectors.from_gensim(bare.to_gensim()).counts is None
    empty = WordVectors([], np.zeros((0, 3))).to_gensim()
    assert (len(empty), empty.vector_size) == (0, 3)


def test_the_row_numbers_that_gensim_invents_are_no_counts(vectors, tmp_path):
    vectors.save_word2vec(tmp_path / "x", binary=True)
    keyed = models.KeyedVectors.load_word2vec_format(str(tmp_path / "x"), binary=True)
    assert WordVectors.from_gensim(keyed).counts is None


def test_a_trained_model_of_gensim():
    sentences = [["a", "warm", "film"], ["a", "dull", "film"]] * 20
    model = models.Word2Vec(sentences, vector_size=5, min_count=1, epochs=1, seed=1, workers=1)
    taken = WordVectors.from_gensim(model.wv)
    assert_same(taken, model.wv)
    assert dict(zip(taken.words, taken.counts.tolist(), strict=True)) == {
        "a": 40,
        "film": 40,
        "warm": 20,
        "dull": 20,
    }
    with pytest.raises(ConfigError, match=r"got a Word2Vec; expected KeyedVectors, such as model\.wv"):
        WordVectors.from_gensim(model)


def test_changing_gensims_copy_leaves_ours(vectors):
    keyed = vectors.to_gensim()
    before = vectors.matrix.copy()
    keyed.vectors[0] = 0
    np.testing.assert_array_equal(vectors.matrix, before)


@pytest.mark.parametrize(
    ("positive", "negative"), [(["w1"], []), (["w1", "w2"], []), (["w1", "w2"], ["w3"]), ([], ["w4"])]
)
def test_neighbours_agree(vectors, positive, negative):
    expected = vectors.to_gensim().most_similar(positive=positive, negative=negative, topn=20)
    found = vectors.most_similar(positive=positive, negative=negative, n=20)
    assert [word for word, _ in found] == [word for word, _ in expected]
    # Both round cosines to float32; 33 products add up to a few units of its last place.
    assert [value for _, value in found] == pytest.approx([value for _, value in expected], abs=1e-6)


def test_similarity_agrees(vectors):
    keyed = vectors.to_gensim()
    for other in ("w2", "映画", "w200"):
        assert vectors.similarity("w1", other) == pytest.approx(keyed.similarity("w1", other), abs=1e-6)
