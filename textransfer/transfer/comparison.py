"""Compare a pretrained classifier with the same one without pretraining, on the same draws and texts."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import CorpusError, TextransferWarning
from textransfer.randomness import Purpose, generator, seed_of
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.seeds import SeedWords, check_seeds, seed_complaints
from textransfer.text.corpus import LabelledTexts
from textransfer.text.negation import are_marked
from textransfer.text.tokenize import Tokenizer, without_negation
from textransfer.transfer.arms import (
    FINE_TUNED,
    NO_PRETRAINING,
    PRETRAINED,
    SEEDED,
    WITH_WORDS,
    EstimatorArm,
    Texts,
    build_arms,
    class_codes,
    pretrained_arm,
)
from textransfer.transfer.coverage import coverage_of
from textransfer.transfer.fits import Found, ReportProgress, fit_all
from textransfer.transfer.intervals import (
    Interval,
    accuracy_difference_interval,
    accuracy_interval,
    cross_validated_accuracy_interval,
    cross_validated_difference_interval,
)
from textransfer.transfer.macro_f1 import Codes, macro_f1_difference_interval, macro_f1_interval
from textransfer.transfer.measures import TrainingCurve, jump_start, transfer_measures
from textransfer.transfer.results import ArmResult, Comparison
from textransfer.transfer.rounds import Plan, plan_rounds
from textransfer.transfer.splits import Indices
from textransfer.transfer.token_cache import TokenCache
from textransfer.transfer.verdict import verdict_on

N_DRAWS = 20
N_FOLDS = 5
N_WATCHED = 2000
"""Test texts that training curves are measured on, at most; drawn at random."""
DEFAULT_CONFIG = ClassifierConfig()


def compare(
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts | None = None,
    *,
    n_labels: int | None = None,
    n_draws: int = N_DRAWS,
    n_folds: int = N_FOLDS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: Tokenizer | None = None,
    others: Mapping[str, WordVectors] | None = None,
    is_fine_tuned_too: bool = False,
    has_text_features: bool = False,
    seed_words: SeedWords | None = None,
    random_state: int = 0,
    progress: ReportProgress | None = None,
) -> Comparison:
    """Compare the arms on the same draws of labels and the same test texts.

    With test texts and `n_labels`, the arms train on few-shot draws from the labelled texts. With test
    texts and all labels, only the random state differs between the fits, so that the intervals do not
    cover other training sets. Without test texts it is a repeated stratified cross-validation.

    Parameters
    ----------
    vectors : WordVectors
        Finished vectors.
    labelled : LabelledTexts
        To train on.
    test : LabelledTexts, optional
        To test on.
    n_labels : int, optional
        Labels a draw; None means all of them.
    n_draws : int, default=20
        Fits an arm (in a cross-validation rounded up to whole repeats).
    n_folds : int, default=5
        Folds of a cross-validation; no more than the smallest class has texts.
    config : ClassifierConfig, optional
        Settings of both networks.
    tokenizer : Tokenizer, optional
        For all arms; by default the one that made the vectors.
    others : mapping of str to WordVectors, optional
        Further vectors, each an arm of its own under its name; cut by their own tokenizer if they have one.
    is_fine_tuned_too : bool, default=False
        Whether the pretrained arm, its vectors trained on with the labels, is an arm too.
    has_text_features : bool, default=False
        Whether the pretrained arm together with words and pairs of words is an arm too.
    seed_words : mapping of str to words, optional
        The pretrained classifier with these words of each class as a prior is an arm too.
    random_state : int, default=0
        Seed of draws, networks and resampling.
    progress : callable, optional
        Called with (fits done, fits in all, what comes next).

    Raises
    ------
    ConfigError
        If the labels do not suffice for what is asked.
    CorpusError
        If a test text has a label that no labelled text has.
    """
    seed = seed_of(random_state)
    report = progress or (lambda done, total, what: None)
    plan, texts, truth = plan_and_prepare(
        vectors,
        labelled,
        test,
        tokenizer,
        n_labels=n_labels,
        n_draws=n_draws,
        n_folds=n_folds,
        seed=seed,
    )
    tested, classes = labelled if test is None else test, texts.classes
    arms = build_arms(vectors, texts, config)
    if seed_words is not None:
        check_seeds(seed_words, classes)
        arms.append(pretrained_arm(SEEDED, vectors, texts, config, seed_words))
    if is_fine_tuned_too:
        arms.append(pretrained_arm(FINE_TUNED, vectors, texts, replace(config, fine_tune=True)))
    if has_text_features:
        arms.append(
            EstimatorArm(
                WITH_WORDS, lambda: CombinedClassifier(vectors, tokenizer=texts.tokens, config=config), texts
            )
        )
    for name, other_vectors in (others or {}).items():
        own = replace(texts, tokens=_tokens_of(other_vectors, labelled, tested, texts.tokens))
        arms.append(pretrained_arm(name, other_vectors, own, config))
    found = fit_all(arms, plan, texts, truth, config, report)
    judge = _Judge(truth, len(classes), plan, seed)
    first, second = found[PRETRAINED], found[NO_PRETRAINING]
    curve, other = judge.curve(first, texts), judge.curve(second, texts)
    return Comparison(
        mode=plan.mode,
        classes=tuple(classes),
        n_labels=max(len(one.train) for one in plan.rounds),
        n_pool=len(labelled),
        n_test=len(tested),
        n_draws=plan.n_rows,
        n_folds=plan.n_folds,
        random_state=seed,
        arms=tuple(judge.result(one, first, texts) for one in found.values()),
        verdict=verdict_on(judge.difference(first, second), n_texts=len(tested)),
        jump_start=judge.start_difference(first, second, jump_start(curve, other)[0], texts),
        measures=transfer_measures(
            curve,
            other,
            pretraining_seconds=_pretraining_seconds(vectors),
            chance=float(np.bincount(truth).max() / len(truth)),
        ),
        n_watched=len(texts.watched),
        labelled_coverage=coverage_of(texts.tokens.tokenize_many(texts.labelled), vectors.index),
        test_coverage=coverage_of(texts.tokens.tokenize_many(texts.test), vectors.index),
        notes=(
            *_notes(plan, labelled, test, n_folds, len(texts.watched)),
            *(_seed_notes(vectors, seed_words, texts, config) if seed_words is not None else ()),
        ),
        rows=tuple(row for one in found.values() for row in one.rows),
    )


def plan_and_prepare(
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts | None,
    tokenizer: Tokenizer | None,
    *,
    n_labels: int | None,
    n_draws: int,
    n_folds: int,
    seed: int,
) -> tuple[Plan, Texts, Codes]:
    """Return the rounds, the texts as the arms see them, and the class number of each test text."""
    plan = plan_rounds(
        labelled.labels,
        None if test is None else len(test),
        n_labels=n_labels,
        n_draws=n_draws,
        n_folds=n_folds,
        random_state=seed,
    )
    tested = labelled if test is None else test
    classes = sorted(set(labelled.labels))
    check_labels(classes, tested)
    texts = prepare_texts(vectors, labelled, tested, classes, tokenizer, seed)
    return plan, texts, class_codes(tested.labels, classes)


def check_labels(classes: list[str], test: LabelledTexts) -> None:
    """Refuse test texts with a label that no labelled text has."""
    unknown = sorted(set(test.labels) - set(classes))
    if unknown:
        raise CorpusError(
            f"{test.source} has the label {unknown[0]!r}, which no labelled text has; "
            f"expected one of {', '.join(classes)}"
        )


def prepare_texts(
    vectors: WordVectors,
    labelled: LabelledTexts,
    tested: LabelledTexts,
    classes: list[str],
    tokenizer: Tokenizer | None,
    seed: int,
) -> Texts:
    """Tokenize everything once, before any clock runs."""
    tokens = _cached(vectors.tokenizer() if tokenizer is None else tokenizer, labelled, tested)
    n_test = len(tested)
    watched = np.arange(n_test, dtype=np.int64)
    if n_test > N_WATCHED:
        shuffled = generator(seed, Purpose.WATCHED_TEXTS).permutation(n_test)
        watched = np.sort(shuffled[:N_WATCHED]).astype(np.int64)
    return Texts(
        labelled.texts, class_codes(labelled.labels, classes), classes, tested.texts, watched, tokens
    )


def _cached(tokenizer: Tokenizer, labelled: LabelledTexts, tested: LabelledTexts) -> TokenCache:
    tokens = TokenCache(tokenizer)
    for text in (*labelled.texts, *tested.texts):
        tokens.tokenize(text)
    return tokens


def _tokens_of(
    vectors: WordVectors, labelled: LabelledTexts, tested: LabelledTexts, known: TokenCache
) -> TokenCache:
    """Return the texts as further vectors want them cut; where they do not say, as the main ones do.

    But most of those from elsewhere have no vectors for marked negation.
    """
    if vectors.tokenizer_spec is not None:
        wanted: Tokenizer = vectors.tokenizer()
    else:
        wanted = known if are_marked(vectors.words) else without_negation(known)
    return known if wanted.spec() == known.spec() else _cached(wanted, labelled, tested)


@dataclass(frozen=True, eq=False)
class _Judge:
    """Intervals for one plan: by draws, or by folds."""

    truth: Codes
    n_classes: int
    plan: Plan
    seed: int

    def result(self, one: Found, pretrained: Found, texts: Texts) -> ArmResult:
        """Return all that is said of an arm."""
        correct = one.predicted == self.truth
        fold_of = self.plan.fold_of
        accuracy = (
            accuracy_interval(correct)
            if fold_of is None
            else cross_validated_accuracy_interval(correct, fold_of)
        )
        options = {"n_classes": self.n_classes, "random_state": self.seed}
        by_draw = correct.mean(axis=1)
        result = ArmResult(
            name=one.name,
            accuracy=accuracy,
            macro_f1=macro_f1_interval(self.truth, one.predicted, accuracy=accuracy, **options),
            deviation=float(by_draw.std(ddof=1)) if len(by_draw) > 1 else 0.0,
            fit_seconds=float(np.mean([row.fit_seconds for row in one.rows])),
            n_parameters=one.n_parameters,
            curve=None if one.curve is None else self.curve(one, texts),
        )
        if one is pretrained:
            return result
        behind = self.difference(pretrained, one)
        macro_f1_behind = macro_f1_difference_interval(
            self.truth, pretrained.predicted, one.predicted, accuracy=behind, **options
        )
        return replace(result, behind=behind, macro_f1_behind=macro_f1_behind)

    def difference(self, one: Found, other: Found) -> Interval:
        """Return the paired difference of the accuracies."""
        return self._paired(one.predicted, other.predicted, np.arange(len(self.truth)))

    def curve(self, one: Found, texts: Texts) -> TrainingCurve:
        """Return the training curve of an arm that has one."""
        if one.curve is None:
            raise ValueError(f"the arm {one.name!r} has no training curve")
        accuracy = (one.curve == self.truth[texts.watched]).mean(axis=2)
        return TrainingCurve(one.curve_epochs, one.curve_seconds, accuracy)

    def start_difference(self, one: Found, other: Found, epoch: int, texts: Texts) -> Interval:
        """Return the paired difference at an epoch of the curves."""
        if one.curve is None or other.curve is None:
            raise ValueError("both arms need a training curve")
        point = int(np.flatnonzero(one.curve_epochs == epoch)[0])
        return self._paired(one.curve[:, point], other.curve[:, point], texts.watched)

    def _paired(self, predicted: Codes, other: Codes, positions: Indices) -> Interval:
        correct, others = predicted == self.truth[positions], other == self.truth[positions]
        if self.plan.fold_of is None:
            return accuracy_difference_interval(correct, others)
        return cross_validated_difference_interval(correct, others, self.plan.fold_of[:, positions])


def _pretraining_seconds(vectors: WordVectors) -> float | None:
    seconds = vectors.metadata.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else None


def _seed_notes(
    vectors: WordVectors, seed_words: SeedWords, texts: Texts, config: ClassifierConfig
) -> list[str]:
    """Say once what is wrong with the seed words; each fit would say it again."""
    chosen = np.unique(
        np.linspace(0, len(texts.labelled) - 1, min(len(texts.labelled), N_WATCHED)).astype(int)
    )
    arm = SentimentClassifier.from_config(config, vectors, tokenizer=texts.tokens, seed_words=seed_words)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TextransferWarning)
        arm.prepare_fit([texts.labelled[i] for i in chosen], [texts.classes[texts.codes[i]] for i in chosen])
    return [] if arm.seed_report_ is None else seed_complaints(arm.seed_report_, len(chosen))


def _notes(
    plan: Plan, labelled: LabelledTexts, test: LabelledTexts | None, n_folds: int, n_watched: int
) -> list[str]:
    notes = []
    if plan.mode == "random states":
        notes.append(
            f"all fits train on the same {len(labelled)} labelled texts: the intervals do not cover other "
            "training sets"
        )
    if plan.mode == "draws" and plan.n_rows == 1:
        notes.append("a single draw: the intervals do not cover other draws")
    if plan.mode == "cross-validation" and plan.n_folds < n_folds:
        notes.append(
            f"{plan.n_folds} folds instead of {n_folds}: the smallest class has no more labelled texts"
        )
    if test is not None:
        n_seen = len(set(labelled.texts).intersection(test.texts))
        if n_seen:
            notes.append(
                f"{n_seen} test texts are also among the labelled texts: results may be too good by them"
            )
    n_test = len(labelled if test is None else test)
    if n_watched < n_test:
        notes.append(f"training curves are measured on {n_watched:,} of the {n_test:,} test texts, at random")
    return notes
