"""Accuracy against the number of labels, for every arm: what labels bring, and what pretraining brings.

Each budget is a comparison of its own, on the same test texts. The draws are nested: number i of 16 labels
begins with number i of 8, so that a curve of one draw is the history of one labeller.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textransfer.checks import check_range, plain_arguments
from textransfer.config import N_DRAWS, ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_tokenizer, as_vectors
from textransfer.encoders.encoder import Encoder
from textransfer.errors import ConfigError, FormatError, OutputError
from textransfer.parallel import parallel
from textransfer.sentiment.sentences.seeds import SeedWords, seed_list
from textransfer.sentiment.student import UnlabelledTexts
from textransfer.storage.links import check_inside
from textransfer.storage.writing import claimed, staged_file
from textransfer.text.reading.labelled import LabelledTexts, check_labelled
from textransfer.transfer.comparing.fits import ReportProgress
from textransfer.transfer.comparing.results import (
    MAJORITY,
    NO_PRETRAINING,
    PRETRAINED,
    BudgetResult,
    LearningCurve,
)
from textransfer.transfer.comparing.rounds import Rounds, plan_rounds
from textransfer.transfer.comparing.sources import ArmLike, sources_of
from textransfer.transfer.comparing.task import tokenizer_of
from textransfer.transfer.comparing.unlabelled import Unlabelled, unlabelled_texts
from textransfer.transfer.comparison import (
    DEFAULT_CONFIG,
    Contest,
    Entrants,
    prepare_contest,
    run_contest,
)
from textransfer.transfer.statistics.measures import label_measures
from textransfer.version import __version__

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

_METHOD = 3
"""Raised when the same settings give other figures, so that stored ones are not taken for them."""
SMALLEST_BUDGET = 8
LARGEST_BUDGET = 512
"""Where the budgets end if nothing is said and the pool is larger."""


def default_budgets(n_pool: int, n_classes: int) -> list[int]:
    """Return budgets that double, from 8 (or two a class) to 512, or to all labels if they are fewer."""
    budget = max(SMALLEST_BUDGET, 2 * n_classes)
    budgets = []
    while budget < n_pool and budget <= LARGEST_BUDGET:
        budgets.append(budget)
        budget *= 2
    return budgets if n_pool > 2 * LARGEST_BUDGET else [*budgets, n_pool]


@plain_arguments
def learning_curve(
    vectors: VectorsLike,
    labelled: LabelledTexts,
    test: LabelledTexts,
    *,
    budgets: Sequence[int] | None = None,
    n_draws: int = N_DRAWS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | str | None" = None,
    further_arms: Mapping[str, ArmLike] | None = None,
    cache: str | Path | None = None,
    is_fine_tuned_too: bool = True,
    has_text_features: bool = True,
    unlabelled: Unlabelled | None = None,
    seed_words: SeedWords | None = None,
    random_state: int = 0,
    n_jobs: int = 1,
    store: Path | None = None,
    progress: ReportProgress | None = None,
) -> LearningCurve:
    """Compare all arms at several budgets.

    Parameters
    ----------
    vectors : WordVectors, path, or gensim's KeyedVectors
        Finished vectors.
    labelled : LabelledTexts
        The pool that labels are drawn from.
    test : LabelledTexts
        The same test texts for all.
    budgets : sequence of int, optional
        Labels in all; by default `default_budgets`.
    n_draws : int, default=20
        Fits of each arm at each budget.
    config, tokenizer, further_arms, cache, is_fine_tuned_too, has_text_features, unlabelled, seed_words, \
