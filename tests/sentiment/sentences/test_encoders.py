import pickle

import numpy as np
import pytest
from reviews import word_vectors
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.sentiment.sentences.encoders import MeanEncoder, SIFEncoder
from textransfer.text.tokenizers.words import WordsTokenizer

TEXTS = ["the film was good good", "", "unbekannte Wörter", "Dull plot and xyz"]


def test_mean_by_hand():
    vectors = word_vectors()
    got = MeanEncoder(vectors).transform(TEXTS)
    expected = (vectors["the"] + vectors["film"] + vectors["was"] + 2 * vectors["good"]) / 5
    np.testing.assert_allclose(got[0], expected, rtol=1e-5)
    assert got.dtype == np.float32
    assert not got[1:3].any()


def test_sif_by_hand():
    vectors = word_vectors()
    unit = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    weight = 1e-2 / (1e-2 + vectors.counts / vectors.n_tokens)
    mass = weight * vectors.document_counts
    center = mass @ unit / mass.sum()
    rows = vectors.rows_of(["the", "film", "was", "good"])
    mean = weight[rows] @ unit[rows] / weight[rows].sum() - center
    got = SIFEncoder(vectors, smoothing=1e-2).transform(TEXTS)
    np.testing.assert_allclose(got[0], mean / np.linalg.norm(mean), rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), [1, 0, 0, 1], rtol=1e-6)


def test_the_center_is_the_mean_over_all_words_of_all_documents():
    documents = [["a", "b"], ["b", "c"], ["b"]]
    vectors = WordVectors(["b", "a", "c"], np.eye(3), counts=[3, 1, 1], document_counts=[3, 1, 1], n_tokens=5)
    averaging = SIFEncoder(vectors, smoothing=0.5).averaging()
    weights = dict(zip(vectors.words, averaging.word_weights, strict=True))
    total = sum(weights[word] * vectors[word] for document in documents for word in document)
    expected = total / sum(weights[word] for document in documents for word in document)
    np.testing.assert_allclose(averaging.finish.center, expected, rtol=1e-6)


def test_without_counts_weights_follow_the_order_of_the_words():
    full = word_vectors()
    bare = WordVectors(full.words, full.matrix, tokenizer_spec=full.tokenizer_spec)
    weights = SIFEncoder(bare).averaging().word_weights
    assert (np.diff(weights) > 0).all()
    assert np.isfinite(SIFEncoder(bare).transform(TEXTS)).all()


@pytest.mark.parametrize("encoder", [MeanEncoder, SIFEncoder])
class TestBoth:
    def test_counts_texts_without_known_words(self, encoder):
        fitted = encoder(word_vectors())
        fitted.transform(TEXTS)
        assert fitted.n_empty_ == 2

    def test_clone_pickle_and_pipeline(self, encoder):
        original = encoder(word_vectors())
        expected = original.transform(TEXTS)
        for copy in (clone(original), pickle.loads(pickle.dumps(original)), make_pipeline(original)):
            np.testing.assert_array_equal(copy.fit_transform(TEXTS), expected)

    def test_a_tokenizer_can_be_given(self, encoder):
        vectors = word_vectors()
        bare = WordVectors(vectors.words, vectors.matrix, counts=vectors.counts)
        given = encoder(bare, tokenizer=WordsTokenizer()).transform(TEXTS)
        assert given[0].any()
        with pytest.warns(TextransferWarning, match="do not say how their words were cut"):
            np.testing.assert_array_equal(encoder(bare).transform(TEXTS), given)

    @pytest.mark.parametrize(
        ("texts", "message"),
        [
            ("one text", "single text"),
            ([1, 2], "text 0 is 1"),
            (3, "int"),
            (np.zeros((2, 2)), "shape"),
            (np.array("a"), "shape"),
        ],
    )
    def test_bad_input(self, encoder, texts, message):
        with pytest.raises(CorpusError, match=message):
            encoder(word_vectors()).transform(texts)


def test_settings_changed_later_are_obeyed():
    encoder = SIFEncoder(word_vectors())
    before = encoder.transform(TEXTS)
    encoder.set_params(smoothing=1.0)
    assert not np.allclose(before[0], encoder.transform(TEXTS)[0])


@pytest.mark.parametrize("smoothing", [0, -1, 2])
def test_smoothing_out_of_range(smoothing):
    with pytest.raises(ConfigError, match="smoothing"):
        SIFEncoder(word_vectors(), smoothing=smoothing).transform(TEXTS)
