import inspect
import pickle
import warnings
from dataclasses import fields
from functools import partial

import numpy as np
import pytest
from reviews import labelled, word_vectors
from sklearn.base import clone
from sklearn.exceptions import NotFittedError as SklearnNotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError, CorpusError, NotFittedError, TextransferWarning
from textransfer.presets import ARTICLE_CLASSIFIER
from textransfer.sentiment.baselines import MajorityBaseline
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.sentences.transformers import MeanEncoder, SIFEncoder
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.sentiment.training.side_by_side import fit_side_by_side
from textransfer.text.tokenizers.words import WordsTokenizer

TEXTS, LABELS = labelled(24)
TEST_TEXTS, TEST_LABELS = labelled(40, seed=1)
KINDS = {
    "frozen": {"vectors": word_vectors()},
    "mean": {"vectors": word_vectors(), "encoder": "mean"},
    "fine-tuned": {"vectors": word_vectors(), "fine_tune": True, "vector_learning_rate": 0.01},
    "no pretraining": {},
    "no pretraining, mean": {"encoder": "mean", "vector_size": 10},
    "minibatches": {"vectors": word_vectors(), "batch_size": 5, "epochs": 20},
}


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_learns(self, kind):
        classifier = SentimentClassifier(**KINDS[kind]).fit(TEXTS, LABELS)
        assert classifier.score(TEXTS, LABELS) >= 0.95
        assert classifier.score(TEST_TEXTS, TEST_LABELS) >= 0.9
        assert classifier.classes_.tolist() == ["bad", "good"]

    def test_the_same_random_state_gives_the_same_bits(self, kind):
        first, again, other = (
            SentimentClassifier(**KINDS[kind], random_state=state)
            .fit(TEXTS, LABELS)
            .predict_proba(TEST_TEXTS)
            for state in (7, 7, 8)
        )
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_probabilities(self, kind):
        classifier = SentimentClassifier(**KINDS[kind]).fit(TEXTS, LABELS)
        probabilities = classifier.predict_proba(TEST_TEXTS)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
        np.testing.assert_array_equal(
            classifier.predict(TEST_TEXTS), classifier.classes_[probabilities.argmax(axis=1)]
        )
        np.testing.assert_array_equal(classifier.predict_proba(classifier.encode(TEST_TEXTS)), probabilities)

    def test_pickle_and_clone(self, kind):
        classifier = SentimentClassifier(**KINDS[kind]).fit(TEXTS, LABELS)
        expected = classifier.predict_proba(TEST_TEXTS)
        copies = (pickle.loads(pickle.dumps(classifier)), clone(classifier).fit(TEXTS, LABELS))
        for copy in copies:
            np.testing.assert_array_equal(copy.predict_proba(TEST_TEXTS), expected)
        with pytest.raises(NotFittedError):
            clone(classifier).predict(TEXTS)

    def test_fitting_again_forgets_the_past(self, kind):
        used = SentimentClassifier(**KINDS[kind]).fit(["good plot", "bad film"] * 3, [3, 4] * 3)
        fresh = SentimentClassifier(**KINDS[kind])
        np.testing.assert_array_equal(
            used.fit(TEXTS, LABELS).predict_proba(TEST_TEXTS),
            fresh.fit(TEXTS, LABELS).predict_proba(TEST_TEXTS),
        )

    def test_the_given_vectors_are_left_alone(self, kind):
        vectors = word_vectors()
        before = vectors.matrix.copy()
        SentimentClassifier(**{**KINDS[kind], "vectors": vectors, "vector_size": None}).fit(TEXTS, LABELS)
        np.testing.assert_array_equal(vectors.matrix, before)


@pytest.mark.parametrize(
    ("name", "encoder"), [("sif", SIFEncoder), ("mean", partial(MeanEncoder, standardize=False))]
)
def test_the_classifier_averages_as_the_encoders_do(name, encoder):
    texts = [*TEST_TEXTS, "", "nothing known"]
    classifier = SentimentClassifier(word_vectors(), encoder=name, standardize=False).fit(TEXTS, LABELS)
    got = classifier.averaging_.vectors(classifier.encode(texts))
    np.testing.assert_array_equal(got, encoder(word_vectors()).transform(texts))


def test_standardized_means_have_mean_zero_and_length_one():
    classifier = SentimentClassifier(word_vectors(), encoder="mean").fit(TEXTS, LABELS)
    vectors = classifier.averaging_.vectors(classifier.encode(TEXTS))
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-6)
    assert (vectors**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-5)
    assert not classifier.averaging_.vectors(classifier.encode(["nothing known"])).any()


