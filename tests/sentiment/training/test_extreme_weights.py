"""Weights of texts at the ends of what numbers can say are right, or refused in one sentence."""

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import CombinedClassifier, SentimentClassifier
from textransfer.errors import ConfigError

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")
TEXTS, LABELS = labelled(40)
KINDS = pytest.mark.parametrize("kind", [SentimentClassifier, CombinedClassifier])


@KINDS
@pytest.mark.parametrize("weight", [5e-324, 1e-300, 1e300, 1.7e308])
def test_equal_weights_are_no_weights(kind: type, weight: float) -> None:
    def probabilities(sample_weight: object) -> np.ndarray:
        fitted = kind(word_vectors(), epochs=10, random_state=0)
        return fitted.fit(TEXTS, LABELS, sample_weight=sample_weight).predict_proba(TEXTS)

    np.testing.assert_allclose(probabilities([weight] * 40), probabilities([1.0] * 40), atol=1e-6)


@KINDS
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1e300, 1e-300] * 20, r"weights of texts go from 1e-300 to 1e\+300; expected the largest at most"),
        ([1.0] * 39 + [1e13], "weights of texts go from 1 to 1e\\+13"),
        ([10**400] * 40, "sample_weight is no list of numbers"),
        ([float("nan")] * 40, "sample_weight of text 0 is nan"),
    ],
)
def test_weights_beside_which_others_count_for_nothing_are_refused(
    kind: type, weights: list[float], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        kind(word_vectors(), random_state=0).fit(TEXTS, LABELS, sample_weight=weights)


def test_weights_of_classes_too() -> None:
    with pytest.raises(ConfigError, match="weights of texts go from 1 to 1e"):
        SentimentClassifier(word_vectors(), class_weight={"bad": 1e30}).fit(TEXTS, LABELS)
