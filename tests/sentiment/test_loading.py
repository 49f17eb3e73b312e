import numpy as np
import pytest
from reviews import labelled, telling, word_vectors

from textransfer.errors import FormatError
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.loading import load_classifier
from textransfer.sentiment.predictor import TextPredictor


@pytest.mark.parametrize(
    "classifier",
    [
        SentimentClassifier(word_vectors(), epochs=5).fit(*labelled(20)),
        CombinedClassifier(word_vectors()).fit(*telling(120, 0)),
    ],
)
def test_the_folder_says_which_classifier_it_holds(classifier, tmp_path):
    folder = classifier.save(tmp_path / "classifier")
    loaded = load_classifier(folder)
    assert type(type(classifier).load(folder)) is type(classifier)
    assert isinstance(loaded, TextPredictor)
    texts, _ = telling(20, 1)
    np.testing.assert_array_equal(loaded.predict_proba(texts), classifier.predict_proba(texts))


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(FormatError, match="no complete classifier folder"):
        load_classifier(tmp_path)
