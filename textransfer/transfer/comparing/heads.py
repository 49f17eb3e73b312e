"""Arms that a diagnosis needs besides the usual ones: fewer labels, and no hidden layer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.randomness import Purpose, generator
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.sentences.averaging import Bags
from textransfer.transfer.comparing.arms import Arm, FitResult, no_report, quiet
from textransfer.transfer.comparing.rounds import Round
from textransfer.transfer.comparing.splits import few_shot_draws
from textransfer.transfer.comparing.task import Task

LINEAR_C = 3.0
"""C of scikit-learn's logistic regression on sentence vectors; see docs/design.md."""
MAX_ITERATIONS = 1000


class FewerLabels:
    """An arm that trains on half the labels of each round.

    Parameters
    ----------
    name : str
        Name of the arm.
    arm : Arm
        What trains and is tested.
    task : Task
        What it was built with.
    random_state : int
        Seed of the halves.
    """

    is_random = True

    def __init__(self, name: str, arm: Arm, task: Task, random_state: int) -> None:
        self.name = name
        self._arm, self._codes, self._seed = arm, task.codes, random_state

    def fit_rounds(
        self, rounds: Sequence[Round], report: Callable[[int], None] = no_report
    ) -> list[FitResult]:
        """Train on half the training texts of each round, stratified, and test on all its test texts."""
        return self._arm.fit_rounds([self._halved(round_) for round_ in rounds], report)

    def _halved(self, round_: Round) -> Round:
        codes = self._codes[round_.train].tolist()
        n_half = max(len(codes) // 2, len(set(codes)))
        seed = int(generator(self._seed, Purpose.HALVES, round_.draw, round_.fold).integers(2**32))
        return replace(round_, train=round_.train[few_shot_draws(codes, n_half, 1, seed)[0]])


class NoHiddenLayer:
    """Logistic regression on the sentence vectors that the classifier sees.

    Parameters
    ----------
    name : str
        Name of the arm.
    vectors : WordVectors
        Finished vectors.
    task : Task
        What it trains and is tested on.
    config : ClassifierConfig
        How texts become vectors.
    """

    is_random = False

    def __init__(self, name: str, vectors: WordVectors, task: Task, config: ClassifierConfig) -> None:
        self.name = name
        self._vectors, self._task = vectors, task
        self._config = replace(config, fine_tune=False)  # all texts train, none is held out
        self._test_bags: Bags | None = None

    def fit_rounds(
        self, rounds: Sequence[Round], report: Callable[[int], None] = no_report
    ) -> list[FitResult]:
        """Train and test in each round; their seeds do not matter."""
        fits: list[FitResult] = []
        for round_ in rounds:
            started = time.perf_counter()
            codes = self._task.codes[round_.train]
            classifier = SentimentClassifier.from_config(
                self._config, self._vectors, tokenizer=self._task.tokenizer
            )
            with quiet():
                fit = classifier.prepare_fit(self._task.training_words(round_), codes.tolist())
            if fit is None:
                raise ValueError("a round has no text to train on")
            head = LogisticRegression(C=LINEAR_C, max_iter=MAX_ITERATIONS)
            head.fit(fit.averaging.vectors(fit.bags), codes)
            seconds = time.perf_counter() - started
            if self._test_bags is None:
                self._test_bags = classifier.encode(self._task.test)
            vectors = fit.averaging.vectors(self._test_bags.take(round_.test))
            predicted = np.asarray(head.predict(vectors), np.int64)
            fits.append(FitResult(predicted, seconds, int(head.coef_.size + head.intercept_.size)))
            report(len(fits))
        return fits
