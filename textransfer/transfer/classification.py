"""A classifier trained on all labelled texts, with what shows whether pretraining helped it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import f1_score

from textransfer.config import N_DRAWS, N_FOLDS, ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.records import plain_value, record_of
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import FEWEST_LABELS, CombinedClassifier
from textransfer.sentiment.judging.calibration import tempered
from textransfer.sentiment.judging.out_of_fold import label_doubts
from textransfer.sentiment.judging.trust import Trust, trust_of
from textransfer.sentiment.sentences.seeds import SeedReport, SeedWords
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.comparing.results import WITH_WORDS, Comparison
from textransfer.transfer.comparing.task import TokenizedTexts, class_codes, tokenized
from textransfer.transfer.comparison import DEFAULT_CONFIG, compare
from textransfer.transfer.inspection import Inspection, inspect
from textransfer.transfer.statistics.intervals import Interval, accuracy_interval

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer


@dataclass(frozen=True)
class FollowedDirection:
    """A direction of `WordVectors.poles` that labels or seed words follow, so that it counts more.

    `words` are those of its ends; the ratio is of labels that follow it against labels that do not.
    """

    direction: int
    log_likelihood_ratio: float
    words: tuple[list[str], list[str]]


@dataclass(frozen=True)
class LabelDoubt:
    """A labelled text whose label looks wrong; `number` counts from 1, `probability` is of `looks_like`."""

    number: int
    label: str
    looks_like: str
    probability: float
    text: str


@dataclass(frozen=True)
class SeedScore:
    """How the classifier that seed words alone make does on test texts."""

    n_test: int
    accuracy: Interval
    macro_f1: float


@dataclass(frozen=True, eq=False)
class Classification:
    """What `classify` returns."""

    classifier: SentimentClassifier | CombinedClassifier
    """Trained on all labelled texts, or on seed words alone."""
    comparison: Comparison | None = None
    """None without labelled texts."""
    choice: str = ""
    """Why the classifier has text features or has not, if they were asked for; the end of a clause."""
    emphasis: FollowedDirection | None = None
    """The direction of the corpus that counts more."""
    trust: Trust | None = None
    """How far its probabilities can be trusted; None with too few texts."""
    doubts: tuple[LabelDoubt, ...] = ()
    """Labels that look wrong, the most doubtful first."""
    score: SeedScore | None = None
    """Without labelled texts, and with test texts."""
    seed_report: SeedReport | None = None
    """Without labelled texts: which seed words the vectors know."""
    labelled: TokenizedTexts | None = None
    """What it was trained on."""
    test: TokenizedTexts | None = None
    """What it was tested on."""

    @property
    def weights(self) -> tuple[float, float] | None:
        """Weights of vectors and of words; None in a classifier without text features."""
        return self.classifier.weights_ if isinstance(self.classifier, CombinedClassifier) else None

    @cached_property
    def inspection(self) -> Inspection | None:
        """What the classifier does on the test texts, or cross-validated on its own; None without labels."""
        labelled, classifier = self.labelled, self.classifier
        if labelled is None:
            return None
        trained = f"the classifier trained on all {len(labelled):,} labels"
        held_out = classifier.out_of_fold_
        if self.test is not None:
            texts, probabilities = self.test, classifier.predict_proba(self.test.words)
            source = f"{trained}, on {len(texts):,} test texts"
        elif held_out is not None:
            rows = sorted(set(held_out.positions.tolist()))
            texts = labelled.take(rows)
            probabilities = tempered(held_out.means(len(labelled))[rows], classifier.temperature_)
            source = f"{len(rows):,} labelled texts, each classified by what was trained on the others"
        else:
            texts, probabilities = labelled, classifier.predict_proba(labelled.words)
            source = f"{trained}, on these same texts: it has seen them"
        if isinstance(classifier, CombinedClassifier):
            classifier = classifier.classifier_
            source += " (with text features; words count by the vectors alone)"
        return inspect(classifier, texts, probabilities, source)

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        emphasis = plain_value(self.emphasis)
        if self.comparison is None:
            return {
                "classes": self.classifier.classes_.tolist(),
                "n_labels": 0,
                "emphasis": emphasis,
                **({} if self.score is None else record_of(self.score)),
            }
        return {
            **self.comparison.to_dict(),
            "emphasis": emphasis,
            "weights": plain_value(self.weights),
            "trust": plain_value(self.trust),
            "doubts": plain_value(self.doubts),
        }

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Save the classifier in a folder, and beside it the comparison as comparison.json.

        Raises
        ------
        OutputError
            If the folder exists and `force` is false, or cannot be written.
        """
        records = {} if self.comparison is None else {"comparison.json": self.to_dict()}
        return self.classifier.save(path, force=force, records=records)


