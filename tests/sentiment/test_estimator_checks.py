"""scikit-learn's checks of estimators, which pass numbers, behind an adapter that makes words of them."""

import numpy as np
import pytest
from reviews import labelled, telling, word_vectors
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.distinct import distinct_texts

SMALL = {"epochs": 30, "vector_size": 8}


class OfNumbers(ClassifierMixin, BaseEstimator):
    """Makes a word of each number, which tells the column and about the value."""

    def __init__(self, classifier=None):
        self.classifier = classifier

    def _texts(self, numbers):
        steps = np.clip(np.round(2 * np.asarray(numbers, float)) + 8, 0, 15).astype(int)
        return [[f"w{column}_{step}" for column, step in enumerate(row)] for row in steps]

    def fit(self, X, y, sample_weight=None):
        X, y = validate_data(self, X, y)
        self.classifier_ = clone(self.classifier or SentimentClassifier(**SMALL))
        self.classifier_.fit(self._texts(X), y, sample_weight=sample_weight)
        self.classes_ = self.classifier_.classes_
        return self

    def __getattr__(self, name):
        if name not in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
            raise AttributeError(name)
        return lambda X: self._said(name, X)

    def _said(self, name, X):
        check_is_fitted(self)
        return getattr(self.classifier_, name)(self._texts(validate_data(self, X, reset=False)))


@pytest.mark.slow
@pytest.mark.parametrize("classifier", [SentimentClassifier(**SMALL), CombinedClassifier(**SMALL)], ids=repr)
def test_all_checks_pass(classifier):
    results = check_estimator(OfNumbers(classifier), on_fail=None, on_skip=None)
    failed = {result["check_name"]: result["exception"] for result in results if result["status"] == "failed"}
    assert sum(result["status"] == "passed" for result in results) >= 55  # others need libraries
    assert not failed


class TestWeightsAndRepeats:
    """A weight of 2 is the text twice, to the bit; one of 0 is no text; and the order does not matter."""

    @pytest.mark.parametrize("kind", [SentimentClassifier, CombinedClassifier])
    def test_they_are_one(self, kind):
        n = 120
        texts, codes = telling(n, 0)
        labels = [("bad", "good")[code] for code in codes]
        random = np.random.default_rng(0)
        weights = random.integers(0, 6, n)
        rows, order = np.repeat(np.arange(n), weights), random.permutation(n)
        classifier = kind(word_vectors(), epochs=20)
        weighted = clone(classifier).fit(
            [texts[i] for i in order], [labels[i] for i in order], sample_weight=weights[order]
        )
        repeated = clone(classifier).fit([texts[i] for i in rows], [labels[i] for i in rows])
        if kind is CombinedClassifier:
            assert weighted.weights_["words"] > 0
        new, _ = labelled(20, seed=1)
        np.testing.assert_array_equal(weighted.predict_proba(new), repeated.predict_proba(new))
        assert set(order[weighted.out_of_fold_.positions]) == set(rows[repeated.out_of_fold_.positions])
        assert len(repeated.out_of_fold_.positions) == len(repeated.out_of_fold_.probabilities)
        means = repeated.out_of_fold_.means(len(rows))
        assert all((means[rows == i] == means[rows == i][:1]).all() for i in range(n))
        plain = clone(classifier).fit(texts, labels)
        assert np.abs(plain.predict_proba(new) - weighted.predict_proba(new)).max() > 1e-3

    def test_distinct_texts_stay_as_they_came(self):
        texts, codes = ["b", "a", "a", "c"], np.array([0, 1, 0, 1])
        for weights in (None, np.full(4, 3.0)):
            distinct = distinct_texts(texts, codes, weights)
            assert distinct.texts is texts
            assert distinct.weights is None

    def test_of_all_twice_each_is_fitted_once(self):
        distinct = distinct_texts(["b", "a", "a", "b"], np.array([0, 1, 1, 0]), None)
        assert (distinct.texts, distinct.weights, distinct.places) == (["b", "a"], None, [[0, 3], [1, 2]])

    def test_texts_of_two_labels_stay_two(self):
        texts = [["a"], ["a"], ["a"], ["b"], ["a"], ["b"], ["a"]]
        distinct = distinct_texts(texts, np.array([1, 0, 1, 1, 1, 1, 1]), None)
        assert distinct.texts == [["a"], ["a"], ["b"]]
        assert distinct.codes.tolist() == [0, 1, 1]
        assert distinct.weights.tolist() == [1, 4, 2]
        assert distinct.places == [[1], [0, 2, 4, 6], [3, 5]]
        none = distinct_texts(["a", "b"], np.array([0, 1]), np.array([0.0, 2.0]))
        assert (none.texts, none.weights, none.places) == (["b"], None, [[1]])
