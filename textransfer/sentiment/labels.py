"""Turn labels of any type into classes and their places."""

import warnings
from collections.abc import Iterable, Sequence, Sized
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.multiclass import check_classification_targets

from textransfer.errors import ConfigError, CorpusError
from textransfer.text.reading.label_names import shown_label
from textransfer.text.reading.listing import list_of, single_column
from textransfer.text.reading.values import check_labels

LabelList = Sequence[Any] | npt.NDArray[Any]
"""Labels of texts, of any type that scikit-learn takes for classes."""
WeightList = Sequence[float] | npt.NDArray[np.floating]
"""How much each text counts."""


def class_shares(
    codes: npt.NDArray[np.int64], n_classes: int, weights: npt.NDArray[np.floating] | None = None
) -> npt.NDArray[np.float64]:
    """Return the share of each class in the labels, shape (C,): all that is known of a text without words.

    Labels may have weights, shape (n,); without any label all classes have the same share.
    """
    if not len(codes):
        return np.full(n_classes, 1 / n_classes)
    sums = np.bincount(codes, weights, minlength=n_classes).astype(np.float64)
    return np.asarray(sums / sums.sum())


def learn_classes(texts: Sized, labels: LabelList) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return the classes, sorted, and the place of each text's label among them.

    Raises
    ------
    ConfigError
        If lengths differ, a label is missing or no class, or there is only one class.
    CorpusError
        If there are no texts, or the labels are a table.
    """
    if labels is None:
        raise ConfigError("requires y to be passed, but the target y is None; give a label for each text")
    if len(texts) == 0:
        raise CorpusError("got no texts; expected labelled texts of at least two classes")
    labels = single_column(labels)
    if not hasattr(labels, "dtype"):  # an array says of which type its labels are
        labels = list_of(labels, "labels")
    if isinstance(labels, np.ndarray) and labels.dtype.kind == "T":  # strings of any length
        labels = np.array(labels.tolist())
    check_labels(labels)
    array = np.asarray(labels)
    if array.dtype == object and getattr(getattr(labels, "dtype", None), "kind", "O") in "biuf":
        array = np.array(array.tolist())  # a type of pandas that could hold missing ones
    if array.shape != (len(texts),):
        raise ConfigError(
            f"got {len(texts)} texts and labels of shape {array.shape}; expected a label for each text"
        )
    try:
        with warnings.catch_warnings():  # of many classes with few labels each, which are meant so
            warnings.simplefilter("ignore", UserWarning)
            if array.dtype.kind not in "biuUS" or array.ndim > 1:  # these are classes; to tell takes a while
                check_classification_targets(array)
        classes, codes = np.unique(array, return_inverse=True)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"labels cannot be read as classes: {str(error).partition(chr(10))[0]}") from error
    if len(classes) < 2:
        raise ConfigError(
            f"all {len(texts)} labels are one class, {_shown(classes[0], labels)}; expected at least two "
            "classes"
        )
    return classes, np.asarray(codes, dtype=np.int64)


def _shown(name: object, labels: Iterable[Any]) -> str:
    """Return how a message shows the only class: as it is given, with what numbers and strings it joins."""
    shown = sorted({shown_label(label) for label in labels})
    return " and ".join(shown[:2]) if len(shown) > 1 else shown_label(name)
