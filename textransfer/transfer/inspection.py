"""Look into a trained classifier: what it confuses, which words decide, which mistakes are worth reading."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.sentiment.judging.explanation import ExplainedText, Piece
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.spelling import choose_spellings, compose, spelled_in
from textransfer.transfer.comparing.task import as_read, class_codes
from textransfer.transfer.evaluating.class_scores import (
    ClassScore,
    ConfusedPair,
    class_scores,
    confused_pairs,
    confusion_of,
)

MOST_EXPLAINED = 2000
"""Texts that word contributions are averaged over, at most; spread evenly over all."""
WORDS_A_CLASS = 15
MOST_MISTAKES = 12
WORDS_ON_THE_MAP = 120


@dataclass(frozen=True)
class DecidingWord:
    """A word, what it adds to a class in an average text that holds it, and how many texts do."""

    word: str
    contribution: float
    n_texts: int


@dataclass(frozen=True)
class Mistake:
    """A text that was classified wrongly: its label, the class given, that class's probability, its words.

    Words stand with what they add to the class given less what they add to the label.
    """

    text: str
    label: str
    predicted: str
    probability: float
    words: tuple[tuple[str, float], ...]
    """Each known word once, as it is written, the strongest first."""
    places: tuple[tuple[int, int, float], ...]
    """The same in the order of the text: each place, from-to, and the size."""


@dataclass(frozen=True)
class PlacedWord:
    """A word on a plane: coordinates, the class it speaks for most, and how strongly."""

    word: str
    x: float
    y: float
    label: str
    strength: float


@dataclass(frozen=True, eq=False)
class Inspection:
    """What a classifier does on some texts."""

    classes: tuple[str, ...]
    """The labels, sorted."""
    source: str
    """Which texts, in words."""
    confusion: npt.NDArray[np.int64]
    """Texts by label (row) and predicted class (column), shape (C, C)."""
    words: dict[str, tuple[DecidingWord, ...]]
    """For each class those that add most to it, over the texts; none if the classifier cannot explain."""
    mistakes: tuple[Mistake, ...]
    """The surest first."""
    n_mistakes: int
    """All there are."""
    places: tuple[PlacedWord, ...]
    """The two principal components of the vectors of the words that decide most, and of frequent ones."""

    def __repr__(self) -> str:
        return f"<Inspection: {self.source}, {self.n_mistakes:,} mistakes>"

    @property
    def accuracy(self) -> float:
        """Share of the texts that is right."""
        return float(self.confusion.trace() / max(self.confusion.sum(), 1))

    @property
    def has_words(self) -> bool:
        """Whether any word is known to count."""
        return any(self.words.values())

    @property
    def worst_first(self) -> list[ClassScore]:
        """Scores of the classes, the lowest F1 first; those without a text last."""
        return sorted(self.by_class, key=lambda score: (score.n_texts == 0, score.f1 or 0.0))

    @cached_property
    def by_class(self) -> tuple[ClassScore, ...]:
        """Precision, recall and F1 of each class."""
        return class_scores(self.confusion, self.classes)

    @cached_property
    def confused(self) -> tuple[ConfusedPair, ...]:
        """All pairs of classes that were confused, the most texts first."""
        return confused_pairs(self.confusion, self.classes)


def inspect(
    classifier: Any,  # noqa: ANN401 - whatever has classes_, and perhaps explain
    labelled: LabelledTexts,
    probabilities: npt.NDArray[np.float64],
    source: str,
    classes: tuple[str, ...] | None = None,
) -> Inspection:
    """Inspect a fitted classifier on n labelled texts; `source` says what they are.

    What is believed of them are `probabilities`, shape (n, C): of the classifier for test texts, or
    cross-validated. Words are explained by the present weights, if the classifier has `explain`; those of
    pretrained vectors are placed on a map. `classes` are by default those of the classifier; labels that it
    does not know may stand behind them.
    """
    names = tuple(str(name) for name in classifier.classes_) if classes is None else classes
    truth = class_codes(labelled.labels, names)
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    surest = wrong[np.argsort(-probabilities[wrong, predicted[wrong]], kind="stable")][:MOST_MISTAKES]
    explain = _explainer(classifier)
    n = len(labelled)
    chosen = np.unique(np.linspace(0, max(n - 1, 0), min(n, MOST_EXPLAINED)).astype(np.int64))
    texts = as_read(labelled)
    n_known = probabilities.shape[1]
    sums, n_texts = _add_up(explain([texts[i] for i in chosen]), n_known)
    spell = _spelling(classifier, [labelled.texts[i] for i in chosen], sums)
    mistakes = zip(surest.tolist(), explain([labelled.texts[i] for i in surest]), strict=True)
    return Inspection(
        classes=names,
        source=source,
        confusion=confusion_of(truth, predicted, len(names)),
        words={
            name: tuple(replace(entry, word=spell(entry.word)) for entry in _deciding(sums, n_texts, code))
            for code, name in enumerate(names[:n_known])
        },
        mistakes=tuple(
            _mistake(explanation, names, int(truth[i]), probabilities[i]) for i, explanation in mistakes
        ),
        n_mistakes=len(wrong),
        places=tuple(replace(place, word=spell(place.word)) for place in _places(classifier, names, sums)),
    )


def _explainer(classifier: Any) -> Callable[[list[Any]], list[ExplainedText]]:  # noqa: ANN401
    """Return what explains texts; without words for a classifier that cannot."""
    explain: Callable[[list[Any]], list[ExplainedText]] | None = getattr(classifier, "explain", None)
    if explain is not None and getattr(classifier, "reads_words", True):
        return explain
    return lambda texts: [
        ExplainedText(text if isinstance(text, str) else " ".join(text), (), classifier.classes_, np.empty(0))
        for text in texts
    ]


def _spelling(
    classifier: Any,  # noqa: ANN401 - any classifier
    texts: Iterable[str],
    words: Iterable[str],
) -> Callable[[str], str]:
    """Return what tells how people write words: as the vectors say, else as some texts do."""
    tokenizer, averaging = (getattr(classifier, name, None) for name in ("tokenizer_", "averaging_"))
    listed = list(dict.fromkeys(part for word in words for part in word.split(" ")))
    spellings = compose(listed)
    if tokenizer is not None:
        spellings |= choose_spellings(spelled_in(tokenizer, texts), listed)
    spellings |= {} if averaging is None else averaging.spellings
    return lambda word: " ".join(spellings.get(part, part) for part in word.split(" "))


def _add_up(
    explanations: list[ExplainedText], n_classes: int
) -> tuple[dict[str, npt.NDArray[np.float64]], dict[str, int]]:
    """Return each word's contributions summed over texts, and in how many it stands."""
    sums: dict[str, npt.NDArray[np.float64]] = {}
    n_texts: dict[str, int] = {}
    for explanation in explanations:
        for word, contribution in zip(explanation.words, explanation.contributions, strict=True):
            sums[word] = sums.get(word, np.zeros(n_classes)) + contribution
            n_texts[word] = n_texts.get(word, 0) + 1
    return sums, n_texts


