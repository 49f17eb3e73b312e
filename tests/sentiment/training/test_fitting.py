"""How much each text counts, and what one without known words teaches."""

import numpy as np
import pytest
from polar import drawn, polar_vectors

from textransfer import SentimentClassifier
from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError
from textransfer.sentiment.training.fitting import passed_on, text_weights


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, 1, -1, 1], "of text 2 is -1; expected a finite number of at least 0"),
        ([1, float("nan"), -1, 1], "of text 1 is nan"),
        ([1, 1, 1, float("inf")], "of text 3 is inf"),
        ([1, 1, 1], r"has the shape \(3,\); expected a number for each of the 4 texts"),
    ],
)
def test_odd_weights_are_told_with_their_place(weights, message):
    with pytest.raises(ConfigError, match=f"sample_weight {message}"):
        text_weights(ClassifierConfig(), np.array([0, 1, 0, 1]), weights)


@pytest.mark.filterwarnings("ignore:20 of 40 labelled texts have no known word")
def test_texts_without_known_words_teach_the_shares_of_the_classes_alone():
    texts, labels, _ = drawn(20, seed=0)
    n_praise = labels.count("praise")
    texts, labels = [*texts, *(f"unheard{number}" for number in range(20))], [*labels, *["praise"] * 20]
    settings = {"vectors": polar_vectors(), "encoder": "sif", "component_power": 0.5, "emphasis": False}
    settings |= {"calibrate": False, "epochs": 20}
    passed = SentimentClassifier(**settings).fit(texts, labels)
    heavier = (n_praise + 20) / n_praise
    weights = [heavier if label == "praise" else 1 for label in labels[:20]] + [1e-9] * 20
    weighted = SentimentClassifier(**settings).fit(texts, labels, sample_weight=weights)
    np.testing.assert_allclose(passed.predict_proba(texts), weighted.predict_proba(texts), atol=1e-5)


@pytest.mark.parametrize("weights", [None, np.array([1, 2, 1, 3, 1, 1], np.float32)])
def test_what_texts_without_known_words_weigh_goes_to_their_class(weights):
    codes, has_words = np.array([0, 0, 0, 1, 1, 2]), np.array([True, False, True, True, True, False])
    own = np.ones(6, np.float32) if weights is None else weights
    passed = passed_on(weights, codes, has_words)
    np.testing.assert_allclose(np.bincount(codes, passed), np.bincount(codes, own))
    assert passed[1] == 0
    assert passed[0] == passed[2]
    np.testing.assert_array_equal(passed[3:], own[3:])  # the last class has no other text
    assert passed_on(weights, codes, np.ones(6, bool)) is weights
