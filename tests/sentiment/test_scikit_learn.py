"""scikit-learn's own tools judge the classifiers."""

import pickle

import numpy as np
import pytest
import sklearn
from reviews import labelled, telling, word_vectors
from sklearn.base import clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate, permutation_test_score
from sklearn.utils import estimator_html_repr, get_tags

from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError
from textransfer.sentiment import least_squares
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.sentiment.word_classifier import WordClassifier

VECTORS = word_vectors()
TEXTS, LABELS = labelled(60)
TEST_TEXTS, TEST_LABELS = labelled(40, seed=1)
QUICK = {"epochs": 30, "calibrate": False}
BOTH = [SentimentClassifier(VECTORS, **QUICK), CombinedClassifier(VECTORS, **QUICK)]
EVERY = [*BOTH, TfidfBaseline(calibrate=False)]


@pytest.mark.parametrize("classifier", EVERY, ids=lambda value: type(value).__name__)
class TestEvery:
    def test_log_probabilities_and_scores_say_what_probabilities_say(self, classifier):
        fitted = clone(classifier).fit(TEXTS, LABELS)
        p = fitted.predict_proba(TEST_TEXTS)
        np.testing.assert_allclose(fitted.predict_log_proba(TEST_TEXTS), np.log(p))
        np.testing.assert_allclose(fitted.decision_function(TEST_TEXTS), np.log(p[:, 1] / p[:, 0]))
        three = clone(classifier).fit(TEXTS, ["a", "b", "c"] * 20)
        scores = three.decision_function(TEST_TEXTS)
        assert scores.shape == (40, 3)
        np.testing.assert_array_equal(three.classes_[scores.argmax(axis=1)], three.predict(TEST_TEXTS))

    def test_scikit_learn_catches_the_error_of_one_that_is_not_fitted(self, classifier):
        with pytest.raises(NotFittedError, match="call fit"):
            clone(classifier).predict(TEST_TEXTS)

    def test_it_is_a_classifier_of_strings(self, classifier):
        assert is_classifier(classifier)
        tags = get_tags(classifier)
        assert tags.input_tags.string
        assert not tags.input_tags.two_d_array
        assert tags.target_tags.required
        assert type(classifier).__name__ in estimator_html_repr(classifier)

    def test_calibration_and_votes(self, classifier):
        calibrated = CalibratedClassifierCV(classifier, cv=3).fit(TEXTS, LABELS)
        assert calibrated.score(TEST_TEXTS, TEST_LABELS) > 0.9
        votes = VotingClassifier([("one", classifier), ("other", clone(classifier))], voting="soft")
        assert votes.fit(TEXTS, LABELS).score(TEST_TEXTS, TEST_LABELS) > 0.9

    def test_texts_and_labels_are_no_metadata(self, classifier):
        requests = classifier.get_metadata_routing()
        assert set(requests.fit.requests) <= {"sample_weight"}
        for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
            assert not getattr(requests, method).requests


@pytest.mark.parametrize("classifier", BOTH, ids=lambda value: type(value).__name__)
class TestOverVectors:
    def test_settings_are_parameters(self, classifier):
        parameters = clone(classifier).set_params(l2=0.5, class_weight={"good": 2}).get_params()
        assert set(ClassifierConfig.names()) < set(parameters)
        assert parameters["class_weight"] == {"good": 2}
        search = GridSearchCV(classifier, {"l2": [0.1, 1.0], "epochs": [2, 30]}, cv=2)
        assert search.fit(TEXTS, LABELS).best_score_ > 0.8
        assert search.best_estimator_.epochs == search.best_params_["epochs"]

    def test_against_shuffled_labels(self, classifier):
        score, _, p_value = permutation_test_score(
            clone(classifier).set_params(epochs=5), TEXTS, LABELS, cv=2, n_permutations=9, random_state=0
        )
        assert score > 0.8
        assert p_value == 0.1

    def test_weights_reach_it_as_metadata(self, classifier):
        weights = np.random.default_rng(0).permutation(np.repeat([1.0, 0.0], 30))
        wrong = [
            label if weight else ("good", "bad")[label == "good"]
            for label, weight in zip(LABELS, weights, strict=True)
        ]
        with sklearn.config_context(enable_metadata_routing=True):
            asking = clone(classifier).set_fit_request(sample_weight=True)
            asking = asking.set_score_request(sample_weight=True)
            results = cross_validate(asking, TEXTS, wrong, cv=2, params={"sample_weight": weights})
            assert results["test_score"].min() > 0.8
            deaf = clone(asking).set_fit_request(sample_weight=False)
            results = cross_validate(deaf, TEXTS, wrong, cv=2, params={"sample_weight": weights})
            assert results["test_score"].mean() < 0.8

    def test_class_weights(self, classifier):
        keep = [i for i, label in enumerate(LABELS) if label == "good" or i < 12]
        texts, labels = [TEXTS[i] for i in keep], [LABELS[i] for i in keep]
        neutral = ["the film plot actor music"]

        def share_of_bad(class_weight):
            own = clone(classifier).set_params(class_weight=class_weight)
            return own.fit(texts, labels).predict_proba(neutral)[0, 0]

        assert share_of_bad(None) == share_of_bad("none") == share_of_bad({})
        n_bad, n_good = labels.count("bad"), labels.count("good")
        by_hand = share_of_bad({"bad": n_good / n_bad})
        assert by_hand == pytest.approx(share_of_bad("balanced"), abs=1e-3)
        assert share_of_bad({"bad": 3}) == pytest.approx(share_of_bad({"bad": 1.5, "good": 0.5}), abs=1e-3)
        assert share_of_bad(None) < by_hand < share_of_bad({"bad": 50})

    def test_class_weights_that_cannot_be_obeyed(self, classifier):
        for class_weight, message in [
            ({"bda": 2}, "weight for 'bda', which no label is; expected 'bad', 'good'"),
            ({"bad": -1}, "class_weight of 'bad' is -1; expected a number above 0"),
            ("heavy", "class_weight is 'heavy'; expected one of none, balanced, or a number for each label"),
        ]:
            with pytest.raises(ConfigError, match=message):
                clone(classifier).set_params(class_weight=class_weight).fit(TEXTS, LABELS)

    def test_class_weights_are_saved(self, classifier, tmp_path):
        labels = [int(label == "good") for label in LABELS]
        fitted = clone(classifier).set_params(class_weight={0: 3, 1: 1.5}).fit(TEXTS, labels)
        fitted.save(tmp_path / "classifier")
        loaded = type(classifier).load(tmp_path / "classifier")
        assert loaded.class_weight == {0: 3, 1: 1.5}
        np.testing.assert_array_equal(loaded.predict_proba(TEST_TEXTS), fitted.predict_proba(TEST_TEXTS))


