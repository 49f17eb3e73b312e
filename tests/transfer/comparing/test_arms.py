from dataclasses import replace

import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.errors import TextransferWarning
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.word_classifier import WordClassifier
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.comparing import task as comparing_task
from textransfer.transfer.comparing.arms import build_arms, curve_epochs
from textransfer.transfer.comparing.rounds import Round
from textransfer.transfer.comparing.task import prepare_task

CONFIG = ClassifierConfig(epochs=12)


@pytest.fixture
def task(vectors, pool, test_texts):
    return replace(prepare_task(vectors, pool, test_texts, None, 0)[0], watched=np.arange(0, 100, 3))


@pytest.mark.parametrize(
    ("n_epochs", "expected"),
    [
        (1, [1]),
        (12, [1, 2, 3, 5, 7, 10, 12]),
        (150, [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150]),
    ],
)
def test_curve_epochs(n_epochs, expected):
    np.testing.assert_array_equal(curve_epochs(n_epochs), expected)


def test_arms_are_the_four(vectors, task):
    arms = build_arms(vectors, task, CONFIG)
    assert [arm.name for arm in arms] == ["pretrained", "no pretraining", "TF-IDF + LR", "majority"]
    assert [arm.is_random for arm in arms] == [True, True, False, False]


@pytest.mark.parametrize("is_pretrained", [True, False])
@pytest.mark.parametrize("fine_tune", [True, False])
def test_a_network_arm_is_the_classifier_itself(vectors, task, is_pretrained, fine_tune):
    config = CONFIG.override(fine_tune=fine_tune)
    arm = build_arms(vectors, task, config, has_text_features=False)[0 if is_pretrained else 1]
    train, test = np.array([0, 1, 4, 5, 8, 9]), np.arange(5, 90)
    start = vectors if is_pretrained else None
    options = {"vector_size": None if is_pretrained else vectors.vector_size}
    classifier = SentimentClassifier.from_config(
        config, start, tokenizer=vectors.tokenizer(), random_state=7, **options
    ).fit([task.labelled[i] for i in train], task.codes[train])
    for _ in range(2):  # what is remembered of the test texts must not matter
        (run,) = arm.fit_rounds([Round(0, 0, train, test, 7)])
        np.testing.assert_array_equal(run.predicted, classifier.predict([task.test[i] for i in test]))
    watched = np.isin(test, task.watched)
    assert run.curve.predicted.shape == (7, watched.sum())
    np.testing.assert_array_equal(run.curve.predicted[-1], run.predicted[watched])
    assert (np.diff(run.curve.seconds) > 0).all()
    assert run.seconds == run.curve.seconds[-1]
    assert run.n_parameters == classifier.network_.n_parameters + (
        classifier.averaging_.table.size if fine_tune or not is_pretrained else 0
    )


def test_the_curve_shows_the_classifier_of_each_epoch(vectors, task):
    arm = build_arms(vectors, task, CONFIG)[0]
    train, test = np.arange(8), np.arange(100)
    (run,) = arm.fit_rounds([Round(0, 0, train, test, 3)])
    short = SentimentClassifier.from_config(
        CONFIG.override(epochs=2), vectors, tokenizer=vectors.tokenizer(), random_state=3
    ).fit([task.labelled[i] for i in train], task.codes[train])
    np.testing.assert_array_equal(run.curve.predicted[1], short.predict([task.test[i] for i in task.watched]))


def test_the_curve_ends_in_the_network_alone_whatever_joins_it(vectors, task):
    round_ = Round(0, 0, np.arange(40), np.arange(100), 3)
    for number in (0, 1):
        alone, whole = (
            build_arms(vectors, task, CONFIG, has_text_features=joins)[number].fit_rounds([round_])[0]
            for joins in (False, True)
        )
        np.testing.assert_array_equal(whole.curve.predicted, alone.curve.predicted)
        assert (alone.has_members, whole.has_members) == (False, True)
        assert whole.seconds > whole.curve.seconds[-1]
        assert alone.seconds == alone.curve.seconds[-1]
        network = SentimentClassifier.from_config(
            CONFIG,
            vectors if number == 0 else None,
            tokenizer=vectors.tokenizer(),
            vector_size=None if number == 0 else vectors.vector_size,
            random_state=3,
        )
        combined = CombinedClassifier.over(network).fit(
            [task.labelled[i] for i in range(40)], task.codes[:40].tolist()
        )
        np.testing.assert_array_equal(whole.predicted, combined.predict(task.test))


