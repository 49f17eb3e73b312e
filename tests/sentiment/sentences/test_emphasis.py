from dataclasses import replace

import numpy as np
import pytest
from polar import SIZE, drawn, polar_vectors
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, WhiteKernel

from textransfer import SentimentClassifier, WordVectors
from textransfer.sentiment.sentences import encoders, evidence
from textransfer.sentiment.sentences.emphasis import LabelledDocuments, weigh
from textransfer.sentiment.sentences.stretching import Emphasis, polar_direction, stretching_matrix
from textransfer.sentiment.sentences.transformers import SIFEncoder


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return polar_vectors()


FIXED = {"encoder": "sif", "component_power": 0.375}


def choose_emphasis(documents, moments, power, codes, weights=None):
    return weigh(LabelledDocuments.of(documents, moments, codes, weights), moments, power).emphasis


def documents_of(vectors: WordVectors, texts: list[str]) -> np.ndarray:
    return SIFEncoder(vectors, component_power=0).transform(texts)


def test_opinion_is_what_the_corpus_spreads_along(vectors):
    assert 1 <= vectors.moments.n_polar <= 2  # topics are few, and may have poles too
    texts, labels, _ = drawn(400, seed=1)
    scores = documents_of(vectors, texts) @ vectors.moments.polar[0]
    is_praise = np.array([label == "praise" for label in labels])
    assert abs(np.corrcoef(scores, is_praise)[0, 1]) > 0.9


def test_inner_products_gain_those_along_the_direction(vectors):
    moments, random = vectors.moments, np.random.default_rng(3)
    vectors_ = random.standard_normal((5, SIZE))
    plain, bent = (stretching_matrix(moments, 0.375, e) for e in (None, Emphasis(0, 1.0, 0.0)))
    direction = polar_direction(moments, 0)
    covariance = moments.covariance.astype(np.float64)
    assert direction @ covariance @ direction == pytest.approx(1)
    added = np.trace(plain @ covariance @ plain)
    along = vectors_ @ direction
    wanted = (vectors_ @ plain) @ (vectors_ @ plain).T + added * np.outer(along, along)
    np.testing.assert_allclose((vectors_ @ bent) @ (vectors_ @ bent).T, wanted, rtol=1e-6)
    # so it weighs as much as all components together
    assert np.trace(bent @ covariance @ bent) == pytest.approx(2 * added)
    half = stretching_matrix(moments, 0.375, Emphasis(0, 0.5, 0.0))
    assert np.trace(half @ covariance @ half) == pytest.approx(1.5 * added)


@pytest.mark.parametrize("n", [6, 40])
def test_the_evidence_is_that_of_scikit_learn(n, monkeypatch):
    random = np.random.default_rng(4)
    given = random.standard_normal((n, 12))
    codes = np.arange(n) % 2
    targets = evidence.standard_targets(codes, np.ones(n))
    monkeypatch.setattr(evidence, "SIGNAL_SHARES", (0.3,))
    kernel = ConstantKernel(0.3) * DotProduct(sigma_0=1e-9) + WhiteKernel(0.7)
    peer = GaussianProcessRegressor(kernel, alpha=0, optimizer=None).fit(given, targets[:, 0])
    wanted = peer.log_marginal_likelihood_value_ + n / 2 * np.log(2 * np.pi)
    assert evidence.log_evidence(given, targets) == pytest.approx(wanted)


def test_labels_that_follow_the_direction_are_seen(vectors):
    for seed in range(10):
        texts, labels, _ = drawn(16, seed)
        classifier = SentimentClassifier(vectors, calibrate=False, epochs=1).fit(texts, labels)
        assert classifier.encoding_.emphasis.direction == 0
        assert classifier.encoding_.emphasis.log_likelihood_ratio > np.log(3)


def test_the_classifier_asks_of_the_sentence_vectors_it_would_see(vectors):
    texts, labels, _ = drawn(16, seed=0)
    codes = np.unique(labels, return_inverse=True)[1]
    wanted = choose_emphasis(documents_of(vectors, texts), vectors.moments, 0.375, codes)
    found = SentimentClassifier(vectors, **FIXED, standardize=False, calibrate=False, epochs=1)
    found = found.fit(texts, labels).encoding_.emphasis
    assert found.log_likelihood_ratio == pytest.approx(wanted.log_likelihood_ratio, rel=1e-4)


def test_many_labels_need_it_less(vectors):
    strengths = []
    for n in (16, 32, 320):
        texts, labels, _ = drawn(n, seed=0)
        classifier = SentimentClassifier(vectors, calibrate=False, epochs=1).fit(texts, labels)
        strengths.append(classifier.encoding_.emphasis.strength)
    assert strengths == [1, 1, pytest.approx(0.1)]


def test_labels_that_do_not_are_left_alone(vectors):
    n_chosen = 0
    for seed in range(200):
        texts, _, other = drawn(16, seed + 1000)
        if len(set(other)) == 2:
            codes = np.unique(other, return_inverse=True)[1]
            n_chosen += (
                choose_emphasis(documents_of(vectors, texts), vectors.moments, 0.375, codes) is not None
            )
    assert n_chosen <= 20


