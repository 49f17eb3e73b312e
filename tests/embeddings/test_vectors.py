"""WordVectors: look-up, neighbours, unknown words, and being a value."""

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

import textransfer
from textransfer import WordVectors
from textransfer.errors import ConfigError, TextransferWarning, UnknownWordError

WORDS = ["good", "great", "excellent", "bad", "awful", "film"]
MATRIX = np.array([[2, 0], [2, 0.2], [3, 1], [-1, 0], [-1, -0.1], [0, 5]], dtype=np.float32)


@pytest.fixture
def vectors():
    return WordVectors(WORDS, MATRIX, counts=[9, 8, 7, 6, 5, 4])


@pytest.fixture
def many():
    matrix = np.random.default_rng(5).normal(size=(301, 7)).astype(np.float32)
    return WordVectors([f"w{row}" for row in range(301)], matrix)


def test_look_up(vectors):
    assert vectors["excellent"].tolist() == [3, 1]
    assert "bad" in vectors
    assert "worse" not in vectors
    assert len(vectors) == 6
    assert list(vectors) == WORDS
    assert vectors.index["film"] == 5
    assert vectors.vector_size == 2
    assert vectors.rows_of(["film", "good", "film"]).tolist() == [5, 0, 5]
    assert vectors.rows_of([]).shape == (0,)


def test_neighbours_are_those_of_all_cosines_sorted(many):
    def cosine(a, b):
        return float(a.astype(float) @ b.astype(float) / np.linalg.norm(a) / np.linalg.norm(b))

    everything = {word: cosine(many[word], many["w17"]) for word in many if word != "w17"}
    expected = sorted(everything, key=everything.get, reverse=True)[:12]
    found = many.most_similar("w17", n=12)
    assert [word for word, _ in found] == expected
    assert [value for _, value in found] == pytest.approx([everything[word] for word in expected], abs=1e-6)


def test_a_longer_list_begins_with_the_shorter(many):
    assert many.most_similar("w3", n=300)[:10] == many.most_similar("w3")


def test_the_query_counts_each_word_at_unit_length(many):
    units = {word: many[word] / np.linalg.norm(many[word]) for word in ("w1", "w2", "w3")}
    query = units["w1"] + units["w2"] - units["w3"]
    cosines = many.unit_matrix @ (query / np.linalg.norm(query))
    cosines[[1, 2, 3]] = -2
    found = many.most_similar(positive=["w1", "w2"], negative=["w3"], n=1)
    assert found == [(many.words[int(cosines.argmax())], pytest.approx(float(cosines.max()), abs=1e-6))]
    assert many.most_similar("w1", positive="w2", negative="w3", n=1) == found


def test_words_of_the_query_are_left_out(vectors):
    found = [
        word for word, _ in vectors.most_similar(positive=["good", "good", "great"], negative="bad", n=99)
    ]
    assert sorted(found) == ["awful", "excellent", "film"]
    assert vectors.most_similar(WORDS) == []


def test_equal_cosines_come_in_the_order_of_the_words():
    same = WordVectors(["a", "b", "c", "d"], [[1, 0], [0, 1], [0, 2], [0, 3]])
    assert same.most_similar("a", n=3) == [("b", 0.0), ("c", 0.0), ("d", 0.0)]


@pytest.mark.parametrize("word", [float("nan"), None, 3, ["film", None]])
def test_what_is_no_word_is_refused(vectors, word):
    with pytest.raises(ConfigError, match="a word is .*; expected a string"):
        vectors.most_similar(word)


def test_similarity(vectors):
    assert vectors.similarity("good", "good") == pytest.approx(1)
    assert vectors.similarity("good", "bad") == pytest.approx(-1)
    assert vectors.similarity("good", "film") == pytest.approx(0)


def test_a_zero_vector_is_like_nothing():
    vectors = WordVectors(["zero", "one"], [[0, 0], [0, 3]])
    assert vectors.most_similar("zero") == [("one", 0.0)]
    assert vectors.similarity("zero", "zero") == 0
    assert np.isfinite(vectors.unit_matrix).all()


