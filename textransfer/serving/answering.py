"""What is said of texts and words: predictions, explanations, neighbours."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import RequestError
from textransfer.sentiment.answer_rows import DECIMALS, AnswerSettings, RowLayout
from textransfer.sentiment.predicting import Predictions
from textransfer.serving.batching import Batches
from textransfer.serving.classifier import ServedClassifier, word_vectors
from textransfer.serving.metrics import Metrics
from textransfer.text.reading.label_names import listed_labels
from textransfer.text.reading.records import Record
from textransfer.text.writing.columns import Column

MOST_NEIGHBORS = 100
EXPLAINED_TOGETHER = 5_000
"""Characters of a batch of explanations, which take far longer than predictions."""
_LONGEST_WORD = 200


class Prediction(NamedTuple):
    """Probabilities of the classes, shape (C,), and the share of the text's words that are known."""

    probabilities: npt.NDArray[np.float64]
    known_share: float


class Explanation(NamedTuple):
    """A prediction, and the known words of the text with what they add."""

    prediction: Prediction
    pieces: tuple[Any, ...]


class Answers:
    """Answers from one classifier, whose work is done in other threads.

    Parameters
    ----------
    classifier : ServedClassifier
    executor : Executor
        With a thread for predictions and one for explanations at least.
    """

    def __init__(self, classifier: ServedClassifier, executor: Executor) -> None:
        self.classifier = classifier
        self.classes = [str(name) for name in classifier.classes_]
        self.metrics = Metrics(self.classes, lambda: len(self._predicting) + len(self._explaining))
        self._executor = executor
        observe = self.metrics.batches.observe
        self._predicting = Batches(self._predicted, executor, on_batch=observe)
        self._explaining = Batches(
            self._explained, executor, on_batch=observe, most_characters=EXPLAINED_TOGETHER
        )
        self._vectors = word_vectors(classifier)

    def warm_up(self) -> None:
        """Answer once for nobody: what is loaded or compiled at the first time is then there."""
        self._predicted(["a"])
        if self.classifier.reads_words:
            self._explained(["a"])

    async def predict(self, texts: list[str], settings: AnswerSettings) -> list[dict[str, Any]]:
        """Return what `textransfer predict --json` says of each text."""
        predictions = await self._predicting.answer(texts)
        return self._rows(predictions, settings)

    async def explain(self, texts: list[str], label: str | None) -> list[dict[str, Any]]:
        """Return the same, and what each known word adds to a class, by default the most probable."""
        if not self.classifier.reads_words:
            raise RequestError(
                501, "the classifier is one over an encoder, of which nobody can tell what a word adds"
            )
        if label is not None and label not in self.classes:
            raise RequestError(422, f"'label' is {label!r:.100}; expected one of {self._listed()}")
        explanations = await self._explaining.answer(texts)
        rows = self._rows([explanation.prediction for explanation in explanations], AnswerSettings())
        for row, explanation in zip(rows, explanations, strict=True):
            row["explained"] = row["label"] if label is None else label
            column = self.classes.index(row["explained"])
            row["words"] = [
                {
                    "word": piece.surface,
                    "token": piece.word,
                    "start": piece.start,
                    "end": piece.end,
                    "contribution": round(float(piece.contributions[column]), DECIMALS),
                }
                for piece in explanation.pieces
            ]
        return rows

    async def neighbors(self, word: str, n: int) -> list[dict[str, Any]]:
        """Return the words nearest to a word."""
        if self._vectors is None:
            raise RequestError(
                501, "the classifier has no word vectors; train one over vectors to look for neighbours"
            )
        if not word.strip() or len(word) > _LONGEST_WORD:
            raise RequestError(422, f"'word' has {len(word):,} characters; expected 1 to {_LONGEST_WORD}")
        loop = asyncio.get_running_loop()
        nearest = await loop.run_in_executor(self._executor, _nearest, self._vectors, word.strip(), n)
        return [{"word": name, "similarity": round(cosine, DECIMALS)} for name, cosine in nearest]

    def _predicted(self, texts: list[str]) -> Sequence[Prediction]:
        encoded = self.classifier.encode(texts)
        probabilities = self.classifier.predict_proba(encoded)
        shares = self.classifier.known_shares(encoded).tolist()
        return [Prediction(*pair) for pair in zip(probabilities, shares, strict=True)]

    def _explained(self, texts: list[str]) -> Sequence[Explanation]:
        predictions = self._predicted(texts)
        explained = self.classifier.explain(texts)
        return [
            Explanation(prediction, text.pieces)
            for prediction, text in zip(predictions, explained, strict=True)
        ]

    def _rows(self, predictions: Sequence[Prediction], settings: AnswerSettings) -> list[dict[str, Any]]:
        shares = [prediction.known_share for prediction in predictions]
        p = np.array([prediction.probabilities for prediction in predictions])
        layout = RowLayout([Column("")], "", self.classes, settings, "objects")
        block = Predictions([Record(0, "", "")] * len(p), p, np.array(shares), None)
        self.metrics.count_answers([self.classes[code] for code in p.argmax(axis=1)], shares)
        return [{name: value for name, value in row.items() if name} for row in layout.rows(block)]

    def _listed(self) -> str:
        return listed_labels(self.classes, most=20)


def _nearest(vectors: WordVectors, word: str, n: int) -> list[tuple[str, float]]:
    return vectors.most_similar(word, n=n)