def test_a_fit_that_stops_early_stays_with_the_epoch_it_kept(vectors, test_texts):
    # Labels of no meaning: what is held out gets worse from the start, so the last epoch is not kept.
    random = np.random.default_rng(0)
    labelled = [" ".join(random.choice(vectors.words, 6)) for _ in range(240)]
    pool = LabelledTexts(labelled, ["neg", "pos"] * 120, "pool")
    task, _, _ = prepare_task(vectors, pool, test_texts, None, 0)
    config = CONFIG.override(fine_tune=True, epochs=1000, learning_rate=0.1, vector_learning_rate=0.1)
    arm = build_arms(vectors, task, config, has_text_features=False)[0]
    (run,) = arm.fit_rounds([Round(0, 0, np.arange(240), np.arange(100), 0)])
    assert run.curve.predicted.shape == (len(curve_epochs(1000)), 100)
    assert run.curve.seconds[-1] == run.curve.seconds[-2] == run.seconds
    np.testing.assert_array_equal(run.curve.predicted[-1], run.predicted)
    n_points = np.count_nonzero(run.curve.seconds < run.seconds) + 1
    assert (run.curve.predicted[n_points - 2] != run.predicted).any()


@pytest.mark.parametrize("is_pretrained", [True, False])
@pytest.mark.parametrize("fine_tune", [True, False])
@pytest.mark.parametrize("encoder", ["sif", "mean"])
def test_rounds_side_by_side_are_the_rounds_one_by_one(vectors, task, is_pretrained, fine_tune, encoder):
    config = CONFIG.override(fine_tune=fine_tune, encoder=encoder)
    arm = build_arms(vectors, task, config)[0 if is_pretrained else 1]
    random = np.random.default_rng(5)
    rounds = []
    for draw, size in enumerate([8, 6, 8, 8, 6]):
        train = np.concatenate([random.choice(np.flatnonzero(task.codes == c), size // 2) for c in (0, 1)])
        rounds.append(Round(draw, 0, train, random.permutation(100)[:40], draw))
    reports = []
    together = arm.fit_rounds(rounds, reports.append)
    assert reports == [1, 2, 3, 4, 5]
    for round_, run in zip(rounds, together, strict=True):
        (alone,) = arm.fit_rounds([round_])
        np.testing.assert_array_equal(run.curve.predicted, alone.curve.predicted)
        np.testing.assert_array_equal(run.predicted, alone.predicted)
        assert run.n_parameters == alone.n_parameters
    assert len({run.predicted[:20].tobytes() for run in together}) > 1


@pytest.mark.parametrize("number", [2, 3])
def test_the_other_arms_predict_every_text(vectors, task, number):
    arm = build_arms(vectors, task, CONFIG)[number]
    run, other = arm.fit_rounds([Round(0, 0, np.arange(20), np.arange(100), seed) for seed in (0, 1)])
    assert run.predicted.shape == (100,)
    assert set(run.predicted.tolist()) <= {0, 1}
    assert run.curve is None
    assert run.n_parameters == {2: len({w for t in task.labelled[:20] for w in t}) + 1, 3: 2}[number]
    np.testing.assert_array_equal(other.predicted, run.predicted)


def test_unknown_words_are_not_warned_of_at_each_fit(vectors, task, recwarn):
    task.labelled[0] = ["nothing", "known"]
    build_arms(vectors, task, CONFIG)[0].fit_rounds([Round(0, 0, np.arange(8), np.arange(4), 0)])
    assert not [warning for warning in recwarn if issubclass(warning.category, TextransferWarning)]


def test_what_reads_the_words_is_fitted_once_for_all_arms(vectors, task, monkeypatch):
    fitted = []
    fit = WordClassifier.fit

    def counted(self, texts, *arguments):
        fitted.append(len(texts))
        return fit(self, texts, *arguments)

    rounds = [Round(0, 0, np.arange(12), np.arange(50), 3), Round(1, 0, np.arange(12, 26), np.arange(50), 4)]
    alone = [build_arms(vectors, task, CONFIG)[1].fit_rounds([own])[0] for own in rounds]
    task._of_words.clear()
    monkeypatch.setattr(WordClassifier, "fit", counted)
    arms = build_arms(vectors, task, CONFIG)
    fits = [arm.fit_rounds(rounds) for arm in arms[:2]]
    assert fitted == [12, 14]
    for fit_, other in zip(fits[1], alone, strict=True):
        np.testing.assert_array_equal(fit_.predicted, other.predicted)
        assert fit_.n_parameters == other.n_parameters
    assert all(fit_.seconds > seconds for fit_ in fits[1] for _, seconds in task._of_words.values())
    monkeypatch.setattr(comparing_task, "FEW_TEXTS", 11)
    task._of_words.clear()
    arms[0].fit_rounds(rounds)
    assert not task._of_words


def test_texts_of_rounds_that_are_looked_up_together_are_the_same(task):
    rounds = [Round(0, 0, np.array(train), np.arange(3), 7) for train in ([8, 1, 4], [5, 4, 0])]
    for _ in range(2):
        assert task.training_words_of(rounds) == [task.training_words(round_) for round_ in rounds]
    assert task.training_words_of(rounds[1:]) == [task.training_words(rounds[1])]
