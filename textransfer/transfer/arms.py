"""The systems compared, by name, behind one face: train on some labelled texts, predict the test texts."""

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferWarning
from textransfer.sentiment.averaging import Averaging, Bags
from textransfer.sentiment.baselines import MajorityBaseline, TfidfBaseline, no_pretraining
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.seeds import SeedWords
from textransfer.sentiment.together import fit_together
from textransfer.transfer.macro_f1 import Codes
from textransfer.transfer.rounds import Round
from textransfer.transfer.splits import Indices
from textransfer.transfer.token_cache import TokenCache

PRETRAINED, NO_PRETRAINING, TFIDF, MAJORITY = "pretrained", "no pretraining", "TF-IDF + LR", "majority"
FINE_TUNED, SEEDED, WITH_WORDS = "fine-tuned", "with seed words", "with text features"


def _ignore(n_done: int) -> None:
    """Stand in for a report that nobody wants."""


SMALLEST_LIKELIHOOD = 1e-12
"""What a loss takes for a likelihood of zero, so that one text cannot make it infinite."""
_Estimator = MajorityBaseline | TfidfBaseline | CombinedClassifier
_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


@dataclass(frozen=True, eq=False)
class Texts:
    """What the arms see: the same for all.

    Parameters
    ----------
    labelled : list of str
        Texts to draw training sets from.
    codes : ndarray of int64
        Class number of each.
    classes : list of str
        Names of the classes, by number.
    test : list of str
        Texts to test on; in a cross-validation the labelled ones.
    watched : ndarray of int64
        Positions of the test texts that training curves are measured on, ascending.
    tokens : TokenCache
        The tokenizer of the vectors.
    """

    labelled: list[str]
    codes: Codes
    classes: list[str]
    test: list[str]
    watched: Indices
    tokens: TokenCache


@dataclass(frozen=True, eq=False)
class CurveRun:
    """What was predicted for the watched texts of a round while an arm trained.

    Parameters
    ----------
    seconds : ndarray of float64, shape (points,)
        Training time at each of the `curve_epochs`.
    predicted : ndarray of int64, shape (points, watched texts of the round)
        Class numbers.
    losses : ndarray of float64, shape (points,)
        Mean of -ln p of the true class, if the true classes are known to the arm; else empty.
    """

    seconds: npt.NDArray[np.float64]
    predicted: Codes
    losses: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Run:
    """One fit of one arm.

    Parameters
    ----------
    predicted : ndarray of int64, shape (test texts of the round,)
        Class numbers.
    seconds : float
        Time of the fit; texts were tokenized before.
    n_parameters : int
        Numbers that were trained.
    curve : CurveRun, optional
        For arms that train in epochs.
    n_epochs : int
        Passes over the training texts that were made; 0 for arms without epochs.
    """

    predicted: Codes
    seconds: float
    n_parameters: int
    curve: CurveRun | None = None
    n_epochs: int = 0


class Arm(Protocol):
    """A system that takes part in a comparison."""

    @property
    def name(self) -> str:
        """Name in tables and figures."""

    @property
    def is_random(self) -> bool:
        """Whether the seed matters."""

    def run(self, rounds: Sequence[Round], report: Callable[[int], None] = _ignore) -> list[Run]:
        """Train and test in each round; `report` hears how many are done."""


def build_arms(vectors: WordVectors, texts: Texts, config: ClassifierConfig) -> list[Arm]:
    """Return the four arms: pretrained, no pretraining, TF-IDF with logistic regression, majority.

    The arm without pretraining is the same classifier with the same tokenizer; its word vectors have the
    same size, are random, and are trained end to end for the words of the training texts.
    """
    tokens = texts.tokens
    return [
        pretrained_arm(PRETRAINED, vectors, texts, config),
        untrained_arm(NO_PRETRAINING, vectors.vector_size, texts, config),
        EstimatorArm(TFIDF, lambda: TfidfBaseline(tokenizer=tokens), texts),
        EstimatorArm(MAJORITY, MajorityBaseline, texts),
    ]


def pretrained_arm(
    name: str,
    vectors: WordVectors,
    texts: Texts,
    config: ClassifierConfig,
    seed_words: SeedWords | None = None,
    truth: Codes | None = None,
) -> "NetworkArm":
    """Return an arm that starts from finished vectors; `texts` holds the tokenizer that suits them."""
    by_code = None
    if seed_words is not None:  # the arms know classes by their numbers
        by_code = {texts.classes.index(label): words for label, words in seed_words.items()}

    def make(seed: int) -> SentimentClassifier:
        return SentimentClassifier.from_config(
            config, vectors, tokenizer=texts.tokens, seed_words=by_code, random_state=seed
        )

    return NetworkArm(name, make, texts, config.epochs, truth)


