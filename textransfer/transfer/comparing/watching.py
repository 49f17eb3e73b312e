"""One fit of an arm while it is made: what it predicts as its network learns, and in the end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.lookup import LookedUpTexts
from textransfer.transfer.statistics.macro_f1 import Codes

SMALLEST_LIKELIHOOD = 1e-12
"""What a loss takes for a likelihood of zero, so that one text cannot make it infinite."""

Probabilities = npt.NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class FitCurve:
    """What the network of an arm predicted, without other members, for the watched texts of a round."""

    epochs: npt.NDArray[np.int64]
    """Epochs done at each point, shape (points,)."""
    seconds: npt.NDArray[np.float64]
    """Training time of the network at each point, shape (points,)."""
    predicted: Codes
    """Class numbers, shape (points, watched texts of the round)."""
    losses: npt.NDArray[np.float64]
    """Mean of -ln p of the true class, if the arm was asked for losses; else empty, shape (points,)."""


@dataclass(frozen=True, eq=False)
class FitResult:
    """One fit of one arm."""

    predicted: Codes
    """Class numbers, shape (test texts of the round,)."""
    seconds: float
    """Time of the whole fit, other members counted in; texts were tokenized before."""
    n_parameters: int
    """Numbers that were trained."""
    curve: FitCurve | None = None
    """For arms that train in epochs."""
    n_epochs: int = 0
    """Passes over the training texts that were made; 0 for arms without epochs."""
    has_members: bool = False
    """Whether what is predicted comes of a network and other members, but the curve of the network alone."""


@dataclass(frozen=True, eq=False)
class View:
    """Some texts as a classifier sees them; frozen word vectors are averaged once, others at each look."""

    classifier: SentimentClassifier
    bags: Bags
    vectors: npt.NDArray[np.float32] | None = None
    combined: CombinedClassifier | None = None
    """The classifier with other members, once it is trained."""
    texts: LookedUpTexts | None = None
    """The texts for these."""

    def probabilities(self) -> Probabilities:
        """Return the probability of each class that the network knows now, shape (n, C)."""
        if self.vectors is None:
            p = self.classifier.predict_proba(self.bags)
        else:
            p = self.classifier.judge(self.bags, self.vectors)
        return p

    @property
    def has_members(self) -> bool:
        """Whether other members have joined the network."""
        return self.combined is not None and bool(self.combined.members_)

    def with_members(self, probabilities: Probabilities) -> Probabilities:
        """Return what all members say together, of texts for which the network says this, shape (n, C)."""
        if self.combined is None or self.texts is None or not self.has_members:
            return probabilities
        return self.combined.mix(probabilities.astype(np.float64), self.combined.encoded(self.texts))

    def classes_of(self, probabilities: Probabilities) -> Codes:
        """Return the class numbers that probabilities, shape (n, C), speak for."""
        return np.asarray(self.classifier.classes_[probabilities.argmax(axis=1)], np.int64)

    def losses(self, probabilities: Probabilities, truth: Codes | None) -> list[float]:
        """Return the mean of -ln p of the true class, if it is known; an unseen class has the least p."""
        if truth is None or not len(truth):
            return []
        is_true = truth[:, None] == np.asarray(self.classifier.classes_)
        likelihoods = (probabilities * is_true).sum(axis=1)
        return [float(-np.log(np.maximum(likelihoods, SMALLEST_LIKELIHOOD)).mean())]


class Watch:
    """One fit while it is made: what it predicts for the watched texts at the epochs of the curve."""

    def __init__(self, view: View, is_watched: npt.NDArray[np.bool_], truth: Codes | None) -> None:
        self._view, self._is_watched, self._truth = view, is_watched, truth
        self._seconds: list[float] = []
        self._predicted: list[Codes] = []
        self._losses: list[float] = []

    def record(self, seconds: float) -> None:
        """Take the present predictions down."""
        probabilities = self._view.probabilities()
        self._seconds.append(seconds)
        self._predicted.append(self._view.classes_of(probabilities))
        self._losses += self._view.losses(probabilities, self._truth)

    def finish(
        self, test: View, epochs: npt.NDArray[np.int64], seconds: float, members_seconds: float
    ) -> FitResult:
        """Predict every test text with the finished classifier; the curve ends with its network.

        A fit that stopped early stays where it stopped, with the epoch that it kept. Seconds are those of the
        network, and of what joined it.
        """
        n_before = min(len(self._seconds), len(epochs) - 1)
        for measured in (self._seconds, self._predicted, self._losses):
            del measured[n_before:]
        probabilities = test.probabilities()
        last = test.classes_of(probabilities)
        n_missing = len(epochs) - len(self._seconds)
        last_losses = test.losses(probabilities[self._is_watched], self._truth)
        curve = FitCurve(
            epochs,
            np.array(self._seconds + [seconds] * n_missing),
            np.array(self._predicted + [last[self._is_watched]] * n_missing, np.int64),
            np.array(self._losses + last_losses * n_missing),
        )
        classifier = test.classifier
        n_parameters = n_trained(test.combined or classifier)
        final = test.classes_of(test.with_members(probabilities)) if test.has_members else last
        return FitResult(
            final, seconds + members_seconds, n_parameters, curve, classifier.n_epochs_, test.has_members
        )


def n_trained(classifier: SentimentClassifier | CombinedClassifier) -> int:
    """Return how many numbers a classifier has learned."""
    if isinstance(classifier, CombinedClassifier):
        return n_trained(classifier.classifier_) + classifier.n_further_
    is_table_trained = classifier.vectors is None or classifier.fine_tune
    n_in_table = classifier.averaging_.table.size if is_table_trained else 0
    return classifier.network_.n_parameters + n_in_table
