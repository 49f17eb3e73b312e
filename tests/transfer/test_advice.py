from dataclasses import replace

import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.advice import Evidence, advise, judged
from textransfer.transfer.comparing.coverage import Coverage
from textransfer.transfer.comparing.rounds import Round, Rounds, halved
from textransfer.transfer.comparing.task import prepare_task
from textransfer.transfer.statistics.intervals import Interval

QUICK = ClassifierConfig(epochs=40)


@pytest.fixture(scope="module")
def usual(vectors, pool):
    return advise(vectors, pool, n_draws=5, config=QUICK)


def test_vectors_that_suit_leave_nothing_at_fault(usual):
    seen = usual.evidence
    assert usual.fault in ("neither", "unknown")
    assert seen.accuracy.estimate > 0.9
    assert seen.own_accuracy > 0.9
    assert list(seen.sizes) == [0, 4, 16, 64]
    assert (seen.mode, seen.n_labels, seen.n_tested) == ("cross-validation", 60, 60)
    assert usual.to_dict()["evidence"]["coverage"]["token_share"] == pytest.approx(6 / 7)


def test_a_head_that_is_held_back_is_at_fault(vectors, pool):
    advice = advise(vectors, pool, n_draws=5, config=replace(QUICK, l2=30.0))
    assert advice.fault == "classifier"
    assert advice.evidence.own_accuracy < advice.evidence.loose_own_accuracy
    assert not advice.is_layer_needed
    assert advice.does_size_matter


def test_words_that_vectors_cannot_tell_apart_are_the_fault_of_the_vectors(vectors):
    """Each text has a word that tells its class, but the two words have one vector."""
    matrix = vectors.matrix.copy()
    matrix[vectors.index["bad1x"]] = matrix[vectors.index["good1x"]]
    blind = WordVectors(vectors.words, matrix, counts=vectors.counts, tokenizer_spec=vectors.tokenizer_spec)
    texts = [f"{word} word{i % 40}x word{i % 7}x" for i in range(40) for word in ("good1x", "bad1x")]
    advice = advise(
        blind,
        LabelledTexts(texts, ["pos", "neg"] * 40, "few.csv"),
        n_draws=5,
        config=QUICK,
    )
    assert advice.evidence.behind_tfidf.low > 0
    assert advice.fault == "vectors"


def test_texts_to_test_on_and_the_same_again(vectors, pool, test_texts):
    few = LabelledTexts(pool.texts[:8], pool.labels[:8], "few.csv")
    first, same = (advise(vectors, few, test_texts, n_draws=2, config=QUICK) for _ in range(2))
    assert first == same
    assert (first.evidence.mode, first.evidence.n_tested) == ("random states", 100)


def test_too_little(vectors, pool):
    with pytest.raises(ConfigError, match="at least 2 of each"):
        advise(vectors, LabelledTexts(["x", "y", "z"], ["a", "a", "b"], "few.csv"))
    with pytest.raises(CorpusError, match="which no labelled text has"):
        advise(vectors, pool, LabelledTexts(["x"], ["odd"], "test.csv"))
    two_each = advise(
        vectors, LabelledTexts(pool.texts[:4], pool.labels[:4], "few.csv"), n_draws=2, config=QUICK
    )
    assert two_each.evidence.slope is None
    assert two_each.fault == "unknown"


SURE, NONE, LOST = Interval(0.1, 0.05, 0.15), Interval(0, -0.02, 0.02), Interval(-0.1, -0.2, -0.05)
OPEN = Interval(0.05, -0.1, 0.2)
EVIDENCE = Evidence(
    mode="cross-validation",
    n_labels=50,
    n_tested=50,
    accuracy=Interval(0.7, 0.6, 0.8),
    own_accuracy=1.0,
    loose_own_accuracy=1.0,
    loosened=NONE,
    behind_tfidf=LOST,
    slope=OPEN,
    fine_tuned=NONE,
    sizes={0: SURE, 4: SURE, 16: SURE},
    behind_best={0: NONE, 4: NONE, 16: NONE},
    coverage=Coverage(50, 0, 100, 90, 80, 70),
)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, "unknown"),
        ({"slope": None}, "unknown"),
        ({"slope": SURE}, "labels"),
        ({"slope": NONE}, "neither"),
        ({"slope": SURE, "behind_tfidf": SURE}, "vectors"),
        ({"slope": NONE, "coverage": Coverage(50, 20, 100, 40, 80, 20)}, "vectors"),
        ({"behind_tfidf": SURE, "loosened": SURE}, "classifier"),
        ({"own_accuracy": 0.7, "loosened": OPEN}, "classifier"),
        ({"own_accuracy": 0.7, "loose_own_accuracy": 0.8, "loosened": OPEN}, "unknown"),
        ({"own_accuracy": 0.7, "loosened": LOST}, "unknown"),
    ],
)
def test_the_rules_of_what_is_at_fault(changes, fault):
    assert judged(replace(EVIDENCE, **changes)).fault == fault


def test_the_rules_of_tuning_and_size():
    assert judged(EVIDENCE).tuning == "no difference"
    assert judged(replace(EVIDENCE, fine_tuned=SURE)).tuning == "fine-tune"
    assert judged(replace(EVIDENCE, fine_tuned=LOST)).tuning == "freeze"
    same = judged(EVIDENCE)
    assert (same.hidden_size, same.is_layer_needed, same.does_size_matter) == (4, False, False)
    layered = judged(replace(EVIDENCE, behind_best={0: SURE, 4: SURE, 16: NONE}))
    assert (layered.hidden_size, layered.is_layer_needed, layered.does_size_matter) == (16, True, True)
    best_layer = {0: SURE, 4: OPEN, 16: SURE}
    alone = judged(replace(EVIDENCE, sizes=best_layer, behind_best={0: NONE, 4: SURE, 16: SURE}))
    assert (alone.hidden_size, alone.is_layer_needed) == (16, False)


@pytest.fixture(scope="module")
def task(vectors, pool, test_texts):
    return prepare_task(vectors, pool, test_texts, None, 0)[0]


def test_half_of_each_round_is_stratified_and_drawn_anew(task):
    train, test = np.arange(10, 50), np.arange(100)
    rounds = Rounds("draws", (Round(0, 0, train, test, 1), Round(1, 0, train, test, 2)), 2)
    halves = halved(rounds, task.codes, 0).rounds
    for half in halves:
        assert len(set(half.train)) == 20
        assert set(half.train) <= set(train)
        assert task.codes[half.train].sum() == 10
        assert half.test is test
    assert set(halves[0].train) != set(halves[1].train)


def test_what_a_classifier_gets_right_of_its_own_texts_does_not_depend_on_calibration(vectors, pool, usual):
    classifier = SentimentClassifier.from_config(QUICK, vectors).fit(pool.texts, pool.labels)
    assert classifier.temperature_ != 1.0
    assert usual.evidence.own_accuracy == classifier.score(pool.texts, pool.labels)