def test_unit_rows_of_huge_and_tiny_numbers():
    vectors = WordVectors(["huge", "tiny"], [[3e38, 3e38], [1e-42, 0]])
    np.testing.assert_allclose(np.linalg.norm(vectors.unit_matrix, axis=1), 1, rtol=1e-6)


def test_all_unknown_words_are_listed_with_near_spellings(vectors):
    with pytest.raises(UnknownWordError) as caught:
        vectors.most_similar(positive=["good", "excelent"], negative=["Awful", "zzz", "excelent"])
    message = str(caught.value)
    assert message.startswith("unknown words 'excelent' (near: excellent), 'Awful' (near: awful), 'zzz';")
    assert message.count("excelent'") == 1
    assert "'good'" not in message


def test_an_unknown_word_is_a_key_error_without_quotes_around_the_message(vectors):
    with pytest.raises(KeyError) as caught:
        vectors["filn"]
    assert str(caught.value) == (
        "unknown word 'filn' (near: film); expected words among the 6 of the vectors"
    )
    with pytest.raises(UnknownWordError):
        vectors.similarity("good", "filn")


def test_a_hundred_unknown_words_are_all_listed(vectors):
    strange = [f"qq{number}" for number in range(100)]
    with pytest.raises(UnknownWordError) as caught:
        vectors.rows_of(strange)
    assert all(repr(word) in str(caught.value) for word in strange)


def test_queries_that_ask_nothing(vectors):
    with pytest.raises(ConfigError, match="got no word"):
        vectors.most_similar()
    with pytest.raises(ConfigError, match="n is 0"):
        vectors.most_similar("good", n=0)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"words": ["a", "b", "a"]}, "'a' occurs twice"),
        ({"words": ["a", "b"]}, r"matrix has the shape \(3, 2\); expected \(2, any\)"),
        ({"words": ["a", "", "c"]}, "word 1 is ''"),
        ({"words": ["a", 5, "c"]}, "word 1 is 5"),
        ({"words": "abc"}, "expected a list of words"),
        ({"matrix": [[1, 2], [3, np.nan], [5, 6]]}, "not finite in row 1"),
        ({"matrix": [[1, 2], [3, 4], [1e39, 6]]}, "not finite in row 2"),
        ({"matrix": [1, 2, 3]}, "matrix has the shape"),
        ({"matrix": np.zeros((3, 0))}, "matrix has the shape"),
        ({"matrix": "text"}, "cannot be read as an array"),
        ({"counts": [1, 2]}, r"counts has the shape \(2,\); expected \(3,\)"),
        ({"counts": [1, 2, -1]}, "counts holds something else"),
        ({"document_counts": [1.5, 2, 1]}, "document_counts holds something else"),
        ({"out_matrix": np.zeros((3, 3))}, "out_matrix has the shape"),
        ({"out_bias": np.zeros(2)}, "out_bias has the shape"),
        ({"out_bias": [0, np.inf, 0]}, "out_bias holds a number that is not finite"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes, complaint):
    given = {"words": ["a", "b", "c"], "matrix": np.ones((3, 2))} | changes
    with pytest.raises(ConfigError, match=complaint):
        WordVectors(**given)


def test_dtypes_and_optional_parts():
    vectors = WordVectors(
        ["a", "b"],
        np.ones((2, 3)),
        counts=np.array([2, 1], dtype=np.uint32),
        document_counts=[1, 1],
        out_matrix=np.zeros((2, 3)),
        out_bias=[0, 1],
    )
    assert {vectors.matrix.dtype, vectors.out_matrix.dtype, vectors.out_bias.dtype} == {np.dtype(np.float32)}
    assert vectors.counts.dtype == vectors.document_counts.dtype == np.int64
    bare = WordVectors(["a"], [[1]])
    assert bare.counts is bare.document_counts is bare.out_matrix is bare.out_bias is bare.n_tokens is None
    assert bare.metadata == {}


