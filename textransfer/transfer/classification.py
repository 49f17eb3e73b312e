"""A classifier trained on all labelled texts, with what shows whether pretraining helped it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import f1_score

from textransfer.caching import cached_property
from textransfer.checks import plain_arguments
from textransfer.config import N_DRAWS, N_FOLDS, ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_tokenizer, as_vectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.records import plain_value, record_of
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.judging.calibration import tempered
from textransfer.sentiment.judging.out_of_fold import label_doubts
from textransfer.sentiment.judging.trust import Trust, trust_of
from textransfer.sentiment.sentences.encoding import Encoding
from textransfer.sentiment.sentences.seeds import SeedReport, SeedWords
from textransfer.text.reading.label_names import listed_labels, shown_label
from textransfer.text.reading.labelled import LabelledTexts, check_labelled
from textransfer.transfer.comparing.results import SAVED_NAMES, SEEDED, Comparison
from textransfer.transfer.comparing.sources import ArmLike, sources_of
from textransfer.transfer.comparing.task import TokenizedTexts, as_read, class_codes, tokenized
from textransfer.transfer.comparing.unlabelled import Unlabelled, check_student, unlabelled_texts
from textransfer.transfer.comparison import DEFAULT_CONFIG, compare
from textransfer.transfer.inspection import Inspection, inspect
from textransfer.transfer.saved_arm import Choice, Classifier, Plan
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
    """A labelled text whose label looks wrong; `number` counts from 1, `probability` is of `looks_like`.

    `place` says file and line, or row; it is empty for texts that were not read of a file.
    """

    number: int
    label: str
    looks_like: str
    probability: float
    text: str
    place: str = ""


@dataclass(frozen=True)
class SeedScore:
    """How the classifier that seed words alone make does on test texts."""

    n_test: int
    accuracy: Interval
    macro_f1: float


@dataclass(frozen=True, eq=False)
class Classification:
    """What `classify` returns."""

    classifier: Classifier
    """Trained on all labelled texts, or on seed words alone."""
    vectors: WordVectors
    """Those that it was compared with others on."""
    comparison: Comparison | None = None
    """None without labelled texts."""
    choice: Choice | None = None
    """Which arm the classifier is, and why; None without labelled texts."""
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
    labelled: LabelledTexts | None = None
    """What it was trained on."""
    test: LabelledTexts | None = None
    """What it was tested on."""

    def __repr__(self) -> str:
        outcome = "without labelled texts" if self.comparison is None else self.comparison.verdict.sentence
        return f"<Classification: {outcome}>"

    @property
    def saved_arm(self) -> str:
        """Name of the arm that the classifier is: what `save_arm` takes."""
        return SAVED_NAMES[SEEDED] if self.choice is None else self.choice.saved_arm

    @property
    def encoding(self) -> Encoding | None:
        """How its sentence vectors are made; None in a classifier without any."""
        classifier = self.classifier
        if isinstance(classifier, CombinedClassifier):
            classifier = classifier.classifier_
        return classifier.encoding_ if isinstance(classifier, SentimentClassifier) else None

    @property
    def weights(self) -> dict[str, float] | None:
        """Weights of the members by name, "vectors" among them; None where there is no other."""
        classifier = self.classifier
        if isinstance(classifier, CombinedClassifier) and classifier.members_:
            return classifier.weights_
        return None

    @cached_property
    def inspection(self) -> Inspection | None:
        """What the classifier does on the test texts, or cross-validated on its own; None without labels."""
        labelled, classifier = self.labelled, self.classifier
        if labelled is None:
            return None
        arm = "" if self.choice is None else f" ({self.choice.arm})"
        trained = f"the classifier{arm} trained on all {len(labelled):,} labels"
        held_out = classifier.out_of_fold_
        if self.test is not None:
            texts, probabilities = self.test, classifier.predict_proba(as_read(self.test))
            source = f"{trained}, on {len(texts):,} test texts"
        elif held_out is not None:
            rows = sorted(set(held_out.positions.tolist()))
            texts = labelled.take(rows)
            probabilities = tempered(held_out.means(len(labelled))[rows], classifier.temperature_)
            source = f"{len(rows):,} labelled texts, each classified by what was trained on the others"
        else:
            texts, probabilities = labelled, classifier.predict_proba(as_read(labelled))
            source = f"{trained}, on these same texts: it has seen them"
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
            "saved_arm": self.saved_arm,
            "choice": plain_value(self.choice),
            "emphasis": emphasis,
            "encoding": plain_value(self.encoding),
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


@plain_arguments
def classify(
    vectors: VectorsLike,
    labelled: LabelledTexts | None = None,
    test: LabelledTexts | None = None,
    *,
    n_labels: int | None = None,
    n_draws: int = N_DRAWS,
    n_folds: int = N_FOLDS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | str | None" = None,
    seed_words: SeedWords | None = None,
    has_text_features: bool = True,
    unlabelled: Unlabelled | None = None,
    further_arms: Mapping[str, ArmLike] | None = None,
    cache: str | Path | None = None,
    save_arm: str | None = None,
    random_state: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
) -> Classification:
    """Train a classifier on few labels, and find out whether pretraining helped.

    Parameters
    ----------
    vectors : WordVectors, path, or gensim's KeyedVectors
        Pretrained vectors.
    labelled : LabelledTexts, optional
        To train on; without them seed words alone make the classifier.
    test : LabelledTexts, optional
        To test on; without them the comparison is a cross-validation.
    n_labels, n_draws, n_folds, config, tokenizer, seed_words, further_arms, cache, random_state, n_jobs
        As in `compare`. The classifier itself is trained on all labelled texts whatever `n_labels` is.
    progress : callable, optional
        As in `compare`.
    has_text_features, unlabelled
        As in `compare`; the classifier is made likewise.
    save_arm : {"pretrained", "no-pretraining", "tfidf", "balanced", "seed-words"}, optional
        Which arm the classifier is; also the name of a further arm. By default the pretrained one (with seed
        words, the one with them), or that which is surely ahead of it by accuracy, at a level corrected for
        the number of candidates. Where one class has half as many labels again as another, class weights
        ("balanced") are an arm too, and macro-F1 counts as well: an arm may be ahead in either, if it loses
        less in the other.

    Returns
    -------
    Classification
        With the `classifier`, its `saved_arm`, the `comparison`, `trust`, `doubts`, `inspection`, and
        `save(path)`.

    Raises
    ------
    ConfigError
        If the labels do not suffice for what is asked, there are neither labels nor seed words, or no arm of
        the name `save_arm` can be saved.
    CorpusError
        If a test text has a label that no labelled text has.

    Examples
    --------
    >>> from textransfer import SkipGram, classify, read_labelled
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = bundled_corpora("en")
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews / "unlabeled.txt").vectors_
    >>> result = classify(vectors, read_labelled(reviews / "few.csv"), n_draws=2)
    >>> result.comparison.n_pool, result.saved_arm, result.classifier.classes_.tolist()
    (8, 'pretrained', ['negative', 'positive'])
    """
    check_labelled(labelled=labelled, test=test)
    sources = sources_of(further_arms or {})
    vectors = as_vectors(vectors)
    cutter = as_tokenizer(tokenizer, vectors)
    if test is not None:
        known = labelled.labels if labelled is not None else seed_words or ()
        test = test.spelt_as(set(known))
    tested = None if test is None else tokenized(test, cutter)
    if labelled is None:
        if n_labels is not None or save_arm is not None or further_arms:
            raise ConfigError(
                "n_labels, further_arms and save_arm are about labelled texts, but there "
                "are none; pass them, or leave these out"
            )
        classifier = SentimentClassifier.from_config(
            config, vectors, tokenizer=cutter, seed_words=seed_words, random_state=random_state
        )
        return _from_seed_words(classifier, vectors, tested)
    pool = tokenized(labelled, cutter)
    check_student(unlabelled, has_text_features=has_text_features)
    texts = None
    if has_text_features:
        texts = unlabelled_texts(unlabelled, vectors, cutter, pool.labels, random_state)
    folder = None if cache is None else Path(cache)
    plan = Plan(
        vectors,
        cutter,
        config,
        seed_words,
        random_state,
        has_text_features,
        texts,
        pool.labels,
        sources,
        folder,
    )
    asked = plan.arm_of(save_arm)
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
        unlabelled=texts,
        further_arms=sources,
        cache=cache,
        is_balanced_too=plan.has_balanced(asked),
        random_state=random_state,
        n_jobs=n_jobs,
        progress=progress,
    )
    choice = plan.choice(comparison, asked)
    if progress is not None:
        progress(1, 1, f"final classifier on {len(pool)} labels")
    read, read_test = plan.read_by(choice.arm, pool), None
    if tested is not None:
        read_test = plan.read_by(choice.arm, tested)
    fitted = plan.unfitted(choice.arm).fit(as_read(read), read.labels)
    return _judged(fitted, vectors, choice, comparison, read, read_test)


def _judged(
    classifier: Classifier,
    vectors: WordVectors,
    choice: Choice,
    comparison: Comparison,
    labelled: LabelledTexts,
    test: LabelledTexts | None,
) -> Classification:
    """Say of a fitted classifier how far its probabilities can be trusted, and which labels look wrong."""
    names = classifier.classes_.tolist()
    codes, held_out = class_codes(labelled.labels, names), classifier.out_of_fold_
    evidence = None
    if test is not None:
        evidence = classifier.predict_proba(as_read(test)), class_codes(test.labels, names)
    return Classification(
        classifier,
        vectors,
        comparison,
        choice,
        emphasis=_followed_direction(classifier),
        trust=trust_of(classifier, codes, evidence),
        doubts=tuple(
            LabelDoubt(
                row + 1,
                labelled.labels[row],
                names[code],
                round(probability, 4),
                labelled.texts[row],
                labelled.places[row] if labelled.places else "",
            )
            for row, code, probability in (() if held_out is None else label_doubts(held_out, codes))
        ),
        labelled=labelled,
        test=test,
    )


def _from_seed_words(
    classifier: SentimentClassifier, vectors: WordVectors, test: TokenizedTexts | None
) -> Classification:
    """Make a classifier of seed words alone, and test it if there are test texts."""
    if classifier.seed_words is None:
        raise ConfigError("there are neither labels nor seed words; give labelled texts, seed words, or both")
    classifier.fit([], [])
    score = None
    if test is not None:
        classes = classifier.classes_.tolist()
        unknown = sorted(set(test.labels) - set(classes))
        if unknown:
            raise CorpusError(
                f"{test.source} has the label {shown_label(unknown[0])}, for which there are no seed words; "
                f"expected one of {listed_labels(classes)}"
            )
        predictions, truth = classifier.predict(test.words), np.array(test.labels)
        score = SeedScore(
            len(test),
            accuracy_interval((predictions == truth)[None]),
            float(f1_score(truth, predictions, average="macro")),
        )
    return Classification(
        classifier,
        vectors,
        emphasis=_followed_direction(classifier),
        score=score,
        seed_report=classifier.seed_report_,
        test=test,
    )


def _followed_direction(classifier: Classifier) -> FollowedDirection | None:
    if isinstance(classifier, CombinedClassifier):
        classifier = classifier.classifier_
    if not isinstance(classifier, SentimentClassifier):
        return None
    emphasis, vectors = classifier.encoding_.emphasis, classifier.vectors
    if emphasis is None or not isinstance(vectors, WordVectors):
        return None
    ratio = round(emphasis.log_likelihood_ratio, 2)
    return FollowedDirection(emphasis.direction, ratio, vectors.poles()[emphasis.direction])
