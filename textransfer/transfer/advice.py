"""What to do next: which of the two models is at fault, freeze or fine-tune, how large a hidden layer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.randomness import seed_of
from textransfer.records import record_of
from textransfer.sentiment.baselines import TfidfBaseline
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.fitting import hidden_size_for
from textransfer.text.corpus import LabelledTexts
from textransfer.transfer.arms import (
    FINE_TUNED,
    PRETRAINED,
    TFIDF,
    Arm,
    EstimatorArm,
    Texts,
    pretrained_arm,
)
from textransfer.transfer.comparison import DEFAULT_CONFIG, N_FOLDS, plan_and_prepare
from textransfer.transfer.coverage import Coverage, coverage_of
from textransfer.transfer.fits import Found, ReportProgress, fit_all
from textransfer.transfer.heads import FewerLabels, NoHiddenLayer
from textransfer.transfer.intervals import (
    LEVEL,
    Interval,
    accuracy_difference_interval,
    accuracy_interval,
    cross_validated_accuracy_interval,
    cross_validated_difference_interval,
)
from textransfer.transfer.macro_f1 import Codes
from textransfer.transfer.rounds import Plan

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Fault = Literal["classifier", "vectors", "labels", "neither", "unknown"]
Tuning = Literal["freeze", "fine-tune", "no difference"]

HALF, LOOSE = "half the labels", "little penalty"
NO_HIDDEN = 0
"""Size that stands for no hidden layer: logistic regression."""
SIZES = (4, 16, 64)
N_DRAWS = 10
FITTED = 0.9
"""Share of its own texts that a head gets right if nothing holds it back; few labels are fitted wholly."""
LOW_COVERAGE = 0.5
SMALL = 0.03
"""Accuracy that half the labels may be worth at most where more are not what is missing."""
ONE_ERROR = 0.6827
"""Confidence of an interval that reaches one standard error to either side."""


@dataclass(frozen=True)
class Evidence:
    """What the advice rests on; differences are paired, on the same rounds.

    Parameters
    ----------
    mode : str
        "cross-validation", or "random states" with a test file.
    n_labels, n_tested : int
        Labelled texts, and texts that were tested.
    accuracy : Interval
        Of the pretrained classifier.
    own_accuracy : float
        On the texts it was trained on.
    loose_own_accuracy : float
        The same with a tenth of the default penalty, or of its own if smaller, and 64 hidden units at least.
    loosened : Interval
        Accuracy of that head minus that of the classifier, on texts it was not trained on.
    behind_tfidf : Interval
        Accuracy of TF-IDF with logistic regression minus that of the classifier.
    slope : Interval or None
        Accuracy with all labels minus that with half of them; None if half is too few.
    fine_tuned : Interval
        Accuracy with vectors trained along minus that with frozen ones.
    sizes : dict of int to Interval
        Accuracy by hidden units; 0 is no hidden layer.
    behind_best : dict of int to Interval
        Accuracy of the best size minus that of each, within one standard error.
    coverage : Coverage
        Known words of the labelled texts.
    """

    mode: str
    n_labels: int
    n_tested: int
    accuracy: Interval
    own_accuracy: float
    loose_own_accuracy: float
    loosened: Interval
    behind_tfidf: Interval
    slope: Interval | None
    fine_tuned: Interval
    sizes: Mapping[int, Interval]
    behind_best: Mapping[int, Interval]
    coverage: Coverage


@dataclass(frozen=True)
class Advice:
    """The answers.

    Parameters
    ----------
    fault : {"classifier", "vectors", "labels", "neither", "unknown"}
        What limits the accuracy.
    tuning : {"freeze", "fine-tune", "no difference"}
        Whether to train the vectors along.
    hidden_size : int
        The smallest hidden layer within one standard error of the best; if none is, the best hidden layer.
    is_layer_needed : bool
        Whether logistic regression without a hidden layer lies beyond one standard error of the best.
    does_size_matter : bool
        Whether any size lies beyond one standard error of the best.
    evidence : Evidence
        The numbers.
    """

    fault: Fault
    tuning: Tuning
    hidden_size: int
    is_layer_needed: bool
    does_size_matter: bool
    evidence: Evidence

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return record_of(self)


def advise(
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts | None = None,
    *,
    n_draws: int = N_DRAWS,
    n_folds: int = N_FOLDS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | None" = None,
    random_state: int = 0,
    progress: ReportProgress | None = None,
) -> Advice:
    """Find out what limits a classifier, by repeated cross-validation or on test texts.

    Parameters
    ----------
    vectors, labelled, test, n_draws, n_folds, tokenizer, random_state, progress
        As in `textransfer.transfer.comparison.compare`.
    config : ClassifierConfig, optional
        The classifier in question.

    Raises
    ------
    ConfigError
        If the labels do not suffice.
    CorpusError
        If a test text has a label that no labelled text has.
    """
    seed = seed_of(random_state)
    plan, texts, truth = plan_and_prepare(
        vectors, labelled, test, tokenizer, n_labels=None, n_draws=n_draws, n_folds=n_folds, seed=seed
    )
    tested, classes = labelled if test is None else test, texts.classes
    frozen = replace(config, fine_tune=False)
    own_size = hidden_size_for(frozen, len(classes))
    sizes = sorted({*SIZES, own_size})
    arms = _arms(vectors, texts, frozen, sizes, plan, seed)
    found = fit_all(arms, plan, texts, truth, frozen, progress or (lambda done, total, what: None))
    judge = _Judge(found, truth, plan)
    by_size = {size: _name(size, own_size) for size in (NO_HIDDEN, *sizes)}
    best = max(by_size.values(), key=judge.share)  # of equally good ones the smallest
    evidence = Evidence(
        mode=plan.mode,
        n_labels=len(labelled),
        n_tested=len(tested),
        accuracy=judge.accuracy(PRETRAINED),
        own_accuracy=_own_accuracy(vectors, texts, frozen, seed),
        loose_own_accuracy=_own_accuracy(vectors, texts, loosened(frozen, own_size), seed),
        loosened=judge.ahead(LOOSE, PRETRAINED),
        behind_tfidf=judge.ahead(TFIDF, PRETRAINED),
        slope=judge.ahead(PRETRAINED, HALF) if HALF in found else None,
        fine_tuned=judge.ahead(FINE_TUNED, PRETRAINED),
        sizes={size: judge.accuracy(name) for size, name in by_size.items()},
        behind_best={size: judge.ahead(best, name, ONE_ERROR) for size, name in by_size.items()},
        coverage=coverage_of(texts.tokens.tokenize_many(texts.labelled), vectors.index),
    )
    return judged(evidence)


def judged(evidence: Evidence) -> Advice:
    """Turn numbers into answers."""
    good = [size for size, gap in evidence.behind_best.items() if gap.low <= 0]
    layers = [size for size in good if size != NO_HIDDEN]
    best = max((size for size in evidence.sizes if size), key=lambda size: evidence.sizes[size].estimate)
    return Advice(
        fault=_fault(evidence),
        tuning=_tuning(evidence.fine_tuned),
        hidden_size=min(layers, default=best),
        is_layer_needed=NO_HIDDEN not in good,
        does_size_matter=len(good) < len(evidence.behind_best),
        evidence=evidence,
    )


def loosened(config: ClassifierConfig, hidden_size: int) -> ClassifierConfig:
    """Return the settings of a head that nothing holds back."""
    return replace(config, l2=min(config.l2, DEFAULT_CONFIG.l2) / 10, hidden_size=max(hidden_size, SIZES[-1]))


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


def _tuning(fine_tuned: Interval) -> Tuning:
    if fine_tuned.low > 0:
        return "fine-tune"
    return "freeze" if fine_tuned.high < 0 else "no difference"


def _name(size: int, own_size: int) -> str:
    if size == own_size:
        return PRETRAINED
    return f"{size} hidden units" if size else "no hidden layer"


def _arms(
    vectors: WordVectors, texts: Texts, config: ClassifierConfig, sizes: list[int], plan: Plan, seed: int
) -> list[Arm]:
    own_size = hidden_size_for(config, len(texts.classes))

    def network(name: str, **changes: Any) -> Arm:  # noqa: ANN401 - settings of several types
        return pretrained_arm(name, vectors, texts, replace(config, **changes))

    loose = loosened(config, own_size)
    arms: list[Arm] = [
        network(PRETRAINED),
        EstimatorArm(TFIDF, lambda: TfidfBaseline(tokenizer=texts.tokens), texts),
        network(LOOSE, l2=loose.l2, hidden_size=loose.hidden_size),
        network(FINE_TUNED, fine_tune=True),
        NoHiddenLayer(_name(NO_HIDDEN, own_size), vectors, texts, config),
        *(network(_name(size, own_size), hidden_size=size) for size in sizes if size != own_size),
    ]
    if min(len(one.train) for one in plan.rounds) > len(texts.classes):
        arms.append(FewerLabels(HALF, network(HALF), texts, seed))
    return arms


def _own_accuracy(vectors: WordVectors, texts: Texts, config: ClassifierConfig, seed: int) -> float:
    """Return the share of its own training texts that a classifier gets right."""
    classifier = SentimentClassifier.from_config(config, vectors, tokenizer=texts.tokens, random_state=seed)
    predicted = classifier.fit(texts.labelled, texts.codes.tolist()).predict(texts.labelled)
    return float((predicted == texts.codes).mean())


@dataclass(frozen=True, eq=False)
class _Judge:
    """Intervals of the arms for one plan."""

    found: Mapping[str, Found]
    truth: Codes
    plan: Plan

    def share(self, name: str) -> float:
        """Return the share of texts that an arm gets right."""
        return float(self._correct(name).mean())

    def accuracy(self, name: str) -> Interval:
        """Return the accuracy of an arm."""
        if self.plan.fold_of is None:
            return accuracy_interval(self._correct(name))
        return cross_validated_accuracy_interval(self._correct(name), self.plan.fold_of)

    def ahead(self, name: str, other: str, level: float = LEVEL) -> Interval:
        """Return the paired difference of two arms."""
        correct, others = self._correct(name), self._correct(other)
        if self.plan.fold_of is None:
            return accuracy_difference_interval(correct, others, level=level)
        return cross_validated_difference_interval(correct, others, self.plan.fold_of, level=level)

    def _correct(self, name: str) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        return np.asarray(self.found[name].predicted == self.truth)
