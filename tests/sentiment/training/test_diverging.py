"""Steps that overshoot end in an error, in numpy as in torch: what they leave looks like any classifier."""

import pytest
from reviews import labelled, word_vectors

from textransfer import SentimentClassifier
from textransfer.errors import NumericalError

TEXTS, LABELS = labelled(40)
VECTORS = word_vectors()


@pytest.mark.parametrize("learning_rate", [10, 100])
@pytest.mark.parametrize(
    "settings",
    [{}, {"hidden_size": 0}, {"solver": "sgd"}, {"encoder": "mean"}, {"fine_tune": True}, {"batch_size": 8}],
    ids=str,
)
def test_a_loss_that_rises_is_refused(settings: dict[str, object], learning_rate: float) -> None:
    classifier = SentimentClassifier(VECTORS, learning_rate=learning_rate, random_state=0, **settings)
    with pytest.raises(
        NumericalError, match="the loss (rose|is no longer finite) .*give a smaller learning_rate"
    ):
        classifier.fit(TEXTS, LABELS)


def test_torch_says_the_same() -> None:
    classifier = SentimentClassifier(
        VECTORS, learning_rate=100, fine_tune=True, batch_size=8, epochs=5, early_stopping=False
    )
    with pytest.raises(NumericalError, match="the loss (rose|is no longer finite)"):
        classifier.fit(TEXTS, LABELS)


def test_large_steps_that_learn_are_not() -> None:
    fitted = SentimentClassifier(VECTORS, learning_rate=1, random_state=0).fit(TEXTS, LABELS)
    assert fitted.score(TEXTS, LABELS) == 1
