"""Labels that differ by little."""

import warnings

import pytest

from textransfer.errors import CorpusError, TextransferWarning
from textransfer.text.reading.label_names import as_known, near_label, near_labels
from textransfer.text.reading.labelled import LabelledTexts, read_labelled
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
    assert f"{labels[0]!r} (2) and {labels[1]!r} (1)" in str(caught[0].message)


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
