"""Labels that differ by little."""

import warnings

import numpy as np
import pytest

from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.sentiment.class_weights import class_factors
from textransfer.sentiment.labels import learn_classes
from textransfer.sentiment.sentences.seeds import check_seeds
from textransfer.text.reading.label_names import as_known, near_label, near_labels, shown_label
from textransfer.text.reading.labelled import LabelledTexts, read_labelled
from textransfer.transfer.comparing.splits import single_classes
from textransfer.transfer.comparing.task import _check_known


@pytest.mark.parametrize(
    "labels",
    [
        ["Versand", "versand"],
        ["Neue Frage", "Neue  Frage"],
        ["Neue Frage", "NeueFrage"],
        ["R\u00fcckgabe", "Ru\u0308ckgabe"],
        ["\uff21", "a"],
        ["Lo\u00adb", "Lob"],
        ["WAHR", "True"],
        ["FALSCH", "false"],
        ["1", "1.0", "x"],
    ],
)
def test_what_differs_by_little_is_named_with_its_counts(tmp_path, labels):
    path = tmp_path / "a.csv"
    rows = [*labels, labels[0], "another"]
    path.write_text("text,label\n" + "".join(f"t,{label}\n" for label in rows), encoding="utf-8")
    with pytest.warns(TextransferWarning, match="classes of their own") as caught:
        assert set(read_labelled(path).labels) == {*labels, "another"}
    assert f"{shown_label(labels[0])} (2) and {shown_label(labels[1])} (1)" in str(caught[0].message)


@pytest.mark.parametrize(
    "labels", [["Versand", "Versandt"], ["1.0", "1.1"], ["1", "0"], ["+", "-"], ["yes", "no"]]
)
def test_other_labels_are_not(tmp_path, labels):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "".join(f"t,{label}\n" for label in labels), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_labelled(path)


def test_many_are_not_all_listed():
    assert near_labels([label for n in range(7) for label in (f"a{n}", f"A{n}")]).endswith("and 2 more")


def test_a_label_of_test_texts_that_is_unknown_is_shown_with_its_place_and_the_near_one():
    test = LabelledTexts(["t", "t"], ["Lob", "lob"], "t.csv", places=["t.csv, line 2", "t.csv, line 3"])
    with pytest.raises(CorpusError, match=r"'lob' \(t.csv, line 3\).*'lob' is 'Lob'\?"):
        _check_known(test, ["Lob", "Versand"])


def test_labels_that_differ_by_width_are_near():
    assert near_labels(["5", "５", "1"]) == "'5' (1) and '５' (1)"
    assert near_label("ﾌﾏﾝ", ["フマン", "満足"]) == "フマン"


@pytest.mark.parametrize(
    ("labels", "known", "expected"),
    [
        (["1", "0"], ["0.0", "1.0"], ["1.0", "0.0"]),
        (["1", "0"], ["False", "True"], ["True", "False"]),
        (["TRUE", "WAHR"], ["False", "True"], ["True", "True"]),
        (["True", "False"], ["0", "1"], ["1", "0"]),
        (["2.50", "2.5"], ["2.5", "3.0"], ["2.5", "2.5"]),
        (["true", "x"], ["True", "x", "y"], ["True", "x"]),
        (["1", "2"], ["False", "True"], ["1", "2"]),
        (["True"], ["0", "1", "2"], ["True"]),
        (["01", "-1"], ["1", "2"], ["01", "-1"]),
        (["1"], ["1.0", "1.00"], ["1"]),
    ],
)
def test_labels_are_spelt_as_the_known_ones_that_denote_the_same(labels, known, expected):
    assert as_known(labels, set(known)) == expected


def test_classes_of_other_types_are_met_too():
    test = LabelledTexts(["t", "t"], ["1", True], "t.csv")
    assert test.spelt_as([False, True]).labels == [True, True]
    assert test.spelt_as(["0", "1", "2"]).labels == ["1", "True"]
    assert LabelledTexts(["t"], [2.0], "t.csv").spelt_as([1, 2]).labels == [2]


LONG = "x" * 5000


@pytest.mark.parametrize("size", [8, 1000])
def test_labels_in_messages_are_short_and_few(size: int) -> None:
    names = [f"{LONG}{n}" for n in range(size)]
    test = LabelledTexts(["t"], [f"{LONG}?"], "t.csv")
    with pytest.raises(CorpusError, match="no labelled text has") as caught:
        _check_known(test, names)
    messages = [str(caught.value), single_classes(names), near_labels([*names, *map(str.upper, names)])]
    with pytest.raises(ConfigError, match="which no label is") as refused:
        class_factors(tuple((name + "!", 2) for name in names), np.array(names), np.ones(size))
    with pytest.raises(ConfigError, match="which is no class") as unseeded:
        check_seeds({LONG: ["good"], "b": ["bad"]}, names)
    with pytest.raises(ConfigError, match="are one class") as alone:
        learn_classes(["a", "b"], [LONG, LONG])
    messages += [str(error.value) for error in (refused, unseeded, alone)]
    assert max(map(len, messages)) < 2500


def test_labels_that_look_the_same_are_spelt_apart() -> None:
    assert near_labels(["caf\u00e9", "cafe\u0301"]) == r"'café' (1) and 'cafe\u0301' (1)"
    with pytest.raises(CorpusError, match=r"the label 'caf\u00e9'.*'caf\u00e9' is 'cafe\\u0301'\?"):
        _check_known(LabelledTexts(["t"], ["caf\u00e9"], "t.csv"), ["cafe\u0301", "other"])
