"""sentence-transformers and model2vec as peers: their sentence vectors of our folders are ours."""

import numpy as np
import pytest

from textransfer import MeanEncoder, SIFEncoder, WordVectors, export_model
from textransfer.bundled import bundled_corpora
from textransfer.pretrain.pretraining import pretrain_vectors

pytestmark = pytest.mark.peer
ODD = [
    "",
    "zzqq",
    "Not a good film, not AT ALL!",
    "It\u2019s NOT <br />good",
    "good good good",
    "👩‍💻★ 10/10",
]


def load_sentence_transformers(path):
    return pytest.importorskip("sentence_transformers").SentenceTransformer(str(path), local_files_only=True)


def load_model2vec(path):
    return pytest.importorskip("model2vec").StaticModel.from_pretrained(str(path))


LOADERS = [
    ("sentence-transformers", load_sentence_transformers),
    ("model2vec", load_model2vec),
    ("model2vec", load_sentence_transformers),
]


@pytest.fixture(scope="module")
def english():
    folder = bundled_corpora("en")
    vectors = pretrain_vectors(folder / "unlabeled.txt", vector_size=10, epochs=20, n_jobs=1)
    return vectors, [*(folder / "unlabeled.txt").read_text(encoding="utf-8").splitlines(), *ODD]


@pytest.mark.parametrize(("name", "load"), LOADERS, ids=["sentence-transformers", "model2vec", "both"])
@pytest.mark.parametrize("encoder", ["sif", "mean"])
def test_sentence_vectors_are_ours(english, tmp_path, name, load, encoder):
    vectors, texts = english
    assert vectors.tokenizer_spec["marks_negation"]
    export_model(vectors, name, tmp_path / "x", encoder=encoder)
    theirs = np.asarray(load(tmp_path / "x").encode(texts))
    ours = SIFEncoder(vectors).transform(texts)
    if encoder == "mean":
        ours = MeanEncoder(vectors, standardize=False).transform(texts)
    ours /= np.maximum(np.linalg.norm(ours, axis=1, keepdims=True), 1e-12)
    np.testing.assert_allclose(theirs, ours, atol=2e-5)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_model2vec_in_fewer_bits(english, tmp_path, precision):
    vectors, texts = english
    export_model(vectors, "model2vec", tmp_path / "x", precision=precision)
    model = load_model2vec(tmp_path / "x")
    assert model.embedding.dtype == precision
    theirs, ours = np.asarray(model.encode(texts), np.float32), SIFEncoder(vectors).transform(texts)
    is_known = ours.any(axis=1)
    assert np.isfinite(theirs).all()
    assert (theirs * ours).sum(axis=1)[is_known].min() > 0.98


def test_japanese_that_was_cut_before(tmp_path):
    pytest.importorskip("sudachipy")
    folder = bundled_corpora("ja")
    vectors = pretrain_vectors(folder / "unlabeled.txt", vector_size=10, epochs=20, n_jobs=1)
    export = export_model(vectors, "model2vec", tmp_path / "x")
    assert "must be cut into words first" in export.notes[0]
    texts = (folder / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    cut = [" ".join(words) for words in vectors.tokenizer().tokenize_many(texts)]
    theirs = load_model2vec(tmp_path / "x").encode(cut)
    np.testing.assert_allclose(theirs, SIFEncoder(vectors).transform(texts), atol=2e-5)


def test_a_loaded_folder_can_be_an_arm(english, tmp_path):
    from textransfer.encoders.encoding import encode_texts
    from textransfer.encoders.recognising import recognised

    pytest.importorskip("model2vec")
    vectors, texts = english
    export_model(vectors, "model2vec", tmp_path / "x")
    encoded = encode_texts(recognised(tmp_path / "x"), texts, name="x").vectors
    np.testing.assert_allclose(encoded, SIFEncoder(vectors).transform(texts), atol=2e-5)


def test_an_exported_folder_is_no_folder_of_word_vectors(english, tmp_path):
    from textransfer.errors import FormatError

    export_model(english[0], "model2vec", tmp_path / "x")
    with pytest.raises(FormatError, match="no complete embeddings folder"):
        WordVectors.load(tmp_path / "x")
