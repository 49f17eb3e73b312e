"""Which words decided: what a prediction would have been without each of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.judging.calibration import logs
from textransfer.sentiment.sentences.averaging import Averaging, Bags

if TYPE_CHECKING:
    from textransfer.sentiment.training.network import OneHiddenLayer


@dataclass(frozen=True, eq=False)
class WordContributions:
    """A prediction, and what each known word of the text adds to it."""

    words: list[str]
    """The known words of the text, each once (W)."""
    contributions: npt.NDArray[np.float64]
    """ln p(class | text) - ln p(class | text without the word), shape (W, C)."""
    classes: npt.NDArray[Any]
    """The labels, shape (C,)."""
    probabilities: npt.NDArray[np.float64]
    """Of the whole text, shape (C,)."""

    @property
    def label(self) -> Any:  # noqa: ANN401 - labels are of any type
        """The most probable class."""
        return self.classes[int(self.probabilities.argmax())]

    def strongest(self, n: int, code: int | None = None) -> list[tuple[str, float]]:
        """Return the words that count most, by size, with what they add to a class (the predicted one)."""
        column = self.contributions[:, int(self.probabilities.argmax()) if code is None else code]
        order = np.argsort(-np.abs(column), kind="stable")[:n]
        return [(self.words[place], float(column[place])) for place in order]


def contributions_of(
    averaging: Averaging,
    network: "OneHiddenLayer",
    bags: Bags,
    class_shares: npt.NDArray[np.float64] | None = None,
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """Take each word out of each text in turn, and ask the network again.

    A mean without one of its words is (m - s x) / (1 - s), with s the word's share in the mean m and x its
    vector: exactly what averaging the remaining words gives. Nothing is approximated. Where no word is left,
    `class_shares`, (C,), are the probabilities; None leaves them to the network. Of each text, returns the
    ids of its words, (W,), each once; ln p with less ln p without each, (W, C); its probabilities, (C,).
    """
    contributions = []
    for start, end in zip(bags.offsets[:-1].tolist(), bags.offsets[1:].tolist(), strict=True):
        ids, place = np.unique(bags.ids[start:end], return_inverse=True)
        shares = np.bincount(place, bags.weights[start:end], minlength=len(ids))
        vectors = averaging.table[ids].astype(np.float64)
        mean = shares @ vectors
        rest = 1 - shares
        # A text of one word only has nothing left: it becomes the zero vector of a text without known words.
        has_rest = np.full(len(ids), len(ids) > 1)
        without = (mean - shares[:, None] * vectors) / np.where(has_rest, rest, 1)[:, None]
        means = np.vstack([mean, without])
        has_words = np.concatenate([[end > start], has_rest])
        finished = averaging.finish(means, has_words).astype(np.float32)
        p = network.probabilities(finished[None])[0]
        if class_shares is not None:
            p[~has_words] = class_shares
        log_p = logs(p)
        contributions.append((ids, log_p[0] - log_p[1:], p[0]))
    return contributions
