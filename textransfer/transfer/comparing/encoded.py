"""Arms over the sentence vectors of an encoder: alone, and together with the pretrained classifier."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from textransfer.config import ClassifierConfig
from textransfer.embeddings.arrays import unit_rows
from textransfer.embeddings.vectors import WordVectors
from textransfer.encoders.encoder import Encoder
from textransfer.encoders.encoding import encode_texts
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.joined import JoinedClassifier
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.encoders import averaging_of
from textransfer.sentiment.sentences.encoding import DEFAULT_ENCODER
from textransfer.sentiment.sentences.lookup import bags_of
from textransfer.sentiment.sentences.stretching import COMPONENT_POWER
from textransfer.sentiment.vector_head import Floats, fit_heads
from textransfer.transfer.comparing.arms import no_report, quiet
from textransfer.transfer.comparing.rounds import Round
from textransfer.transfer.comparing.splits import Indices
from textransfer.transfer.comparing.task import Task
from textransfer.transfer.comparing.watching import FitResult, n_trained

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer
    from textransfer.transfer.comparing.fits import ReportProgress

TEXTS_TIMED = 1000
"""Texts by which the pretrained vectors are timed, at most."""
NUMBERS_AT_ONCE = 1 << 25
"""Numbers of the vectors that heads side by side may hold together, about."""


@dataclass(frozen=True, eq=False)
class EncodedTask:
    """The texts of a task as an encoder sees them."""

    labelled: Floats
    """Of unit length, shape (N, D); NaN for texts that no round trains on, which are not encoded."""
    test: Floats
    """The same of the test texts, shape (T, D)."""
    kind: str
    """What the encoder is."""
    path: str
    """Where it lies; empty for a function."""
    seconds_per_thousand: float | None = None
    """What encoding 1,000 of the texts took; None for word vectors, for which nothing is cut twice."""


def encoded_task(
    name: str,
    encoder: Encoder,
    labelled: Sequence[str],
    test: Sequence[str],
    rows: Indices,
    cache: Path | None,
    progress: "ReportProgress | None",
) -> EncodedTask:
    """Encode the texts of a task, each once; of the labelled ones those of some rows."""

    def report(n_done: int, n_texts: int) -> None:
        if progress is not None:
            progress(n_done, n_texts, f"{name} encodes the texts")

    texts = [*(labelled[row] for row in rows), *test]
    both = encode_texts(encoder, texts, name=f"the arm {name!r}", cache=cache, report=report)
    vectors = unit_rows(both.vectors)
    pool = np.full((len(labelled), vectors.shape[1]), np.nan, np.float32)
    pool[rows] = vectors[: len(rows)]
    return EncodedTask(pool, vectors[len(rows) :], encoder.kind, encoder.path, both.seconds_per_thousand)


def averaged_task(vectors: WordVectors, task: Task, config: ClassifierConfig) -> EncodedTask:
    """Return the texts of a task as further word vectors see them, whatever the labels are."""
    averaging = _averaging(vectors, config)
    parts = [unit_rows(averaging.vectors(averaging.bags(words))) for words in (task.labelled, task.test)]
    return EncodedTask(parts[0], parts[1], "word vectors", "")


def seconds_of(
    vectors: WordVectors, tokenizer: "Tokenizer", texts: Sequence[str], config: ClassifierConfig
) -> float:
    """Measure what cutting and averaging takes for 1,000 texts."""
    averaging = _averaging(vectors, config)
    timed = list(texts[:TEXTS_TIMED])
    started = time.perf_counter()
    averaging.vectors(bags_of(averaging, tokenizer, timed))
    return 1000 * (time.perf_counter() - started) / len(timed)


def _averaging(vectors: WordVectors, config: ClassifierConfig) -> Averaging:
    power = COMPONENT_POWER if config.component_power is None else config.component_power
    return averaging_of(vectors, DEFAULT_ENCODER if config.encoder == "auto" else config.encoder, power)


class EncodedArm:
    """The pretrained arm's head over the vectors of an encoder."""

    is_random = True

    def __init__(self, name: str, encoded: EncodedTask, task: Task, config: ClassifierConfig) -> None:
        self.name = name
        self._encoded, self._task, self._config = encoded, task, config

    def fit_rounds(
        self, rounds: Sequence[Round], report: Callable[[int], None] = no_report
    ) -> list[FitResult]:
        """Train and test in each round, those with equally many labels side by side."""
        fits: dict[int, FitResult] = {}
        for group in _groups(rounds, self._encoded.labelled.shape[1]):
            started = time.perf_counter()
            heads = fit_heads(
                [self._encoded.labelled[rounds[position].train] for position in group],
                [self._task.codes[rounds[position].train] for position in group],
                len(self._task.classes),
                self._config,
                [rounds[position].seed for position in group],
            )
            seconds = (time.perf_counter() - started) / len(group)
            for position, head in zip(group, heads, strict=True):
                predicted = head.predict_proba(self._encoded.test[rounds[position].test]).argmax(axis=1)
                fits[position] = FitResult(
                    predicted.astype(np.int64), seconds, head.n_parameters, n_epochs=self._config.epochs
                )
            report(len(fits))
        return [fits[position] for position in range(len(rounds))]


class JoinedArm:
    """The pretrained classifier, which `make` returns for a seed, together with a head over an encoder."""

    is_random = True

    def __init__(
        self,
        name: str,
        make: Callable[[int], SentimentClassifier | CombinedClassifier],
        encoded: EncodedTask,
        task: Task,
        config: ClassifierConfig,
    ) -> None:
        self.name = name
        self._make, self._encoded, self._task, self._config = make, encoded, task, config

    def fit_rounds(
        self, rounds: Sequence[Round], report: Callable[[int], None] = no_report
    ) -> list[FitResult]:
        """Train and test in each round."""
        fits: list[FitResult] = []
        for round_ in rounds:
            started = time.perf_counter()
            joined = JoinedClassifier(self._make(round_.seed), self._config, round_.seed)
            with quiet():
                joined.fit(
                    self._task.training_words(round_),
                    self._encoded.labelled[round_.train],
                    self._task.codes[round_.train],
                    len(self._task.classes),
                )
            seconds = time.perf_counter() - started
            p = joined.predict_proba(self._task.test_words(round_.test), self._encoded.test[round_.test])
            n_parameters = joined.head_.n_parameters + n_trained(joined.classifier) + len(joined.weights_)
            fits.append(FitResult(p.argmax(axis=1).astype(np.int64), seconds, n_parameters))
            report(len(fits))
        return fits


def _groups(rounds: Sequence[Round], n_dimensions: int) -> list[list[int]]:
    """Return the positions of rounds with equally many labels, as many together as memory allows."""
    by_size: dict[int, list[int]] = {}
    for position, round_ in enumerate(rounds):
        by_size.setdefault(len(round_.train), []).append(position)
    groups = []
    for n_labels, positions in by_size.items():
        n_together = max(1, NUMBERS_AT_ONCE // max(n_labels * n_dimensions, 1))
        groups += [positions[start : start + n_together] for start in range(0, len(positions), n_together)]
    return groups