def _deciding(
    sums: dict[str, npt.NDArray[np.float64]], n_texts: dict[str, int], code: int
) -> tuple[DecidingWord, ...]:
    """Return the words that add most to a class over all texts, those of a single text only if need be."""
    known = [word for word in sums if n_texts[word] > 1] or list(sums)
    best = sorted(known, key=lambda word: (-sums[word][code], word))[:WORDS_A_CLASS]
    words = [
        DecidingWord(word, float(sums[word][code] / n_texts[word]), n_texts[word])
        for word in best
        if sums[word][code] > 0
    ]
    return tuple(sorted(words, key=lambda word: -word.contribution))


def _mistake(
    explanation: ExplainedText, classes: tuple[str, ...], label: int, probabilities: npt.NDArray[np.float64]
) -> Mistake:
    predicted = int(probabilities.argmax())

    def size(piece: Piece) -> float:
        against = piece.contributions[label] if label < len(piece.contributions) else 0.0
        return float(piece.contributions[predicted] - against)

    written = {piece.word: (piece.surface, size(piece)) for piece in reversed(explanation.pieces)}
    return Mistake(
        explanation.text,
        classes[label],
        classes[predicted],
        float(probabilities[predicted]),
        tuple(sorted(reversed(written.values()), key=lambda entry: -abs(entry[1]))),
        tuple((piece.start, piece.end, size(piece)) for piece in explanation.pieces),
    )


def _places(
    classifier: Any,  # noqa: ANN401 - any classifier
    classes: tuple[str, ...],
    sums: dict[str, npt.NDArray[np.float64]],
) -> tuple[PlacedWord, ...]:
    """Place the words that decide most, and the most frequent ones, by two principal components."""
    averaging: Any = getattr(classifier, "averaging_", None)
    known = [] if averaging is None else [word for word in sums if word in averaging.index]
    if not known:
        return ()
    size = {word: float(np.ptp(sums[word])) for word in known}
    chosen = sorted(known, key=lambda word: (-size[word], word))[:WORDS_ON_THE_MAP]
    rows = averaging.table[[averaging.index[word] for word in chosen]].astype(np.float64)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    rows -= rows.mean(axis=0)
    left, singular, _ = np.linalg.svd(rows, full_matrices=False)
    plane = np.zeros((len(chosen), 2))
    plane[:, : min(2, len(singular))] = (left * singular)[:, :2]
    strongest = max(size[chosen[0]], 1e-12)
    return tuple(
        PlacedWord(word, float(x), float(y), classes[int(sums[word].argmax())], float(size[word] / strongest))
        for word, (x, y) in zip(chosen, plane, strict=True)
    )
