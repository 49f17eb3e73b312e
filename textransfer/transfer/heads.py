"""Arms that a diagnosis needs besides the usual ones: fewer labels, and no hidden layer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.randomness import Purpose, generator
from textransfer.sentiment.averaging import Bags
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.transfer.arms import Arm, Run, Texts, quiet
from textransfer.transfer.rounds import Round
from textransfer.transfer.splits import few_shot_draws

LINEAR_C = 3.0
"""C of scikit-learn's logistic regression on sentence vectors; see docs/design.md."""
MAX_ITERATIONS = 1000


def _ignore(n_done: int) -> None:
    """Stand in for a report that nobody wants."""


class FewerLabels:
    """An arm that trains on half the labels of each round.

    Parameters
    ----------
    name : str
        Name of the arm.
    arm : Arm
        What trains and is tested.
    texts : Texts
        What it was built with.
    random_state : int
        Seed of the halves.
    """

    is_random = True

    def __init__(self, name: str, arm: Arm, texts: Texts, random_state: int) -> None:
        self.name = name
        self._arm, self._codes, self._seed = arm, texts.codes, random_state

    def run(self, rounds: Sequence[Round], report: Callable[[int], None] = _ignore) -> list[Run]:
        """Train on half the training texts of each round, stratified, and test on all its test texts."""
        return self._arm.run([self._halved(one) for one in rounds], report)

    def _halved(self, one: Round) -> Round:
        codes = self._codes[one.train].tolist()
        n_half = max(len(codes) // 2, len(set(codes)))
        seed = int(generator(self._seed, Purpose.HALVES, one.draw, one.fold).integers(2**32))
        return replace(one, train=one.train[few_shot_draws(codes, n_half, 1, seed)[0]])


class NoHiddenLayer:
    """Logistic regression on the sentence vectors that the classifier sees.

    Parameters
    ----------
    name : str
        Name of the arm.
    vectors : WordVectors
        Finished vectors.
    texts : Texts
        What it trains and is tested on.
    config : ClassifierConfig
        How texts become vectors.
    """

    is_random = False

    def __init__(self, name: str, vectors: WordVectors, texts: Texts, config: ClassifierConfig) -> None:
        self.name = name
        self._vectors, self._texts = vectors, texts
        self._config = replace(config, fine_tune=False)  # all texts train, none is held out
        self._tested: Bags | None = None

    def run(self, rounds: Sequence[Round], report: Callable[[int], None] = _ignore) -> list[Run]:
        """Train and test in each round; their seeds do not matter."""
        found = []
        for one in rounds:
            started = time.perf_counter()
            labelled = [self._texts.labelled[i] for i in one.train]
            classifier = SentimentClassifier.from_config(
                self._config, self._vectors, tokenizer=self._texts.tokens
            )
            with quiet():
                fit = classifier.prepare_fit(labelled, self._texts.codes[one.train].tolist())
            if fit is None:
                raise ValueError("a round has no text to train on")
            head = LogisticRegression(C=LINEAR_C, max_iter=MAX_ITERATIONS)
            head.fit(fit.averaging.vectors(fit.bags), self._texts.codes[one.train])
            seconds = time.perf_counter() - started
            if self._tested is None:
                self._tested = classifier.encode(self._texts.test)
            vectors = fit.averaging.vectors(self._tested.take(one.test))
            predicted = np.asarray(head.predict(vectors), np.int64)
            found.append(Run(predicted, seconds, int(head.coef_.size + head.intercept_.size)))
            report(len(found))
        return found
