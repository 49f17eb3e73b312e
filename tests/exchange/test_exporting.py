"""Export: one table of formats, all options obeyed or refused, what is lost said."""

import numpy as np
import pytest

from textransfer import SIFEncoder, WordVectors, export_model, import_vectors
from textransfer.errors import ConfigError, FormatError, OutputError, TextransferWarning
from textransfer.exchange import exporting
from textransfer.exchange.sentence_table import averaging_of_vectors, sentence_table
from textransfer.formats import FORMATS
from textransfer.text.tokenizers.words import WordsTokenizer

TEXTS = ["not a good film", "good good film", "dull plot, dull cast", "", "unseen", "a film of a cast"]
OF_VECTORS = [row.name for row in FORMATS.values() if row.can_write and row.model != "classifier"]


@pytest.fixture
def vectors():
    words = ["a", "film", "not", "good", "not_good", "plot", "dull", "cast", "don't"]
    matrix = np.random.default_rng(1).normal(size=(len(words), 4)).astype(np.float32)
    return WordVectors(
        words,
        matrix,
        counts=range(90, 0, -10),
        out_matrix=matrix[::-1],
        tokenizer_spec=WordsTokenizer(marks_negation=True).spec(),
        metadata={"seconds": 1.0},
    )


def test_every_format_that_can_be_written_has_a_writer():
    writers = {*exporting._WORD_WRITERS, *exporting._SENTENCE_WRITERS, "onnx"}
    assert writers == {row.name for row in FORMATS.values() if row.can_write}


@pytest.mark.parametrize("name", OF_VECTORS)
def test_a_format_is_written_once_and_replaced_only_by_force(vectors, tmp_path, name):
    export = export_model(vectors, name, tmp_path / "x")
    assert export.format == name
    assert (tmp_path / "x").is_dir() == FORMATS[name].is_folder
    assert str(tmp_path / "x") in export.loading
    with pytest.raises(OutputError, match="exists already"):
        export_model(vectors, name, tmp_path / "x")
    export_model(vectors, name, tmp_path / "x", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("name", [name for name in OF_VECTORS if FORMATS[name].is_folder])
def test_folders_of_others_are_not_replaced(vectors, tmp_path, name):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="did not write"):
        export_model(vectors, name, tmp_path / "x", force=True)


def test_what_is_lost_is_said(vectors, tmp_path):
    lost = export_model(vectors, "npz", tmp_path / "x.npz").lost
    assert any(text.startswith("context vectors") for text in lost)
    assert "the tokenizer" in lost
    assert not any("counts" in text for text in lost)
    assert export_model(vectors, "textransfer", tmp_path / "x").lost == ()


@pytest.mark.parametrize("precision", ["float16", "int8"])
@pytest.mark.parametrize("name", ["textransfer", "npz", "safetensors", "parquet", "model2vec"])
def test_fewer_bits(vectors, tmp_path, name, precision):
    if precision not in FORMATS[name].precisions:
        with pytest.raises(ConfigError, match=f"{name} has no {precision}"):
            export_model(vectors, name, tmp_path / "x", precision=precision)
        return
    export = export_model(vectors, name, tmp_path / "x", precision=precision)
    assert 0.99 < export.rounding.lowest_cosine <= export.rounding.mean_cosine <= 1.000001
    if FORMATS[name].can_read:
        loaded = WordVectors.load(tmp_path / "x")
        limit = {"float16": 1e-3, "int8": 1 / 127}[precision] * np.abs(vectors.matrix).max()
        assert np.abs(loaded.matrix - vectors.matrix).max() <= limit
        assert loaded.matrix.dtype == np.float32


