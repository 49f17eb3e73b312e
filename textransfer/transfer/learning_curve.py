"""Accuracy against the number of labels, for every arm: what labels bring, and what pretraining brings.

Each budget is a comparison of its own, on the same test texts. The draws are nested: number i of 16 labels
begins with number i of 8, so that a curve of one draw is the history of one labeller.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, FormatError
from textransfer.records import record_of
from textransfer.sentiment.seeds import SeedWords, words_of
from textransfer.storage import staged_file
from textransfer.text.corpus import LabelledTexts
from textransfer.transfer.arms import NO_PRETRAINING, PRETRAINED
from textransfer.transfer.comparison import DEFAULT_CONFIG, N_DRAWS, compare
from textransfer.transfer.intervals import Interval
from textransfer.transfer.label_measures import LabelMeasures, label_measures
from textransfer.transfer.results import Comparison
from textransfer.version import __version__

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

_METHOD = 2
"""Raised when the same settings give other figures, so that stored ones are not taken for them."""
SMALLEST_BUDGET = 8
LARGEST_BUDGET = 512
"""Where the budgets end if nothing is said and the pool is larger."""

ReportProgress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class ArmPoint:
    """One arm at one budget.

    Parameters
    ----------
    name : str
        Name of the arm.
    accuracy, macro_f1 : Interval
        Averaged over the draws.
    by_draw : tuple of float
        Accuracy of each draw.
    fit_seconds : float
        Mean time of a fit.
    behind : Interval, optional
        Accuracy of the pretrained arm minus that of this one, paired; None for the pretrained arm.
    """

    name: str
    accuracy: Interval
    macro_f1: Interval
    by_draw: tuple[float, ...]
    fit_seconds: float
    behind: Interval | None = None


@dataclass(frozen=True)
class BudgetResult:
    """All arms at one budget.

    Parameters
    ----------
    n_labels : int
        Labels an arm trains on.
    mode : str
        "draws", or "random states" where the budget is the whole pool.
    outcome : {"positive", "negative", "inconclusive"}
        Whether pretraining helped at this budget.
    sentence : str
        By how much.
    arms : tuple of ArmPoint
    notes : tuple of str
        What the reader of the numbers must know.
    """

    n_labels: int
    mode: str
    outcome: str
    sentence: str
    arms: tuple[ArmPoint, ...]
    notes: tuple[str, ...]

    def arm(self, name: str) -> ArmPoint:
        """Return the point of an arm by its name."""
        return next(point for point in self.arms if point.name == name)

    @classmethod
    def of(cls, found: Comparison) -> Self:
        """Keep of a comparison what a curve needs."""
        return cls(
            found.n_labels,
            found.mode,
            found.verdict.outcome,
            found.verdict.sentence,
            tuple(
                ArmPoint(
                    arm.name,
                    arm.accuracy,
                    arm.macro_f1,
                    tuple(row.accuracy for row in found.rows if row.arm == arm.name),
                    arm.fit_seconds,
                    arm.behind,
                )
                for arm in found.arms
            ),
            found.notes,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return record_of(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """Return what `to_dict` gave."""
        arms = []
        for arm in record["arms"]:
            spans = {name: Interval(**arm[name]) for name in ("accuracy", "macro_f1")}
            behind = None if arm["behind"] is None else Interval(**arm["behind"])
            arms.append(ArmPoint(**{**arm, **spans, "behind": behind, "by_draw": tuple(arm["by_draw"])}))
        return cls(**{**record, "arms": tuple(arms), "notes": tuple(record["notes"])})


@dataclass(frozen=True)
class LearningCurve:
    """Every arm at every budget, and what that says of transfer.

    Parameters
    ----------
    classes : tuple of str
    n_pool, n_test, n_draws, random_state : int
    budgets : tuple of BudgetResult
        The smallest first.
    measures : LabelMeasures
        Of the pretrained arm against the one without, over the budgets.
    """

    classes: tuple[str, ...]
    n_pool: int
    n_test: int
    n_draws: int
    random_state: int
    budgets: tuple[BudgetResult, ...]
    measures: LabelMeasures

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in their order."""
        return tuple(point.name for point in self.budgets[0].arms)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the long table: a row for each budget, arm and draw."""
        for budget in self.budgets:
            for point in budget.arms:
                for draw, accuracy in enumerate(point.by_draw):
                    yield {
                        "n_labels": budget.n_labels,
                        "arm": point.name,
                        "draw": draw,
                        "accuracy": accuracy,
                    }

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dictionary that JSON can hold."""
        return record_of(self)


def default_budgets(n_pool: int, n_classes: int) -> list[int]:
    """Return budgets that double, from 8 (or two a class) to 512, or to all labels if they are fewer."""
    budget = max(SMALLEST_BUDGET, 2 * n_classes)
    found = []
    while budget < n_pool and budget <= LARGEST_BUDGET:
        found.append(budget)
        budget *= 2
    return found if n_pool > 2 * LARGEST_BUDGET else [*found, n_pool]