def test_no_words_at_all():
    empty = WordVectors([], np.zeros((0, 5)))
    assert (len(empty), empty.vector_size) == (0, 5)
    with pytest.raises(UnknownWordError, match="among the 0"):
        empty["a"]


def test_float32_is_not_copied_and_cannot_be_written(vectors):
    owned = MATRIX.copy()
    made = WordVectors(WORDS, owned)
    assert np.shares_memory(made.matrix, owned)
    assert owned.flags.writeable
    for array in (made.matrix, made["good"], made.unit_matrix, vectors.counts):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_copies_are_the_object_itself(vectors):
    assert copy.copy(vectors) is copy.deepcopy(vectors) is clone(vectors, safe=False) is vectors


def test_pickle_keeps_all_but_what_can_be_rebuilt(vectors):
    small = len(pickle.dumps(vectors))
    neighbours = vectors.most_similar("good")
    assert len(pickle.dumps(vectors)) == small
    restored = pickle.loads(pickle.dumps(vectors))
    assert restored.most_similar("good") == neighbours
    assert restored.words == WORDS
    assert not restored.matrix.flags.writeable


def test_a_pickle_leaves_the_tokenizer_behind(monkeypatch):
    vectors = WordVectors(["a"], [[1]], tokenizer_spec={"name": "words"})
    vectors.__dict__["_tokenizer"] = lambda: None  # like those of some libraries, it cannot be pickled
    assert pickle.loads(pickle.dumps(vectors)).tokenizer_spec == {"name": "words"}


def test_vectors_without_a_tokenizer_guess_one_and_say_so_once(vectors):
    with pytest.warns(TextransferWarning, match="do not say how their words were cut") as said:
        assert vectors.tokenizer() is vectors.tokenizer()
    assert len(said) == 1
    assert pickle.loads(pickle.dumps(vectors)).tokenizer().name == vectors.tokenizer().name


def test_the_tokenizer_is_rebuilt_once_from_what_was_saved(tmp_path):
    from textransfer.config import TokenizerConfig
    from textransfer.text.tokenize import build_tokenizer

    built = build_tokenizer(TokenizerConfig(tokenizer="words", stop_words="english"), ["A film. Not bad!"])
    vectors = WordVectors(["film"], [[1]], tokenizer_spec=built.spec())
    loaded = WordVectors.load(vectors.save(tmp_path / "embeddings"))
    assert loaded.tokenizer().tokenize("The Film was NOT bad") == built.tokenize("The Film was NOT bad")
    assert loaded.tokenizer() is loaded.tokenizer()


def test_torch_embedding_holds_a_copy(vectors):
    torch = pytest.importorskip("torch")
    table = vectors.to_torch()
    assert not table.weight.requires_grad
    assert vectors.to_torch(freeze=False).weight.requires_grad
    looked_up = table(torch.tensor([vectors.index["excellent"]])).numpy()
    assert looked_up.tobytes() == vectors["excellent"].tobytes()
    table.weight[0] = 9
    assert vectors["good"].tolist() == [2, 0]


def test_importing_loads_neither_torch_nor_gensim(tmp_path):
    script = (
        "import sys\n"
        "from textransfer.embeddings.vectors import WordVectors\n"
        f"vectors = WordVectors(['a', 'b'], [[1, 0], [0, 1]]); path = vectors.save({str(tmp_path / 'x')!r})\n"
        "WordVectors.load(path).most_similar('a')\n"
        "print(sorted({'torch', 'gensim', 'numba', 'sklearn', 'pandas'} & set(sys.modules)))"
    )
    root = str(Path(textransfer.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("mask", [0o077, 0o002])
def test_all_files_of_a_folder_have_the_permissions_that_the_user_gives_to_new_ones(tmp_path, vectors, mask):
    previous = os.umask(mask)
    try:
        vectors.save(tmp_path / "out")
    finally:
        os.umask(previous)
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "out").iterdir()}
    assert modes == ({0o666 & ~mask} if os.name == "posix" else modes)
