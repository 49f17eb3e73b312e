"""gensim as peer: files and objects both ways to the bit, neighbours to rounding."""

import numpy as np
import pytest

from textransfer import WordVectors, pretrain_vectors, update_vectors
from textransfer.errors import ConfigError, FormatError, TextransferWarning

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


@pytest.mark.parametrize("binary", [True, False])
def test_a_word_twice_is_the_first_one_as_in_gensim(tmp_path, binary):
    WordVectors(["the", "cat", "thX", "dog"], [[1, 2], [3, 4], [5, 6], [7, 8]]).save_word2vec(
        tmp_path / "x", binary=binary
    )
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes().replace(b"thX", b"the"))
    keyed = models.KeyedVectors.load_word2vec_format(str(tmp_path / "x"), binary=binary)
    with pytest.warns(TextransferWarning, match="1 of 4 rows left out"):
        ours = WordVectors.load(tmp_path / "x")
    assert ours.words == [word for word in keyed.index_to_key if word]  # it keeps a place without a word
    np.testing.assert_array_equal(ours.matrix, keyed.vectors[: len(ours)])


@pytest.mark.parametrize("word", ["new york", "new york city", " lead", "trail "])
def test_words_with_spaces_that_gensim_writes(tmp_path, word):
    keyed = models.KeyedVectors(50)
    keyed.add_vectors(["a", word, "b"], np.random.default_rng(0).normal(size=(3, 50)).astype(np.float32))
    keyed.save_word2vec_format(str(tmp_path / "binary"), binary=True)
    with pytest.raises(FormatError, match="holds a space"):
        WordVectors.load(tmp_path / "binary")
    keyed.save_word2vec_format(str(tmp_path / "text"), binary=False)
    if word.strip() == word:
        with pytest.warns(TextransferWarning, match="1 of 3 rows left out"):
            assert WordVectors.load(tmp_path / "text").words == ["a", "b"]


def test_gensims_own_files_are_not_opened_and_its_objects_go_on(tmp_path):
    model = models.Word2Vec([["a", "warm", "film"], ["a", "dull", "film"]] * 20, vector_size=5, min_count=1)
    for saved in (model, model.wv):
        saved.save(str(tmp_path / "x"))
        with pytest.raises(FormatError, match=r"never opened.*save_word2vec_format\(.vectors\.txt.\)"):
            WordVectors.load(tmp_path / "x")
    texts = ["a warm film", "a gripping film"] * 5
    taken = WordVectors.from_gensim(model.wv)
    started = pretrain_vectors(texts, init_from=taken, epochs=1, min_count=1)
    updated = update_vectors(taken, texts, epochs=1, min_count=1)
    for vectors in (started, updated):
        assert vectors.words == [*taken.words, "gripping"]
    assert updated.counts[updated.index["film"]] == 40 + 10
    keyed = updated.to_gensim()
    assert keyed.index_to_key == updated.words


def test_queries_of_words_and_vectors_give_what_gensim_gives(vectors):
    keyed = vectors.to_gensim()
    vector = vectors["w3"] + vectors["w4"]
    for positive, negative in [(["w1", vector], ["w2"]), ([vector], []), (["w1"], [vector, "w5"])]:
        ours = vectors.most_similar(positive=positive, negative=negative, n=5)
        theirs = keyed.most_similar(positive=positive, negative=negative, topn=5)
        assert [word for word, _ in ours] == [word for word, _ in theirs]
        np.testing.assert_allclose([c for _, c in ours], [c for _, c in theirs], atol=1e-5)
    words = ["w1", "w7", "w9", "w11"]
    assert vectors.doesnt_match(words) == keyed.doesnt_match(words)
    np.testing.assert_array_equal(vectors[words], keyed[words])
    assert vectors.key_to_index == keyed.key_to_index
    assert vectors.get("none") is None


def test_lists_of_words_give_the_same_vocabulary():
    sentences = [["A", "warm", "film", "!"], ["a", "dull", "New_York", "film"]] * 20
    theirs = models.Word2Vec(sentences, vector_size=5, min_count=1, epochs=1, seed=1, workers=1).wv
    ours = pretrain_vectors(sentences, vector_size=5, min_count=1, epochs=1)
    assert set(ours.words) == set(theirs.index_to_key)
    assert all(ours.counts[ours.index[w]] == theirs.get_vecattr(w, "count") for w in ours.words)
