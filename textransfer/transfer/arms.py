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
from textransfer.sentiment.seeds import SeedWords
from textransfer.sentiment.together import fit_together
from textransfer.transfer.macro_f1 import Codes
from textransfer.transfer.rounds import Round
from textransfer.transfer.splits import Indices
from textransfer.transfer.token_cache import TokenCache

PRETRAINED, NO_PRETRAINING, TFIDF, MAJORITY = "pretrained", "no pretraining", "TF-IDF + LR", "majority"
FINE_TUNED, SEEDED = "fine-tuned", "with seed words"


def _ignore(n_done: int) -> None:
    """Stand in for a report that nobody wants."""


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
    """

    seconds: npt.NDArray[np.float64]
    predicted: Codes


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
    """

    predicted: Codes
    seconds: float
    n_parameters: int
    curve: CurveRun | None = None


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

    def untrained(seed: int) -> SentimentClassifier:
        return no_pretraining(config, tokenizer=tokens, vector_size=vectors.vector_size, random_state=seed)

    return [
        pretrained_arm(PRETRAINED, vectors, texts, config),
        NetworkArm(NO_PRETRAINING, untrained, texts, config.epochs),
        EstimatorArm(TFIDF, lambda: TfidfBaseline(tokenizer=tokens), texts),
        EstimatorArm(MAJORITY, MajorityBaseline, texts),
    ]


def pretrained_arm(
    name: str,
    vectors: WordVectors,
    texts: Texts,
    config: ClassifierConfig,
    seed_words: SeedWords | None = None,
) -> "NetworkArm":
    """Return an arm that starts from finished vectors; `texts` holds the tokenizer that suits them."""
    by_code = None
    if seed_words is not None:  # the arms know classes by their numbers
        by_code = {texts.classes.index(label): words for label, words in seed_words.items()}

    def make(seed: int) -> SentimentClassifier:
        return SentimentClassifier.from_config(
            config, vectors, tokenizer=texts.tokens, seed_words=by_code, random_state=seed
        )

    return NetworkArm(name, make, texts, config.epochs)


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
    """

    is_random = True

    def __init__(
        self, name: str, make: Callable[[int], SentimentClassifier], texts: Texts, n_epochs: int
    ) -> None:
        self.name = name
        self._make, self._texts, self._epochs = make, texts, curve_epochs(n_epochs)
        self._test_bags: Bags | None = None
        self._test_vectors: tuple[Averaging, npt.NDArray[np.float32]] | None = None

    def run(self, rounds: Sequence[Round], report: Callable[[int], None] = _ignore) -> list[Run]:
        """Train and test in each round, those with equally many labels side by side."""
        texts = [[self._texts.labelled[i] for i in one.train] for one in rounds]
        labels = [self._texts.codes[one.train].tolist() for one in rounds]
        watched: dict[int, _Watched] = {}
        found: dict[int, Run] = {}
        with _quiet():
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
        # Frozen vectors of the test texts are the same for all fits, unless labelled texts set their scale.
        averaging = classifier.averaging_
        if self._test_vectors is None or self._test_vectors[0] is not averaging:
            self._test_vectors = averaging, averaging.vectors(self._test_bags)
        vectors = self._test_vectors[1]
        return _View(classifier, bags, vectors if len(test) == len(vectors) else vectors[test])

    @property
    def epochs(self) -> npt.NDArray[np.int64]:
        """Epochs at which the curve is measured."""
        return self._epochs

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

    def __init__(self, name: str, make: Callable[[], MajorityBaseline | TfidfBaseline], texts: Texts) -> None:
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
        if self._vectors is None:
            return np.asarray(self._classifier.predict(self._bags), np.int64)
        columns = self._classifier.network_.probabilities(self._vectors[None])[0].argmax(axis=1)
        return np.asarray(self._classifier.classes_[columns], np.int64)


class _Watched:
    """One fit while it is made: what it predicts at the epochs of the curve."""

    def __init__(self, arm: NetworkArm, classifier: SentimentClassifier, test: Indices) -> None:
        self._arm, self._test = arm, test
        self._is_watched = arm.watched(test)
        self._view = arm.view(classifier, test[self._is_watched])
        self._seconds: list[float] = []
        self._predicted: list[Codes] = []

    def look(self, seconds: float) -> None:
        """Take the predictions for the watched texts down."""
        self._seconds.append(seconds)
        self._predicted.append(self._view.predict())

    def finish(self, classifier: SentimentClassifier, seconds: float) -> Run:
        """Predict every test text with the finished classifier."""
        final = self._arm.view(classifier, self._test).predict()
        # A fit that stopped early stays where it stopped, with the epoch that it kept.
        n_missing = len(self._arm.epochs) - len(self._seconds)
        predicted = self._predicted + [final[self._is_watched]] * n_missing
        curve = CurveRun(np.array(self._seconds + [seconds] * n_missing), np.array(predicted, np.int64))
        return Run(final, seconds, _n_trained(classifier), curve)


def _n_trained(classifier: SentimentClassifier) -> int:
    is_table_trained = classifier.vectors is None or classifier.fine_tune
    n_in_table = classifier.averaging_.table.size if is_table_trained else 0
    return sum(parameter.numel() for parameter in classifier.network_.parameters()) + n_in_table


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what each fit would warn of: the comparison reports unknown words once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TextransferWarning)
        yield


def class_codes(labels: Sequence[str], classes: Sequence[str]) -> Codes:
    """Return the place of each label among the classes."""
    place = {name: code for code, name in enumerate(classes)}
    return np.array([place[label] for label in labels], np.int64)
