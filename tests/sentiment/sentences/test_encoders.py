import pickle
from dataclasses import fields

import numpy as np
import pytest
from reviews import labelled, word_vectors
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.sentiment.sentences import lookup
from textransfer.sentiment.sentences.transformers import MeanEncoder, SIFEncoder
from textransfer.text.tokenizers.words import WordsTokenizer

TEXTS = ["the film was good good", "", "unbekannte Wörter", "Dull plot and xyz"]


def test_mean_by_hand():
    vectors = word_vectors()
    got = MeanEncoder(vectors, standardize=False).transform(TEXTS)
    expected = (vectors["the"] + vectors["film"] + vectors["was"] + 2 * vectors["good"]) / 5
    np.testing.assert_allclose(got[0], expected, rtol=1e-5)
    assert got.dtype == np.float32
    assert not got[1:3].any()


def test_standard_means_by_hand():
    vectors = word_vectors()
    plain = MeanEncoder(vectors, standardize=False).transform(TEXTS)
    center = vectors.counts @ vectors.matrix / vectors.counts.sum()
    rest = plain[0] - center
    got = MeanEncoder(vectors).transform(TEXTS)
    np.testing.assert_allclose(got[0], rest / np.linalg.norm(rest) * np.sqrt(6), rtol=1e-4)
    assert not got[1:3].any()


def test_means_keep_their_classes_from_a_penalised_model():
    random = np.random.default_rng(0)
    words = [f"w{i}" for i in range(500)]
    # As after a short training: all words have much in common, and what tells them apart is small.
    matrix = random.normal(0, 0.03, (500, 50))
    matrix[np.arange(500), np.arange(500) % 5] += 0.09
    vectors = WordVectors(words, matrix + 0.2, counts=np.full(500, 9), tokenizer_spec=WordsTokenizer().spec())
    labels = np.minimum(np.arange(200) % 8, 4)  # half of the texts are of one class
    drawn = random.integers(0, 100, (200, 20))
    drawn[:, ::4] = 5 * (drawn[:, ::4] // 5) + labels[:, None]
    texts = [" ".join(f"w{i}" for i in row) for row in drawn]
    scores = {
        kind: cross_val_score(make_pipeline(encoder, LogisticRegression()), texts, labels, cv=2).mean()
        for kind, encoder in {
            "plain": MeanEncoder(vectors, standardize=False),
            "standard": MeanEncoder(vectors),
            "SIF": SIFEncoder(vectors),
        }.items()
    }
    assert scores["plain"] == 0.5
    assert scores["standard"] > max(0.8, scores["SIF"])


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
    def test_columns_have_names_and_tables_come_out(self, encoder):
        own = encoder(word_vectors())
        names = [f"{encoder.__name__.lower()}{i}" for i in range(6)]
        assert own.get_feature_names_out().tolist() == names
        for library in ("pandas", "polars"):
            frame = pytest.importorskip(library).DataFrame({"text": TEXTS, "n": range(4)})
            table = clone(own).set_output(transform=library).fit_transform(frame["text"])
            assert list(table.columns) == names
            np.testing.assert_array_equal(table.to_numpy(), own.transform(TEXTS))
            for column in ("text", ["text"]):
                beside = ColumnTransformer(
                    [("t", encoder(word_vectors()), column), ("n", "passthrough", ["n"])]
                )
                rows = beside.set_output(transform=library).fit_transform(frame)
                assert list(rows.columns) == [*(f"t__{name}" for name in names), "n__n"]

    def test_much_text_is_looked_up_with_compiled_loops_to_the_same_numbers(self, encoder, monkeypatch):
        texts, _ = labelled(300)
        texts = [*texts, "", "unheard words", *(f"{text} {text}" for text in texts)]
        slow = encoder(word_vectors()).bags(texts)
        monkeypatch.setattr(lookup, "FEWEST_CHARACTERS", 0)
        monkeypatch.setattr(lookup, "TEXTS_A_BLOCK", 64)
        quick = encoder(word_vectors()).bags(texts)
        for field in fields(slow):
            np.testing.assert_array_equal(getattr(quick, field.name), getattr(slow, field.name))

    def test_texts_are_no_metadata(self, encoder):
        requests = encoder(word_vectors()).get_metadata_routing()
        assert not requests.fit.requests
        assert not requests.transform.requests

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