random_state
        As in `textransfer.compare`.
    n_jobs : int, default=1
        Processes.
    store : Path, optional
        Folder where each budget is kept when it is done; budgets found there are not computed again.
    progress : callable, optional
        Called with (budgets done, budgets in all, what comes next).

    Returns
    -------
    LearningCurve
        With `budgets`, `measures`, and `rows()`, the long table.

    Raises
    ------
    ConfigError
        If a budget does not suit the pool, or there is a store and an arm is a function.
    CorpusError
        If a test text has a label that no labelled text has.
    FormatError
        If a file in the store is damaged, or a further arm cannot be read; see `textransfer.compare`.

    Examples
    --------
    >>> from textransfer import SkipGram, learning_curve, read_labelled
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = bundled_corpora("en")
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews / "unlabeled.txt").vectors_
    >>> pool, test = read_labelled(reviews / "heldout.csv"), read_labelled(reviews / "few.csv")
    >>> curve = learning_curve(vectors, pool, test, budgets=[8, 16], n_draws=2)
    >>> [(budget.n_labels, budget.outcome) for budget in curve.budgets]
    [(8, 'inconclusive'), (16, 'inconclusive')]
    """
    check_labelled(labelled=labelled, test=test)
    classes = tuple(sorted(set(labelled.labels)))
    asked = budgets or default_budgets(len(labelled), len(classes))
    if complaints := [fault for n in asked for fault in check_range("a budget", n, 0, is_integer=True)]:
        raise ConfigError(complaints[0])
    wanted = sorted(set(asked))
    if not wanted or wanted[0] < len(classes) or wanted[-1] > len(labelled):
        raise ConfigError(
            f"the budgets are {', '.join(map(str, wanted)) or 'none'}; expected numbers from {len(classes)} "
            f"(one label a class) to {len(labelled)} (the labelled texts)"
        )
    report = progress or (lambda done, total, what: None)
    entrants = Entrants(config, is_fine_tuned_too, has_text_features, seed_words)
    vectors, further = as_vectors(vectors), sources_of(further_arms or {})
    cutter = None if tokenizer is None else as_tokenizer(tokenizer, vectors)
    if has_text_features:
        own = tokenizer_of(vectors, labelled, cutter)
        texts = unlabelled_texts(unlabelled, vectors, own, labelled.labels, random_state, wanted[-1])
        entrants = replace(entrants, unlabelled=texts)
    key, results = "", {}
    if store is not None:
        key = _key(vectors, labelled, test, cutter, further, n_draws, entrants, random_state)
        results = _stored(store, key, wanted)
    missing = [budget for budget in reversed(wanted) if budget not in results]
    report(len(results), len(wanted), "budgets")
    if missing:
        folder = None if cache is None else Path(cache)
        contest = prepare_contest(
            vectors,
            labelled,
            test,
            cutter,
            further,
            entrants,
            random_state,
            folder,
            progress,
            _rounds(labelled.labels, len(test), missing[0], n_draws, random_state),  # the largest has all
        )
        for result in _in_parallel(contest, labelled.labels, missing, n_draws, n_jobs):
            results[result.n_labels] = result
            if store is not None:
                _keep(store, key, result)
            report(len(results), len(wanted), f"{result.n_labels} labels done")
    points = tuple(results[budget] for budget in wanted)
    return LearningCurve(
        classes=classes,
        n_pool=len(labelled),
        n_test=len(test),
        n_draws=n_draws,
        random_state=random_state,
        budgets=points,
        measures=label_measures(
            wanted,
            [[point.arm(name).by_draw for point in points] for name in (PRETRAINED, NO_PRETRAINING)],
            chance=[point.arm(MAJORITY).accuracy.estimate for point in points],
            random_state=random_state,
        ),
    )


def _in_parallel(
    contest: Contest, labels: Sequence[str], budgets: Sequence[int], n_draws: int, n_jobs: int
) -> Iterator[BudgetResult]:
    """Yield the budgets as they are done; the largest begin, since they take longest."""
    if n_jobs == 1 or len(budgets) < 2:
        for budget in budgets:
            yield _at_budget(contest, labels, budget, n_draws)
        return
    from joblib import delayed

    work = parallel(n_jobs, return_as="generator_unordered")
    yield from work(delayed(_at_budget)(contest, labels, budget, n_draws) for budget in budgets)


def _at_budget(contest: Contest, labels: Sequence[str], budget: int, n_draws: int) -> BudgetResult:
    rounds = _rounds(labels, len(contest.task.test), budget, n_draws, contest.seed)
    return BudgetResult.of(run_contest(contest, rounds))


def _rounds(labels: Sequence[str], n_test: int, budget: int, n_draws: int, seed: int) -> Rounds:
    return plan_rounds(labels, n_test, n_labels=budget, n_draws=n_draws, random_state=seed)


def _key(
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts,
    tokenizer: "Tokenizer | None",
    further: Mapping[str, WordVectors | Encoder],
    n_draws: int,
    entrants: Entrants,
    random_state: int,
) -> str:
    """Return a digest of all that a stored budget depends on."""
    digest = hashlib.sha256(f"{__version__} {_METHOD}".encode())
    for texts in (labelled, test):
        digest.update(json.dumps([texts.texts, texts.labels]).encode())
    for name, source in {"": vectors, **further}.items():
        if isinstance(source, WordVectors):
            digest.update(source.matrix.tobytes())
            digest.update(json.dumps([source.words, source.tokenizer_spec], sort_keys=True).encode())
            if source.phrases is not None:
                digest.update(b"phrases" + source.phrases.matrix.astype("float32").tobytes())
            if source.ngrams is not None:
                digest.update(b"n-grams" + source.ngrams.matrix.tobytes())
        elif source.fingerprint is None:
            raise ConfigError(
                f"the arm {name!r} is a function, of which nobody can tell whether it is the same as in the "
                "store; leave the store out, or give the encoder's folder"
            )
        else:
            digest.update(source.fingerprint.encode())
    if tokenizer is not None:
        digest.update(json.dumps(tokenizer.spec(), sort_keys=True).encode())
    seeds = {label: seed_list(words) for label, words in (entrants.seed_words or {}).items()}
    if isinstance(entrants.unlabelled, UnlabelledTexts):
        for unlabelled in filter(None, (entrants.unlabelled, entrants.unlabelled.many)):
            counted = unlabelled.counted
            digest.update(json.dumps(counted.words).encode())
            digest.update(counted.ids.tobytes() + counted.documents.tobytes())
    plain: list[Any] = [n_draws, entrants.is_fine_tuned_too, entrants.has_text_features, random_state]
    plain += [entrants.config.to_dict(), list(further), seeds]
    digest.update(json.dumps(plain, sort_keys=True).encode())
    return digest.hexdigest()


def _stored(store: Path, key: str, budgets: Sequence[int]) -> dict[int, BudgetResult]:
    """Read the wanted budgets that were kept for the same data and settings."""
    results = {}
    for budget in budgets:
        path = store / f"{budget}.json"
        if not path.is_file():
            continue
        check_inside(path)
        with suppress(OutputError), claimed(path, force=True):
            pass  # what a killed run left beside it is cleared away
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["key"] == key:
                results[budget] = BudgetResult.from_dict(record["result"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FormatError(f"{path} is damaged ({error}); delete it, and it is computed again") from error
    return results


def _keep(store: Path, key: str, result: BudgetResult) -> None:
    with staged_file(store / f"{result.n_labels}.json", force=True) as staged:
        staged.write_text(json.dumps({"key": key, "result": result.to_dict()}), encoding="utf-8")
