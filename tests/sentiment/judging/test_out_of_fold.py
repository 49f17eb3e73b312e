import numpy as np
import pytest
from reviews import labelled, word_vectors
from sklearn.model_selection import StratifiedKFold

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.judging.out_of_fold import out_of_fold, splits_of

VECTORS = word_vectors()
CODES = np.arange(40) % 2


def held_out(splits):
    return [split.held_out.tolist() for split in splits]


def test_folds_follow_the_seed():
    again, other = held_out(splits_of(CODES, 3)), held_out(splits_of(CODES, 4))
    assert held_out(splits_of(CODES, 3)) == again != other
    folds = [rows for rows in again[:5]]
    assert sorted(sum(folds, [])) == list(range(40))  # each text once, then once more in other folds
    assert sorted(sum(again[5:], [])) == list(range(40))
    assert folds != again[5:]


@pytest.mark.parametrize("n", [40, 120])
def test_folds_of_seed_0_stay_what_figures_were_measured_with(n):
    codes = np.arange(n) % 2
    states = [0, 1] if n < 100 else [0]
    expected = [
        rows.tolist()
        for state in states
        for _, rows in StratifiedKFold(5, shuffle=True, random_state=state).split(codes, codes)
    ]
    assert held_out(splits_of(codes, 0)) == held_out(splits_of(codes)) == expected


@pytest.mark.parametrize("make", [SentimentClassifier, CombinedClassifier])
def test_random_state_decides_which_texts_are_held_out_together(make):
    texts, labels = labelled(110)
    codes = np.array(labels) == "good"
    first, again, other, zero = (
        make(VECTORS, random_state=state).fit(texts, labels).out_of_fold_ for state in (5, 5, 6, 0)
    )
    np.testing.assert_array_equal(first.positions, again.positions)
    np.testing.assert_array_equal(first.probabilities, again.probabilities)
    assert (first.positions != other.positions).any()
    expected = np.concatenate([split.held_out for split in splits_of(codes.astype(int), 0)])
    np.testing.assert_array_equal(zero.positions, expected)


def test_texts_of_weight_0_are_left_out_and_a_class_of_a_single_text_gives_none():
    texts, labels = labelled(20)
    weights = [0.0] * 4 + [1.0] * 16
    made = out_of_fold(lambda: SentimentClassifier(VECTORS, epochs=2), texts, labels, weights)
    assert set(made.positions.tolist()) == set(range(4, 20))
    assert out_of_fold(lambda: SentimentClassifier(VECTORS), ["good", "bad", "dull"], [1, 0, 0]) is None
