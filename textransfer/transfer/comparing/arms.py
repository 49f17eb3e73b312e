"""The systems compared, behind one face: train on some labelled texts, predict the test texts."""

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferWarning
from textransfer.sentiment.baselines import MajorityBaseline, no_pretraining
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.sentences.lookup import LookedUpWords
from textransfer.sentiment.sentences.seeds import SeedWords
from textransfer.sentiment.sentences.texts import WordLists
from textransfer.sentiment.student import UnlabelledTexts
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.sentiment.training.side_by_side import fit_side_by_side
from textransfer.sentiment.word_classifier import WordClassifier
from textransfer.transfer.comparing.results import MAJORITY, NO_PRETRAINING, PRETRAINED, TFIDF
from textransfer.transfer.comparing.rounds import Round
from textransfer.transfer.comparing.splits import Indices
from textransfer.transfer.comparing.task import Task
from textransfer.transfer.comparing.watching import FitResult, View, Watch

_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


class Estimator(Protocol):
    """What learns class numbers from lists of words."""

    def fit(self, texts: WordLists, labels: list[int], /) -> object:
        """Learn."""

    def predict(self, texts: WordLists, /) -> npt.NDArray[Any]:
        """Return the class number of each text."""

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned."""


def no_report(n_done: int) -> None:
    """Stand in for a report that nobody wants."""


class Arm(Protocol):
    """A system that takes part in a comparison."""

    @property
    def name(self) -> str:
        """Name in tables and figures."""

    @property
    def is_random(self) -> bool:
        """Whether the seed matters."""

    def fit_rounds(
        self, rounds: Sequence[Round], report: Callable[[int], None] = no_report
    ) -> list[FitResult]:
        """Train and test in each round; `report` is called with the number of rounds done."""


def build_arms(
    vectors: WordVectors,
    task: Task,
    config: ClassifierConfig,
    *,
    has_text_features: bool = True,
    unlabelled: UnlabelledTexts | None = None,
) -> list[Arm]:
    """Return the four arms: pretrained, no pretraining, TF-IDF with logistic regression, majority.

    The arm without pretraining is the same classifier with the same tokenizer; its word vectors have the
    same size, are random, and are trained end to end for the words of the training texts. With text features,
    beside both stands what reads the words themselves.
    """
    return [
        pretrained_arm(
            PRETRAINED, vectors, task, config, has_text_features=has_text_features, unlabelled=unlabelled
        ),
        untrained_arm(NO_PRETRAINING, vectors.vector_size, task, config, has_text_features=has_text_features),
        EstimatorArm(TFIDF, partial(TfidfBaseline, calibrate=False), task),
        EstimatorArm(MAJORITY, MajorityBaseline, task),
    ]


def pretrained_arm(
    name: str,
    vectors: WordVectors,
    task: Task,
    config: ClassifierConfig,
    seed_words: SeedWords | None = None,
    *,
    has_text_features: bool = False,
    unlabelled: UnlabelledTexts | None = None,
    has_losses: bool = False,
) -> "NetworkArm":
    """Return an arm that starts from finished vectors; `task` has its words from their tokenizer."""
    by_code = None
    if seed_words is not None:  # the arms know classes by their numbers
        by_code = {task.classes.index(label): words for label, words in seed_words.items()}

    def make(seed: int) -> SentimentClassifier:
        return SentimentClassifier.from_config(
            config, vectors, tokenizer=task.tokenizer, seed_words=by_code, random_state=seed
        )

    return NetworkArm(
        name,
        make,
        task,
        config.epochs,
        has_text_features=has_text_features,
        unlabelled=unlabelled,
        has_losses=has_losses,
    )


def untrained_arm(
    name: str,
    vector_size: int,
    task: Task,
    config: ClassifierConfig,
    *,
    has_text_features: bool = False,
    has_losses: bool = False,
) -> "NetworkArm":
    """Return the arm without pretraining: random word vectors of the same size, trained end to end."""

    def make(seed: int) -> SentimentClassifier:
        return no_pretraining(config, tokenizer=task.tokenizer, vector_size=vector_size, random_state=seed)

    return NetworkArm(
        name,
        make,
        task,
        config.epochs,
        has_text_features=has_text_features,
        has_losses=has_losses,
        has_own_words=True,
    )


def curve_epochs(n_epochs: int) -> npt.NDArray[np.int64]:
    """Return the epochs at which curves are measured: 1, 2, 3, 5, 7, 10, 15, 20, 30, ..., and the last."""
    marks = {int(step * 10**power) for power in range(len(str(n_epochs))) for step in _STEPS}
    return np.array(sorted({mark for mark in marks if mark < n_epochs} | {n_epochs}), np.int64)


class EstimatorArm:
    """An estimator over texts that has no epochs and no randomness; `make` returns an unfitted one."""

    is_random = False

    def __init__(self, name: str, make: Callable[[], Estimator], task: Task) -> None:
        self.name = name
        self._make, self._task = make, task

    def fit_rounds(
        self, rounds: Sequence[Round], report: Callable[[int], None] = no_report
    ) -> list[FitResult]:
        """Train and test in each round; their seeds do not matter."""
        fits: list[FitResult] = []
        for round_ in rounds:
            estimator = self._make()
            labels = self._task.codes[round_.train].tolist()
            started = time.perf_counter()
            with quiet():
                estimator.fit(self._task.training_words(round_), labels)
            seconds = time.perf_counter() - started
            predicted = estimator.predict(self._task.test_words(round_.test))
            fits.append(FitResult(np.asarray(predicted, np.int64), seconds, estimator.n_parameters_))
            report(len(fits))
        return fits


class NetworkArm:
    """A `SentimentClassifier`, watched while it trains; `make` returns an unfitted one for a seed.

    Each fit may have word vectors for its own words alone; if not, texts are looked up once for all of them.
    With text features, the other members of a `CombinedClassifier` join each when it is trained, a student of
    unlabelled texts among them.
    """

    is_random = True

    def __init__(
        self,
        name: str,
        make: Callable[[int], SentimentClassifier],
        task: Task,
        n_epochs: int,
        *,
        has_text_features: bool = False,
        unlabelled: UnlabelledTexts | None = None,
        has_losses: bool = False,
        has_own_words: bool = False,
    ) -> None:
        self.name = name
        self._make, self._task, self._epochs = make, task, curve_epochs(n_epochs)
        self._has_text_features, self._has_losses = has_text_features, has_losses
        self._unlabelled, self._has_own_words = unlabelled, has_own_words

    def fit_rounds(
        self, rounds: Sequence[Round], report: Callable[[int], None] = no_report
    ) -> list[FitResult]:
        """Train and test in each round, those with equally many labels side by side."""
        texts: Sequence[WordLists]
        if self._has_own_words:
            texts = [LookedUpWords.of(self._task.training_words(round_)) for round_ in rounds]
        else:
            texts = self._task.training_words_of(rounds)
        labels = [self._task.codes[round_.train].tolist() for round_ in rounds]
        watches: dict[int, Watch] = {}
        fits: dict[int, FitResult] = {}
        with quiet():
            stages = fit_side_by_side(
                lambda position: self._make(rounds[position].seed), texts, labels, epochs=self._epochs
            )
            for stage in stages:
                for position, classifier in stage.members:
                    test = rounds[position].test
                    if position not in watches:
                        is_watched = np.isin(test, self._task.watched)
                        truth = self._task.truth[test[is_watched]] if self._has_losses else None
                        watches[position] = Watch(self._view(classifier, test[is_watched]), is_watched, truth)
                    if stage.is_last:
                        view, members_seconds = self._view(classifier, test), 0.0
                        if self._has_text_features:
                            words, words_seconds = self._task.word_classifier(rounds[position])
                            started = time.perf_counter()
                            view = self._joined(view, words, texts[position], labels[position], test)
                            members_seconds = words_seconds + time.perf_counter() - started
                        fits[position] = watches[position].finish(
                            view, self._epochs, stage.seconds, members_seconds
                        )
                        report(len(fits))
                    else:
                        watches[position].record(stage.seconds)
                if stage.is_last:
                    watches.clear()  # they hold the texts as their classifiers see them
        return [fits[position] for position in range(len(rounds))]

    def _joined(
        self, view: View, words: WordClassifier, texts: WordLists, labels: list[int], test: Indices
    ) -> View:
        """Let the other members join, and let them see the same test texts."""
        unfitted = CombinedClassifier.over(view.classifier, self._unlabelled)
        combined = unfitted.join(view.classifier, texts, labels, words=words)
        return replace(view, combined=combined, texts=self._task.some_tested(test))

    def _view(self, classifier: SentimentClassifier, test: Indices) -> View:
        """Return what a classifier sees of some test texts."""
        averaging, whole = classifier.averaging_, self._task.tested
        if classifier.vectors is None:
            return View(classifier, self._task.some_tested(test).bags(averaging))
        bags = whole.bags(averaging)
        bags = bags if len(test) == len(bags) else bags.take(test)
        if classifier.fine_tune:
            return View(classifier, bags)
        vectors = whole.vectors(averaging)
        return View(classifier, bags, vectors if len(test) == len(vectors) else vectors[test])


@contextmanager
def quiet() -> Iterator[None]:
    """Keep back what each fit would warn of: the comparison reports unknown words once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TextransferWarning)
        yield
