"""Half of a surrogate pair in a text is U+FFFD, which is no letter: whoever reads the text, and however."""

import pickle

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import (
    CombinedClassifier,
    MeanEncoder,
    SentimentClassifier,
    SIFEncoder,
    SkipGram,
    TfidfBaseline,
)
from textransfer.text.tokenizers.spaces import SpacesTokenizer
from textransfer.text.tokenizers.words import WordsTokenizer

HALVES = ["good \ud800plot", "\udc00\ud83d", "awf\ud83dul bad", "a fine\udfff film"]
WHOLE = ["good \ufffdplot", "\ufffd\ufffd", "awf\ufffdul bad", "a fine\ufffd film"]
TOKENIZERS = {
    "words": WordsTokenizer(),
    "spaces": SpacesTokenizer(),
    "spaces, small letters": SpacesTokenizer(lowercase=True),
}
TEXTS, LABELS = labelled(30)


@pytest.mark.parametrize("name", [*TOKENIZERS, "subword", "japanese"])
def test_tokenizers(name):
    tokenizer = TOKENIZERS.get(name)
    if tokenizer is None:
        pytest.importorskip({"subword": "tokenizers", "japanese": "sudachipy"}[name])
        model = SkipGram(tokenizer=name, vector_size=4, epochs=1, min_count=1)
        tokenizer = model.fit([*TEXTS, *HALVES]).vectors_.tokenizer()
    assert list(tokenizer.tokenize_many(HALVES)) == list(tokenizer.tokenize_many(WHOLE))


@pytest.mark.parametrize("tokenizer", TOKENIZERS.values(), ids=TOKENIZERS)
@pytest.mark.parametrize("kind", [SentimentClassifier, CombinedClassifier, TfidfBaseline])
def test_classifiers(kind, tokenizer):
    vectors = {} if kind is TfidfBaseline else {"vectors": word_vectors(), "epochs": 20}

    def made():
        return kind(tokenizer=tokenizer, **vectors)

    labels = [*LABELS, *LABELS[:4]]
    halved, whole = (made().fit([*TEXTS, *texts], labels) for texts in (HALVES, WHOLE))
    for method in ("predict", "predict_proba", "decision_function"):
        expected = getattr(whole, method)(WHOLE)
        np.testing.assert_array_equal(getattr(halved, method)(HALVES), expected)
    assert [each.words for each in halved.explain(HALVES)] == [each.words for each in whole.explain(WHOLE)]


@pytest.mark.parametrize("kind", [SIFEncoder, MeanEncoder])
def test_encoders(kind):
    encoder = kind(word_vectors(), tokenizer="words")
    np.testing.assert_array_equal(encoder.transform(HALVES), encoder.transform(WHOLE))


def test_vocabularies_have_none():
    words = SkipGram(tokenizer="spaces", vector_size=4, epochs=1, min_count=1).fit([*TEXTS, *HALVES])
    assert "\ufffdplot" in words.vectors_
    assert not any("\ud800" <= letter <= "\udfff" for word in words.vectors_.words for letter in word)
    assert pickle.loads(pickle.dumps(words.vectors_)).words == words.vectors_.words
