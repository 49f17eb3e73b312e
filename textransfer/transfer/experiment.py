"""The three-by-three experiment: three ways to start, each with few labels, few and variants, and all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.randomness import seed_of
from textransfer.sentiment.stopping import MIN_LABELS
from textransfer.text.corpus import LabelledTexts
from textransfer.transfer.arms import (
    NetworkArm,
    Run,
    Texts,
    class_codes,
    curve_epochs,
    pretrained_arm,
    untrained_arm,
)
from textransfer.transfer.augmentation import (
    HELPFUL,
    N_VARIANTS,
    NEIGHBOURS,
    augment,
    check_augmentations,
)
from textransfer.transfer.comparison import DEFAULT_CONFIG, check_labels, prepare_texts
from textransfer.transfer.fits import ReportProgress
from textransfer.transfer.grid import (
    ALL,
    AUGMENTED,
    FEW,
    FINE_TUNED,
    FROM_SCRATCH,
    FROZEN,
    ROWS,
    Cell,
    Contrast,
    Grid,
)
from textransfer.transfer.intervals import Interval, accuracy_difference_interval, accuracy_interval
from textransfer.transfer.macro_f1 import Codes
from textransfer.transfer.rounds import Round, plan_rounds
from textransfer.transfer.splits import Indices, repeated_stratified
from textransfer.transfer.verdict import outcome_of, points_of_accuracy

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

N_DRAWS = 10
N_LABELS = 32
N_PARTS = 3
"""Without test texts one part of so many is held out to test on."""

_VERBS = {"positive": "helped", "negative": "hurt", "inconclusive": "made no difference that shows"}

_Work = tuple[Texts, Sequence[Round]]
_Runs = dict[tuple[str, str], list[Run]]


def experiment(
    vectors: WordVectors,
    labelled: LabelledTexts,
    test: LabelledTexts | None = None,
    *,
    n_labels: int = N_LABELS,
    n_draws: int = N_DRAWS,
    augmentations: Sequence[str] = HELPFUL,
    n_variants: int = N_VARIANTS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | None" = None,
    random_state: int = 0,
    progress: ReportProgress | None = None,
) -> Grid:
    """Train every row with every column, on the same draws, and test on the same texts.

    The penalty of the middle column stays at what its labels deserve: variants are no further labels. Only
    the column of all labels may stop early, where `ClassifierConfig.early_stopping` says so: labels held
    out among few would be missed, and variants of held-out texts would give them away.

    Parameters
    ----------
    vectors : WordVectors
        Finished vectors.
    labelled : LabelledTexts
        All labels; few are drawn from them.
    test : LabelledTexts, optional
        Without it a third of the labelled texts, class by class, is held out to test on.
    n_labels : int, default=32
        How many are few.
    n_draws : int, default=10
        Fits of each cell. With all labels they differ in the random state only.
    augmentations : sequence of str, optional
        Of `textransfer.transfer.augmentation.AUGMENTATIONS`; by default the kind that helped in
        docs/design.md. An empty sequence leaves the middle column out.
    n_variants : int, default=4
        Variants of each text in the middle column.
    config : ClassifierConfig, optional
        Settings of all networks; `fine_tune` is set by the row.
    tokenizer : Tokenizer, optional
        By default the one that made the vectors.
    random_state : int, default=0
        Seed of draws, networks and variants.
    progress : callable, optional
        Called with (fits done, fits in all, what comes next).

    Raises
    ------
    ConfigError
        If the labels do not suffice, or an augmentation is none.
    CorpusError
        If a test text has a label that no labelled text has.
    """
    seed = seed_of(random_state)
    check_augmentations(augmentations, n_variants)
    notes = []
    if test is None:
        labelled, test = _hold_out(labelled, seed)
        notes.append(f"no test texts were given: {len(test):,} labelled texts were held out to test on")
    if n_labels >= len(labelled):
        raise ConfigError(
            f"{n_labels} labels are asked for as few, but all are {len(labelled)}; expected fewer than all"
        )
    classes = sorted(set(labelled.labels))
    check_labels(classes, test)
    texts = prepare_texts(vectors, labelled, test, classes, tokenizer, seed)
    bench = _Bench(vectors, texts, class_codes(test.labels, classes), config, n_labels, n_variants)
    few, everything = (
        plan_rounds(
            labelled.labels, len(test), n_labels=n, n_draws=n_draws, n_folds=0, random_state=seed
        ).rounds
        for n in (n_labels, None)
    )
    work: dict[str, _Work] = {FEW: (texts, few)}
    n_missing = 0
    if augmentations:
        made = augment(texts, few, vectors, augmentations, n_variants=n_variants, random_state=seed)
        work[AUGMENTED], n_missing = (made.texts, made.rounds), made.n_missing
    work[ALL] = texts, everything
    runs = _run_all(bench, work, progress or (lambda done, total, what: None))
    notes += _notes(bench, labelled, test, augmentations, n_missing)
    fine_tuning = tuple(bench.fine_tuning(runs, column) for column in work)
    return Grid(
        classes=tuple(classes),
        n_labels=n_labels,
        n_pool=len(labelled),
        n_test=len(test),
        n_watched=len(texts.watched),
        n_draws=n_draws,
        random_state=seed,
        augmentations=tuple(augmentations),
        n_variants=n_variants,
        cells=tuple(bench.cell(row, column, work[column][1], runs[row, column]) for row, column in runs),
        augmentation=tuple(bench.augmentation(runs, row) for row in ROWS) if augmentations else (),
        fine_tuning=fine_tuning,
        advice=freeze_or_fine_tune(fine_tuning),
        notes=tuple(notes),
    )


@dataclass(frozen=True, eq=False)
class _Bench:
    """What all cells share."""

    vectors: WordVectors
    texts: Texts
    truth: Codes
    config: ClassifierConfig
    n_labels: int
    n_variants: int

    def arm(self, row: str, column: str, texts: Texts) -> NetworkArm:
        """Return the arm of a cell."""
        is_stopped_early = self.config.early_stopping and column == ALL
        config = replace(self.config, fine_tune=row != FROZEN, early_stopping=is_stopped_early)
        if column == AUGMENTED:  # the rate of the penalty falls with the root of the number of texts
            config = replace(config, l2=config.l2 * sqrt(1 + self.n_variants))
        if row == FROM_SCRATCH:
            return untrained_arm(row, self.vectors.vector_size, texts, config, self.truth)
        return pretrained_arm(row, self.vectors, texts, config, truth=self.truth)

    def cell(self, row: str, column: str, rounds: Sequence[Round], runs: Sequence[Run]) -> Cell:
        """Put the fits of a cell together."""
        correct = self._correct(runs)
        curves = [run.curve for run in runs if run.curve is not None]
        watched = self.truth[self.texts.watched]
        is_all = column == ALL
        may_stop = self.config.early_stopping and is_all and row != FROZEN
        return Cell(
            row=row,
            column=column,
            n_labels=len(self.texts.labelled) if is_all else self.n_labels,
            n_texts=round(float(np.mean([len(one.train) for one in rounds]))),
            accuracy=accuracy_interval(correct),
            by_draw=_floats(correct.mean(axis=1)),
            epochs=tuple(curve_epochs(self.config.epochs).tolist()),
            accuracy_by_epoch=tuple(_floats((one.predicted == watched).mean(axis=1)) for one in curves),
            loss_by_epoch=tuple(_floats(one.losses) for one in curves),
            n_epochs=tuple(run.n_epochs for run in runs),
            is_stopped_early=may_stop and len(self.texts.labelled) >= MIN_LABELS,
            seconds_per_epoch=float(np.mean([run.seconds / run.n_epochs for run in runs])),
            n_parameters=round(float(np.mean([run.n_parameters for run in runs]))),
        )

    def augmentation(self, runs: _Runs, row: str) -> Contrast:
        """Judge what variants brought to a row."""
        difference = self._difference(runs[row, AUGMENTED], runs[row, FEW])
        outcome = outcome_of(difference)
        sentence = f"{row}: augmentation {_VERBS[outcome]}, {points_of_accuracy(difference)}"
        return Contrast(row, AUGMENTED, FEW, difference, outcome, sentence)

    def fine_tuning(self, runs: _Runs, column: str) -> Contrast:
        """Judge what fine-tuning brought in a column."""
        difference = self._difference(runs[FINE_TUNED, column], runs[FROZEN, column])
        outcome = outcome_of(difference)
        n_labels = len(self.texts.labelled) if column == ALL else self.n_labels
        variants = " and variants" if column == AUGMENTED else ""
        sentence = (
            f"{n_labels:,} labels{variants}: fine-tuning {_VERBS[outcome]}, {points_of_accuracy(difference)}"
        )
        return Contrast(FINE_TUNED, column, FROZEN, difference, outcome, sentence)

    def _difference(self, runs: Sequence[Run], others: Sequence[Run]) -> Interval:
        return accuracy_difference_interval(self._correct(runs), self._correct(others))

    def _correct(self, runs: Sequence[Run]) -> npt.NDArray[np.bool_]:
        """Return what the draws got right, shape (draws, test texts)."""
        return np.array([run.predicted == self.truth for run in runs])


def freeze_or_fine_tune(contrasts: Sequence[Contrast]) -> str:
    """Say in one sentence what the differences of fine-tuned and frozen vectors advise."""
    helped = [one.column for one in contrasts if one.outcome == "positive"]
    if not helped:
        hurt = [one.column for one in contrasts if one.outcome == "negative"]
        why = f"fine-tuning hurt with {_named(hurt)}" if hurt else "fine-tuning gained nothing that shows"
        return f"freeze the word vectors: {why}, and frozen ones are quicker to train"
    if len(helped) == len(contrasts):
        return "fine-tune the word vectors: it helped with few labels and with all"
    return f"fine-tune the word vectors with {_named(helped)}, else freeze them"


def _run_all(bench: _Bench, work: Mapping[str, _Work], report: ReportProgress) -> _Runs:
    """Train every cell, row by row."""
    total = len(ROWS) * sum(len(rounds) for _, rounds in work.values())
    found: _Runs = {}
    n_before = 0
    for row in ROWS:
        for column, (texts, rounds) in work.items():

            def hear(n_done: int, n_before: int = n_before, what: str = f"{row}, {column}") -> None:
                report(n_before + n_done, total, what)

            hear(0)
            found[row, column] = bench.arm(row, column, texts).run(rounds, hear)
            n_before += len(rounds)
    return found


def _hold_out(labelled: LabelledTexts, seed: int) -> tuple[LabelledTexts, LabelledTexts]:
    """Divide the labelled texts, class by class, into those to draw from and a third to test on."""
    kept, held_out = repeated_stratified(labelled.labels, N_PARTS, 1, seed)[0]

    def part(rows: Indices) -> LabelledTexts:
        return LabelledTexts(
            [labelled.texts[i] for i in rows], [labelled.labels[i] for i in rows], labelled.source
        )

    return part(kept), part(held_out)


def _notes(
    bench: _Bench,
    labelled: LabelledTexts,
    test: LabelledTexts,
    augmentations: Sequence[str],
    n_missing: int,
) -> list[str]:
    notes = [
        f"all fits on all labels train on the same {len(labelled):,} texts: their intervals do not cover "
        "other training sets"
    ]
    if NEIGHBOURS in augmentations:
        notes.append(
            f"neighbours come from the pretrained vectors: {FROM_SCRATCH!r} with augmentation is not wholly "
            "without pretraining"
        )
    if n_missing:
        notes.append(f"{n_missing:,} variants were left out: no new one was found for their texts")
    if bench.config.early_stopping and bench.n_labels >= MIN_LABELS:
        notes.append("few labels train without early stopping, so that the columns differ in variants alone")
    if n_seen := len(set(labelled.texts).intersection(test.texts)):
        notes.append(
            f"{n_seen} test texts are also among the labelled texts: results may be too good by them"
        )
    n_watched = len(bench.texts.watched)
    if n_watched < len(test):
        notes.append(f"curves are measured on {n_watched:,} of the {len(test):,} test texts, at random")
    return notes


def _named(columns: Sequence[str]) -> str:
    """Name the columns for a sentence."""
    names = []
    if FEW in columns:
        names.append("few labels")
    if AUGMENTED in columns:
        names.append("variants of them" if names else "few labels and their variants")
    if ALL in columns:
        names.append("all labels")
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _floats(values: npt.NDArray[np.floating]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
