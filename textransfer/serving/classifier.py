"""What the server needs of a classifier, and no more."""

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.vectors import WordVectors


class ExplainedPiece(Protocol):
    """A known word of a text, where it stands, and what it adds to each class."""

    start: int
    end: int
    surface: str
    contributions: npt.NDArray[np.float64]


class Explained(Protocol):
    """A text with its probabilities and its known words."""

    pieces: tuple[Any, ...]
    probabilities: npt.NDArray[np.float64]


class ServedClassifier(Protocol):
    """A fitted classifier of texts."""

    classes_: npt.NDArray[Any]

    @property
    def reads_words(self) -> bool:
        """Whether it reads words, so that it can explain what it says."""

    def encode(self, texts: Any) -> Any:  # noqa: ANN401 - each predicts from an encoding of its own
        """Return what `predict_proba` and `known_shares` take in the place of texts."""

    def predict_proba(self, texts: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - as above
        """Return the probability of each class, shape (n, C)."""

    def known_shares(self, texts: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - as above
        """Return the share of each text's words that are known, shape (n,)."""

    def explain(self, texts: Any) -> Iterable[Any]:  # noqa: ANN401 - lists of strings, and more
        """Return an `Explained` for each text."""


def word_vectors(classifier: object) -> WordVectors | None:
    """Return the vectors that a classifier averages, to look for neighbours in; None if it has none."""
    averaging = getattr(classifier, "averaging_", None)
    if averaging is None:
        return None
    spec = getattr(getattr(classifier, "tokenizer_", None), "spec", None)
    return WordVectors(
        list(averaging.index),
        np.asarray(averaging.table, np.float32),
        tokenizer_spec=None if spec is None else spec(),
        spellings=averaging.spellings,
    )
