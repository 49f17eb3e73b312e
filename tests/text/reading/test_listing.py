"""Tables, mappings and sets are refused wherever texts are taken, and what is a column of strings is not."""

from collections import deque

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import (
    LabelledTexts,
    SentimentClassifier,
    SkipGram,
    check_fit,
    pretrain_vectors,
    suggest_texts,
    update_vectors,
)
from textransfer.errors import CorpusError
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.listing import list_of

TEXTS, LABELS = labelled(40)
VECTORS = word_vectors()


class DataFrame:
    """As pandas and polars have it: what is iterated over are the names of the columns."""

    columns = ("review text", "stars")
    shape = (2, 2)

    def __len__(self):
        return 2

    def __iter__(self):
        return iter(self.columns)


class Series:
    """A column: one axis, and strings."""

    shape = (40,)

    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)


@pytest.fixture(scope="module")
def doors():
    fitted = SentimentClassifier(VECTORS).fit(TEXTS, LABELS)
    trained = SkipGram(vector_size=4, epochs=1).fit(TEXTS).vectors_
    return {
        "SkipGram.fit": SkipGram(vector_size=4).fit,
        "pretrain_vectors": lambda texts: pretrain_vectors(texts, vector_size=4),
        "update_vectors": lambda texts: update_vectors(trained, texts),
        "Corpus.from_texts": Corpus.from_texts,
        "suggest_texts": lambda texts: suggest_texts(texts, 1, classifier=fitted),
        "check_fit": lambda texts: check_fit(VECTORS, LabelledTexts(texts, ["a", "b"], "two")),
        "labels": lambda labels: LabelledTexts(["a film", "a plot"], labels, "two"),
        "fit": lambda texts: SentimentClassifier(VECTORS).fit(texts, ["a", "b"]),
        "fit, labels": lambda labels: SentimentClassifier(VECTORS).fit(["a film", "a plot"], labels),
        "predict": fitted.predict,
        "predict_proba": fitted.predict_proba,
        "explain": fitted.explain,
    }


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        (DataFrame(), r"a DataFrame with the columns review text, stars.*such as \w+\['review text'\]"),
        ({"text": ["a film"], "n": [1]}, r"a dict with text, n.*\w+\['text'\]"),
        ({"a film", "a plot"}, r"a set, which has no order.*give sorted"),
        (frozenset({"a film", "a plot"}), "no order"),
        (b"a film", r"got a single \w+; expected a list of \w+: put it in"),
        (3, r"got int; expected a list of"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_list_of_texts_is_refused_at_every_door(doors, given, instead):
    for door in doors.values():
        with pytest.raises(CorpusError, match=instead):
            door(given)


def test_arrays_of_another_shape_are_refused():
    for array in (np.array([["a film", "a plot"]]), np.array("a film")):
        with pytest.raises(CorpusError, match=r"an array of shape \(.*pass one column"):
            SkipGram(vector_size=4).fit(array)


def columns():
    yield np.array(TEXTS)
    yield np.array(TEXTS, object)
    yield tuple(TEXTS)
    yield deque(TEXTS)
    yield dict(enumerate(TEXTS)).values()
    yield Series(TEXTS)


@pytest.mark.parametrize("column", list(columns()), ids=lambda column: type(column).__name__)
def test_a_column_of_strings_is_a_list_of_texts(column):
    assert [str(text) for text in list_of(column)] == TEXTS
    assert len(SkipGram(vector_size=4, epochs=1).fit(column).vectors_) > 10
    assert len(SentimentClassifier(VECTORS).fit(column, LABELS).predict(column)) == 40
    assert len(LabelledTexts(column, np.array(LABELS), "x")) == 40


def test_columns_of_arrow_and_its_tables():
    arrow = pytest.importorskip("pyarrow")
    for column in (arrow.array(TEXTS), arrow.chunked_array([TEXTS])):
        assert list_of(column) == TEXTS
        assert len(SentimentClassifier(VECTORS).fit(column, arrow.array(LABELS)).predict(column)) == 40
        assert list_of(arrow.table({"a": column})) == TEXTS
    for table in (
        arrow.table({"a": TEXTS, "b": TEXTS}),
        arrow.RecordBatch.from_pydict({"a": TEXTS, "b": TEXTS}),
    ):
        with pytest.raises(CorpusError, match="with the columns a, b; expected"):
            SkipGram(vector_size=4).fit(table)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_tables_of_one_column(library):
    frame = pytest.importorskip(library).DataFrame
    assert list_of(frame({"text": TEXTS})) == TEXTS
    classifier = SentimentClassifier(VECTORS).fit(frame({"text": TEXTS}), frame({"label": LABELS}))
    assert classifier.score(frame({"text": TEXTS}), frame({"label": LABELS})) > 0.9
    with pytest.raises(CorpusError, match="with the columns text, label; expected"):
        classifier.predict(frame({"text": TEXTS, "label": LABELS}))


def test_a_table_that_is_not_read_yet_is_refused():
    polars = pytest.importorskip("polars")
    with pytest.raises(CorpusError, match="LazyFrame, which is not read yet.*collect"):
        list_of(polars.DataFrame({"text": TEXTS, "n": range(40)}).lazy())