def classify(
    vectors: WordVectors,
    labelled: LabelledTexts | None = None,
    test: LabelledTexts | None = None,
    *,
    n_labels: int | None = None,
    n_draws: int = N_DRAWS,
    n_folds: int = N_FOLDS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | None" = None,
    seed_words: SeedWords | None = None,
    has_text_features: bool = False,
    random_state: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
) -> Classification:
    """Train a classifier on few labels, and find out whether pretraining helped.

    Parameters
    ----------
    vectors : WordVectors
        Pretrained vectors.
    labelled : LabelledTexts, optional
        To train on; without them seed words alone make the classifier.
    test : LabelledTexts, optional
        To test on; without them the comparison is a cross-validation.
    n_labels, n_draws, n_folds, config, tokenizer, seed_words, random_state, progress
        As in `compare`. The classifier itself is trained on all labelled texts whatever `n_labels` is.
    has_text_features : bool, default=False
        Whether vectors with words and pairs of words are an arm too; the classifier has them if the interval
        of that arm lies ahead of the pretrained one's, from 100 labels on and without seed words.

    Returns
    -------
    Classification
        With the `classifier`, the `comparison`, `trust`, `doubts`, `inspection`, and `save(path)`.

    Raises
    ------
    ConfigError
        If the labels do not suffice for what is asked, or there are neither labels nor seed words.
    CorpusError
        If a test text has a label that no labelled text has.

    Examples
    --------
    >>> from textransfer import SkipGram, classify, read_labelled
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = bundled_corpora("en")
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews / "unlabeled.txt").vectors_
    >>> result = classify(vectors, read_labelled(reviews / "few.csv"), n_draws=2)
    >>> result.comparison.n_pool, result.classifier.classes_.tolist()
    (8, ['negative', 'positive'])
    """
    cutter = vectors.tokenizer() if tokenizer is None else tokenizer
    classifier = SentimentClassifier.from_config(
        config, vectors, tokenizer=cutter, seed_words=seed_words, random_state=random_state
    )
    tested = None if test is None else tokenized(test, cutter)
    if labelled is None:
        if n_labels is not None or has_text_features:
            raise ConfigError(
                "n_labels and has_text_features are about labelled texts, but there are none; "
                "pass them, or leave both out"
            )
        return _from_seed_words(classifier, tested)
    pool = tokenized(labelled, cutter)
    comparison = compare(
        vectors,
        pool,
        tested,
        n_labels=n_labels,
        n_draws=n_draws,
        n_folds=n_folds,
        config=config,
        tokenizer=cutter,
        seed_words=seed_words,
        has_text_features=has_text_features,
        random_state=random_state,
        progress=progress,
    )
    if progress is not None:
        progress(1, 1, f"final classifier on {len(pool)} labels")
    classifier.fit(pool.words, pool.labels)
    if not has_text_features:
        return _judged(classifier, "", comparison, pool, tested)
    chosen, choice = _with_or_without_words(comparison, classifier, config, pool)
    return _judged(chosen, choice, comparison, pool, tested)


def _with_or_without_words(
    comparison: Comparison,
    classifier: SentimentClassifier,
    config: ClassifierConfig,
    labelled: TokenizedTexts,
) -> tuple[SentimentClassifier | CombinedClassifier, str]:
    """Return a classifier with text features where the comparison shows their use; and why, or why not."""
    if classifier.seed_words is not None:
        return classifier, "; seed words go without text features"
    if comparison.n_labels < FEWEST_LABELS:
        return classifier, (
            f"; text features need {FEWEST_LABELS} labels, the comparison trained on {comparison.n_labels}"
        )
    behind = comparison.arm(WITH_WORDS).behind
    if behind is None or behind.high >= 0:
        return classifier, "; text features did not show to help"
    combined = CombinedClassifier(
        classifier.vectors,
        tokenizer=classifier.tokenizer,
        config=config,
        random_state=comparison.random_state,
    ).fit(labelled.words, labelled.labels)
    if combined.words_ is None:
        return classifier, "; a class has too few texts for text features"
    return combined, ", with text features"


def _judged(
    classifier: SentimentClassifier | CombinedClassifier,
    choice: str,
    comparison: Comparison,
    labelled: TokenizedTexts,
    test: TokenizedTexts | None,
) -> Classification:
    """Say of a fitted classifier how far its probabilities can be trusted, and which labels look wrong."""
    names = classifier.classes_.tolist()
    codes, held_out = class_codes(labelled.labels, names), classifier.out_of_fold_
    evidence = None
    if test is not None:
        evidence = classifier.predict_proba(test.words), class_codes(test.labels, names)
    return Classification(
        classifier,
        comparison,
        choice,
        emphasis=_followed_direction(classifier),
        trust=trust_of(classifier, codes, evidence),
        doubts=tuple(
            LabelDoubt(row + 1, labelled.labels[row], names[code], round(probability, 4), labelled.texts[row])
            for row, code, probability in (() if held_out is None else label_doubts(held_out, codes))
        ),
        labelled=labelled,
        test=test,
    )


def _from_seed_words(classifier: SentimentClassifier, test: TokenizedTexts | None) -> Classification:
    """Make a classifier of seed words alone, and test it if there are test texts."""
    if classifier.seed_words is None:
        raise ConfigError(
            "there are neither labels nor seed words; give --labeled FILE, --seed-words, or both"
        )
    classifier.fit([], [])
    score = None
    if test is not None:
        classes = classifier.classes_.tolist()
        unknown = sorted(set(test.labels) - set(classes))
        if unknown:
            raise CorpusError(
                f"{test.source} has the label {unknown[0]!r}, for which there are no seed words; expected "
                f"one of {', '.join(classes)}"
            )
        predictions, truth = classifier.predict(test.words), np.array(test.labels)
        score = SeedScore(
            len(test),
            accuracy_interval((predictions == truth)[None]),
            float(f1_score(truth, predictions, average="macro")),
        )
    return Classification(
        classifier,
        emphasis=_followed_direction(classifier),
        score=score,
        seed_report=classifier.seed_report_,
        test=test,
    )


def _followed_direction(classifier: SentimentClassifier | CombinedClassifier) -> FollowedDirection | None:
    if isinstance(classifier, CombinedClassifier):
        classifier = classifier.classifier_
    emphasis, vectors = classifier.emphasis_, classifier.vectors
    if emphasis is None or not isinstance(vectors, WordVectors):
        return None
    ratio = round(emphasis.log_likelihood_ratio, 2)
    return FollowedDirection(emphasis.direction, ratio, vectors.poles()[emphasis.direction])
