import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.sentiment.classifier import SentimentClassifier

VECTORS = word_vectors()
TEXTS, LABELS = labelled(24)
MODELS = {
    "sif": {},
    "plain mean": {"encoder": "mean"},
    "fine-tuned": {"fine_tune": True},
    "seeds": {"seed_words": {"good": "great", "bad": "awful"}},
}
TEXT = "good film good dull zzz story"


@pytest.fixture(params=MODELS, scope="module")
def model(request):
    return SentimentClassifier(VECTORS, epochs=30, **MODELS[request.param]).fit(TEXTS, LABELS)


def test_a_contribution_is_what_taking_the_word_out_of_the_text_changes(model):
    """Occlusion, done the plain way: the text is written again without the word, and classified again."""
    (found,) = model.explain([TEXT])
    assert sorted(found.words) == ["dull", "film", "good", "story"]
    whole = model.predict_proba([TEXT])[0]
    np.testing.assert_allclose(found.probabilities, whole, atol=1e-6)
    for word, contribution in zip(found.words, found.contributions, strict=True):
        rest = " ".join(other for other in TEXT.split() if other != word)
        expected = np.log(whole) - np.log(model.predict_proba([rest])[0])
        np.testing.assert_allclose(contribution, expected, atol=1e-4)


def test_words_speak_for_their_class(model):
    (found,) = model.explain(["good great plot"])
    assert found.label == "good"
    word, size = found.strongest(1)[0]
    assert word in ("good", "great")
    assert size > 0
    assert dict(found.strongest(3, code=0))[word] < 0


def test_texts_of_one_word_and_of_none(model):
    one, none = model.explain(["awful", "zzz"])
    assert one.words == ["awful"]
    expected = np.log(model.predict_proba(["awful"])[0]) - np.log(model.predict_proba([""])[0])
    np.testing.assert_allclose(one.contributions[0], expected, atol=1e-4)
    assert none.words == []
    assert none.contributions.shape == (0, 2)
    np.testing.assert_allclose(none.probabilities, model.predict_proba([""])[0], atol=1e-6)