def test_fine_tuning_moves_the_words_of_the_labelled_texts_only():
    vectors = word_vectors()
    texts = ["good film", "bad film", "great plot", "awful plot"]
    tuned = SentimentClassifier(vectors, fine_tune=True).fit(texts, [1, 0, 1, 0]).averaging_.table
    is_moved = (tuned != vectors.unit_matrix).any(axis=1)
    assert {vectors.words[row] for row in np.flatnonzero(is_moved)} == set(" ".join(texts).split())


def test_without_pretraining_a_word_not_seen_in_training_is_unknown():
    classifier = SentimentClassifier().fit(TEXTS, LABELS)
    assert set(classifier.averaging_.index) == set(" ".join(TEXTS).split())
    assert classifier.encode(["never seen before", "good"]).n_empty == 1


def test_without_pretraining_held_out_texts_bring_no_words():
    texts, labels = labelled(300)
    texts = [f"{text} word{number}" for number, text in enumerate(texts)]
    classifier = SentimentClassifier(epochs=3, vector_size=5).fit(texts, labels)
    assert sum(word.startswith("word") for word in classifier.averaging_.index) == 270


@pytest.mark.parametrize("labels", [[3, 1, 2] * 4, [True, False] * 6, ["é", "ü", "日本"] * 4, [0.0, 1.0] * 6])
def test_labels_of_any_type(labels):
    texts = ["good", "dull", "film"] * 4 if len(set(labels)) == 3 else ["good", "dull"] * 6
    classifier = SentimentClassifier(word_vectors()).fit(texts, labels)
    assert classifier.predict(texts).tolist() == labels
    assert classifier.predict(texts).dtype == np.asarray(labels).dtype
    assert classifier.predict_proba(texts[:2]).shape == (2, len(set(labels)))


@pytest.mark.parametrize("n_classes", [5, 20])
def test_many_classes_are_not_flattened_by_the_penalty(n_classes):
    rng = np.random.default_rng(0)
    words = [f"topic{number}" for number in range(n_classes)]
    from textransfer.embeddings.vectors import WordVectors

    matrix = rng.normal(size=(n_classes, 30))
    vectors = WordVectors(words, matrix, counts=[10] * n_classes, tokenizer_spec=WordsTokenizer().spec())
    classifier = SentimentClassifier(vectors).fit(words * 3, words * 3)
    assert classifier.score(words, words) == 1
    assert classifier.network_.hidden_size == (16 if n_classes == 5 else 0)


def test_signature_and_config_agree():
    signature = inspect.signature(SentimentClassifier).parameters
    for field in fields(ClassifierConfig):
        assert signature[field.name].default == field.default
    others = set(signature) - {field.name for field in fields(ClassifierConfig)}
    assert others == {"vectors", "tokenizer", "seed_words", "vector_size", "random_state"}


def test_article_settings():
    # Calibration asks for five more fits, and changes no class.
    config = ARTICLE_CLASSIFIER.override(calibrate=False)
    classifier = SentimentClassifier.from_config(config, word_vectors())
    got = {
        name: getattr(classifier, name) for name in ("activation", "solver", "learning_rate", "batch_size")
    }
    assert got == {"activation": "sigmoid", "solver": "sgd", "learning_rate": 0.01, "batch_size": 1}
    assert (classifier.encoder, classifier.l2, classifier.standardize) == ("mean", 0.0, False)
    assert classifier.fit(TEXTS, LABELS).score(TEST_TEXTS, TEST_LABELS) >= 0.9


def test_works_in_scikit_learn():
    classifier = SentimentClassifier(word_vectors(), epochs=40)
    assert cross_val_score(classifier, TEXTS, LABELS, cv=3).min() > 0.8
    search = GridSearchCV(classifier, {"hidden_size": [2, 8], "encoder": ["sif", "mean"]}, cv=2)
    assert search.fit(TEXTS, LABELS).best_score_ > 0.8
    shout = FunctionTransformer(lambda texts: [text.upper() for text in texts])
    assert make_pipeline(shout, classifier).fit(TEXTS, LABELS).score(TEST_TEXTS, TEST_LABELS) > 0.9
    as_arrays = clone(classifier).fit(np.array(TEXTS, dtype=object), np.array(LABELS))
    np.testing.assert_array_equal(
        as_arrays.predict_proba(TEXTS), clone(classifier).fit(TEXTS, LABELS).predict_proba(TEXTS)
    )


