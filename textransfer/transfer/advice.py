"""What to do next: which of the two models is at fault, freeze or fine-tune, how large a hidden layer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from textransfer.checks import plain_arguments
from textransfer.config import FEWER_DRAWS, N_FOLDS, USUAL_L2, ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_vectors
from textransfer.randomness import seed_of
from textransfer.records import Record
from textransfer.sentiment.class_weights import by_code
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.sentiment.training.fitting import hidden_size_for, strength_of
from textransfer.text.reading.labelled import LabelledTexts, check_labelled
from textransfer.transfer.comparing.arms import Arm, EstimatorArm, pretrained_arm
from textransfer.transfer.comparing.coverage import LOW_COVERAGE, Coverage, coverage_of
from textransfer.transfer.comparing.fits import ReportProgress, fit_arms
from textransfer.transfer.comparing.judge import Judge
from textransfer.transfer.comparing.results import FINE_TUNED, PRETRAINED, TFIDF
from textransfer.transfer.comparing.rounds import Rounds, halved, plan_rounds
from textransfer.transfer.comparing.task import Task, prepare_task
from textransfer.transfer.comparison import DEFAULT_CONFIG
from textransfer.transfer.statistics.intervals import LEVEL, Interval
from textransfer.transfer.statistics.verdict import Outcome, outcome_of

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Fault = Literal["classifier", "vectors", "labels", "neither", "unknown"]
Tuning = Literal["freeze", "fine-tune", "no difference"]

HALF, LOOSE = "half the labels", "little penalty"
_TUNINGS: dict[Outcome, Tuning] = {
    "positive": "fine-tune",
    "negative": "freeze",
    "inconclusive": "no difference",
}
NO_HIDDEN = 0
"""Size that stands for no hidden layer: logistic regression."""
SIZES = (4, 16, 64)
FITTED = 0.9
"""Share of its own texts that a head gets right if nothing holds it back; few labels are fitted wholly."""
SMALL = 0.03
"""Accuracy that half the labels may be worth at most where more are not what is missing."""
ONE_ERROR = 0.6827
"""Confidence of an interval that reaches one standard error to either side."""


@dataclass(frozen=True)
class Evidence:
    """What the advice rests on; differences are paired, on the same rounds."""

    mode: str
    """What the rounds differ in: "cross-validation", or "random states" with a test file."""
    n_labels: int
    n_tested: int
    """Texts that were tested."""
    accuracy: Interval
    """Of the pretrained classifier."""
    own_accuracy: float
    """On the texts it was trained on."""
    loose_own_accuracy: float
    """The same with a tenth of the default penalty, or of its own if smaller, and 64 hidden units or more."""
    loosened: Interval
    """Accuracy of that head minus that of the classifier, on texts it was not trained on."""
    behind_tfidf: Interval
    """Accuracy of TF-IDF with logistic regression minus that of the classifier."""
    slope: Interval | None
    """Accuracy with all labels minus that with half of them; None if half is too few."""
    fine_tuned: Interval
    """Accuracy with vectors trained along minus that with frozen ones."""
    sizes: Mapping[int, Interval]
    """Accuracy by hidden units; 0 is no hidden layer."""
    behind_best: Mapping[int, Interval]
    """Accuracy of the best size minus that of each, within one standard error."""
    coverage: Coverage
    """Known words of the labelled texts."""


@dataclass(frozen=True)
class Advice(Record):
    """The answers."""

    fault: Fault
    """What limits the accuracy."""
    tuning: Tuning
    """Whether to train the vectors along."""
    hidden_size: int
    """The smallest hidden layer within one standard error of the best; if none is, the best hidden layer."""
    is_layer_needed: bool
    """Whether logistic regression without a hidden layer lies beyond one standard error of the best."""
    does_size_matter: bool
    """Whether any size lies beyond one standard error of the best."""
    evidence: Evidence
    """The numbers."""

    def __repr__(self) -> str:
        return f"<Advice: fault {self.fault}, tuning {self.tuning}, hidden_size {self.hidden_size}>"


@plain_arguments
def advise(
    vectors: VectorsLike,
    labelled: LabelledTexts,
    test: LabelledTexts | None = None,
    *,
    n_draws: int = FEWER_DRAWS,
    n_folds: int = N_FOLDS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | str | None" = None,
    random_state: int = 0,
    n_jobs: int = 1,
    progress: ReportProgress | None = None,
) -> Advice:
    """Find out what limits a classifier, by repeated cross-validation or on test texts.

    Parameters
    ----------
    vectors, labelled, test, n_draws, n_folds, tokenizer, random_state, n_jobs, progress
        As in `textransfer.compare`.
    config : ClassifierConfig, optional
        The classifier in question.

    Returns
    -------
    Advice

    Raises
    ------
    ConfigError
        If the labels do not suffice.
    CorpusError
        If a test text has a label that no labelled text has.

    Examples
    --------
    >>> from textransfer import SkipGram, advise, read_labelled
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = bundled_corpora("en")
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews / "unlabeled.txt").vectors_
    >>> advice = advise(vectors, read_labelled(reviews / "few.csv"), n_draws=2)
    >>> advice.fault, advice.evidence.n_labels
    ('unknown', 8)
    """
    check_labelled(labelled=labelled, test=test)
    seed = seed_of(random_state)
    rounds = plan_rounds(
        labelled.labels,
        None if test is None else len(test),
        n_draws=n_draws,
        n_folds=n_folds,
        random_state=seed,
        places=labelled.places,
    )
    vectors = as_vectors(vectors)
    task, _, _ = prepare_task(vectors, labelled, test, tokenizer, seed)
    frozen = by_code(replace(config, fine_tune=False), task.classes)
    own_size = hidden_size_for(frozen, len(task.classes))
    loose = replace(
        frozen,
        l2=min(strength_of(frozen), USUAL_L2) / 10,
        hidden_size=max(own_size, SIZES[-1]),
    )
    by_size = {NO_HIDDEN: "no hidden layer"}
    by_size |= {size: f"{size} hidden units" for size in sorted({*SIZES, own_size})}
    by_size[own_size] = PRETRAINED
    arms = fit_arms(_jobs(vectors, task, rounds, frozen, loose, by_size, seed), task, progress, n_jobs)
    judge = Judge(task, rounds.fold_of, seed)

    def ahead(name: str, other: str, level: float = LEVEL) -> Interval:
        return judge.difference(arms[name], arms[other], level)

    # Of equally good ones the smallest.
    best = max(by_size.values(), key=lambda name: float(judge.correct(arms[name]).mean()))
    evidence = Evidence(
        mode=rounds.mode,
        n_labels=len(task.labelled),
        n_tested=len(task.test),
        accuracy=judge.accuracy(arms[PRETRAINED]),
        own_accuracy=_own_accuracy(vectors, task, frozen, seed),
        loose_own_accuracy=_own_accuracy(vectors, task, loose, seed),
        loosened=ahead(LOOSE, PRETRAINED),
        behind_tfidf=ahead(TFIDF, PRETRAINED),
        slope=ahead(PRETRAINED, HALF) if HALF in arms else None,
        fine_tuned=ahead(FINE_TUNED, PRETRAINED),
        sizes={size: judge.accuracy(arms[name]) for size, name in by_size.items()},
        behind_best={size: ahead(best, name, ONE_ERROR) for size, name in by_size.items()},
        coverage=coverage_of(task.labelled, vectors.index),
    )
    return judged(evidence)


def judged(evidence: Evidence) -> Advice:
    """Turn numbers into answers."""
    good = [size for size, gap in evidence.behind_best.items() if gap.low <= 0]
    layers = [size for size in good if size != NO_HIDDEN]
    best = max((size for size in evidence.sizes if size), key=lambda size: evidence.sizes[size].estimate)
    return Advice(
        fault=_fault(evidence),
        tuning=_TUNINGS[outcome_of(evidence.fine_tuned)],
        hidden_size=min(layers, default=best),
        is_layer_needed=NO_HIDDEN not in good,
        does_size_matter=len(good) < len(evidence.behind_best),
        evidence=evidence,
    )


def _fault(evidence: Evidence) -> Fault:
    """Say what limits the accuracy; the first rule that holds.

    - The classifier, if a looser head is surely better; or if it cannot fit its own texts, a looser one can,
      and that one is ahead on other texts too, though not surely.
    - The vectors, if words alone are surely better, or most words are unknown.
    - The labels, if all of them are surely better than half of them.
    - Neither, if half the labels are surely nearly as good as all.
    """
    is_held_back = (
        evidence.own_accuracy < FITTED <= evidence.loose_own_accuracy and evidence.loosened.estimate > 0
    )
    if evidence.loosened.low > 0 or is_held_back:
        return "classifier"
    if evidence.behind_tfidf.low > 0 or evidence.coverage.token_share < LOW_COVERAGE:
        return "vectors"
    if evidence.slope is not None and evidence.slope.low > 0:
        return "labels"
    if evidence.slope is not None and evidence.slope.high < SMALL:
        return "neither"
    return "unknown"


def _jobs(
    vectors: WordVectors,
    task: Task,
    rounds: Rounds,
    frozen: ClassifierConfig,
    loose: ClassifierConfig,
    by_size: Mapping[int, str],
    seed: int,
) -> list[tuple[Arm, Rounds]]:
    """Return the arms of a diagnosis with their rounds; heads have names by hidden units."""
    configs = {PRETRAINED: frozen, LOOSE: loose, FINE_TUNED: replace(frozen, fine_tune=True)}
    configs |= {
        name: replace(frozen, hidden_size=size) for size, name in by_size.items() if name != PRETRAINED
    }
    arms: list[Arm] = [pretrained_arm(name, vectors, task, config) for name, config in configs.items()]
    arms.append(EstimatorArm(TFIDF, partial(TfidfBaseline, calibrate=False), task))
    jobs = [(arm, rounds) for arm in arms]
    if min(len(round_.train) for round_ in rounds.rounds) > len(task.classes):
        half = pretrained_arm(HALF, vectors, task, frozen)
        jobs.append((half, halved(rounds, task.codes, seed)))
    return jobs


def _own_accuracy(vectors: WordVectors, task: Task, config: ClassifierConfig, seed: int) -> float:
    """Return the share of its own training texts that a classifier gets right."""
    uncalibrated = replace(config, calibrate=False)  # a temperature leaves the most probable class
    classifier = SentimentClassifier.from_config(
        uncalibrated, vectors, tokenizer=task.tokenizer, random_state=seed
    )
    predicted = classifier.fit(task.labelled, task.codes.tolist()).predict(task.labelled)
    return float((predicted == task.codes).mean())
