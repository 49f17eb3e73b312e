"""How much each text counts."""

import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError
from textransfer.sentiment.training.fitting import text_weights


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
