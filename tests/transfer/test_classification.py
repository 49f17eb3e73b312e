import json

import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError, CorpusError
from textransfer.sentiment.loading import load_classifier
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.classification import classify
from textransfer.transfer.comparison import compare

SEEDS = {"pos": ["good1x", "good2x"], "neg": ["bad1x", "bad2x"]}


@pytest.fixture(scope="module")
def result(vectors, pool, test_texts):
    return classify(vectors, pool, test_texts, n_draws=2, config=ClassifierConfig(epochs=5))


def test_the_comparison_is_the_one_of_compare(result, vectors, pool, test_texts):
    comparison = compare(vectors, pool, test_texts, n_draws=2, config=ClassifierConfig(epochs=5))
    assert result.comparison.verdict == comparison.verdict


def test_the_classifier_is_trained_on_all_labels_and_saved_with_the_comparison(result, pool, tmp_path):
    result.save(tmp_path / "classifier")
    loaded = load_classifier(tmp_path / "classifier")
    np.testing.assert_array_equal(
        loaded.predict_proba(pool.texts), result.classifier.predict_proba(pool.texts)
    )
    record = json.loads((tmp_path / "classifier" / "comparison.json").read_text())
    assert record == {"format_version": 1, **json.loads(json.dumps(result.to_dict()))}


def test_the_inspection_is_of_the_test_texts(result, test_texts):
    assert result.inspection.confusion.sum() == len(test_texts)
    assert "test texts" in result.inspection.source


def test_a_wrong_label_is_doubted(vectors, pool):
    labels = list(pool.labels)
    labels[3] = "neg" if labels[3] == "pos" else "pos"
    result = classify(vectors, LabelledTexts(pool.texts, labels, "pool.csv"), n_draws=1)
    assert (4, labels[3]) in [(doubt.number, doubt.label) for doubt in result.doubts]
    assert "trained on the others" in result.inspection.source


def test_seed_words_alone(vectors, test_texts):
    result = classify(vectors, None, test_texts, seed_words=SEEDS)
    assert result.comparison is None
    assert result.inspection is None
    assert result.score.accuracy.estimate > 0.6
    assert result.to_dict()["n_labels"] == 0


def test_what_makes_no_sense_without_labels(vectors, test_texts):
    with pytest.raises(ConfigError, match="neither labels nor seed words"):
        classify(vectors)
    with pytest.raises(ConfigError, match="about labelled texts"):
        classify(vectors, n_labels=8, seed_words=SEEDS)
    foreign = LabelledTexts(test_texts.texts[:1], ["other"], "test.csv")
    with pytest.raises(CorpusError, match="the label 'other', for which there are no seed words"):
        classify(vectors, None, foreign, seed_words=SEEDS)
