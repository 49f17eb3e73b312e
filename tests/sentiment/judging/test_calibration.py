import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.errors import ConfigError, TextransferWarning
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.judging.calibration import (
    accuracy_by_coverage,
    best_temperature,
    calibration_error,
    log_loss,
    tempered,
)
from textransfer.sentiment.judging.out_of_fold import OutOfFold, label_doubts, out_of_fold

VECTORS = word_vectors()


def drawn(n=20_000, seed=0):
    """Return probabilities, and classes that come true as often as they say."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (n, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    codes = (rng.random((n, 1)) > p.cumsum(axis=1)).sum(axis=1)
    return p, np.minimum(codes, 2)


def test_honest_probabilities_have_no_calibration_error():
    p, codes = drawn()
    assert calibration_error(p, codes) < 0.015
    assert calibration_error(tempered(p, 0.4), codes) > 0.1


def test_calibration_error_by_hand():
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7]])
    codes = np.array([0, 1, 0, 1])
    # Two parts: (0.6, 0.7), both right; (0.8, 0.9), one of two right.
    assert calibration_error(p, codes, n_bins=2) == pytest.approx(0.5 * 0.35 + 0.5 * 0.35)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_put_on_is_found(temperature):
    p, codes = drawn()
    assert best_temperature(tempered(p, 1 / temperature), codes) == pytest.approx(temperature, rel=0.05)
    assert log_loss(p, codes) < log_loss(tempered(p, 1.5), codes)


def test_caution_holds_the_temperature_near_one_where_texts_are_few():
    p = np.array([[0.6, 0.4]] * 4)
    codes = np.zeros(4, np.int64)
    assert best_temperature(p, codes) < 0.06
    assert 0.5 < best_temperature(p, codes, caution=8) < 1


def test_abstaining_is_counted():
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    thresholds, coverage, accuracy = accuracy_by_coverage(p, np.array([0, 0, 0]))
    assert thresholds.tolist() == [0.9, 0.8, 0.6]
    np.testing.assert_allclose(coverage, [1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(accuracy, [1, 0.5, 2 / 3])


def test_fit_divides_the_logits_and_keeps_the_classes():
    texts, labels = labelled(40)
    plain = SentimentClassifier(VECTORS, epochs=30, calibrate=False).fit(texts, labels)
    mended = SentimentClassifier(VECTORS, epochs=30).fit(texts, labels)
    assert plain.temperature_ == 1
    assert plain.out_of_fold_ is None
    assert mended.temperature_ != 1
    np.testing.assert_allclose(
        mended.predict_proba(texts), tempered(plain.predict_proba(texts), mended.temperature_), atol=1e-6
    )
    found = mended.out_of_fold_
    codes = np.searchsorted(mended.classes_, labels)[found.positions]
    before, after = found.probabilities, tempered(found.probabilities, mended.temperature_)
    assert log_loss(after, codes) < log_loss(before, codes)


def test_out_of_fold_predictions_come_from_the_other_folds():
    texts, labels = labelled(20)
    labels[0], labels[1] = labels[1], labels[0]  # a fit on these texts could learn them by heart
    found = out_of_fold(lambda: SentimentClassifier(VECTORS, epochs=60), texts, labels)
    assert sorted(found.positions.tolist()) == sorted([*range(20), *range(20)])
    means = found.means(20)
    assert means[0].argmax() == 0  # labelled "good" now, but looks "bad"
    np.testing.assert_allclose(means.sum(axis=1), 1)


def test_another_seed_makes_other_folds():
    texts, labels = labelled(20)
    folds = {}
    for seed in (0, 0, 1, 2):
        held_out = out_of_fold(
            lambda: SentimentClassifier(VECTORS, epochs=2), texts, labels, seed=seed
        ).positions.tolist()
        assert folds.setdefault(seed, held_out) == held_out
    assert len(set(map(tuple, folds.values()))) == 3


def test_a_class_of_one_text_is_not_cross_validated():
    texts, labels = labelled(7)
    assert out_of_fold(lambda: SentimentClassifier(VECTORS), [*texts, "a plot"], [*labels, "other"]) is None
    assert SentimentClassifier(VECTORS, epochs=3).fit([*texts, "a"], [*labels, "other"]).temperature_ == 1


class Renumbered:
    """Looks its items up by numbers of its own, as a pandas Series does that was shuffled."""

    def __init__(self, items):
        self._items = list(items)

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)

    def __array__(self, dtype=None, copy=None):
        return np.array(self._items, dtype=dtype)

    def __getitem__(self, number):
        return self._items[-1 - number]


def test_labels_and_weights_are_taken_in_their_order():
    texts, labels = labelled(12)
    weights = [1.0 + place for place in range(len(texts))]
    plain = SentimentClassifier(VECTORS).fit(texts, labels, weights)
    other = SentimentClassifier(VECTORS).fit(Renumbered(texts), Renumbered(labels), Renumbered(weights))
    assert other.temperature_ == plain.temperature_
    np.testing.assert_array_equal(other.predict_proba(texts), plain.predict_proba(texts))


def test_texts_without_weight_are_not_cross_validated():
    texts, labels = labelled(12)
    weights = np.zeros(len(texts))
    counting = [place for name in set(labels) for place in np.flatnonzero(np.array(labels) == name)[:2]]
    weights[counting] = 1
    found = out_of_fold(lambda: SentimentClassifier(VECTORS), texts, labels, weights)
    assert set(found.positions) == set(counting)


def test_folds_may_be_without_words():
    classifier = SentimentClassifier(epochs=5)
    with pytest.warns(TextransferWarning, match="3 of 4"):
        classifier.fit(["hello", "", "", ""], ["x", "y", "x", "y"])
    assert np.isfinite(classifier.predict_proba(["hello", ""])).all()


def test_swapped_labels_are_doubted():
    texts, labels = labelled(40)
    swapped = [3, 17]
    for i in swapped:
        labels[i] = "bad" if labels[i] == "good" else "good"
    found = SentimentClassifier(VECTORS, epochs=60).fit(texts, labels).out_of_fold_
    codes = np.searchsorted(["bad", "good"], labels)
    doubts = label_doubts(found, codes)
    assert {position for position, _, _ in doubts[:2]} == set(swapped)
    assert all(other != codes[position] and p > 0.5 for position, other, p in doubts)


def test_texts_that_were_not_predicted_are_not_doubted():
    found = OutOfFold(np.array([0, 2]), np.array([[0.9, 0.1], [0.2, 0.8]]))
    assert label_doubts(found, np.array([0, 1, 1])) == []
    assert [doubt[:2] for doubt in label_doubts(found, np.array([0, 0, 0]))] == []
    assert [
        doubt[:2]
        for doubt in label_doubts(OutOfFold(np.arange(3), np.eye(2)[[0, 1, 1]]), np.array([0, 1, 0]))
    ] == [(2, 1)]


def fitted(texts, labels, weights=None, **settings):
    model = SentimentClassifier(VECTORS, epochs=40, calibrate=False, **settings)
    return model.fit(texts, labels, weights)


def test_a_weight_of_two_is_a_text_given_twice():
    texts, labels = labelled(9)
    free = {"l2": 0.0, "standardize": False}  # what depends on the number of texts
    twice = fitted([*texts, texts[0]], [*labels, labels[0]], **free)
    weighted = fitted(texts, labels, [2] + [1] * 8, **free)
    np.testing.assert_allclose(twice.predict_proba(texts), weighted.predict_proba(texts), atol=1e-4)
    assert (
        abs(weighted.predict_proba(texts) - fitted(texts, labels, **free).predict_proba(texts)).max() > 1e-3
    )


@pytest.mark.parametrize("settings", [{"batch_size": 3}, {"fine_tune": True}])
def test_a_text_without_weight_is_not_learned(settings):
    texts, labels = labelled(12)
    wrong = ["good good great"], ["bad"]
    weighted = fitted([*texts, *wrong[0]], [*labels, *wrong[1]], [1.0] * 12 + [0.0], **settings)
    assert (weighted.predict(texts) == labels).mean() >= 0.9
    assert weighted.predict(wrong[0]).tolist() == ["good"]


def test_balanced_classes_count_the_same():
    texts, labels = labelled(30)
    keep = [i for i, label in enumerate(labels) if label == "good" or i < 6]
    texts, labels = [texts[i] for i in keep], [labels[i] for i in keep]
    neutral = ["the film plot actor music"]
    plain, even = (
        fitted(texts, labels, class_weight=how).predict_proba(neutral) for how in ("none", "balanced")
    )
    assert even[0, 0] > plain[0, 0]
    n_good = labels.count("good")
    by_hand = fitted(
        texts, labels, [1.0 if label == "good" else n_good / labels.count("bad") for label in labels]
    )
    np.testing.assert_allclose(by_hand.predict_proba(neutral), even, atol=1e-5)


@pytest.mark.parametrize("weights", [[1, 2], [1] * 5 + [-1], [1] * 5 + [np.nan], [0, 1] * 3, ["a"] * 6])
def test_weights_that_make_no_sense_are_refused(weights):
    texts, labels = labelled(6)
    with pytest.raises(ConfigError, match="weight"):
        fitted(texts, labels, weights)
