"""Where the texts of a student come from."""

import numpy as np
import pytest

from textransfer import Corpus, classify, compare
from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.sentiment import student
from textransfer.transfer.comparing import unlabelled as module
from textransfer.transfer.comparing.unlabelled import unlabelled_texts

CONFIG = ClassifierConfig(epochs=20)
EVEN = ["a", "b"]


@pytest.fixture
def pile(tmp_path, pool, monkeypatch):
    monkeypatch.setattr(student, "FEWEST_DOCUMENTS", 50)
    path = tmp_path / "pile.txt"
    path.write_text("\n".join(pool.texts), encoding="utf-8")
    return path


def from_corpus(vectors, path):
    record = {"sources": [str(path)], "fingerprint": Corpus([path]).fingerprint()}
    metadata = {**vectors.metadata, "corpus": record}
    return WordVectors(
        vectors.words,
        np.asarray(vectors.matrix),
        counts=vectors.counts,
        tokenizer_spec=vectors.tokenizer_spec,
        metadata=metadata,
    )


def test_the_corpus_of_the_vectors_if_it_is_what_it_was(vectors, pile, pool):
    own = from_corpus(vectors, pile)
    texts = unlabelled_texts(None, own, own.tokenizer(), EVEN, 0)
    assert len(texts) == len(pool.texts)
    assert texts.source == str(pile)
    assert unlabelled_texts(None, own, own.tokenizer(), ["a", "b", "b"], 0) is None
    assert unlabelled_texts(None, vectors, vectors.tokenizer(), EVEN, 0) is None
    pile.write_text("another text", encoding="utf-8")
    assert unlabelled_texts(None, own, own.tokenizer(), EVEN, 0) is None
    pile.unlink()
    assert unlabelled_texts(None, own, own.tokenizer(), EVEN, 0) is None


def test_texts_that_are_of_no_use_are_told(vectors, pile):
    cutter = vectors.tokenizer()
    with pytest.warns(TextransferWarning, match="needs classes that are about even, 20 at most"):
        assert unlabelled_texts(pile, vectors, cutter, ["a", "b", "b"], 0) is None
    with pytest.warns(TextransferWarning, match="and there are 2$"):
        unlabelled_texts(["a film", "no film"], vectors, cutter, EVEN, 0)


def test_texts_in_any_form(vectors, pile, pool):
    forms = [pile, str(pile), Corpus([pile]), pool.texts]
    cut = [unlabelled_texts(form, vectors, vectors.tokenizer(), EVEN, 0).counted for form in forms]
    assert all(texts.words == cut[0].words for texts in cut)
    assert all(np.array_equal(texts.ids, cut[0].ids) for texts in cut)


def test_fewer_of_long_texts(vectors, pile, pool, monkeypatch):
    monkeypatch.setattr(module, "FEWEST_DOCUMENTS", 20)
    n_characters = sum(map(len, pool.texts))

    def drawn():
        return len(unlabelled_texts(pile, vectors, vectors.tokenizer(), EVEN, 0))

    for share, n_texts in ((1, 60), (0.5, 30), (0.1, 20)):
        monkeypatch.setattr(module, "MOST_CHARACTERS", share * n_characters)
        assert drawn() == n_texts


def test_more_of_long_texts_beside_many_labels(vectors, pile, pool, monkeypatch):
    monkeypatch.setattr(module, "MOST_DOCUMENTS", 30)
    monkeypatch.setattr(module, "MOST_LONG_DOCUMENTS", 50)
    many = EVEN * 1001

    def drawn(labels, *n_labels):
        return unlabelled_texts(pile, vectors, vectors.tokenizer(), labels, 0, *n_labels)

    assert drawn(many).many is None  # short texts
    monkeypatch.setattr("textransfer.sentiment.terms.MOST_WORDS_WITH_PIECES", 1)
    few, more = drawn(EVEN), drawn(many)
    assert few.many is None
    assert drawn(many, 512).many is None
    assert more.beside(len(many)) is more.many
    assert (len(few), len(more), len(more.many)) == (30, 30, 50)
    assert few.counted.words == more.counted.words
    monkeypatch.setattr(module, "MOST_DOCUMENTS", 100)
    assert drawn(many).many is None  # there are no more


def test_the_pretrained_arm_has_a_student_and_says_so(vectors, pile, pool, test_texts):
    settings = {"n_labels": 8, "n_draws": 2, "config": CONFIG, "is_balanced_too": True}
    comparison = compare(vectors, pool, test_texts, unlabelled=pile, **settings)
    said = [note for note in comparison.notes if "student" in note]
    assert said == [
        f"the pretrained classifier taught a student of words and pairs on 60 unlabelled texts of {pile}"
    ]
    alone = compare(vectors, pool, test_texts, **settings)
    n_more = [a.n_parameters - b.n_parameters for a, b in zip(comparison.arms, alone.arms, strict=True)]
    assert n_more[0] > 0
    assert n_more[4] > 0  # with class weights, as it would be saved
    assert n_more[1:4] == [0, 0, 0]  # the others are the same as before


def test_the_saved_classifier_has_it_too(vectors, pile, pool, test_texts, tmp_path):
    result = classify(vectors, pool, test_texts, n_draws=2, config=CONFIG, unlabelled=pile)
    assert "student" in result.weights
    result.save(tmp_path / "classifier")
    names = {path.name for path in (tmp_path / "classifier").iterdir()}
    assert {"student.json", "student.safetensors", "members.json"} <= names
    result.save(tmp_path / "classifier", force=True)
    known = from_corpus(vectors, pile)
    off = classify(known, pool, test_texts, n_draws=2, config=CONFIG, has_text_features=False)
    assert off.weights is None


@pytest.mark.parametrize("ask", [compare, classify])
def test_texts_for_a_student_that_is_left_out_are_refused(ask, vectors, pool):
    with pytest.raises(ConfigError, match="give one or the other"):
        ask(vectors, pool, unlabelled=pool.texts, has_text_features=False)
