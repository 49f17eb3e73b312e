import warnings

import numpy as np
import pytest

from textransfer import SentimentClassifier
from textransfer.errors import ConfigError, CorpusError
from textransfer.transfer import suggestion
from textransfer.transfer.suggestion import suggest_texts


@pytest.fixture(scope="module")
def classifier(vectors, pool):
    return SentimentClassifier(vectors).fit(pool.texts, pool.labels)


def test_uncertain_documents_of_every_class_are_chosen(classifier, test_texts):
    documents = [*test_texts.texts, "good1x bad1x word2x", "good2x bad3x word5x", "good4x bad5x word1x"]
    suggestions = suggest_texts(documents, 6, classifier=classifier)
    margins = [document.margin for document in suggestions]
    everyone = np.sort(classifier.predict_proba(documents), axis=1)
    assert np.mean(margins) < np.mean(everyone[:, 1] - everyone[:, 0])
    counts = [[document.predicted for document in suggestions].count(label) for label in ("neg", "pos")]
    assert counts == [3, 3]
    for document in suggestions:
        assert documents[document.position] == document.text
        assert classifier.predict([document.text])[0] == document.predicted


def test_the_first_documents_are_unlike_each_other(vectors):
    alike = [f"good1x good2x unknown{i}" for i in range(30)]
    documents = [*alike, "bad1x bad2x word30x", "word31x word32x word33x"]
    suggestions = suggest_texts(documents, 3, vectors=vectors)
    assert {document.position for document in suggestions} >= {30, 31}
    assert suggestions[0].predicted is None


def test_nothing_twice_and_nothing_that_has_a_label(vectors):
    documents = ["good1x", "good1x", "bad1x", "unknown words", "", "word1x"]
    suggestions = suggest_texts(documents, 10, known=["bad1x"], vectors=vectors)
    assert [(document.position, document.text) for document in suggestions] == [(0, "good1x"), (5, "word1x")]


def test_of_many_documents_some_are_considered_evenly(vectors, monkeypatch):
    monkeypatch.setattr(suggestion, "N_CONSIDERED", 50)
    documents = [f"good{i % 30}x bad{i // 30}x" for i in range(900)]
    positions = [document.position for document in suggest_texts(documents, 40, vectors=vectors)]
    assert len(set(positions)) == 40
    assert 300 < np.mean(positions) < 600
    assert positions == [document.position for document in suggest_texts(documents, 40, vectors=vectors)]


def test_classes_share_evenly_as_far_as_they_have_documents():
    assert suggestion.even_shares(np.array([100, 100]), 7) == [4, 3]
    assert suggestion.even_shares(np.array([1, 100, 5]), 12) == [1, 6, 5]


def test_documents_of_the_same_words_need_no_warning(vectors):
    documents = ["good1x bad1x", "bad1x good1x", "bad1x, good1x", "bad1x; good1x", "word1x", "word1x!"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(suggest_texts(documents, 5, vectors=vectors)) == 5


def test_bad_input(vectors, classifier):
    with pytest.raises(ConfigError, match="at least 1"):
        suggest_texts(["a"], 0, classifier=classifier)
    with pytest.raises(ConfigError, match="expected a classifier"):
        suggest_texts(["a"], 1)
    with pytest.raises(CorpusError, match="no document is left"):
        suggest_texts(["good1x", "nothing known"], 1, known=["good1x"], classifier=classifier)
    with pytest.raises(CorpusError, match="text 1: the text is 5"):
        suggest_texts(["good1x", 5], 1, classifier=classifier)


@pytest.mark.parametrize("missing", [None, float("nan"), ""])
def test_missing_texts_are_blank(vectors, missing):
    [chosen] = suggest_texts([missing, "good1x", missing], 2, vectors=vectors, known=[missing])
    assert (chosen.position, chosen.text) == (1, "good1x")
