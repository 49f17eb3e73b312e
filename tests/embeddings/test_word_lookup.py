"""What gensim's users type: several words at once, vectors in queries, its names."""

import copy
import pickle

import numpy as np
import pytest
from reviews import word_vectors

from textransfer import SkipGram, pretrain_vectors
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.word_lookup import _OURS
from textransfer.errors import ConfigError, UnknownWordError
from textransfer.peer_names import OURS

VECTORS = word_vectors()


def test_several_words_at_once():
    both = VECTORS[["good", "bad"]]
    np.testing.assert_array_equal(both, np.stack([VECTORS["good"], VECTORS["bad"]]))
    assert VECTORS[[]].shape == (0, 6)
    with pytest.raises(UnknownWordError, match="excelent"):
        VECTORS[["good", "excelent"]]


def test_get_and_the_maps():
    np.testing.assert_array_equal(VECTORS.get("good"), VECTORS["good"])
    assert VECTORS.get("excelent") is None
    assert VECTORS.get("excelent", VECTORS["bad"])[0] == VECTORS["bad"][0]
    assert VECTORS.index_to_key[VECTORS.key_to_index["good"]] == "good"


def test_vectors_in_a_query():
    vector = VECTORS["good"]
    assert VECTORS.most_similar(vector, n=1)[0] == ("good", pytest.approx(1))
    by_word = dict(VECTORS.most_similar("good", n=21))
    by_vector = dict(VECTORS.most_similar(vector * 7, n=22))
    assert {word: by_vector[word] for word in by_word} == pytest.approx(by_word, abs=1e-5)
    sum_of_all = VECTORS["good"] - VECTORS["bad"] + VECTORS["film"]
    parts = VECTORS.most_similar(positive=[VECTORS["good"], VECTORS["film"]], negative=[VECTORS["bad"]], n=3)
    assert [word for word, _ in parts] == [word for word, _ in VECTORS.most_similar(sum_of_all, n=3)]
    assert VECTORS.most_similar(np.stack([VECTORS["good"], VECTORS["film"]]), n=1)
    assert "good" not in dict(VECTORS.most_similar(["good", VECTORS["good"]], n=22))


@pytest.mark.parametrize("vector", [np.ones(5), np.full(6, np.nan), np.float64(1.0) * np.ones((1, 1))])
def test_vectors_that_cannot_be_looked_for(vector):
    with pytest.raises(ConfigError, match=r"shape .*expected \(6,\), with finite numbers"):
        VECTORS.most_similar(vector)


def test_the_word_that_does_not_match():
    assert VECTORS.doesnt_match(["good", "great", "dull", "fine"]) == "dull"
    assert VECTORS.doesnt_match(("bad", "lovely", "awful")) == "lovely"
    for words in ("good", []):
        with pytest.raises(ConfigError, match="expected a list of words"):
            VECTORS.doesnt_match(words)


@pytest.mark.parametrize("name", sorted(_OURS))
def test_attributes_of_others_are_answered_with_ours(name):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'; here it is"):
        getattr(VECTORS, name)
    assert not hasattr(WordVectors, name)
    ours = _OURS[name].split("[")[0]
    if ours.isidentifier():
        assert ours in ("SIFEncoder", "vectors") or hasattr(VECTORS, ours)


def test_other_attributes_are_missing_as_ever_and_copies_work():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'$"):
        _ = VECTORS.nonsense
    assert not hasattr(VECTORS, "_repr_html_")
    assert copy.deepcopy(VECTORS) is VECTORS
    assert pickle.loads(pickle.dumps(VECTORS)).most_similar("good") == VECTORS.most_similar("good")


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (lambda: VECTORS.most_similar("good", topn=3), "most_similar has no parameter topn: topn is n here"),
        (lambda: SkipGram(workers=4), "SkipGram has no parameter workers: workers is n_jobs here"),
        (lambda: SkipGram(size=3, iter=2), "iter is epochs here; size is vector_size here"),
        (lambda: SkipGram(sentences=["a film"]), "sentences has no place here: documents go to fit"),
        (lambda: SkipGram(sg=1), "sg has no place here: skip-gram is all there is"),
        (lambda: pretrain_vectors(["a film"], alpha=0.1), "pretrain_vectors.*alpha is learning_rate here"),
        (lambda: pretrain_vectors(["a film"], seed=1), "seed is random_state here"),
        (lambda: pretrain_vectors(sentences=["a film"]), "sentences is documents here"),
    ],
)
def test_parameters_of_others_are_answered_with_ours(call, answer):
    with pytest.raises(TypeError, match=answer) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_an_unknown_parameter_is_still_an_error_of_python():
    with pytest.raises(ConfigError, match="unknown setting topn; known are"):
        pretrain_vectors(["a film"], topn=3)
    with pytest.raises(TypeError, match="unexpected keyword argument 'nonsense'"):
        SkipGram(nonsense=1)


def test_the_answers_name_what_there_is():
    from inspect import signature

    from textransfer import SentimentClassifier, WordVectors

    doors = [SkipGram, pretrain_vectors, SentimentClassifier, WordVectors.most_similar, SkipGram.fit]
    known = {name for door in doors for name in signature(door).parameters}
    assert set(OURS.values()) <= known
    assert not set(OURS) & known


@pytest.mark.parametrize("n", [0, -1, 1.5, "3", None, float("nan"), 10**400])
def test_a_number_of_neighbours_is_whole(n: object) -> None:
    vectors = WordVectors(["a", "b"], [[1, 0], [0, 1]])
    with pytest.raises(ConfigError, match="n is .*; expected a whole number of at least 1"):
        vectors.most_similar("a", n=n)  # type: ignore[arg-type]


def test_numbers_that_no_float_holds_are_refused() -> None:
    with pytest.raises(ConfigError, match="matrix cannot be read as an array of numbers"):
        WordVectors(["a"], [[10**400, 1]])