def untrained_arm(
    name: str, vector_size: int, texts: Texts, config: ClassifierConfig, truth: Codes | None = None
) -> "NetworkArm":
    """Return the arm without pretraining: random word vectors of the same size, trained end to end."""

    def make(seed: int) -> SentimentClassifier:
        return no_pretraining(config, tokenizer=texts.tokens, vector_size=vector_size, random_state=seed)

    return NetworkArm(name, make, texts, config.epochs, truth)


def curve_epochs(n_epochs: int) -> npt.NDArray[np.int64]:
    """Return the epochs at which curves are measured: 1, 2, 3, 5, 7, 10, 15, 20, 30, ..., and the last."""
    marks = {int(step * 10**power) for power in range(len(str(n_epochs))) for step in _STEPS}
    return np.array(sorted({mark for mark in marks if mark < n_epochs} | {n_epochs}), np.int64)


class NetworkArm:
    """A `SentimentClassifier`, watched while it trains.

    Parameters
    ----------
    name : str
        Name of the arm.
    make : callable
        Seed -> unfitted classifier.
    texts : Texts
        What it trains and is tested on.
    n_epochs : int
        Epochs at most.
    truth : ndarray of int64, optional
        Class number of each test text; with it the curve also has losses.
    """

    is_random = True

    def __init__(
        self,
        name: str,
        make: Callable[[int], SentimentClassifier],
        texts: Texts,
        n_epochs: int,
        truth: Codes | None = None,
    ) -> None:
        self.name = name
        self._make, self._texts, self._epochs = make, texts, curve_epochs(n_epochs)
        self._truth = truth
        self._test_bags: Bags | None = None
        self._test_vectors: tuple[Averaging, npt.NDArray[np.float32]] | None = None

    def run(self, rounds: Sequence[Round], report: Callable[[int], None] = _ignore) -> list[Run]:
        """Train and test in each round, those with equally many labels side by side."""
        texts = [[self._texts.labelled[i] for i in one.train] for one in rounds]
        labels = [self._texts.codes[one.train].tolist() for one in rounds]
        watched: dict[int, _Watched] = {}
        found: dict[int, Run] = {}
        with quiet():
            stages = fit_together(
                lambda position: self._make(rounds[position].seed), texts, labels, epochs=self._epochs
            )
            for stage in stages:
                for position, classifier in stage.members:
                    if position not in watched:
                        watched[position] = _Watched(self, classifier, rounds[position].test)
                    one = watched[position]
                    if stage.is_last:
                        found[position] = one.finish(classifier, stage.seconds)
                        report(len(found))
                    else:
                        one.look(stage.seconds)
                if stage.is_last:
                    watched.clear()  # they hold the texts as their classifiers see them
        return [found[position] for position in range(len(rounds))]

    def view(self, classifier: SentimentClassifier, test: Indices) -> "_View":
        """Return what a classifier sees of some test texts."""
        if classifier.vectors is None:
            return _View(classifier, classifier.encode([self._texts.test[i] for i in test]))
        if self._test_bags is None:
            self._test_bags = classifier.encode(self._texts.test)
        bags = self._test_bags if len(test) == len(self._test_bags) else self._test_bags.take(test)
        if classifier.fine_tune:
            return _View(classifier, bags)
        # Frozen vectors of the test texts are shared by many fits: labels set their scale or emphasis only.
        averaging = classifier.averaging_
        if self._test_vectors is None or self._test_vectors[0] is not averaging:
            self._test_vectors = averaging, averaging.vectors(self._test_bags)
        vectors = self._test_vectors[1]
        return _View(classifier, bags, vectors if len(test) == len(vectors) else vectors[test])

    @property
    def epochs(self) -> npt.NDArray[np.int64]:
        """Epochs at which the curve is measured."""
        return self._epochs

    @property
    def truth(self) -> Codes | None:
        """Class number of each test text, if the arm knows it."""
        return self._truth

    def watched(self, test: Indices) -> npt.NDArray[np.bool_]:
        """Tell which of some test texts are watched."""
        return np.isin(test, self._texts.watched)


