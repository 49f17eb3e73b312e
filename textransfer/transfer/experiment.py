"""The three-by-three experiment: three ways to start, each with few labels, few and variants, and all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from textransfer.checks import plain_arguments
from textransfer.config import FEW_LABELS, FEWER_DRAWS, HELPFUL_AUGMENTATIONS, N_VARIANTS, ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_vectors
from textransfer.errors import ConfigError
from textransfer.randomness import seed_of
from textransfer.sentiment.class_weights import by_code
from textransfer.sentiment.training.fitting import strength_of
from textransfer.sentiment.training.holding_out import MIN_LABELS
from textransfer.text.reading.labelled import LabelledTexts, check_labelled
from textransfer.transfer.augmenting.augmentation import (
    NEIGHBOURS,
    augment,
    check_augmentations,
)
from textransfer.transfer.comparing.arms import NetworkArm, pretrained_arm, untrained_arm
from textransfer.transfer.comparing.fits import ArmPredictions, ReportProgress, fit_arms
from textransfer.transfer.comparing.grid import (
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
from textransfer.transfer.comparing.judge import Judge
from textransfer.transfer.comparing.rounds import Rounds, plan_rounds
from textransfer.transfer.comparing.splits import stratified_folds
from textransfer.transfer.comparing.task import Task, TokenizedTexts, prepare_task, tokenized, tokenizer_of
from textransfer.transfer.comparison import DEFAULT_CONFIG
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.verdict import outcome_of, points_of_accuracy

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

N_PARTS = 3
"""Without test texts one part of so many is held out to test on."""

_VERBS = {"positive": "helped", "negative": "hurt", "inconclusive": "made no difference that shows"}


@plain_arguments
def experiment(
    vectors: VectorsLike,
    labelled: LabelledTexts,
    test: LabelledTexts | None = None,
    *,
    n_labels: int = FEW_LABELS,
    n_draws: int = FEWER_DRAWS,
    augmentations: Sequence[str] = HELPFUL_AUGMENTATIONS,
    n_variants: int = N_VARIANTS,
    config: ClassifierConfig = DEFAULT_CONFIG,
    tokenizer: "Tokenizer | str | None" = None,
    random_state: int = 0,
    progress: ReportProgress | None = None,
) -> Grid:
    """Train every row with every column, on the same draws, and test on the same texts.

    The penalty of the middle column stays at what its labels deserve: variants are no further labels. Only
    the column of all labels may stop early, where `ClassifierConfig.early_stopping` says so: labels held
    out among few would be missed, and variants of held-out texts would give them away.

    Parameters
    ----------
    vectors : WordVectors, path, or gensim's KeyedVectors
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
        Of `textransfer.transfer.augmenting.augmentation.AUGMENTATIONS`; by default the kind that helped in
        docs/design.md. An empty sequence leaves the middle column out.
    n_variants : int, default=4
        Variants of each text in the middle column.
    config : ClassifierConfig, optional
        Settings of all networks; `fine_tune` is set by the row.
    tokenizer, random_state, progress
        As in `textransfer.compare`.

    Returns
    -------
    Grid
        With `cell(row, column)`, what it advises, and `rows()`, the long table.

    Raises
    ------
    ConfigError
        If the labels do not suffice, or an augmentation is none.
    CorpusError
        If a test text has a label that no labelled text has.

    Examples
    --------
    >>> from textransfer import SkipGram, experiment, read_labelled
    >>> from textransfer.bundled import bundled_corpora
    >>> reviews = bundled_corpora("en")
    >>> vectors = SkipGram(vector_size=8, epochs=2).fit(reviews / "unlabeled.txt").vectors_
    >>> grid = experiment(vectors, read_labelled(reviews / "heldout.csv"), n_labels=8, n_draws=2)
    >>> grid.columns, grid.cell("frozen", "few").n_labels
    (('few', 'few + augmentation', 'all'), 8)
    """
    check_labelled(labelled=labelled, test=test)
    seed = seed_of(random_state)
    vectors = as_vectors(vectors)
    check_augmentations(augmentations, n_variants)
    notes = []
    if test is None:
        labelled, test = _hold_out(tokenized(labelled, tokenizer_of(vectors, labelled, tokenizer)), seed)
        notes.append(f"no test texts were given: {len(test):,} labelled texts were held out to test on")
    if n_labels >= len(labelled):
        raise ConfigError(
            f"{n_labels} labels are asked for as few, but all are {len(labelled)}; expected fewer than all"
        )
    task, _, _ = prepare_task(vectors, labelled, test, tokenizer, seed)
    few, everything = (
        plan_rounds(labelled.labels, len(test), n_labels=n, n_draws=n_draws, random_state=seed)
        for n in (n_labels, None)
    )
    columns = {FEW: (task, few)}
    n_missing = 0
    if augmentations:
        made = augment(task, few.rounds, vectors, augmentations, n_variants=n_variants, random_state=seed)
        columns[AUGMENTED], n_missing = (made.task, replace(few, rounds=made.rounds)), made.n_missing
    columns[ALL] = task, everything
    bench = _Bench(vectors, task, by_code(config, task.classes), n_labels, n_variants)
    cells = bench.fit(columns, progress)
    notes += [
        f"all fits on all labels train on the same {len(labelled):,} texts: their intervals do not cover "
        "other training sets",
        *_notes(bench, augmentations, n_missing),
        *task.notes("curves"),
    ]
    fine_tuning = tuple(bench.fine_tuning(cells, column) for column in columns)
    return Grid(
        classes=tuple(task.classes),
        n_labels=n_labels,
        n_pool=len(labelled),
        n_test=len(test),
        n_watched=len(task.watched),
        n_draws=n_draws,
        random_state=seed,
        augmentations=tuple(augmentations),
        n_variants=n_variants,
        cells=tuple(bench.cell(row, column, cells[row, column]) for row, column in cells),
        augmentation=tuple(bench.augmentation(cells, row) for row in ROWS) if augmentations else (),
        fine_tuning=fine_tuning,
        advice=freeze_or_fine_tune(fine_tuning),
        notes=tuple(notes),
    )


_Cells = Mapping[tuple[str, str], ArmPredictions]


@dataclass(frozen=True, eq=False)
class _Bench:
    """What all cells share."""

    vectors: WordVectors
    task: Task
    config: ClassifierConfig
    n_labels: int
    n_variants: int

    def fit(self, columns: Mapping[str, tuple[Task, Rounds]], progress: ReportProgress | None) -> _Cells:
        """Train every cell, row by row."""
        names = {(row, column): f"{row}, {column}" for row in ROWS for column in columns}
        jobs = [(self._arm(row, column, columns[column][0]), columns[column][1]) for row, column in names]
        predictions = fit_arms(jobs, self.task, progress)
        return {cell: predictions[name] for cell, name in names.items()}

    def _arm(self, row: str, column: str, task: Task) -> NetworkArm:
        is_stopped_early = self.config.early_stopping and column == ALL
        config = replace(self.config, fine_tune=row != FROZEN, early_stopping=is_stopped_early)
        if column == AUGMENTED:  # the rate of the penalty falls with the root of the number of texts
            config = replace(config, l2=strength_of(config) * sqrt(1 + self.n_variants))
        name = f"{row}, {column}"
        if row == FROM_SCRATCH:
            return untrained_arm(name, self.vectors.vector_size, task, config, has_losses=True)
        return pretrained_arm(name, self.vectors, task, config, has_losses=True)

    def cell(self, row: str, column: str, arm: ArmPredictions) -> Cell:
        """Put the fits of a cell together."""
        judge = Judge(self.task)
        curve = judge.curve(arm)
        is_all = column == ALL
        may_stop = self.config.early_stopping and is_all and row != FROZEN
        return Cell(
            row=row,
            column=column,
            n_labels=len(self.task.labelled) if is_all else self.n_labels,
            n_texts=round(float(np.mean([len(round_.train) for round_ in arm.rounds]))),
            accuracy=judge.accuracy(arm),
            by_draw=_floats(judge.correct(arm).mean(axis=1)),
            epochs=tuple(curve.epochs.tolist()),
            accuracy_by_epoch=tuple(map(_floats, curve.accuracy)),
            loss_by_epoch=tuple(_floats(fit_curve.losses) for fit_curve in arm.fit_curves),
            n_epochs=tuple(fit.n_epochs for fit in arm.fits),
            is_stopped_early=may_stop and len(self.task.labelled) >= MIN_LABELS,
            seconds_per_epoch=float(np.mean([fit.seconds / fit.n_epochs for fit in arm.fits])),
            n_parameters=arm.n_parameters,
        )

    def augmentation(self, cells: _Cells, row: str) -> Contrast:
        """Judge what variants brought to a row."""
        difference = Judge(self.task).difference(cells[row, AUGMENTED], cells[row, FEW])
        return _contrast(row, AUGMENTED, FEW, difference, f"{row}: augmentation")

    def fine_tuning(self, cells: _Cells, column: str) -> Contrast:
        """Judge what fine-tuning brought in a column."""
        difference = Judge(self.task).difference(cells[FINE_TUNED, column], cells[FROZEN, column])
        n_labels = len(self.task.labelled) if column == ALL else self.n_labels
        variants = " and variants" if column == AUGMENTED else ""
        subject = f"{n_labels:,} labels{variants}: fine-tuning"
        return _contrast(FINE_TUNED, column, FROZEN, difference, subject)


def _contrast(row: str, column: str, against: str, difference: Interval, subject: str) -> Contrast:
    outcome = outcome_of(difference)
    sentence = f"{subject} {_VERBS[outcome]}, {points_of_accuracy(difference)}"
    return Contrast(row, column, against, difference, outcome, sentence)


def freeze_or_fine_tune(contrasts: Sequence[Contrast]) -> str:
    """Say in one sentence what the differences of fine-tuned and frozen vectors advise."""
    helped = [contrast.column for contrast in contrasts if contrast.outcome == "positive"]
    if not helped:
        hurt = [contrast.column for contrast in contrasts if contrast.outcome == "negative"]
        why = f"fine-tuning hurt with {_named(hurt)}" if hurt else "fine-tuning gained nothing that shows"
        return f"freeze the word vectors: {why}, and frozen ones are quicker to train"
    if len(helped) == len(contrasts):
        return "fine-tune the word vectors: it helped with few labels and with all"
    return f"fine-tune the word vectors with {_named(helped)}, else freeze them"


def _hold_out(labelled: TokenizedTexts, seed: int) -> tuple[TokenizedTexts, TokenizedTexts]:
    """Divide the labelled texts, class by class, into those to draw from and a third to test on."""
    is_held_out = stratified_folds(labelled.labels, N_PARTS, 1, seed)[0] == 0
    return labelled.take(np.flatnonzero(~is_held_out)), labelled.take(np.flatnonzero(is_held_out))


def _notes(bench: _Bench, augmentations: Sequence[str], n_missing: int) -> list[str]:
    notes = []
    if NEIGHBOURS in augmentations:
        notes.append(
            f"neighbours come from the pretrained vectors: {FROM_SCRATCH!r} with augmentation is not wholly "
            "without pretraining"
        )
    if n_missing:
        notes.append(f"{n_missing:,} variants were left out: no new one was found for their texts")
    if bench.config.early_stopping and bench.n_labels >= MIN_LABELS:
        notes.append("few labels train without early stopping, so that the columns differ in variants alone")
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