@parametrize_with_checks(
    [SentimentClassifier(), MajorityBaseline(), TfidfBaseline(), SIFEncoder(word_vectors())]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_texts_without_known_words_are_counted_and_said_once():
    with pytest.warns(TextransferWarning, match="2 of 26 labelled texts") as caught:
        classifier = SentimentClassifier(word_vectors()).fit([*TEXTS, "", "xyz"], [*LABELS, "bad", "good"])
    assert len(caught) == 1
    assert classifier.n_texts_without_known_words_ == 2
    assert np.isfinite(classifier.predict_proba(["", "xyz"])).all()


def test_only_unknown_words_still_gives_a_classifier():
    with pytest.warns(TextransferWarning):
        classifier = SentimentClassifier(word_vectors()).fit(["x", "y", "z"], [1, 1, 0])
    assert classifier.predict(["w"]).tolist() == [1]


def test_no_warning_where_all_is_well():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SentimentClassifier(word_vectors()).fit(TEXTS, LABELS).predict(TEST_TEXTS)


def test_no_texts_to_predict():
    assert SentimentClassifier(word_vectors()).fit(TEXTS, LABELS).predict_proba([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("texts", "labels", "error", "message"),
    [
        ("a single text", [1], CorpusError, "single text"),
        ([], [], CorpusError, "no texts"),
        (["a", 5], [0, 1], CorpusError, "text 1 is 5"),
        (["a", "b"], [0], ConfigError, "2 texts"),
        (["a", "b"], [1, 1], ConfigError, "one class"),
        (["a", "b"], None, ConfigError, "requires y"),
        (["a", "b"], [[0], [1]], ConfigError, r"label 0 is \[0\]; expected a string or a number"),
        (["a", "b"], [0.5, 1.25], ConfigError, "cannot be read as classes"),
        (["a", "b", "c"], [0.0, 1.0, np.nan], ConfigError, "label 2 is nan"),
        (["a", "b", "c"], ["x", None, "y"], ConfigError, "label 1 is None"),
    ],
)
def test_bad_input(texts, labels, error, message):
    for estimator in (SentimentClassifier(word_vectors()), MajorityBaseline(), TfidfBaseline()):
        with pytest.raises(error, match=message):
            estimator.fit(texts, labels)


@pytest.mark.parametrize(
    "setting",
    [
        {"encoder": "max"},
        {"epochs": 0},
        {"l2": -1},
        {"activation": "cube"},
        {"hidden_size": 2.5},
        {"learning_rate": 0},
        {"solver": "newton"},
        {"random_state": "x"},
        {"vector_size": 3},
    ],
)
def test_bad_settings(setting):
    with pytest.raises(ConfigError, match=next(iter(setting))):
        SentimentClassifier(word_vectors(), **setting).fit(TEXTS, LABELS)


def test_vector_size_below_one():
    with pytest.raises(ConfigError, match="vector_size"):
        SentimentClassifier(vector_size=0).fit(TEXTS, LABELS)


def test_predicting_before_fitting():
    with pytest.raises(NotFittedError, match="call fit"):
        SentimentClassifier().predict(TEXTS)
    assert issubclass(NotFittedError, ValueError)
    assert issubclass(SklearnNotFittedError, ValueError)


@pytest.mark.parametrize("kind", ["frozen", "no pretraining"])
def test_between_epochs_it_predicts_what_a_shorter_fit_gives(kind):
    def make(n_epochs):
        return SentimentClassifier(**{**KINDS[kind], "epochs": n_epochs, "calibrate": False})

    stages = []
    for stage in fit_side_by_side(lambda _: make(30), [TEXTS], [LABELS], epochs=[1, 10]):
        shorter = make(stage.epoch).fit(TEXTS, LABELS)
        (_, classifier), *_ = stage.members
        np.testing.assert_array_equal(classifier.predict_proba(TEST_TEXTS), shorter.predict_proba(TEST_TEXTS))
        stages.append(stage)
    assert [stage.epoch for stage in stages] == [1, 10, 30]
    assert 0 < stages[0].seconds < stages[2].seconds


def test_early_stopping_needs_labels_to_spare():
    texts, labels = labelled(240)
    noise = np.random.default_rng(0).permutation(labels)
    stopped = SentimentClassifier(word_vectors(), fine_tune=True, vector_learning_rate=0.01)
    assert stopped.fit(texts, noise).n_epochs_ < 150
    assert stopped.fit(texts[:100], noise[:100]).n_epochs_ == 150


def test_vectors_from_a_folder(tmp_path):
    word_vectors().save(tmp_path / "embeddings")
    loaded = SentimentClassifier(str(tmp_path / "embeddings")).fit(TEXTS, LABELS)
    given = SentimentClassifier(word_vectors()).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(loaded.predict_proba(TEST_TEXTS), given.predict_proba(TEST_TEXTS))
