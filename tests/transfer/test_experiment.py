import json

import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.training.fitting import strength_of
from textransfer.transfer import experiment as experiment_module
from textransfer.transfer.augmenting.augmentation import AUGMENTATIONS
from textransfer.transfer.comparing import judge as judge_module
from textransfer.transfer.comparing.grid import COLUMNS, ROWS, Contrast
from textransfer.transfer.comparing.rounds import plan_rounds
from textransfer.transfer.comparing.splits import few_shot_draws
from textransfer.transfer.experiment import experiment, freeze_or_fine_tune
from textransfer.transfer.statistics.intervals import Interval, accuracy_difference_interval

CONFIG = ClassifierConfig(epochs=20)


@pytest.fixture(scope="module")
def grid(vectors, pool, test_texts):
    return experiment(
        vectors, pool, test_texts, n_labels=8, n_draws=4, augmentations=AUGMENTATIONS, config=CONFIG
    )


def test_nine_cells_with_curves(grid):
    assert [(cell.row, cell.column) for cell in grid.cells] == [(r, c) for r in ROWS for c in COLUMNS]
    for cell in grid.cells:
        assert len(cell.by_draw) == len(cell.n_epochs) == 4
        assert np.mean(cell.by_draw) == pytest.approx(cell.accuracy.estimate)
        assert np.shape(cell.accuracy_by_epoch) == np.shape(cell.loss_by_epoch) == (4, len(cell.epochs))
        np.testing.assert_allclose(np.array(cell.accuracy_by_epoch)[:, -1], cell.by_draw)
        assert cell.seconds_per_epoch > 0
        assert cell.n_labels == (60 if cell.column == "all" else 8)
        assert (cell.n_texts > 8) == (cell.column != "few")
        assert not cell.is_stopped_early
        assert set(cell.n_epochs) == {20}
    assert json.loads(json.dumps(grid.to_dict()))["format_version"] == 1
    assert len(list(grid.rows())) == 9 * 4 * len(grid.cells[0].epochs)


def test_planted_transfer_is_seen(grid):
    for column in ("few", "few + augmentation"):
        assert grid.cell("frozen", column).accuracy.low > grid.cell("from scratch", column).accuracy.estimate
    assert grid.cell("fine-tuned", "few").n_parameters > grid.cell("frozen", "few").n_parameters


def test_a_cell_is_the_classifier_itself(vectors, pool, test_texts, grid):
    rows = few_shot_draws(pool.labels, 8, 4)[2]
    seed = plan_rounds(pool.labels, 1, n_labels=8, n_draws=4, n_folds=0, random_state=0).rounds[2].seed
    config = CONFIG.override(fine_tune=True, calibrate=False)
    classifier = SentimentClassifier.from_config(config, vectors, random_state=seed)
    classifier.fit([pool.texts[i] for i in rows], [pool.labels[i] for i in rows])
    probabilities = classifier.predict_proba(test_texts.texts)
    cell = grid.cell("fine-tuned", "few")
    assert cell.by_draw[2] == np.mean(classifier.predict(test_texts.texts) == np.array(test_texts.labels))
    is_true = classifier.classes_[None] == np.array(test_texts.labels)[:, None]
    assert cell.loss_by_epoch[2][-1] == pytest.approx(-np.log(probabilities[is_true]).mean(), rel=1e-5)


def test_contrasts_are_paired(grid):
    for contrast in (*grid.augmentation, *grid.fine_tuning):
        is_column = contrast.against == "few"
        row, column = (contrast.row, "few") if is_column else (contrast.against, contrast.column)
        assert contrast.difference.estimate == pytest.approx(
            grid.cell(contrast.row, contrast.column).accuracy.estimate
            - grid.cell(row, column).accuracy.estimate
        )
        assert contrast.difference.low <= contrast.difference.estimate <= contrast.difference.high


def test_a_random_state_gives_the_same_again(vectors, pool, test_texts):
    options = {"n_labels": 8, "n_draws": 2, "augmentations": AUGMENTATIONS}
    grid, again = (
        experiment(vectors, pool, test_texts, **options, config=ClassifierConfig(epochs=4)) for _ in range(2)
    )
    assert grid.augmentation == again.augmentation
    assert grid.fine_tuning == again.fine_tuning
    assert [cell.by_draw for cell in grid.cells] == [cell.by_draw for cell in again.cells]


