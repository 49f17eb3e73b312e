"""Which encoder and which power of the components labels choose."""

import json

import numpy as np
import pytest
from polar import drawn, polar_vectors

from textransfer import SentimentClassifier, WordVectors
from textransfer.embeddings.moments import DocumentMoments
from textransfer.errors import ConfigError
from textransfer.sentiment.sentences.encoders import averaging_of, word_means
from textransfer.sentiment.sentences.encoding import POWERS, choose_encoding
from textransfer.sentiment.sentences.evidence import MAX_TEXTS, asked_texts, log_evidence, standard_targets
from textransfer.sentiment.sentences.stretching import COMPONENT_POWER, stretching_matrix
from textransfer.text.tokenizers.words import WordsTokenizer

SIZE = 6


def moments_of(deviations):
    variances = np.asarray(deviations, np.float32) ** 2
    return DocumentMoments(np.zeros(SIZE, np.float32), np.diag(variances / variances.sum()))


MOMENTS = moments_of([4, 1, 1, 1, 1, 1])


def documents(n, seed, deviations=(4, 1, 1, 1, 1, 1)):
    return np.random.default_rng(seed).normal(size=(n, SIZE)) * deviations


def chosen(n_labels, column, seeds=range(10)):
    powers = []
    for seed in seeds:
        texts = documents(n_labels, seed)
        codes = (texts[:, column] > 0).astype(np.int64)
        powers.append(choose_encoding({"sif": texts}, MOMENTS, POWERS, codes).component_power)
    return powers


def test_labels_of_a_leading_component_stretch_it_and_others_do_not():
    assert np.mean(chosen(64, 0)) > 0.6
    assert np.mean(chosen(64, 3)) < 0.2


def test_labels_that_mean_nothing_leave_the_default():
    powers = []
    for seed in range(30):
        codes = np.random.default_rng(seed + 100).permutation(np.arange(16) % 2)
        encoding = choose_encoding(
            {"sif": documents(16, seed), "centered": documents(16, seed + 50)}, MOMENTS, POWERS, codes
        )
        powers.append((encoding.encoder, encoding.component_power))
    assert powers.count(("sif", COMPONENT_POWER)) >= 20


def test_the_encoder_that_shows_the_classes_is_taken():
    codes = np.arange(40) % 2
    blind, telling = documents(40, 0), documents(40, 1)
    telling[:, 2] += 4 * codes - 2
    encoding = choose_encoding({"sif": blind, "centered": telling}, MOMENTS, POWERS, codes)
    assert (encoding.encoder, encoding.log_likelihood_ratio > 5) == ("centered", True)
    assert choose_encoding({"sif": telling, "centered": blind}, MOMENTS, POWERS, codes).encoder == "sif"


def test_one_class_says_nothing():
    encoding = choose_encoding({"sif": documents(9, 0)}, MOMENTS, POWERS, np.zeros(9, np.int64))
    assert (encoding.component_power, encoding.log_likelihood_ratio) == (COMPONENT_POWER, 0)


@pytest.mark.parametrize("n", [5, 30])
def test_the_evidence_is_the_same_through_either_product(n):
    random = np.random.default_rng(2)
    vectors = random.normal(size=(n, 8)) @ np.diag([1, 1, 1, 1, 1, 1, 0, 0])  # of lower rank
    targets = standard_targets(np.arange(n) % 3, np.ones(n))
    padded = np.hstack([vectors, np.zeros((n, 40))])  # more columns than texts
    assert log_evidence(vectors, targets) == pytest.approx(log_evidence(padded, targets))


def test_of_many_texts_a_thousand_are_asked_with_the_shares_of_the_classes():
    codes = np.repeat([0, 1, 2], [5000, 2000, 1000])
    np.random.default_rng(0).shuffle(codes)
    asked = asked_texts(codes)
    assert len(set(asked.tolist())) == MAX_TEXTS
    np.testing.assert_allclose(np.bincount(codes[asked]), [625, 250, 125], atol=1)
    assert asked_texts(codes[:MAX_TEXTS]).tolist() == list(range(MAX_TEXTS))


@pytest.mark.parametrize("encoder", ["sif", "centered"])
def test_what_is_asked_is_what_the_classifier_sees(encoder):
    vectors = polar_vectors()
    texts, _, _ = drawn(6, seed=0)
    lists = [WordsTokenizer().tokenize(text) for text in texts]
    unstretched = averaging_of(vectors, encoder, 0.0).bags(lists)
    stretched = word_means(vectors, encoder).centred(unstretched) @ stretching_matrix(vectors.moments, 0.25)
    wanted = stretched / np.linalg.norm(stretched, axis=1, keepdims=True)
    averaging = averaging_of(vectors, encoder, 0.25)
    np.testing.assert_allclose(averaging.vectors(averaging.bags(lists)), wanted, atol=1e-4)