def learning_curve(
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts,
    *,
    budgets: Sequence[int] | None = None,
    n_draws: int = N_DRAWS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | None" = None,
    others: Mapping[str, WordVectors] | None = None,
    is_fine_tuned_too: bool = True,
    has_text_features: bool = False,
    seed_words: SeedWords | None = None,
    random_state: int = 0,
    n_jobs: int = 1,
    store: Path | None = None,
    progress: ReportProgress | None = None,
) -> LearningCurve:
    """Compare all arms at several budgets.

    Parameters
    ----------
    vectors : WordVectors
        Finished vectors.
    labelled : LabelledTexts
        The pool that labels are drawn from.
    test : LabelledTexts
        The same test texts for all.
    budgets : sequence of int, optional
        Labels in all; by default `default_budgets`.
    n_draws : int, default=20
        Fits of each arm at each budget.
    config : ClassifierConfig, optional
        Settings of all networks.
    tokenizer : Tokenizer, optional
        By default the one that made the vectors.
    others : mapping of str to WordVectors, optional
        Further vectors, each an arm of its own under its name, cut by its own tokenizer.
    is_fine_tuned_too : bool, default=True
        Whether pretrained vectors that are trained on are an arm too.
    has_text_features : bool, default=False
        Whether the pretrained arm together with words and pairs of words is an arm too.
    seed_words : mapping of str to words, optional
        A prior from these words is an arm too.
    random_state : int, default=0
        Seed of draws, networks and resampling.
    n_jobs : int, default=1
        Processes.
    store : Path, optional
        Folder where each budget is kept when it is done; budgets found there are not computed again.
    progress : callable, optional
        Called with (budgets done, budgets in all, what comes next).

    Raises
    ------
    ConfigError
        If a budget does not suit the pool.
    CorpusError
        If a test text has a label that no labelled text has.
    FormatError
        If a file in the store is damaged.
    """
    classes = tuple(sorted(set(labelled.labels)))
    wanted = sorted(set(budgets or default_budgets(len(labelled), len(classes))))
    _check_budgets(wanted, len(labelled), len(classes))
    report = progress or (lambda done, total, what: None)
    settings = {
        "n_draws": n_draws,
        "config": config,
        "tokenizer": tokenizer,
        "others": others,
        "is_fine_tuned_too": is_fine_tuned_too,
        "has_text_features": has_text_features,
        "seed_words": seed_words,
        "random_state": random_state,
    }
    key = _key(vectors, labelled, test, settings)
    found = {} if store is None else _stored(store, key, wanted)
    missing = [budget for budget in reversed(wanted) if budget not in found]
    report(len(found), len(wanted), "budgets")
    for result in _in_parallel(missing, vectors, labelled, test, settings, n_jobs):
        found[result.n_labels] = result
        if store is not None:
            _keep(store, key, result)
        report(len(found), len(wanted), f"{result.n_labels} labels done")
    results = tuple(found[budget] for budget in wanted)
    return LearningCurve(
        classes=classes,
        n_pool=len(labelled),
        n_test=len(test),
        n_draws=n_draws,
        random_state=random_state,
        budgets=results,
        measures=label_measures(
            wanted,
            [[result.arm(name).by_draw for result in results] for name in (PRETRAINED, NO_PRETRAINING)],
            chance=max(test.labels.count(one) for one in classes) / len(test),
            random_state=random_state,
        ),
    )


def _in_parallel(
    budgets: Sequence[int],
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts,
    settings: Mapping[str, Any],
    n_jobs: int,
) -> Iterator[BudgetResult]:
    """Yield the budgets as they are done; the largest begin, since they take longest."""
    if n_jobs == 1 or len(budgets) < 2:
        for budget in budgets:
            yield _one_budget(budget, vectors, labelled, test, settings)
        return
    from joblib import Parallel, delayed

    work = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    yield from work(delayed(_one_budget)(budget, vectors, labelled, test, settings) for budget in budgets)


def _one_budget(
    budget: int,
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts,
    settings: Mapping[str, Any],
) -> BudgetResult:
    return BudgetResult.of(compare(vectors, labelled, test, n_labels=budget, **settings))


def _check_budgets(budgets: Sequence[int], n_pool: int, n_classes: int) -> None:
    if not budgets or budgets[0] < n_classes or budgets[-1] > n_pool:
        raise ConfigError(
            f"the budgets are {', '.join(map(str, budgets)) or 'none'}; expected numbers from {n_classes} "
            f"(one label a class) to {n_pool} (the labelled texts)"
        )


def _key(
    vectors: WordVectors, labelled: LabelledTexts, test: LabelledTexts, settings: Mapping[str, Any]
) -> str:
    """Return a digest of all that a stored budget depends on."""
    digest = hashlib.sha256(f"{__version__} {_METHOD}".encode())
    for texts in (labelled, test):
        digest.update(json.dumps([texts.texts, texts.labels]).encode())
    others = settings["others"] or {}
    for one in (vectors, *others.values()):
        digest.update(one.matrix.tobytes())
        digest.update(json.dumps([one.words, one.tokenizer_spec], sort_keys=True).encode())
    if settings["tokenizer"] is not None:
        digest.update(json.dumps(settings["tokenizer"].spec(), sort_keys=True).encode())
    seeds = {label: words_of(words) for label, words in (settings["seed_words"] or {}).items()}
    plain = [settings[name] for name in ("n_draws", "is_fine_tuned_too", "has_text_features", "random_state")]
    plain += [settings["config"].to_dict(), list(others), seeds]
    digest.update(json.dumps(plain, sort_keys=True).encode())
    return digest.hexdigest()


def _stored(store: Path, key: str, budgets: Sequence[int]) -> dict[int, BudgetResult]:
    """Read the wanted budgets that were kept for the same data and settings."""
    found = {}
    for budget in budgets:
        path = store / f"{budget}.json"
        if not path.is_file():
            continue
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["key"] == key:
                found[budget] = BudgetResult.from_dict(record["result"])
        except (ValueError, KeyError, TypeError) as error:
            raise FormatError(f"{path} is damaged ({error}); delete it, and it is computed again") from error
    return found


def _keep(store: Path, key: str, result: BudgetResult) -> None:
    store.mkdir(parents=True, exist_ok=True)
    with staged_file(store / f"{result.n_labels}.json", force=True) as staged:
        staged.write_text(json.dumps({"key": key, "result": result.to_dict()}), encoding="utf-8")