def test_the_difference_is_that_of_the_texts(monkeypatch, vectors, pool, test_texts):
    calls = []

    def spy(correct, other, **options):
        calls.append((np.shape(correct), np.shape(other)))
        return accuracy_difference_interval(correct, other, **options)

    monkeypatch.setattr(judge_module, "accuracy_difference_interval", spy)
    grid = experiment(
        vectors, pool, test_texts, n_labels=8, n_draws=2, config=ClassifierConfig(epochs=2), augmentations=()
    )
    assert calls == [((2, 100), (2, 100))] * 2
    assert grid.columns == ("few", "all")
    assert grid.augmentation == ()


def test_without_test_texts_a_third_is_held_out(vectors, pool):
    grid = experiment(vectors, pool, n_labels=8, n_draws=2, config=ClassifierConfig(epochs=2))
    assert (grid.n_pool, grid.n_test) == (40, 20)
    assert "20 labelled texts were held out" in grid.notes[0]


def test_variants_keep_the_penalty_of_their_labels(vectors, pool, test_texts):
    """The rate of the penalty falls with the root of the number of texts, and variants are no labels."""
    configs = {}
    real = experiment_module.pretrained_arm

    def spy(name, vectors, task, config, **options):
        configs[name] = config
        return real(name, vectors, task, config, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiment_module, "pretrained_arm", spy)
        experiment(
            vectors,
            pool,
            test_texts,
            n_labels=8,
            n_draws=2,
            config=ClassifierConfig(epochs=1),
            augmentations=["drop"],
            n_variants=3,
        )
    assert configs["frozen, few + augmentation"].l2 == pytest.approx(2 * strength_of(configs["frozen, few"]))


def test_only_all_labels_stop_early(monkeypatch, vectors, pool, test_texts):
    """Variants of a held-out text would tell its class: few labels never stop early."""
    for module in ("textransfer.sentiment.training.fitting", "textransfer.transfer.experiment"):
        monkeypatch.setattr(f"{module}.MIN_LABELS", 20)
    config = ClassifierConfig(epochs=60, vector_learning_rate=0.05)
    grid = experiment(
        vectors, pool, test_texts, n_labels=24, n_draws=2, augmentations=["drop"], config=config
    )
    for cell in grid.cells:
        is_stopped = cell.column == "all" and cell.row != "frozen"
        assert cell.is_stopped_early == is_stopped
        assert (min(cell.n_epochs) < 60) == is_stopped, cell
    assert any("without early stopping" in note for note in grid.notes)
    seed = plan_rounds(pool.labels, 1, n_labels=24, n_draws=2, n_folds=0, random_state=0).rounds[1].seed
    plain = config.override(fine_tune=True, calibrate=False)
    kept = SentimentClassifier.from_config(plain, vectors, random_state=seed)
    probabilities = kept.fit(pool.texts, pool.labels).predict_proba(test_texts.texts)
    is_true = kept.classes_[None] == np.array(test_texts.labels)[:, None]
    loss = grid.cell("fine-tuned", "all").loss_by_epoch[1][-1]  # of the epoch that was kept, not the last
    assert loss == pytest.approx(-np.log(probabilities[is_true]).mean(), rel=1e-5)


def test_few_must_be_fewer_than_all(vectors, pool, test_texts):
    with pytest.raises(ConfigError, match="expected fewer than all"):
        experiment(vectors, pool, test_texts, n_labels=60)


@pytest.mark.parametrize(
    ("outcomes", "advice"),
    [
        (["positive"] * 3, "fine-tune the word vectors: it helped with few labels and with all"),
        (
            ["inconclusive", "inconclusive", "positive"],
            "fine-tune the word vectors with all labels, else freeze them",
        ),
        (
            ["negative", "inconclusive", "inconclusive"],
            "freeze the word vectors: fine-tuning hurt with few labels, and frozen ones are quicker to train",
        ),
        (
            ["negative", "negative", "inconclusive"],
            "freeze the word vectors: fine-tuning hurt with few labels and variants of them, and frozen ones "
            "are quicker to train",
        ),
        (
            ["inconclusive"] * 3,
            "freeze the word vectors: fine-tuning gained nothing that shows, and frozen ones are quicker to "
            "train",
        ),
    ],
)
def test_advice(outcomes, advice):
    span = Interval(0.0, -0.1, 0.1)
    contrasts = [
        Contrast("fine-tuned", column, "frozen", span, outcome, "")
        for column, outcome in zip(COLUMNS, outcomes, strict=True)
    ]
    assert freeze_or_fine_tune(contrasts) == advice