def test_centered_counts_each_occurrence_and_the_length_of_vectors():
    matrix = np.array([[3, 0], [0, 1], [1, 1]], np.float32)
    vectors = WordVectors(["a", "b", "c"], matrix, counts=[2, 1, 1], tokenizer_spec=WordsTokenizer().spec())
    averaging = averaging_of(vectors, "centered", 0.0)
    center = (2 * matrix[0] + matrix[1] + matrix[2]) / 4
    wanted = (2 * matrix[0] + matrix[1]) / 3 - center
    made = averaging.vectors(averaging.bags([["a", "b", "a", "zzz"]]))[0]
    np.testing.assert_allclose(made, wanted / np.linalg.norm(wanted), rtol=1e-5)


def test_settings_that_are_fixed_are_kept():
    vectors = polar_vectors()
    texts, labels, _ = drawn(24, seed=0)
    fixed = {"encoder": "centered", "component_power": 0.1, "emphasis": False}
    classifier = SentimentClassifier(vectors, **fixed, calibrate=False, epochs=2).fit(texts, labels)
    encoding = classifier.encoding_
    assert (encoding.encoder, encoding.component_power, encoding.emphasis) == ("centered", 0.1, None)
    plain = SentimentClassifier(vectors, encoder="mean", calibrate=False, epochs=2).fit(texts, labels)
    assert plain.encoding_.encoder == "mean"
    with pytest.raises(ConfigError):
        SentimentClassifier(vectors, encoder="centred").fit(texts, labels)


def test_without_moments_there_is_nothing_to_choose():
    bare = WordVectors(["good", "bad"], np.eye(2), counts=[3, 2], tokenizer_spec=WordsTokenizer().spec())
    classifier = SentimentClassifier(bare, calibrate=False, epochs=2).fit(["good", "bad"] * 3, [1, 0] * 3)
    assert classifier.encoding_.encoder == "sif"


@pytest.mark.parametrize("encoder", ["auto", "centered"])
def test_what_was_chosen_is_saved(tmp_path, encoder):
    vectors = polar_vectors()
    texts, labels, _ = drawn(24, seed=1)
    classifier = SentimentClassifier(vectors, encoder=encoder, epochs=3).fit(texts, labels)
    classifier.save(tmp_path / "saved")
    again = SentimentClassifier.load(tmp_path / "saved")
    assert again.encoding_ == classifier.encoding_
    np.testing.assert_array_equal(again.predict_proba(texts), classifier.predict_proba(texts))
    record = json.loads((tmp_path / "saved" / "config.json").read_text(encoding="utf-8"))
    assert record["encoding"]["encoder"] == classifier.encoding_.encoder
    del record["encoding"]  # as in folders of before
    record["settings"] |= {"encoder": "sif", "component_power": 0.375}
    (tmp_path / "saved" / "config.json").write_text(json.dumps(record), encoding="utf-8")
    older = SentimentClassifier.load(tmp_path / "saved").encoding_
    assert (older.encoder, older.component_power) == ("sif", 0.375)


def test_the_words_that_another_encoder_counts_are_refused():
    vectors = polar_vectors()
    sif, centered = (averaging_of(vectors, encoder, 0.5) for encoder in ("sif", "centered"))
    with pytest.raises(ValueError, match="another encoder"):
        sif.vectors(centered.bags([["good0", "good0"]]))
    with pytest.raises(ValueError, match="another encoder"):
        centered.vectors(sif.bags([["good0"]]).take(np.array([0])))


def test_folders_of_before_that_name_a_length_of_sentence_vectors_keep_it(tmp_path):
    texts, labels, _ = drawn(24, seed=1)
    classifier = SentimentClassifier(polar_vectors(), epochs=3).fit(texts, labels)
    classifier.save(tmp_path / "saved")
    config = tmp_path / "saved" / "config.json"
    record = json.loads(config.read_text(encoding="utf-8"))
    assert "length" not in record["encoding"]
    record["encoding"]["length"] = record["averaging"]["scale"] = 0.75
    config.write_text(json.dumps(record), encoding="utf-8")
    older = SentimentClassifier.load(tmp_path / "saved")
    assert older.encoding_ == classifier.encoding_
    np.testing.assert_allclose(np.linalg.norm(older.document_vectors(texts), axis=1), 0.75, rtol=1e-5)
    older.save(tmp_path / "again")
    again = SentimentClassifier.load(tmp_path / "again")
    np.testing.assert_array_equal(again.predict_proba(texts), older.predict_proba(texts))


@pytest.mark.parametrize("encoder", ["sif", "centered"])
def test_the_center_moves_towards_labelled_texts(encoder):
    vectors = polar_vectors()
    texts, labels, _ = drawn(40, seed=0)
    weights = [2.0] * 20 + [0.0] * 20
    settings = {
        "encoder": encoder,
        "component_power": 0.25,
        "emphasis": False,
        "calibrate": False,
        "epochs": 2,
    }
    still = SentimentClassifier(vectors, standardize=False, **settings).fit(texts, labels)
    moved = SentimentClassifier(vectors, **settings).fit(texts, labels, sample_weight=weights)
    averaging = still.averaging_
    means = averaging.means(averaging.bags([text.split() for text in texts[:20]]))
    share = 20 / (20 + vectors.vector_size)  # texts without weight have no say
    wanted = (1 - share) * averaging.finish.center + share * means.mean(axis=0)
    np.testing.assert_allclose(moved.averaging_.finish.center, wanted, atol=1e-5)
