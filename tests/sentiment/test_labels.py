"""Labels that cannot be learned from: each is told as what it is."""

import warnings

import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.sentiment.labels import learn_classes


class NAType:
    """A missing value as pandas has it: it equals nothing, and says so of nothing."""

    def __repr__(self):
        return "<NA>"

    def __eq__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = object.__hash__


class Masked:
    """A column of a type that can hold missing values beside whole numbers or truth values."""

    class Type:
        def __init__(self, kind):
            self.kind = kind

    def __init__(self, values, kind):
        self.values, self.dtype = values, self.Type(kind)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=object)

    def __iter__(self):
        return iter(self.values)


@pytest.mark.parametrize(("values", "kind"), [([1, 0], "i"), ([True, False], "b"), ([0.5, 1.5], "O")])
def test_a_missing_label_of_a_column_is_told_with_its_place(values, kind):
    with pytest.raises(ConfigError, match="label 2 is <NA>; expected a label for each text"):
        learn_classes(range(3), Masked([*values, NAType()], kind))


@pytest.mark.parametrize(("values", "kind"), [([1, 0], "i"), ([True, False], "b")])
def test_columns_that_could_hold_missing_ones_but_do_not_are_classes(values, kind):
    classes, codes = learn_classes(range(2), Masked(values, kind))
    assert (classes.tolist(), codes.tolist()) == (sorted(values), [1, 0])


@pytest.mark.parametrize(
    "labels", [[["a", "b"], ["b"]], [("a", 1), ("b", 2)], [["a"], ["b"]], [{"a"}, {"b"}], [1j, 2]], ids=str
)
def test_labels_of_another_kind_are_refused_in_one_line(labels):
    with pytest.raises(
        ConfigError, match="expected a string or a number|cannot be read as classes"
    ) as caught:
        learn_classes(range(2), labels)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="NumPy 1 has none")
def test_strings_of_any_length_of_numpy_are_labels():
    labels = np.array(["good", "bad", "good"], dtype=np.dtypes.StringDType())
    classes, codes = learn_classes(range(3), labels)
    assert (classes.tolist(), codes.tolist()) == (["bad", "good"], [1, 0, 1])


@pytest.mark.parametrize(
    ("labels", "shown"), [([1, "1"], "'1' and 1"), (["a", "a"], "'a'"), (np.array([2, 2]), "2")]
)
def test_the_only_class_is_shown_as_it_was_given(labels, shown):
    with pytest.raises(ConfigError, match=f"all 2 labels are one class, {shown}; expected"):
        learn_classes(range(2), labels)


def test_many_classes_with_few_labels_each_are_no_reason_to_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classes, _ = learn_classes(["a text"] * 30, [f"intent {i}" for i in range(30)])
    assert len(classes) == 30


@pytest.mark.parametrize("labels", [["a\0", "b"], np.array(["b", "a\0"], object)])
def test_a_label_whose_end_numpy_drops_is_refused(labels):
    with pytest.raises(ConfigError, match=r"label \d is 'a\\x00'; expected no zero character at its end"):
        learn_classes(["x", "y"], labels)
    assert learn_classes(["x", "y"], ["a\0b", "b"])[0].tolist() == ["a\0b", "b"]
