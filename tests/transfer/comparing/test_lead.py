"""Which arm is surely ahead, and how often one is taken for it that is not."""

import numpy as np
import pytest

from textransfer.sentiment.sentences.texts import WordLists
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.transfer.comparing.fits import ArmPredictions
from textransfer.transfer.comparing.judge import Judge
from textransfer.transfer.comparing.lead import lead_of
from textransfer.transfer.comparing.splits import stratified_folds
from textransfer.transfer.comparing.task import Task
from textransfer.transfer.statistics import macro_f1
from textransfer.transfer.statistics.lead import are_unequal

EQUAL, UNEQUAL = (0.5, 0.5), (0.9, 0.1)


def judge_of(truth, fold_of=None, labels=None):
    codes = truth if labels is None else labels
    words = WordLists([["a"]] * len(truth))
    task = Task(words, codes, ["x", "y"], words, truth, np.arange(0), 0, WordsTokenizer())
    return Judge(task, fold_of)


def arm(name, predicted):
    return ArmPredictions(name, (), [], predicted, np.zeros((len(predicted), 0, 0), np.int64))


def right_where(is_right, truth):
    return np.where(is_right, truth, 1 - truth)


def lead_among(truth, is_right, *, fold_of=None, labels=None):
    arms = {name: arm(name, right_where(right, truth)) for name, right in is_right.items()}
    return lead_of(judge_of(truth, fold_of, labels), arms)


def classes(random, shares, n):
    return (random.random(n) < shares[1]).astype(np.int64)


def test_one_that_is_far_ahead_leads():
    truth = np.arange(400) % 2
    right = {"pretrained": [[True] * 240 + [False] * 160], "TF-IDF + LR": [[True] * 360 + [False] * 40]}
    lead = lead_among(truth, {name: np.array(rows) for name, rows in right.items()})
    assert (lead.arm, lead.default, lead.measures) == ("TF-IDF + LR", "pretrained", ("accuracy",))
    assert lead.differences["accuracy"].estimate == pytest.approx(0.3)
    assert lead.sentence.startswith(
        "Ahead of pretrained: TF-IDF + LR, +30.0 points accuracy (95% interval +25"
    )
    assert "corrected" not in lead.sentence


def test_of_two_the_one_that_is_further_ahead():
    truth = np.arange(400) % 2
    n_right = {"pretrained": 240, "no pretraining": 380, "TF-IDF + LR": 360, "majority": 400}
    lead = lead_among(truth, {name: np.arange(400)[None] < n for name, n in n_right.items()})
    assert lead.candidates == ("no pretraining", "TF-IDF + LR")  # nobody wants the majority
    assert lead.arm == "no pretraining"
    assert lead.sentence.endswith("corrected for 2 candidates)")


def test_more_candidates_need_a_clearer_lead():
    truth = np.arange(200) % 2
    is_right = {"pretrained": np.arange(200)[None] < 100, "TF-IDF + LR": np.arange(200)[None] < 106}
    assert lead_among(truth, is_right).arm == "TF-IDF + LR"  # six texts won, none lost: p = 0.03
    is_right["no pretraining"] = is_right["pretrained"]
    lead = lead_among(truth, is_right)
    assert lead.arm is None
    assert lead.sentence == "No other arm is surely ahead of pretrained"


def test_with_seed_words_that_arm_is_the_default():
    truth = np.arange(200) % 2
    is_right = {"pretrained": np.arange(200)[None] < 150, "with seed words": np.arange(200)[None] < 100}
    lead = lead_among(truth, is_right)
    assert (lead.default, lead.arm) == ("with seed words", "pretrained")


def test_of_unequal_classes_macro_f1_counts_too():
    truth = np.repeat([0, 1], [360, 40])
    # All of the large class, or nearly all of both.
    is_right = {"pretrained": truth[None] == 0, "balanced": (np.arange(400) % 12 > 0)[None]}
    lead = lead_among(truth, is_right)
    assert (lead.arm, lead.measure) == ("balanced", "macro-F1")
    accuracy = lead.differences["accuracy"].estimate
    assert accuracy == pytest.approx(np.mean(is_right["balanced"]) - 0.9)
    assert lead.sentence.endswith(f"corrected for 2 measures), {100 * accuracy:+.1f} points accuracy")
    # The labels to train on decide which measures there are, not the test texts.
    assert lead_among(truth, is_right, labels=np.arange(400) % 2).measures == ("accuracy",)


def test_more_accuracy_for_less_macro_f1_is_a_lead_too():
    truth = np.repeat([0, 1], [900, 100])
    recalls = {"pretrained": (0.8, 0.95), "TF-IDF + LR": (0.97, 0.35)}
    lead = lead_among(truth, {name: by_recall(*pair) for name, pair in recalls.items()})
    assert (lead.arm, lead.measure) == ("TF-IDF + LR", "accuracy")
    assert -lead.differences["accuracy"].estimate < lead.differences["macro-F1"].estimate < 0


def by_recall(large, small, n=100):
    return np.concatenate([np.arange(9 * n) < large * 9 * n, np.arange(n) < small * n])[None]


def test_a_trade_of_accuracy_for_less_macro_f1_is_no_lead():
    truth = np.repeat([0, 1], [9000, 1000])
    recalls = {"pretrained": (0.98, 0.3), "balanced": (0.85, 0.76)}
    is_right = {name: by_recall(*pair, 1000) for name, pair in recalls.items()}
    judge = judge_of(truth)
    arms = {name: arm(name, right_where(right, truth)) for name, right in is_right.items()}
    gain = judge.macro_f1_difference(arms["balanced"], arms["pretrained"])
    assert gain.low > 0
    assert gain.estimate < -judge.difference(arms["balanced"], arms["pretrained"]).estimate
    assert lead_of(judge, arms).arm is None


def test_unequal_is_half_as_many_again():
    assert are_unequal([0, 0, 0, 1, 1])
    assert not are_unequal([0, 0, 0, 0, 1, 1, 1])


@pytest.mark.parametrize("shares", [EQUAL, UNEQUAL], ids=["equal", "unequal"])
@pytest.mark.parametrize("mode", ["draws", "cross-validation"])
def test_where_no_arm_is_better_one_is_seldom_taken_for_it(shares, mode, monkeypatch):
    # Five arms of the same accuracy that agree on most texts.
    monkeypatch.setattr(macro_f1, "N_RESAMPLES", 200)
    random = np.random.default_rng(0)
    names = ["pretrained", "no pretraining", "TF-IDF + LR", "with seed words", "balanced"]
    n_taken, n_trials = 0, 100
    for trial in range(n_trials):
        truth = classes(random, shares, 120)
        fold_of = stratified_folds(truth.tolist(), 5, 3, trial) if mode == "cross-validation" else None
        common, is_alike = random.random((3, 120)) < 0.7, random.random((3, 120)) < 0.6
        is_right = {name: np.where(is_alike, common, random.random((3, 120)) < 0.7) for name in names}
        n_taken += lead_among(truth, is_right, fold_of=fold_of).arm is not None
    assert n_taken <= 0.05 * n_trials