class EstimatorArm:
    """A scikit-learn estimator over texts that has no epochs and no randomness.

    Parameters
    ----------
    name : str
        Name of the arm.
    make : callable
        Returns an unfitted estimator.
    texts : Texts
        What it trains and is tested on.
    """

    is_random = False

    def __init__(
        self,
        name: str,
        make: Callable[[], MajorityBaseline | TfidfBaseline | CombinedClassifier],
        texts: Texts,
    ) -> None:
        self.name = name
        self._make, self._texts = make, texts

    def run(self, rounds: Sequence[Round], report: Callable[[int], None] = _ignore) -> list[Run]:
        """Train and test in each round; their seeds do not matter."""
        found = []
        for one in rounds:
            estimator = self._make()
            labels = self._texts.codes[one.train].tolist()
            started = time.perf_counter()
            estimator.fit([self._texts.labelled[i] for i in one.train], labels)
            seconds = time.perf_counter() - started
            predicted = estimator.predict([self._texts.test[i] for i in one.test])
            found.append(Run(np.asarray(predicted, np.int64), seconds, estimator.n_parameters_))
            report(len(found))
        return found


class _View:
    """Predictions of a classifier for some texts, as often as it changes.

    Frozen word vectors are averaged once, trained ones anew for each prediction.
    """

    def __init__(
        self,
        classifier: SentimentClassifier,
        bags: Bags,
        vectors: npt.NDArray[np.float32] | None = None,
    ) -> None:
        self._classifier, self._bags, self._vectors = classifier, bags, vectors

    def predict(self) -> Codes:
        """Return the class number of every text."""
        return self.chosen(self.probabilities())

    def chosen(self, probabilities: npt.NDArray[np.floating]) -> Codes:
        """Return the class numbers that probabilities, shape (n, C), speak for."""
        return np.asarray(self._classifier.classes_[probabilities.argmax(axis=1)], np.int64)

    def probabilities(self) -> npt.NDArray[np.floating]:
        """Return the probability of each class that the classifier knows, shape (n, C)."""
        if self._vectors is None:
            return self._classifier.predict_proba(self._bags)
        found: npt.NDArray[np.floating] = self._classifier.network_.probabilities(self._vectors[None])[0]
        return found

    def loss(self, probabilities: npt.NDArray[np.floating], truth: Codes) -> float:
        """Return the mean of -ln p of the true class; a class that was never seen has the least p."""
        is_true = truth[:, None] == np.asarray(self._classifier.classes_)
        likelihoods = (probabilities * is_true).sum(axis=1)
        return float(-np.log(np.maximum(likelihoods, SMALLEST_LIKELIHOOD)).mean())


class _Watched:
    """One fit while it is made: what it predicts at the epochs of the curve."""

    def __init__(self, arm: NetworkArm, classifier: SentimentClassifier, test: Indices) -> None:
        self._arm, self._test = arm, test
        self._is_watched = arm.watched(test)
        self._view = arm.view(classifier, test[self._is_watched])
        self._seconds: list[float] = []
        self._predicted: list[Codes] = []
        self._losses: list[float] = []

    def look(self, seconds: float) -> None:
        """Take the predictions for the watched texts down."""
        probabilities = self._view.probabilities()
        self._seconds.append(seconds)
        self._predicted.append(self._view.chosen(probabilities))
        self._losses += self._loss(self._view, probabilities)

    def finish(self, classifier: SentimentClassifier, seconds: float) -> Run:
        """Predict every test text with the finished classifier."""
        view = self._arm.view(classifier, self._test)
        probabilities = view.probabilities()
        final = view.chosen(probabilities)
        # A fit that stopped early stays where it stopped, with the epoch that it kept.
        n_missing = len(self._arm.epochs) - len(self._seconds)
        predicted = self._predicted + [final[self._is_watched]] * n_missing
        losses = self._losses + self._loss(view, probabilities[self._is_watched]) * n_missing
        curve = CurveRun(
            np.array(self._seconds + [seconds] * n_missing), np.array(predicted, np.int64), np.array(losses)
        )
        return Run(final, seconds, _n_trained(classifier), curve, classifier.n_epochs_)

    def _loss(self, view: _View, probabilities: npt.NDArray[np.floating]) -> list[float]:
        """Return the loss on the watched texts, if there are any and their classes are known."""
        if self._arm.truth is None or not self._is_watched.any():
            return []
        return [view.loss(probabilities, self._arm.truth[self._test[self._is_watched]])]


def _n_trained(classifier: SentimentClassifier) -> int:
    is_table_trained = classifier.vectors is None or classifier.fine_tune
    n_in_table = classifier.averaging_.table.size if is_table_trained else 0
    return sum(parameter.numel() for parameter in classifier.network_.parameters()) + n_in_table


@contextmanager
def quiet() -> Iterator[None]:
    """Keep back what each fit would warn of: the comparison reports unknown words once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TextransferWarning)
        yield


def class_codes(labels: Sequence[str], classes: Sequence[str]) -> Codes:
    """Return the place of each label among the classes."""
    place = {name: code for code, name in enumerate(classes)}
    return np.array([place[label] for label in labels], np.int64)
