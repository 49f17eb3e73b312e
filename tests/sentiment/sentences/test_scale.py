"""What a classifier says does not hang on how long word vectors are, or it refuses them."""

import numpy as np
import numpy.typing as npt
import pytest
from reviews import labelled, word_vectors

from textransfer import SentimentClassifier, SIFEncoder, WordVectors
from textransfer.errors import ConfigError
from textransfer.sentiment.sentences.encoders import LARGEST, SMALLEST

VECTORS = word_vectors()
TEXTS, LABELS = labelled(40)


def probabilities(largest: float, **settings: object) -> npt.NDArray[np.float64]:
    matrix = VECTORS.matrix * (largest / np.abs(VECTORS.matrix).max().astype(np.float64))
    scaled = WordVectors(VECTORS.words, matrix, counts=VECTORS.counts, tokenizer_spec=VECTORS.tokenizer_spec)
    fitted = SentimentClassifier(scaled, epochs=20, random_state=0, **settings).fit(TEXTS, LABELS)
    return fitted.predict_proba(TEXTS)


@pytest.mark.parametrize("encoder", ["auto", "sif", "centered", "mean"])
@pytest.mark.parametrize("largest", [1.0001 * SMALLEST, 0.9999 * LARGEST])
def test_the_scale_changes_nothing(encoder: str, largest: float) -> None:
    expected = probabilities(1.0, encoder=encoder)
    np.testing.assert_allclose(probabilities(largest, encoder=encoder), expected, atol=1e-3)


@pytest.mark.parametrize("encoder", ["centered", "mean"])
@pytest.mark.parametrize("largest", [1e-30, 0.9 * SMALLEST, 2 * LARGEST, 1e38])
def test_beyond_it_vectors_are_refused(encoder: str, largest: float) -> None:
    with pytest.raises(ConfigError, match=r"numbers up to .* multiply all of them .* encoder='sif'"):
        probabilities(largest, encoder=encoder)


def test_where_lengths_do_not_count_none_are_refused() -> None:
    expected = probabilities(1.0, encoder="sif")
    for largest in (1e-30, 1e38):
        np.testing.assert_allclose(probabilities(largest, encoder="sif"), expected, atol=1e-3)


def test_vectors_of_zeros_are_no_matter_of_scale() -> None:
    np.testing.assert_allclose(probabilities(0.0, encoder="mean"), 0.5)


@pytest.mark.parametrize("power", [-1, 2.1, float("nan"), float("inf"), 10**400])
def test_a_power_out_of_range_is_refused(power: float) -> None:
    with pytest.raises(ConfigError, match="component_power is .*; expected a number from 0 to 2"):
        SIFEncoder(VECTORS, component_power=power).transform(TEXTS)
