"""A fitted classifier over word vectors: what it says of texts. It needs numpy alone."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from textransfer.sentiment import folder
from textransfer.sentiment.head import Head
from textransfer.sentiment.judging.explanation import Contributions, contributions_of
from textransfer.sentiment.predictor import TextPredictor
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.lookup import bags_of
from textransfer.sentiment.sentences.texts import Texts, check_texts

TEXTS_A_BLOCK = 1024
"""Texts whose vectors are held in memory at a time when classes are predicted."""

Floats = npt.NDArray[np.float64]


class VectorPredictor(TextPredictor):
    """Averages the word vectors of a text, and asks the head about the mean."""

    averaging_: Averaging
    temperature_: float
    """What logits were divided by to calibrate the probabilities."""
    shares_: Floats | None
    """Of the classes in the labels; None in folders of version 0.1, where the head answers unknown texts."""

    @property
    def _head(self) -> Head:
        """Return the head as it is now."""
        raise NotImplementedError

    def encode(self, texts: Texts) -> Bags:
        """Look the words of texts up; the result can stand in for the texts in `predict_proba`."""
        self._check_fitted()
        return bags_of(self.averaging_, self.tokenizer_, check_texts(texts))

    def predict_proba(self, texts: Texts | Bags) -> Floats:
        """Return the probability of each class, shape (n, C), columns as in `classes_`.

        A text without a known word gets the shares of the classes in the labels.
        """
        bags = texts if isinstance(texts, Bags) else self.encode(texts)
        self._check_fitted()
        p = np.empty((len(bags), len(self.classes_)))
        for start in range(0, len(bags), TEXTS_A_BLOCK):
            block = bags.between(start, min(start + TEXTS_A_BLOCK, len(bags)))
            p[start : start + TEXTS_A_BLOCK] = self.judge(block, self.averaging_.vectors(block))
        return p

    def judge(self, bags: Bags, vectors: npt.NDArray[np.floating]) -> Floats:
        """Return what `predict_proba` does of texts whose vectors, shape (n, D), are made already."""
        p = self._head.probabilities(vectors)
        if self.shares_ is not None and bags.n_empty:
            p[~bags.has_words] = self.shares_
        return p

    def known_shares(self, texts: Texts | Bags) -> Floats:
        """Return the share of each text's words that are known, shape (n,); 0 where nothing is known."""
        return (texts if isinstance(texts, Bags) else self.encode(texts)).known_shares

    def contributions(self, token_lists: list[list[str]]) -> list[Contributions]:
        """Return what each known word of texts, cut into words, adds by being there; see `explain`."""
        self._check_fitted()
        averaging = self.averaging_.with_rows(word for words in token_lists for word in words)
        bags, names = averaging.bags(token_lists), list(averaging.index)
        explained = contributions_of(averaging, self._head, bags, self.shares_, token_lists)
        return [({names[i]: row for i, row in zip(ids, rows, strict=True)}, p) for ids, rows, p in explained]

    def document_vectors(self, texts: Texts | Bags) -> npt.NDArray[np.float32]:
        """Return the sentence vectors of texts, shape (n, D): how alike they are to the classifier."""
        self._check_fitted()
        return self.averaging_.vectors(texts if isinstance(texts, Bags) else self.encode(texts))

    def state(self) -> folder.ClassifierState:
        """Return what is saved of it."""
        raise NotImplementedError

    def save(self, path: str | Path, *, force: bool = False, records: folder.Records = None) -> Path:
        """Write a classifier folder that stands alone; see `textransfer.sentiment.folder.save`."""
        return folder.save(Path(path), self.state(), force=force, records=records)


class SavedVectorPredictor(VectorPredictor):
    """A `SentimentClassifier` as a folder holds it: it predicts and explains, and can be saved again."""

    def __init__(self, state: folder.ClassifierState) -> None:
        self._state = state
        self.classes_, self.tokenizer_, self.averaging_ = state.classes, state.tokenizer, state.averaging
        self.shares_, self.temperature_ = state.shares, state.temperature

    @property
    def _head(self) -> Head:
        return self._state.head

    def state(self) -> folder.ClassifierState:
        """Return what is saved of it."""
        return self._state
