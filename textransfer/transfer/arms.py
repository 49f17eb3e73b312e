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
from textransfer.sentiment.averaging import Bags
from textransfer.sentiment.baselines import MajorityBaseline, TfidfBaseline, no_pretraining
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.seeds import SeedWords
from textransfer.transfer.macro_f1 import Codes
from textransfer.transfer.splits import Indices
from textransfer.transfer.token_cache import TokenCache

PRETRAINED, NO_PRETRAINING, TFIDF, MAJORITY = "pretrained", "no pretraining", "TF-IDF + LR", "majority"
FINE_TUNED, SEEDED = "fine-tuned", "with seed words"

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

    def run(self, train: Indices, test: Indices, seed: int) -> Run:
        """Train on some labelled texts, and predict some test texts."""


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

    def run(self, train: Indices, test: Indices, seed: int) -> Run:
        """Train on some labelled texts, and predict some test texts."""
        classifier = self._make(seed)
        is_watched = np.isin(test, self._texts.watched)
        view: _View | None = None
        seconds: list[float] = []
        predicted: list[Codes] = []
        last = 0.0
        with _quiet():
            labels = self._texts.codes[train].tolist()
            for epoch in classifier.iter_fit([self._texts.labelled[i] for i in train], labels):
                last = epoch.seconds
                if epoch.number in self._epochs:
                    view = view or _View(classifier, self._encode(classifier, test), is_watched)
                    seconds.append(last)
                    predicted.append(view.predict_watched())
            view = view or _View(classifier, self._encode(classifier, test), is_watched)
            final = view.predict_all()
        # A fit that stopped early stays where it stopped, with the epoch that it kept.
        n_missing = len(self._epochs) - len(seconds)
        seconds += [last] * n_missing
        predicted += [final[is_watched]] * n_missing
        curve = CurveRun(np.array(seconds), np.array(predicted, np.int64))
        return Run(final, last, _n_trained(classifier), curve)

    def _encode(self, classifier: SentimentClassifier, test: Indices) -> Bags:
        """Look up the words of the test texts; once for all fits if the words are those of given vectors."""
        if classifier.vectors is None:
            return classifier.encode([self._texts.test[i] for i in test])
        if self._test_bags is None:
            self._test_bags = classifier.encode(self._texts.test)
        return self._test_bags if len(test) == len(self._test_bags) else self._test_bags.take(test)


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

    def run(self, train: Indices, test: Indices, seed: int) -> Run:
        """Train on some labelled texts, and predict some test texts; the seed does not matter."""
        estimator = self._make()
        labels = self._texts.codes[train].tolist()
        started = time.perf_counter()
        estimator.fit([self._texts.labelled[i] for i in train], labels)
        seconds = time.perf_counter() - started
        predicted = estimator.predict([self._texts.test[i] for i in test])
        return Run(np.asarray(predicted, np.int64), seconds, estimator.n_parameters_)


class _View:
    """Predictions of a classifier for the texts of a round, as often as it changes.

    Frozen word vectors are averaged once, trained ones anew for each prediction.
    """

    def __init__(
        self, classifier: SentimentClassifier, bags: Bags, is_watched: npt.NDArray[np.bool_]
    ) -> None:
        self._classifier, self._bags = classifier, bags
        self._is_watched = is_watched
        self._watched_bags = bags.take(np.flatnonzero(is_watched))
        is_frozen = classifier.vectors is not None and not classifier.fine_tune
        self._vectors = classifier.averaging_.vectors(bags) if is_frozen else None
        self._watched_vectors = None if self._vectors is None else self._vectors[is_watched]

    def predict_all(self) -> Codes:
        """Return the class number of every text."""
        return self._predict(self._bags, self._vectors)

    def predict_watched(self) -> Codes:
        """Return the class number of every watched text."""
        return self._predict(self._watched_bags, self._watched_vectors)

    def _predict(self, bags: Bags, vectors: npt.NDArray[np.float32] | None) -> Codes:
        if vectors is None:
            return np.asarray(self._classifier.predict(bags), np.int64)
        columns = self._classifier.network_.probabilities(vectors[None])[0].argmax(axis=1)
        return np.asarray(self._classifier.classes_[columns], np.int64)


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
