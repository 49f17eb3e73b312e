"""The article's toy experiment on finished vectors, repeated over many random states at once.

Sentence vector: the plain mean of the vectors of all words. Classifier: one sigmoid hidden layer, weights
normal with deviation 0.1, softmax, gradient descent at 0.01, one sentence at a time. Two test sentences
can only score 0, 50 or 100, so a larger file is scored as well, and the whole is repeated.

References
----------
"How to use deep learning when you have limited data" (2017): 62 unlabelled, 8 labelled, 2 test sentences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.presets import ARTICLE_CLASSIFIER
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.encoders import plain_averaging
from textransfer.sentiment.training.inputs import FixedVectors, Inputs, WordTables, stacked_table
from textransfer.sentiment.training.loop import train
from textransfer.sentiment.training.network import OneHiddenLayer
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.comparing.results import NO_PRETRAINING, PRETRAINED

POINTS_A_DECADE = 8


@dataclass(frozen=True, eq=False)
class ArticleResult:
    """Accuracies of both arms."""

    epochs: npt.NDArray[np.int64]
    """Epochs at which the networks were scored, shape (P,)."""
    accuracy: Mapping[tuple[str, str], npt.NDArray[np.float64]]
    """By arm and test file, for each random state and scored epoch, shape (M, P)."""
    n_texts: Mapping[str, int]
    """Sentences of each test file."""
    seconds: Mapping[str, float]
    """Training time of all networks of an arm together."""

    def final(self, arm: str, test: str) -> npt.NDArray[np.float64]:
        """Return the accuracy of each random state after the last epoch, shape (M,)."""
        return self.accuracy[arm, test][:, -1]

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return {
            "epochs": self.epochs.tolist(),
            "n_texts": dict(self.n_texts),
            "seconds": dict(self.seconds),
            "results": [
                {
                    "arm": arm,
                    "test": test,
                    "accuracy": float(curve[:, -1].mean()),
                    "deviation": float(curve[:, -1].std(ddof=1)) if len(curve) > 1 else 0.0,
                    "lowest": float(curve[:, -1].min()),
                    "highest": float(curve[:, -1].max()),
                    "mean_curve": curve.mean(axis=0).tolist(),
                }
                for (arm, test), curve in self.accuracy.items()
            ],
        }


def run_article(
    pretrained: Sequence[WordVectors],
    starts: Sequence[npt.NDArray[np.float32]],
    few: LabelledTexts,
    tests: Mapping[str, LabelledTexts],
    *,
    seeds: Sequence[int],
    config: ClassifierConfig = ARTICLE_CLASSIFIER,
) -> ArticleResult:
    """Train and score both arms for every random state, by the settings of the article.

    The vectors, one for each random state, have the same words and tokenizer; `starts` are those of the same
    words before pretraining, shape (V, D) each: the other arm trains them with its network, end to end.
    """
    words = pretrained[0].words
    if any(vectors.words != words for vectors in pretrained):
        raise ConfigError("the vectors have different words; expected the same corpus for each random state")
    tokenizer = pretrained[0].tokenizer()
    averaging = plain_averaging(pretrained[0])
    classes = sorted(set(few.labels))
    bags = {
        name: averaging.bags(tokenizer.tokenize_many(texts.texts))
        for name, texts in {"": few, **tests}.items()
    }
    truth = {
        name: np.array([classes.index(label) for label in texts.labels]) for name, texts in tests.items()
    }
    codes = np.array([classes.index(label) for label in few.labels])
    marks = np.array(_log_spaced(config.epochs))

    accuracy: dict[tuple[str, str], npt.NDArray[np.float64]] = {}
    seconds: dict[str, float] = {}
    for arm in (PRETRAINED, NO_PRETRAINING):
        tables = np.stack([v.matrix for v in pretrained] if arm == PRETRAINED else list(starts))
        trained = None if arm == PRETRAINED else stacked_table(tables)
        inputs: Inputs
        if trained is None:
            inputs = FixedVectors(_sentence_vectors(averaging, bags[""], tables))
        else:
            inputs = WordTables(bags[""], trained, len(seeds), averaging.finish)
        network = OneHiddenLayer.random(
            seeds, tables.shape[2], config.hidden_size or 1, len(classes), config.activation
        )
        scores: dict[str, list[npt.NDArray[np.float64]]] = {name: [] for name in tests}
        for epoch in train(
            network,
            inputs,
            codes,
            seeds=seeds,
            epochs=config.epochs,
            learning_rate=config.learning_rate,
            vector_learning_rate=config.vector_learning_rate or config.learning_rate,
            solver=config.solver,
            batch_size=config.batch_size,
        ):
            seconds[arm] = epoch.seconds
            if epoch.number in marks:
                now = tables if trained is None else trained.detach().numpy().reshape(tables.shape)
                for name in tests:
                    p = network.probabilities(_sentence_vectors(averaging, bags[name], now))
                    scores[name].append((p.argmax(axis=2) == truth[name]).mean(axis=1))
        for name in tests:
            accuracy[arm, name] = np.stack(scores[name], axis=1)
    return ArticleResult(marks, accuracy, {name: len(texts) for name, texts in tests.items()}, seconds)


def _log_spaced(n_epochs: int) -> list[int]:
    """Return epochs from 1 to `n_epochs`, about eight a decade, both ends included."""
    n_points = max(2, round(POINTS_A_DECADE * np.log10(max(n_epochs, 1))) + 1)
    return sorted({int(epoch) for epoch in np.rint(np.geomspace(1, n_epochs, n_points))})


def _sentence_vectors(
    averaging: Averaging, bags: Bags, tables: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Average the words of some texts with each member's own vectors, shape (M, n, D)."""
    shares = bags.matrix(tables.shape[1])
    means = np.stack([shares @ table for table in tables])
    return averaging.finish(means, bags.has_words).astype(np.float32)
