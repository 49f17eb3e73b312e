import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.judging.explanation import surface_of

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


def test_pieces_stand_in_the_order_of_the_text_each_as_often_as_it_occurs(model):
    text = "Good film: GOOD, dull zzz story"
    (found,) = model.explain([text])
    assert [piece.word for piece in found.pieces] == ["good", "film", "good", "dull", "story"]
    assert [text[piece.start : piece.end] for piece in found.pieces] == [
        "Good",
        "film",
        "GOOD",
        "dull",
        "story",
    ]
    assert found.text == text
    by_word = dict(zip(found.words, found.contributions, strict=True))
    for piece in found.pieces:
        np.testing.assert_array_equal(piece.contributions, by_word[piece.word])
    assert {word for word, _ in found.strongest(9)} == {"Good", "film", "dull", "story"}


def test_lists_of_words_are_explained_as_a_text_of_them(model):
    (found,) = model.explain([["good", "zzz", "film"]])
    assert found.text == "good zzz film"
    assert [(piece.start, piece.end, piece.surface) for piece in found.pieces] == [
        (0, 4, "good"),
        (9, 13, "film"),
    ]


@pytest.mark.parametrize(
    ("word", "written", "surface"),
    [
        ("not_good", "GOOD", "not_GOOD"),
        ("not_good", "not_good", "not_good"),
        ("\u8fce\u3082", "\u3068\u3066\u3082", "\u3068\u3066\u3082"),
        ("coop", "co\u00adop", "coop"),
        ("2", "", "2"),
    ],
)
def test_words_are_listed_as_they_are_written(word, written, surface):
    assert surface_of(word, written) == surface
