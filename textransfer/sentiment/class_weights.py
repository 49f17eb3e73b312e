"""How much labelled texts of each class count."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.checks import plain
from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError
from textransfer.text.reading.label_names import listed_labels


def class_factors(
    class_weight: object, classes: npt.NDArray[Any], sums: npt.NDArray[np.floating] | npt.NDArray[np.integer]
) -> npt.NDArray[np.float64] | None:
    """Return how much a text of each class counts, shape (C,); None if texts of all do alike.

    `class_weight` is that of a `ClassifierConfig`, sums are the weights of the labels of each class, (C,).

    Raises
    ------
    ConfigError
        If a weight is that of no class while a class has none.
    """
    if class_weight == "balanced":
        return np.asarray(sums.mean() / sums)
    if not isinstance(class_weight, tuple):
        return None
    weight_of = dict(class_weight)
    names = [plain(name) for name in classes.tolist()]
    unknown = [label for label in weight_of if label not in names]
    if unknown and len(unknown) > len(weight_of) - len(names):
        raise ConfigError(
            f"class_weight has a weight for {listed_labels(unknown)}, which no label is; expected "
            f"{listed_labels(names)}"
        )
    return np.array([weight_of.get(name, 1) for name in names], np.float64)


def by_code(config: ClassifierConfig, classes: Sequence[Any]) -> ClassifierConfig:
    """Return settings for labels that are class numbers, where weights are those of the classes by name."""
    if not isinstance(config.class_weight, tuple):
        return config
    names = np.array(classes)
    factors = class_factors(config.class_weight, names, np.ones(len(names)))
    return config if factors is None else replace(config, class_weight=dict(enumerate(factors.tolist())))
