"""Words that are unknown by nothing but their case are told where they are many."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from textransfer import SentimentClassifier, WordVectors, check_fit, classify
from textransfer.embeddings.case import warn_of_case
from textransfer.errors import TextransferWarning
from textransfer.sentiment.predicting import predict_stream
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.reading.records import Record

CASED = ["the", "a", "Film", "Good", "Bad", "NASA", "Plot"]
TEXTS = ["the film a good plot", "the film a bad plot"] * 6
LABELS = ["pos", "neg"] * 6
VECTORS = WordVectors(CASED, np.random.default_rng(0).standard_normal((7, 4)))


@pytest.mark.parametrize(
    ("words", "known", "shown"),
    [
        (["film"] * 6 + ["the"] * 40, CASED, "'film' as 'Film'"),
        (["FILM"] * 6 + ["the"] * 40, ["film", "the"], "'FILM' as 'film'"),
        (["film"] * 4, CASED, ""),  # too few
        (["film"] * 6 + ["the"] * 400, CASED, ""),  # too small a share
        (["movie"] * 60, CASED, ""),  # unknown in any case
        (["film"] * 60, ["film", "Film"], ""),  # known
        ([], CASED, ""),
    ],
)
def test_many_words_in_another_case_are_told(words: list[str], known: list[str], shown: str) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        warn_of_case([words], set(known))
    assert [shown in str(warning.message) for warning in said] == [True] * bool(shown)


@pytest.mark.filterwarnings("ignore:these vectors do not say")
def test_it_is_told_before_training_and_when_predicting(tmp_path: Path) -> None:
    pool = LabelledTexts(TEXTS, LABELS, "here")
    with pytest.warns(TextransferWarning, match="known in another case"):
        check_fit(VECTORS, pool)
    with pytest.warns(TextransferWarning, match="known in another case"):
        classify(VECTORS, pool, n_draws=1, n_folds=2)
    classifier = SentimentClassifier(VECTORS).fit(TEXTS, LABELS)
    records = [Record(place, text, "") for place, text in enumerate(TEXTS)]
    with pytest.warns(TextransferWarning, match="known in another case"):
        assert sum(len(part.records) for part in predict_stream(classifier, records)) == len(TEXTS)