def test_options_that_cannot_be_obeyed_are_refused(vectors, tmp_path):
    for options, complaint in (
        ({"to": "onyx"}, "no format 'onyx'"),
        ({"to": "word2vec", "precision": "int8"}, "word2vec has no int8"),
        ({"to": "model2vec", "is_weighted": True}, "weighted vectors are for"),
        ({"to": "textransfer", "is_weighted": True}, "weighted vectors are for"),
        ({"to": "model2vec", "encoder": "max"}, "encoder is 'max'; expected one of sif"),
        ({"to": "onnx"}, "onnx is for classifiers, and the source holds word vectors"),
    ):
        with pytest.raises(ConfigError, match=complaint):
            export_model(vectors, output=tmp_path / "x", **options)
    with pytest.raises(FormatError, match="there is no"):
        export_model(tmp_path / "nothing", "npz", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_the_mean_of_weighted_vectors_has_the_direction_of_our_sentence_vector(vectors, tmp_path):
    export_model(vectors, "npz", tmp_path / "x", is_weighted=True)
    loaded = WordVectors.load(tmp_path / "x")
    ours = SIFEncoder(vectors).transform(TEXTS)
    for text, expected in zip(TEXTS, ours, strict=True):
        words = {word for word in vectors.tokenizer().tokenize(text) if word in loaded.index}
        mean = sum((loaded[word] for word in words), np.zeros(4))
        np.testing.assert_allclose(mean / (np.linalg.norm(mean) or 1), expected, atol=1e-5)


@pytest.mark.parametrize("encoder", ["sif", "mean", "centered"])
def test_sentence_tables_give_our_sentence_vectors(vectors, encoder):
    import json

    tokenizers = pytest.importorskip("tokenizers")
    averaging = averaging_of_vectors(vectors, encoder)
    table = sentence_table(averaging, vectors.tokenizer())
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(table.tokenizer))
    sums = np.array([table.rows[tokenizer.encode(text).ids].sum(axis=0) for text in TEXTS])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    ours = averaging.vectors(averaging.bags(vectors.tokenizer().tokenize_many(TEXTS)))
    ours /= np.maximum(np.linalg.norm(ours, axis=1, keepdims=True), 1e-12)
    np.testing.assert_allclose(sums / np.maximum(lengths, 1e-12), ours, atol=1e-5)
    assert table.notes == ()


def test_spacy_gets_capitals_and_no_marked_negations(vectors, tmp_path):
    export_model(vectors, "spacy", tmp_path / "x")
    words = WordVectors.load(tmp_path / "x")
    assert words["Film"].tolist() == words["FILM"].tolist() == vectors["film"].tolist()
    assert "not_good" not in words.index
    assert "Don't" in words.index


def test_a_classifier_is_exported_with_the_vectors_that_it_averages(vectors, tmp_path):
    from textransfer import SentimentClassifier

    classifier = SentimentClassifier(vectors).fit(["good film", "dull plot"], ["pos", "neg"])
    classifier.save(tmp_path / "classifier")
    export_model(tmp_path / "classifier", "npz", tmp_path / "x")
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "x").matrix, classifier.averaging_.table)
    assert export_model(tmp_path / "classifier", "model2vec", tmp_path / "y").n_words == len(vectors) + 1


def test_import_keeps_the_vectors_and_adds_a_tokenizer(vectors, tmp_path):
    export_model(vectors, "word2vec", tmp_path / "x.bin")
    with pytest.warns(TextransferWarning, match="tokenizer 'words' is taken"):
        import_vectors(tmp_path / "x.bin", tmp_path / "folder")
    loaded = WordVectors.load(tmp_path / "folder")
    assert loaded.words == vectors.words
    assert loaded.matrix.tobytes() == vectors.matrix.tobytes()
    assert loaded.tokenizer_spec["marks_negation"]
    with pytest.raises(OutputError, match="exists already"):
        import_vectors(tmp_path / "x.bin", tmp_path / "folder")


def test_a_byte_order_mark_that_readers_would_take_off_is_refused(tmp_path):
    vectors = WordVectors(["\ufefffilm", "good"], [[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(ConfigError, match="byte-order mark.*word2vec-text"):
        export_model(vectors, "glove", tmp_path / "x.txt")
    for name in ("word2vec", "word2vec-text", "npz", "safetensors", "projector"):
        export_model(vectors, name, tmp_path / name)
        assert list(WordVectors.load(tmp_path / name)) == list(vectors)


@pytest.mark.parametrize("name", ["sentence-transformers", "model2vec"])
def test_half_a_character_is_refused_in_one_line(tmp_path, name):
    halved = WordVectors(["a", "half\ud800"], np.eye(2, dtype=np.float32))
    with pytest.raises(ConfigError, match=r"a word holds half a character: 'half\\ud800'") as error:
        export_model(halved, name, tmp_path / "x", tokenizer="words")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "x").exists()
