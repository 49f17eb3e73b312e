"""Texts of which no word is known: the shares of the classes in the labels are all there is to say."""

import numpy as np
import pytest
from reviews import labelled, telling, word_vectors

from textransfer import CombinedClassifier, Corpus
from textransfer.config import ClassifierConfig
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.predicting import predict_stream

VECTORS = word_vectors()
TEXTS, LABELS = labelled(24)
UNEVEN = [*TEXTS, *TEXTS[::2]], [*LABELS, *LABELS[::2]]  # two thirds are bad
UNKNOWN = ["", "zzz qqq", "  ", "!"]
SETTINGS = {
    "sif": {},
    "plain mean": {"encoder": "mean"},
    "fine-tuned": {"fine_tune": True},
    "random": {"vectors": None},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_they_get_the_shares_and_others_do_not(name, tmp_path):
    model = SentimentClassifier(**{"vectors": VECTORS, "epochs": 20, **SETTINGS[name]}).fit(*UNEVEN)
    probabilities = model.predict_proba([*UNKNOWN, "good zzz"])
    np.testing.assert_allclose(probabilities[:-1], [[2 / 3, 1 / 3]] * len(UNKNOWN))
    assert abs(probabilities[-1, 0] - 2 / 3) > 0.01
    assert model.known_shares([*UNKNOWN, "good zzz", "good good film zzz"]).tolist() == [0] * 4 + [0.5, 0.75]
    loaded = SentimentClassifier.load(model.save(tmp_path / "classifier"))
    np.testing.assert_array_equal(loaded.predict_proba(UNKNOWN), model.predict_proba(UNKNOWN))


def test_weights_count():
    weighted = SentimentClassifier(VECTORS, epochs=5).fit(TEXTS, LABELS, [1, 3] * 12)
    np.testing.assert_allclose(weighted.predict_proba([""]), [[0.25, 0.75]])
    balanced = SentimentClassifier(VECTORS, epochs=5, class_weight="balanced").fit(*UNEVEN)
    np.testing.assert_allclose(balanced.predict_proba([""]), [[0.5, 0.5]], atol=1e-6)


def test_seed_words_alone_say_nothing_of_them():
    seeds = {"good": "great", "bad": "awful", "so so": "film"}
    model = SentimentClassifier(VECTORS, seed_words=seeds).fit([], [])
    np.testing.assert_allclose(model.predict_proba(["zzz"]), [[1 / 3] * 3])
    labelled_too = SentimentClassifier(VECTORS, epochs=5, seed_words={"good": "great", "bad": "awful"})
    np.testing.assert_allclose(labelled_too.fit(*UNEVEN).predict_proba(["zzz"]), [[2 / 3, 1 / 3]])


def test_with_text_features_what_either_part_knows_counts(tmp_path):
    texts, codes = telling(150, 0)
    keep = np.flatnonzero((codes == 0) | (np.arange(150) % 3 == 0))
    config = ClassifierConfig(epochs=20)
    model = CombinedClassifier.from_config(config, VECTORS).fit([texts[i] for i in keep], codes[keep])
    share = np.mean(codes[keep])
    np.testing.assert_allclose(model.predict_proba(["", "qqq"]), [[1 - share, share]] * 2)
    assert model.predict(["zyx", "xyz"]).tolist() == [0, 1]  # which the vectors do not know
    assert model.predict_proba(["xyz"])[0, 1] > share + 0.2
    loaded = CombinedClassifier.load(model.save(tmp_path / "classifier"))
    np.testing.assert_array_equal(loaded.predict_proba(["", "zyx"]), model.predict_proba(["", "zyx"]))


def test_what_a_single_word_adds_is_counted_from_the_shares():
    model = SentimentClassifier(VECTORS, epochs=20).fit(*UNEVEN)
    (explained,) = model.explain(["good"])
    expected = np.log(model.predict_proba(["good"])[0]) - np.log([2 / 3, 1 / 3])
    np.testing.assert_allclose(explained.contributions[0], expected, atol=1e-4)


def test_a_stream_says_of_each_text_how_much_is_known():
    model = SentimentClassifier(VECTORS, epochs=5).fit(*UNEVEN)
    blocks = list(predict_stream(model, Corpus.from_texts(["good film", "zzz", "good zzz"]).records()))
    assert [share for block in blocks for share in block.known_shares.tolist()] == [1, 0, 0.5]