def test_few_labels_gain_by_it(vectors):
    tested, truth, _ = drawn(500, seed=99)
    gained = []
    for seed in range(8):
        texts, labels, _ = drawn(8, seed)
        right = [
            SentimentClassifier(vectors, emphasis=given, calibrate=False)
            .fit(texts, labels)
            .score(tested, truth)
            for given in (True, False)
        ]
        gained.append(right[0] - right[1])
    assert np.mean(gained) > 0.02


def test_a_text_of_no_weight_has_no_say(vectors):
    texts, labels, _ = drawn(12, seed=5)
    swapped = [*labels[1::-1], *labels[2:]]
    found = []
    for given, weights in ((labels, None), (swapped, None), (swapped, [0.0, 0.0, *[1.0] * 10])):
        classifier = SentimentClassifier(vectors, **FIXED, calibrate=False, epochs=1)
        classifier.fit(texts, given, sample_weight=weights)
        found.append(
            0 if classifier.encoding_.emphasis is None else classifier.encoding_.emphasis.log_likelihood_ratio
        )
    alone = SentimentClassifier(vectors, **FIXED, calibrate=False, epochs=1).fit(texts[2:], labels[2:])
    assert found[1] < found[2] < found[0]
    assert found[2] == pytest.approx(alone.encoding_.emphasis.log_likelihood_ratio)


def test_the_scale_of_weights_makes_no_difference_to_seeds(vectors):
    seeds = {"praise": "good0 good1", "blame": "bad0 bad1"}
    texts, labels, _ = drawn(12, seed=5)
    found = []
    for weight in (1.0, 1000.0):
        classifier = SentimentClassifier(vectors, seed_words=seeds, calibrate=False, epochs=1)
        classifier.fit(texts, labels, sample_weight=[weight] * 12)
        found.append(classifier.encoding_.emphasis.log_likelihood_ratio)
    assert found[0] == pytest.approx(found[1])


def test_more_directions_to_choose_from_need_more_evidence(vectors):
    texts, labels, _ = drawn(8, seed=0)
    codes = np.unique(labels, return_inverse=True)[1]
    documents, moments = documents_of(vectors, texts), vectors.moments
    ratio = np.exp(choose_emphasis(documents, moments, 0.375, codes).log_likelihood_ratio)
    others = np.random.default_rng(0).standard_normal((int(ratio / 3) + 1, moments.polar.shape[1]))
    many = replace(moments, polar=np.vstack([moments.polar, 1e-3 * others]).astype(np.float32))
    found = choose_emphasis(documents, many, 0.375, codes)
    assert found is None or found.direction != 0


def test_a_weighty_text_has_more_say(vectors):
    texts, labels, _ = drawn(12, seed=5)
    codes = np.unique(labels, return_inverse=True)[1]
    codes[0] = 1 - codes[0]
    documents = documents_of(vectors, texts)
    found = []
    for weight in (0.2, 1, 2):
        given = choose_emphasis(
            documents, vectors.moments, 0.375, codes, np.array([weight, *[1] * 11], np.float64)
        )
        found.append(-1 if given is None else given.log_likelihood_ratio)
    assert found[0] > found[1] > found[2]


def test_seed_words_speak_before_the_first_label(vectors):
    seeds = {"praise": "good0 good1 good2", "blame": "bad0 bad1 bad2"}
    texts, labels, _ = drawn(300, seed=7)
    with_it, without = (
        SentimentClassifier(vectors, seed_words=seeds, emphasis=given).fit([], []) for given in (True, False)
    )
    assert with_it.encoding_.emphasis is not None
    assert without.encoding_.emphasis is None
    assert with_it.score(texts, labels) > without.score(texts, labels)


@pytest.mark.parametrize("changed", [{"encoder": "mean"}, {"emphasis": False}, {"vectors": None}])
def test_where_there_is_none(vectors, changed):
    texts, labels, _ = drawn(16, seed=0)
    settings = {"vectors": vectors, "epochs": 2, "calibrate": False, **changed}
    assert SentimentClassifier(**settings).fit(texts, labels).encoding_.emphasis is None


@pytest.mark.parametrize("fine_tune", [False, True])
def test_it_is_kept_with_the_classifier(vectors, tmp_path, fine_tune):
    texts, labels, _ = drawn(16, seed=0)
    classifier = SentimentClassifier(vectors, fine_tune=fine_tune, epochs=5).fit(texts, labels)
    assert classifier.encoding_.emphasis is not None
    classifier.save(tmp_path / "saved")
    again = SentimentClassifier.load(tmp_path / "saved")
    np.testing.assert_array_equal(again.predict_proba(texts), classifier.predict_proba(texts))
    assert again.encoding_.emphasis == classifier.encoding_.emphasis


def test_no_tables_are_kept(vectors):
    for power in np.linspace(0.01, 0.7, 70):
        encoders.sif_averaging(vectors, component_power=power)
    bent = encoders.sif_averaging(vectors, emphasis=Emphasis(0, 1.0, 2.0))
    assert encoders.sif_averaging(vectors, emphasis=Emphasis(0, 1.0, 3.0)) is bent
    assert encoders.sif_averaging(vectors, emphasis=Emphasis(0, 0.5, 3.0)) is not bent
    assert encoders.sif_averaging(vectors) is not bent
    assert sum(key[0] == "SIF" for key in vectors._derived) == encoders.N_STRETCHED
    assert bent.table.shape == vectors.matrix.shape
    assert bent.own_table is None
    np.testing.assert_array_equal(bent.settled().own_table, bent.table)
    assert (bent.table**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-4)
