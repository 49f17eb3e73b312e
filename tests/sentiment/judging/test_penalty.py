"""Many labels choose the penalty of a network with two layers; few leave it as it is."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import SentimentClassifier
from textransfer.config import USUAL_L2
from textransfer.sentiment.judging import penalty
from textransfer.sentiment.training.fit import Fit, Split

VECTORS = word_vectors()
TEXTS, LABELS = labelled(60)
SETTINGS: dict[str, Any] = {"epochs": 60, "calibrate": False, "hidden_size": 8}


def prepared(labels: list[Any] = LABELS, **settings: Any) -> Fit:
    fit = SentimentClassifier(VECTORS, **{**SETTINGS, **settings}).prepare_fit(TEXTS, labels)
    assert fit is not None
    return fit


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(penalty, "MANY_LABELS", 30)


def test_few_labels_leave_it_as_it_is() -> None:
    assert prepared().config.l2 is None


@pytest.mark.usefixtures("many")
def test_clear_labels_want_a_weak_one() -> None:
    assert prepared().config.l2 == USUAL_L2 / 16


def test_where_the_others_mislead_the_strongest_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = prepared()
    rows = np.arange(len(fit.codes))
    split = Split(rows[12:], rows[:12])
    codes = fit.codes.copy()
    codes[split.held_out] = 1 - codes[split.held_out]
    monkeypatch.setattr(penalty, "MANY_LABELS", 30)
    monkeypatch.setattr(penalty, "splits_of", lambda *_: [split])
    assert penalty.with_best_penalty(replace(fit, codes=codes)).config.l2 == USUAL_L2


@pytest.mark.usefixtures("many")
def test_what_is_chosen_is_trained_with_from_the_same_start(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = SentimentClassifier(VECTORS, **SETTINGS).fit(TEXTS, LABELS)
    monkeypatch.setattr(penalty, "MANY_LABELS", 1000)
    fixed = SentimentClassifier(VECTORS, **SETTINGS, l2=USUAL_L2 / 16).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(chosen.predict_proba(TEXTS), fixed.predict_proba(TEXTS))


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("settings", [{"hidden_size": 0}, {"fine_tune": True}, {"l2": 1.0}], ids=str)
def test_where_it_is_not_open(settings: dict[str, Any]) -> None:
    assert prepared(**settings).config.l2 == settings.get("l2")
