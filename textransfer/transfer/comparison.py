"""Compare a pretrained classifier with the same one without pretraining, on the same draws and texts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from textransfer.checks import plain_arguments
from textransfer.config import N_DRAWS, N_FOLDS, ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_vectors
from textransfer.encoders.encoder import Encoder
from textransfer.randomness import seed_of
from textransfer.sentiment.class_weights import by_code
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.judging.out_of_fold import MANY_LABELS
from textransfer.sentiment.sentences.seeds import SeedWords, check_seeds, seed_complaints
from textransfer.sentiment.student import UnlabelledTexts
from textransfer.text.reading.labelled import LabelledTexts, check_labelled
from textransfer.transfer.comparing.arms import Arm, build_arms, pretrained_arm, quiet
from textransfer.transfer.comparing.coverage import coverage_of
from textransfer.transfer.comparing.encoded import (
    EncodedArm,
    EncodedTask,
    JoinedArm,
    averaged_task,
    encoded_task,
    seconds_of,
)
from textransfer.transfer.comparing.fits import ReportProgress, fit_arms
from textransfer.transfer.comparing.further import further_names, further_of, joined_name
from textransfer.transfer.comparing.judge import Judge
from textransfer.transfer.comparing.lead import lead_of
from textransfer.transfer.comparing.results import (
    BALANCED,
    FINE_TUNED,
    NO_PRETRAINING,
    PRETRAINED,
    SEEDED,
    Comparison,
)
from textransfer.transfer.comparing.rounds import Rounds, plan_rounds
from textransfer.transfer.comparing.sources import ArmLike, sources_of
from textransfer.transfer.comparing.task import N_WATCHED, Task, prepare_task, tokenized, tokenizer_beside
from textransfer.transfer.comparing.unlabelled import Unlabelled, check_student, unlabelled_texts
from textransfer.transfer.statistics.measures import transfer_measures
from textransfer.transfer.statistics.verdict import verdict_on

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

DEFAULT_CONFIG = ClassifierConfig()


@plain_arguments
def compare(
    vectors: VectorsLike,
    labelled: LabelledTexts,
    test: LabelledTexts | None = None,
    *,
    n_labels: int | None = None,
    n_draws: int = N_DRAWS,
    n_folds: int = N_FOLDS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | str | None" = None,
    further_arms: Mapping[str, ArmLike] | None = None,
    cache: str | Path | None = None,
    is_fine_tuned_too: bool = False,
    has_text_features: bool = True,
    unlabelled: Unlabelled | None = None,
    is_balanced_too: bool = False,
    seed_words: SeedWords | None = None,
    random_state: int = 0,
    n_jobs: int = 1,
    progress: ReportProgress | None = None,
) -> Comparison:
    """Compare the arms on the same draws of labels and the same test texts.

    With test texts and `n_labels`, the arms train on few-shot draws from the labelled texts. With test
    texts and all labels, only the random state differs between the fits, so that the intervals do not
    cover other training sets. Without test texts it is a repeated stratified cross-validation.

    Parameters
    ----------
    vectors : WordVectors, path, or gensim's KeyedVectors
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
        For all arms; by default the one that cut the texts already, or else made the vectors.
    further_arms : mapping of str to arm, optional
        Other sources of transfer by name: word vectors, or the folder of an encoder (sentence-transformers,
        model2vec, or ONNX with its tokenizer), or a function from a list of texts to an array (n, D). Each
        is an arm of its own, and another one together with the pretrained classifier. Nothing is fetched.
    cache : str or Path, optional
        Folder in which vectors of encoded texts are kept for the next run; see `default_cache` of
        `textransfer.encoders.cache`. Without it they are made anew.
    is_fine_tuned_too : bool, default=False
        Whether the pretrained arm, its vectors trained on with the labels, is an arm too.
    has_text_features : bool, default=True
        Whether words, pairs and pieces of words join the arms over vectors, as far as labels bear it out, and
        a student of the unlabelled texts the pretrained ones.
    unlabelled : path, Corpus, or iterable of str, optional
        Unlabelled texts: where classes are about even, the pretrained classifier teaches a student on them,
        which reads words and pairs. By default the corpus that the vectors were learned from, if it still
        lies where they say.
    is_balanced_too : bool, default=False
        Whether the pretrained arm, trained so that all classes count the same, is an arm too.
    seed_words : mapping of str to words, optional
        The pretrained classifier with these words of each class as a prior is an arm too.
    random_state : int, default=0
        Seed of draws, networks and resampling.
    n_jobs : int, default=1
        Processes that share the fits of few labels, on Linux and without torch; -1 is one for each core. The
        result is the same.
    progress : callable, optional
        Called with (fits done, fits in all, what comes next).

    Returns
    -------
    Comparison
        With `verdict`, `lead`, `arm(name)`, `measures`, and `rows`, the long table.

    Raises
    ------
    ConfigError
        If the labels do not suffice for what is asked.
    CorpusError
        If a test text has a label that no labelled text has.
    FormatError
        If a further arm is of no known kind, is damaged, or would have to run code or fetch files.

    References
    ----------
    Taylor, Stone (2009), Transfer learning for reinforcement learning domains, JMLR 10: the measures.

    Examples
    --------
    >>> from textransfer import SkipGram, compare, read_labelled
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = bundled_corpora("en")
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews / "unlabeled.txt").vectors_
    >>> comparison = compare(vectors, read_labelled(reviews / "heldout.csv"), n_draws=2)
    >>> [arm.name for arm in comparison.arms]
    ['pretrained', 'no pretraining', 'TF-IDF + LR', 'majority']
    >>> comparison.verdict.outcome
    'inconclusive'
    """
    check_labelled(labelled=labelled, test=test)
    seed = seed_of(random_state)
    rounds = plan_rounds(
        labelled.labels,
        None if test is None else len(test),
        n_labels=n_labels,
        n_draws=n_draws,
        n_folds=n_folds,
        random_state=seed,
        places=labelled.places,
    )
    entrants = Entrants(config, is_fine_tuned_too, has_text_features, seed_words, is_balanced_too, unlabelled)
    further = sources_of(further_arms or {})
    folder = None if cache is None else Path(cache)
    contest = prepare_contest(
        as_vectors(vectors), labelled, test, tokenizer, further, entrants, seed, folder, progress, rounds
    )
    return run_contest(contest, rounds, n_folds, progress, n_jobs)


@dataclass(frozen=True)
class Entrants:
    """Which arms take part besides the four, and how networks are set; see `compare`."""

    config: ClassifierConfig
    is_fine_tuned_too: bool
    has_text_features: bool
    seed_words: SeedWords | None
    is_balanced_too: bool = False
    unlabelled: Unlabelled | None = None


@dataclass(frozen=True, eq=False)
class Contest:
    """What a comparison needs for any number of rounds: the texts cut, and who takes part."""

    vectors: WordVectors
    task: Task
    """With words as `vectors` want them."""
    further_vectors: Mapping[str, tuple[WordVectors, Task]]
    """Further vectors, with words as they want them."""
    encoded: Mapping[str, EncodedTask]
    """The texts as each further arm sees them, also those of word vectors."""
    entrants: Entrants
    seed: int
    seconds_per_thousand: float | None = None
    """What cutting and averaging 1,000 texts with `vectors` takes; None where no encoder stands beside it."""
    unlabelled: UnlabelledTexts | None = None
    """What a student learns from."""

    def arms(self) -> list[Arm]:
        """Return the four arms, and those that were asked for besides."""
        vectors, task = self.vectors, self.task
        config = by_code(self.entrants.config, task.classes)
        features = self.entrants.has_text_features
        arms = build_arms(vectors, task, config, has_text_features=features, unlabelled=self.unlabelled)
        if (seed_words := self.entrants.seed_words) is not None:
            check_seeds(seed_words, task.classes)
            arms.append(
                pretrained_arm(
                    SEEDED,
                    vectors,
                    task,
                    config,
                    seed_words,
                    has_text_features=features,
                    unlabelled=self.unlabelled,
                )
            )
        if self.entrants.is_fine_tuned_too:
            tuned = replace(config, fine_tune=True)
            arms.append(pretrained_arm(FINE_TUNED, vectors, task, tuned, has_text_features=features))
        if self.entrants.is_balanced_too:
            balanced = replace(config, class_weight="balanced")
            arms.append(
                pretrained_arm(
                    BALANCED,
                    vectors,
                    task,
                    balanced,
                    has_text_features=features,
                    unlabelled=self.unlabelled,
                )
            )
        for name, encoded in self.encoded.items():
            if name in self.further_vectors:
                own = self.further_vectors[name]
                arms.append(pretrained_arm(name, *own, config, has_text_features=features))
            else:
                arms.append(EncodedArm(name, encoded, task, config))
            arms.append(JoinedArm(joined_name(name), self._classifier, encoded, task, config))
        return arms

    def _classifier(self, seed: int) -> SentimentClassifier | CombinedClassifier:
        """Return the pretrained classifier, unfitted; it predicts held-out folds as it is fitted."""
        config = replace(by_code(self.entrants.config, self.task.classes), calibrate=True)
        network = SentimentClassifier.from_config(
            config, self.vectors, tokenizer=self.task.tokenizer, random_state=seed
        )
        has_members = self.entrants.has_text_features
        return CombinedClassifier.over(network, self.unlabelled) if has_members else network

    def notes(self, n_labels: int) -> list[str]:
        """Say whether a student learned from unlabelled texts beside so many labelled ones, once."""
        if self.unlabelled is None or not self.unlabelled.suit(self.task.codes):
            return []
        n_texts = len(self.unlabelled.beside(n_labels))
        n_most = len(self.unlabelled.beside(len(self.task.codes)))
        more = "" if n_most == n_texts else f" ({n_most:,} where more than {MANY_LABELS:,} labels teach it)"
        return [
            f"the pretrained classifier taught a student of words and pairs on {n_texts:,} unlabelled texts "
            f"of {self.unlabelled.source}{more}"
        ]


def prepare_contest(
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts | None,
    tokenizer: "Tokenizer | str | None",
    further: Mapping[str, WordVectors | Encoder],
    entrants: Entrants,
    seed: int,
    cache: Path | None = None,
    progress: ReportProgress | None = None,
    rounds: Rounds | None = None,
) -> Contest:
    """Cut the texts, once for each tokenizer, and encode them; the parameters are those of `compare`.

    Labelled texts that none of the rounds trains on are not encoded; without rounds all are.
    """
    task, pool, tested = prepare_task(vectors, labelled, test, tokenizer, seed)
    tasks = [task]
    with_tasks = {}
    encoded = {}
    rows = np.arange(len(pool)) if rounds is None else rounds.trained_on
    for name, other in further.items():
        if isinstance(other, Encoder):
            encoded[name] = encoded_task(name, other, pool.texts, tested.texts, rows, cache, progress)
            continue
        own = tokenizer_beside(other, task.tokenizer)
        alike = [known for known in tasks if known.tokenizer.spec() == own.spec()]
        if not alike:
            own_pool = tokenized(pool, own)
            alike = [task.with_words(own_pool, own_pool if test is None else tokenized(tested, own))]
            tasks += alike
        with_tasks[name] = other, alike[0]
        encoded[name] = averaged_task(other, alike[0], entrants.config)
    seconds = None
    if any(isinstance(source, Encoder) for source in further.values()):
        seconds = seconds_of(vectors, task.tokenizer, pool.texts, entrants.config)
    check_student(entrants.unlabelled, has_text_features=entrants.has_text_features)
    unlabelled = None
    if entrants.has_text_features:
        most = len(pool) if rounds is None else rounds.most_labels
        unlabelled = unlabelled_texts(entrants.unlabelled, vectors, task.tokenizer, pool.labels, seed, most)
    return Contest(vectors, task, with_tasks, encoded, entrants, seed, seconds, unlabelled)


def run_contest(
    contest: Contest,
    rounds: Rounds,
    n_folds: int = N_FOLDS,
    progress: ReportProgress | None = None,
    n_jobs: int = 1,
) -> Comparison:
    """Fit all arms in the same rounds, and judge them; `n_folds` is what was asked for."""
    vectors, task = contest.vectors, contest.task
    arms = fit_arms([(arm, rounds) for arm in contest.arms()], task, progress, n_jobs)
    judge = Judge(task, rounds.fold_of, contest.seed)
    pretrained, untrained = arms[PRETRAINED], arms[NO_PRETRAINING]
    measures = transfer_measures(
        judge.curve(pretrained),
        judge.curve(untrained),
        pretraining_seconds=_pretraining_seconds(vectors),
        chance=float(np.bincount(task.truth).max() / len(task.truth)),
    )
    n_labels = rounds.most_labels
    return Comparison(
        mode=rounds.mode,
        classes=tuple(task.classes),
        n_labels=n_labels,
        n_pool=len(task.labelled),
        n_test=len(task.test),
        n_draws=rounds.n_rows,
        n_folds=rounds.n_folds,
        random_state=contest.seed,
        arms=tuple(judge.result(arm, pretrained) for arm in arms.values()),
        verdict=verdict_on(judge.difference(pretrained, untrained), n_texts=len(task.test)),
        lead=lead_of(judge, arms, further_names(contest.encoded)),
        further=further_of(judge, arms, contest.encoded, contest.seconds_per_thousand),
        jump_start=judge.start_difference(pretrained, untrained),
        measures=measures,
        n_watched=len(task.watched),
        labelled_coverage=coverage_of(task.labelled, vectors.index),
        test_coverage=coverage_of(task.test, vectors.index),
        notes=(
            *rounds.notes(n_folds),
            *task.notes("training curves"),
            *_seed_notes(contest),
            *contest.notes(n_labels),
        ),
        rows=tuple(row for arm in arms.values() for row in judge.rows(arm)),
    )


def _pretraining_seconds(vectors: WordVectors) -> float | None:
    seconds = vectors.metadata.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else None


def _seed_notes(contest: Contest) -> list[str]:
    """Say once what is wrong with the seed words; each fit would say it again."""
    task, seed_words = contest.task, contest.entrants.seed_words
    if seed_words is None:
        return []
    n_texts = len(task.labelled)
    chosen = np.unique(np.linspace(0, n_texts - 1, min(n_texts, N_WATCHED)).astype(int))
    classifier = SentimentClassifier.from_config(
        contest.entrants.config, contest.vectors, tokenizer=task.tokenizer, seed_words=seed_words
    )
    with quiet():
        classifier.prepare_fit(
            [task.labelled[i] for i in chosen], [task.classes[task.codes[i]] for i in chosen]
        )
    report = classifier.seed_report_
    return [] if report is None else seed_complaints(report, len(chosen))