@pytest.mark.slow
def test_cross_validation_in_two_processes():
    one, two = (cross_val_score(BOTH[0], TEXTS, LABELS, cv=2, n_jobs=n) for n in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_weights_count_in_what_reads_the_words():
    texts, codes = telling(120, 0)
    classifier = CombinedClassifier(VECTORS, **QUICK)
    half = np.arange(120) < 60
    wrong = np.where(half, codes, 1 - codes)
    weighted = classifier.fit(texts, wrong, sample_weight=half.astype(float))
    alone = clone(classifier).fit([text for text, own in zip(texts, half, strict=True) if own], codes[half])
    np.testing.assert_allclose(weighted.predict_proba(texts), alone.predict_proba(texts), atol=0.01)
    assert weighted.out_of_fold_ is None or set(weighted.out_of_fold_.positions) <= set(range(60))
    assert weighted.weights_["words"] > 0.1


@pytest.mark.parametrize("n", [60, 2200])
def test_a_text_of_weight_two_is_as_good_as_the_text_twice(n, monkeypatch):
    texts, codes = telling(n, 0)
    words = WordClassifier(BOTH[0].fit(TEXTS, LABELS).tokenizer_)
    features = words.fit(texts, codes).encode(texts)
    weights = np.where(np.arange(n) % 3 == 0, 2.0, 1.0)
    rows = np.repeat(np.arange(n), weights.astype(int))
    folds = [np.arange(20), np.arange(20, n)]
    repeated_folds = [np.flatnonzero(np.isin(rows, fold)) for fold in folds]
    monkeypatch.setattr(least_squares, "PENALTIES", (weights.mean(),))  # weights are brought to a mean of 1
    monkeypatch.setattr(least_squares, "CAUTION", 0.0)
    repeated = least_squares.fit(features[rows], codes[rows], 2, repeated_folds)
    monkeypatch.setattr(least_squares, "PENALTIES", (1.0,))
    weighted = least_squares.fit(features, codes, 2, folds, weights)
    np.testing.assert_allclose(weighted.intercepts, repeated.intercepts, rtol=1e-3)
    np.testing.assert_allclose(weighted.weights, repeated.weights, atol=5e-3)


def test_it_stands_before_and_behind_other_estimators():
    stacked = LogisticRegression().fit(BOTH[0].fit(TEXTS, LABELS).decision_function(TEXTS)[:, None], LABELS)
    assert stacked.score(BOTH[0].decision_function(TEST_TEXTS)[:, None], TEST_LABELS) > 0.9


@pytest.mark.parametrize("classifier", EVERY, ids=lambda value: type(value).__name__)
def test_skops_writes_and_reads_it(classifier):
    skops = pytest.importorskip("skops.io")
    fitted = clone(classifier).fit(TEXTS, LABELS)
    data = skops.dumps(fitted)
    types = skops.get_untrusted_types(data=data)
    assert all(name.startswith("textransfer.") or name == "builtins.frozenset" for name in types)
    loaded = skops.loads(data, trusted=types)
    np.testing.assert_array_equal(loaded.predict_proba(TEST_TEXTS), fitted.predict_proba(TEST_TEXTS))


def test_a_network_is_pickled_as_plain_arrays():
    network = (
        BOTH[0]
        .fit(
            TEXTS,
            LABELS,
        )
        .network_
    )
    assert all(isinstance(array, np.ndarray) for array in network.numbers().values())
    again = pickle.loads(pickle.dumps(network))
    vectors = np.ones((3, network.w1.shape[1]), np.float32)
    one, other = (own.heads()[0].probabilities(vectors) for own in (network, again))
    np.testing.assert_array_equal(one, other)
    again.temper(2.0)
    assert not np.array_equal(again.w2, network.w2)
