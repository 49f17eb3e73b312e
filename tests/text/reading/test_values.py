"""Missing values and labels are the same in every format, and in Python."""

import json
from decimal import Decimal

import numpy as np
import pytest

from textransfer import SentimentClassifier, SkipGram
from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import LabelledTexts, read_labelled
from textransfer.text.reading.values import is_missing

NAN = float("nan")
MISSING = [None, NAN, np.nan, np.float32("nan"), np.datetime64("NaT"), "", "  ", "\t\u3000"]


@pytest.mark.parametrize("value", MISSING, ids=repr)
def test_missing(value):
    assert is_missing(value)
    assert Corpus.from_texts(["a", value])._texts == ["a", value if isinstance(value, str) else ""]
    with pytest.raises(ConfigError, match="label 2 is .*; expected a label for each text"):
        SentimentClassifier().fit(["a film", "a story", "a cast"], ["pos", "neg", value])
    with pytest.raises(ConfigError, match="label 1 is"):
        LabelledTexts(["a", "b"], ["x", value], "two")


def test_missing_in_other_libraries():
    class NAType:
        def __eq__(self, other):
            return self

        def __bool__(self):
            raise TypeError("boolean value of NA is ambiguous")

    assert is_missing(NAType())


@pytest.mark.parametrize("value", ["nan", "NaN", "<NA>", "#N/A"])
def test_a_label_that_is_spelt_out_as_missing(tmp_path, value):
    with pytest.raises(ConfigError, match="label 2 is"):
        TfidfBaseline().fit(["a film", "a story", "a cast"], np.array(["pos", "neg", value]))
    (tmp_path / "a.csv").write_text(f"text,label\nnan,x\nb,{value}\n")
    with pytest.warns(TextransferWarning, match="1 unlabelled row"):
        assert read_labelled(tmp_path / "a.csv").texts == ["nan"]


@pytest.mark.parametrize("value", [0, 0.0, False, "none", "NaN", "nan", [], {}])
def test_not_missing(value):
    assert not is_missing(value)


def test_numbers_as_labels_may_not_be_missing():
    with pytest.raises(ConfigError, match="label 2 is nan"):
        TfidfBaseline().fit(["a film", "a story", "a cast"], [1.0, 0.0, NAN])
    with pytest.raises(ConfigError, match="label 2 is nan"):
        TfidfBaseline().fit(["a film", "a story", "a cast"], np.array([1.0, 0.0, NAN]))


def test_a_missing_text_is_a_blank_one(tmp_path):
    assert LabelledTexts(["a", None, NAN], ["x", "y", "z"], "three").texts == ["a", "", ""]
    corpus = Corpus.from_texts(["a", None, NAN, " "])
    assert (list(corpus), corpus.n_blank) == (["a"], 3)
    texts = ["good film", "bad film", "good story", "bad story"] * 3
    SkipGram(vector_size=4, epochs=1, min_count=1).fit([*texts, None])
    classifier = TfidfBaseline().fit(texts, ["pos", "neg"] * 6)
    assert np.array_equal(classifier.predict_proba([None, NAN]), classifier.predict_proba(["", ""]))
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": NaN, "label": 1}\n{"text": null, "label": 0}\n{"text": "a", "label": 0}\n')
    assert read_labelled(path).texts == ["", "", "a"]


def write_csv(path, rows):
    path.write_text(
        "text,label\n" + "".join(f"{text},{'' if label is None else label}\n" for text, label in rows)
    )


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows))


def write_parquet(path, rows):
    arrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(
        arrow.table({"text": [text for text, _ in rows], "label": [label for _, label in rows]}), path
    )


def write_xlsx(path, rows):
    pytest.importorskip("python_calamine")
    book = pytest.importorskip("xlsxwriter").Workbook(path)
    sheet = book.add_worksheet()
    for place, row in enumerate([("text", "label"), *rows]):
        sheet.write_row(place, 0, row)
    book.close()


WRITERS = {".csv": write_csv, ".jsonl": write_jsonl, ".parquet": write_parquet, ".xlsx": write_xlsx}


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["pos", " neg ", "pos"], ["pos", "neg", "pos"]),
        ([1, 0, 1], ["1", "0", "1"]),
        ([1.0, 0.0, 2.0], ["1", "0", "2"]),
        ([1.0, 0.0, 2.5], ["1.0", "0.0", "2.5"]),
        ([1.0, 1.1, 2.0], ["1.0", "1.1", "2.0"]),
        ([True, False, True], ["True", "False", "True"]),
        ([1.0, None, 0.0], ["1", "0"]),
        (["a", None, "b"], ["a", "b"]),
    ],
)
@pytest.mark.filterwarnings("ignore:1 unlabelled row is left out")
def test_the_same_labels_in_every_format(tmp_path, ending, labels, expected):
    path = tmp_path / f"a{ending}"
    WRITERS[ending](path, list(zip(["one", "two", "three"], labels, strict=True)))
    assert read_labelled(path).labels == expected


def test_labels_that_are_no_numbers_throughout_stay_as_they_are_written(tmp_path):
    write_csv(tmp_path / "a.csv", [("one", "1.0"), ("two", "2.0"), ("three", "none")])
    assert read_labelled(tmp_path / "a.csv").labels == ["1.0", "2.0", "none"]


def test_whole_numbers_are_spelt_as_the_classes_that_they_are_held_against(tmp_path):
    write_csv(tmp_path / "a.csv", [("one", "1.0"), ("two", "2.0")])
    labelled = read_labelled(tmp_path / "a.csv")
    assert labelled.labels == ["1", "2"]
    assert labelled.spelt_as(["1.0", "1.1", "2.0"]).labels == ["1.0", "2.0"]


def test_decimals_are_labels(tmp_path):
    write_parquet(tmp_path / "a.parquet", [("one", Decimal("1.00")), ("two", Decimal("2.00"))])
    assert read_labelled(tmp_path / "a.parquet").labels == ["1", "2"]


def test_nan_in_a_parquet_file_is_no_label(tmp_path):
    write_parquet(tmp_path / "a.parquet", [("one", 1.0), ("two", NAN)])
    with pytest.warns(TextransferWarning, match="1 unlabelled row"):
        assert read_labelled(tmp_path / "a.parquet").labels == ["1"]


def test_json_lines_without_the_key_are_unlabelled_if_others_have_it(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n{"text": "b", "label": "x"}\nno json\n')
    with pytest.raises(CorpusError, match="line 3: no valid JSON"):
        read_labelled(path)
    with pytest.warns(TextransferWarning, match="1 (unlabelled|bad) row") as caught:
        assert read_labelled(path, bad_rows="skip").texts == ["b"]
    assert len(caught) == 2
