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


def test_majority():
    baseline = MajorityBaseline().fit(["a", "b", "c"], ["x", "y", "y"])
    np.testing.assert_allclose(baseline.predict_proba(["anything", ""]), [[1 / 3, 2 / 3]] * 2)
    assert baseline.predict(["anything"]).tolist() == ["y"]
    assert MajorityBaseline().fit(["a", "b"], ["y", "x"]).predict(["a"]).tolist() == ["x"]


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
