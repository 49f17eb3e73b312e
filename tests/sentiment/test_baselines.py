import numpy as np
import pytest
from reviews import labelled
from sklearn.base import clone

from textransfer.config import ClassifierConfig
from textransfer.errors import NotFittedError
from textransfer.sentiment.baselines import MajorityBaseline, no_pretraining
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.text.tokenizers.words import WordsTokenizer

TEXTS, LABELS = labelled(60)
TEST_TEXTS, TEST_LABELS = labelled(40, seed=1)


class Characters:
    name = "characters"

    def tokenize(self, text):
        return list(text)

    def tokenize_many(self, texts):
        return map(self.tokenize, texts)

    def spec(self):
        return {"name": self.name}


def test_majority():
    baseline = MajorityBaseline().fit(["a", "b", "c"], ["x", "y", "y"])
    np.testing.assert_allclose(baseline.predict_proba(["anything", ""]), [[1 / 3, 2 / 3]] * 2)
    assert baseline.predict(["anything"]).tolist() == ["y"]
    assert MajorityBaseline().fit(["a", "b"], ["y", "x"]).predict(["a"]).tolist() == ["x"]


def test_tfidf_learns():
    assert TfidfBaseline().fit(TEXTS, LABELS).score(TEST_TEXTS, TEST_LABELS) > 0.9


def test_tfidf_uses_the_tokenizer_it_is_given():
    texts = ["良い", "悪い", "良かった", "悪かった"]
    baseline = TfidfBaseline(Characters()).fit(texts, [1, 0, 1, 0])
    assert baseline.predict(["良", "悪"]).tolist() == [1, 0]


def test_tfidf_without_any_word_is_the_majority():
    baseline = TfidfBaseline(WordsTokenizer()).fit(["...", "!", "?"], [0, 1, 1])
    assert baseline.predict(["words", ""]).tolist() == [1, 1]


def test_texts_without_a_known_word_get_the_shares_of_the_classes():
    for baseline in (TfidfBaseline(), MajorityBaseline()):
        baseline.fit([*TEXTS, *TEXTS[::2]], [*LABELS, *LABELS[::2]])
        texts = ["xyz", "", "film xyz"]
        np.testing.assert_allclose(baseline.predict_proba(texts)[:2], [[2 / 3, 1 / 3]] * 2)
        assert baseline.known_shares(texts).tolist()[:2] == [0, 0]
    assert TfidfBaseline().fit(TEXTS, LABELS).known_shares(texts).tolist() == [0, 0, 0.5]


def test_no_pretraining_takes_over_the_settings_but_not_the_rate_of_pretrained_vectors():
    config = ClassifierConfig(hidden_size=5, vector_learning_rate=1e-6, fine_tune=False)
    baseline = no_pretraining(config, tokenizer=WordsTokenizer(), vector_size=7, random_state=3)
    assert (baseline.vectors, baseline.hidden_size, baseline.vector_learning_rate) == (None, 5, None)
    assert baseline.fit(TEXTS, LABELS).averaging_.table.shape[1] == 7
    assert baseline.score(TEST_TEXTS, TEST_LABELS) > 0.9


@pytest.mark.parametrize("baseline", [MajorityBaseline(), TfidfBaseline()])
def test_clone_and_no_texts(baseline):
    fitted = clone(baseline).fit(TEXTS, LABELS)
    assert fitted.predict_proba([]).shape == (0, 2)
    assert fitted.predict([]).shape == (0,)
    with pytest.raises(NotFittedError):
        clone(fitted).predict(TEXTS)
