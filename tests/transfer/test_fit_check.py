import numpy as np
import pytest
from transfer.conftest import labelled_texts

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer import fit_check
from textransfer.transfer.fit_check import check_fit


def dealt(vectors, seed=0):
    """Vectors whose words have each other's."""
    rows = np.random.default_rng(seed).permutation(len(vectors))
    return WordVectors(
        vectors.words, vectors.matrix[rows], counts=vectors.counts, tokenizer_spec=vectors.tokenizer_spec
    )


def test_vectors_that_tell_the_classes_apart_suit(vectors, pool):
    check = check_fit(vectors, pool)
    assert (check.threat, check.fit) == ("none", "good")
    assert "does not threaten" in check.threat_sentence
    assert check.separation.accuracy.estimate > 0.9
    assert check.separation.ahead.estimate > 0
    assert check.coverage.token_share == pytest.approx(6 / 7)
    assert [first.word for first in check.unknown] == ["unknown"]
    assert check.unknown[0].by_class == {"neg": 30, "pos": 30}
    assert check.distance.shift is None
    assert check.to_dict()["separation"]["p_value"] < 0.05


def test_shuffled_vectors_threaten_and_few_labels_do_not_say(vectors, pool):
    check = check_fit(dealt(vectors), labelled_texts(400, 3))
    assert (check.threat, check.fit) == ("possible", "poor")
    few = check_fit(dealt(vectors), labelled_texts(8, 3))
    assert (few.threat, few.fit) == ("unknown", "unknown")
    assert "8 labels are not enough" in few.threat_sentence


def test_texts_of_which_nothing_is_known(vectors):
    foreign = LabelledTexts([f"was ist das {i}" for i in range(8)], ["ja", "nein"] * 4, "fremd.csv")
    check = check_fit(vectors, foreign)
    assert (check.threat, check.fit, check.distance.nearness) == ("possible", "poor", "far")
    assert "only 0% of the words are known" in check.threat_sentence


def test_unlabelled_texts_enter_the_distance_alone(vectors, pool):
    check = check_fit(vectors, pool, ["etwas anderes"] * 500)
    assert (check.n_texts, check.n_task_texts) == (60, 560)
    assert check.distance.nearness == "far"
    assert check.coverage == check_fit(vectors, pool).coverage
    assert check.fit == "in part"


def test_the_same_seed_gives_the_same(vectors, pool, monkeypatch):
    monkeypatch.setattr(fit_check, "N_SEPARATED", 40)
    first, same = (check_fit(vectors, pool, random_state=3) for _ in range(2))
    assert first == same
    assert first.separation.n_texts == 40


def test_too_little(vectors):
    with pytest.raises(ConfigError, match="class 'b' has a single labelled text"):
        check_fit(vectors, LabelledTexts(["x", "y", "z"], ["a", "a", "b"], "few.csv"))
    with pytest.raises(ConfigError, match=r"few\.csv has only the class 'a'"):
        check_fit(vectors, LabelledTexts(["x"], ["a"], "few.csv"))
    with pytest.raises(CorpusError, match="no word"):
        check_fit(vectors, LabelledTexts([" "] * 4, ["a", "b"] * 2, "few.csv"))


def test_no_more_unlabelled_texts_are_looked_at_than_said(vectors, pool, monkeypatch):
    monkeypatch.setattr(fit_check, "N_UNLABELLED", 100)
    check = check_fit(vectors, pool, (f"good{i}x" for i in range(5000)))
    assert check.n_task_texts == len(pool) + 100
