"""What a comparison reads: labelled texts and test texts as lists of words, cut once for all arms."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from sys import intern
from typing import TYPE_CHECKING, Self

import numpy as np

from textransfer.amounts import agreeing, amount
from textransfer.caching import cached_property
from textransfer.embeddings.case import warn_of_case
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import as_tokenizer
from textransfer.errors import CorpusError
from textransfer.randomness import Purpose, generator
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.sentences.lookup import LookedUpTexts, LookedUpWords
from textransfer.sentiment.sentences.texts import WordLists
from textransfer.sentiment.word_classifier import WordClassifier
from textransfer.text.negation import are_marked
from textransfer.text.reading.label_names import listed_labels, near_label, shown_label
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenize import without_negation
from textransfer.transfer.comparing.rounds import Round
from textransfer.transfer.comparing.splits import Indices
from textransfer.transfer.statistics.macro_f1 import Codes

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

N_WATCHED = 2000
"""Test texts that training curves are measured on, at most; drawn at random."""

FEW_TEXTS = 64
"""Labelled texts of a round up to which what reads their words is kept: a megabyte or two."""


@dataclass(frozen=True)
class TokenizedTexts(LabelledTexts):
    """Labelled texts, and the words of each."""

    words: WordLists
    """What the tokenizer made of each text."""
    tokenizer: "Tokenizer"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.words) != len(self.texts):
            raise CorpusError(
                f"{self.source} has {len(self.texts)} texts and {len(self.words)} lists of words; "
                "expected the words of each text"
            )

    def take(self, rows: Iterable[int]) -> Self:
        """Return some of the texts, in the order of the rows."""
        chosen = list(rows)
        return type(self)(
            [self.texts[row] for row in chosen],
            [self.labels[row] for row in chosen],
            self.source,
            WordLists(self.words[row] for row in chosen),
            self.tokenizer,
            places=[self.places[row] for row in chosen] if self.places else [],
        )


def as_read(labelled: LabelledTexts) -> WordLists | list[str]:
    """Return texts as a classifier takes them: their words if they are cut, else the texts."""
    return labelled.words if isinstance(labelled, TokenizedTexts) else labelled.texts


def tokenized(labelled: LabelledTexts, tokenizer: "Tokenizer") -> TokenizedTexts:
    """Cut labelled texts into words, unless the same tokenizer has done so already.

    Examples
    --------
    >>> from textransfer.text.tokenizers.words import WordsTokenizer
    >>> pool = LabelledTexts(["A fine film"], ["pos"], "here")
    >>> tokenized(pool, WordsTokenizer()).words
    [['a', 'fine', 'film']]
    """
    if isinstance(labelled, TokenizedTexts) and labelled.tokenizer.spec() == tokenizer.spec():
        return labelled
    words = WordLists(list(map(intern, words)) for words in tokenizer.tokenize_many(labelled.texts))
    return TokenizedTexts(
        labelled.texts, labelled.labels, labelled.source, words, tokenizer, places=labelled.places
    )


def tokenizer_of(
    vectors: WordVectors, labelled: LabelledTexts, tokenizer: "Tokenizer | str | None" = None
) -> "Tokenizer":
    """Return the given tokenizer, or else what cut the texts, or made the vectors."""
    if tokenizer is None and isinstance(labelled, TokenizedTexts):
        return labelled.tokenizer
    return as_tokenizer(tokenizer, vectors)


def tokenizer_beside(vectors: WordVectors, main: "Tokenizer") -> "Tokenizer":
    """Return the tokenizer of further vectors; where they do not say, that of the main ones.

    But most of those from elsewhere have no vectors for marked negation.
    """
    if vectors.tokenizer_spec is not None:
        return vectors.tokenizer()
    return main if are_marked(vectors.words) else without_negation(main)


@dataclass(frozen=True, eq=False)
class Task:
    """What the arms train on and are tested on: the same for all."""

    labelled: WordLists
    """Words of the texts that training sets are drawn from."""
    codes: Codes
    """Class number of each labelled text, shape (N,)."""
    classes: list[str]
    """Names of the classes, by number."""
    test: WordLists
    """Words of the texts to test on; in a cross-validation the labelled ones."""
    truth: Codes
    """Class number of each test text, shape (T,)."""
    watched: Indices
    """Positions of the test texts that training curves are measured on, ascending."""
    n_seen: int
    """Distinct test texts that are among the labelled ones too; 0 in a cross-validation."""
    tokenizer: "Tokenizer"
    """What made the words; it also cuts seed words."""
    _taken: list[tuple[Indices, LookedUpTexts]] = field(default_factory=list, init=False, repr=False)
    _trained: dict[bytes, LookedUpWords] = field(default_factory=dict, init=False, repr=False)
    _of_words: dict[tuple[bytes, int], tuple[WordClassifier, float]] = field(
        default_factory=dict, init=False, repr=False
    )

    def training_words(self, round_: Round) -> WordLists:
        """Return the words of the texts that a round trains on."""
        return WordLists(self.labelled[i] for i in round_.train)

    def training_words_of(self, rounds: Sequence[Round]) -> list[LookedUpWords]:
        """Return the same for each round, of texts that are looked up once for all of them."""
        rows = np.unique(np.concatenate([round_.train for round_ in rounds]))
        key = rows.tobytes()
        if key not in self._trained:
            self._trained.clear()
            self._trained[key] = LookedUpWords.of([self.labelled[row] for row in rows])
        return [self._trained[key].take(np.searchsorted(rows, round_.train)) for round_ in rounds]

    def word_classifier(self, round_: Round) -> tuple[WordClassifier, float]:
        """Return what reads the words of the texts that a round trains on, and the seconds its fit took.

        Of few texts it is fitted once for all arms: it depends on nothing but them and the seed.
        """
        key = round_.train.tobytes(), round_.seed
        if key in self._of_words:
            return self._of_words[key]
        started = time.perf_counter()
        fitted = WordClassifier(self.tokenizer, round_.seed)
        fitted.fit(self.training_words(round_), self.codes[round_.train].tolist())
        result = fitted, time.perf_counter() - started
        if len(round_.train) <= FEW_TEXTS:
            self._of_words[key] = result
        return result

    def test_words(self, rows: Indices) -> WordLists:
        """Return the words of some test texts."""
        return LookedUpWords([self.test[row] for row in rows], self.tested, rows)

    @cached_property
    def tested(self) -> LookedUpTexts:
        """The test texts, counted once for all fits, and looked up once for all that look alike."""
        return LookedUpTexts(CountedTexts.of(self.test))

    def some_tested(self, rows: Indices) -> LookedUpTexts:
        """Return some of the test texts likewise; the last ones asked for are kept."""
        if len(rows) == len(self.test):
            return self.tested
        for known, texts in self._taken:
            if np.array_equal(known, rows):
                return texts
        self._taken[:] = [(rows, self.tested.take(rows))]
        return self._taken[0][1]

    def with_words(self, labelled: TokenizedTexts, test: TokenizedTexts) -> "Task":
        """Return the same task, its texts cut by another tokenizer."""
        return replace(self, labelled=labelled.words, test=test.words, tokenizer=labelled.tokenizer)

    def notes(self, curves: str) -> list[str]:
        """Return what a reader of results must know; `curves` names what the watched texts are for."""
        notes = []
        if self.n_seen:
            notes.append(
                f"{amount(self.n_seen, 'test text')} {agreeing(self.n_seen, 'is', 'are')} also among the "
                f"labelled texts: results may be too good by {agreeing(self.n_seen, 'it', 'them')}"
            )
        if len(self.watched) < len(self.test):
            notes.append(
                f"{curves} are measured on {len(self.watched):,} of the {len(self.test):,} test texts, "
                "at random"
            )
        return notes


def prepare_task(
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts | None,
    tokenizer: "Tokenizer | str | None",
    seed: int,
) -> tuple[Task, TokenizedTexts, TokenizedTexts]:
    """Cut all texts into words, before any clock runs; return the labelled texts and those to test on, too.

    By default the tokenizer is the one that cut `labelled` already, or else made the vectors. Without `test`
    the labelled texts are those to test on. The seed chooses the watched texts.

    Raises
    ------
    CorpusError
        If a test text has a label that no labelled text has.
    """
    classes = sorted(set(labelled.labels))
    if test is not None:
        test = test.spelt_as(classes)
        _check_known(test, classes)
    pool = tokenized(labelled, tokenizer_of(vectors, labelled, tokenizer))
    tested = pool if test is None else tokenized(test, pool.tokenizer)
    warn_of_case(pool.words if test is None else tested.words, vectors.index)
    watched = np.arange(len(tested), dtype=np.int64)
    if len(tested) > N_WATCHED:
        shuffled = generator(seed, Purpose.WATCHED_TEXTS).permutation(len(tested))
        watched = np.sort(shuffled[:N_WATCHED]).astype(np.int64)
    task = Task(
        labelled=pool.words,
        codes=class_codes(pool.labels, classes),
        classes=classes,
        test=tested.words,
        truth=class_codes(tested.labels, classes),
        watched=watched,
        n_seen=0 if test is None else len(set(labelled.texts).intersection(test.texts)),
        tokenizer=pool.tokenizer,
    )
    return task, pool, tested


def _check_known(test: LabelledTexts, classes: list[str]) -> None:
    unknown = sorted(set(test.labels) - set(classes))
    if unknown:
        near = near_label(unknown[0], classes)
        where = test.places_of(unknown[0])
        place = f" ({where[0]})" if where else ""
        raise CorpusError(
            f"{test.source} has the label {shown_label(unknown[0])}{place}, which no labelled text has; "
            f"expected one of {listed_labels(classes)}"
            f"{'' if near is None else f': {shown_label(unknown[0])} is {shown_label(near)}?'}"
        )


def class_codes(labels: Sequence[str], classes: Sequence[str]) -> Codes:
    """Return the place of each label among the classes."""
    place = {name: code for code, name in enumerate(classes)}
    return np.array([place[label] for label in labels], np.int64)
