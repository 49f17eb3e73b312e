"""fastText as peer: its models give its vectors here, of unknown words too, and ours load there."""

import gzip
import warnings

import numpy as np
import pytest

from textransfer import WordVectors, describe, export_model, pretrain_vectors, update_vectors
from textransfer.bundled import bundled_corpora
from textransfer.errors import FormatError

fasttext = pytest.importorskip("fasttext")
pytestmark = pytest.mark.peer

UNKNOWN = ["filmic", "unseenish", "naïvetés", "映画館", "🎬🎬", "xx"]
KINDS = {
    "n-grams": {"minn": 3, "maxn": 6, "bucket": 2000},
    "short n-grams": {"minn": 1, "maxn": 2, "bucket": 500},
    "words": {"minn": 0, "maxn": 0},
    "cbow": {"minn": 2, "maxn": 4, "bucket": 1000, "model": "cbow"},
}


@pytest.fixture(params=KINDS)
def model(request, tmp_path):
    text = str(bundled_corpora("en") / "unlabeled.txt")
    kind = KINDS[request.param]
    model = fasttext.train_unsupervised(text, dim=11, minCount=1, epoch=2, thread=1, verbose=0, **kind)
    model.save_model(str(tmp_path / "model.bin"))
    return model


def vectors_of(model, words):
    return np.array([model.get_word_vector(word) for word in words])


def test_its_model_gives_its_vectors(model, tmp_path):
    vectors = WordVectors.load(tmp_path / "model.bin")
    assert vectors.words == model.words
    np.testing.assert_allclose(vectors.matrix, vectors_of(model, model.words), rtol=1e-5, atol=1e-7)
    counts = dict(zip(*model.get_words(include_freq=True), strict=True))
    assert vectors.counts.tolist() == [counts[word] for word in vectors.words]
    for word in UNKNOWN:
        expected = model.get_word_vector(word)
        if expected.any():
            np.testing.assert_allclose(vectors[word], expected, rtol=1e-5, atol=1e-7)
        else:
            assert vectors.ngrams is None


def test_ours_loads_there(model, tmp_path):
    vectors = WordVectors.load(tmp_path / "model.bin")
    export_model(vectors, "fasttext", tmp_path / "ours.bin")
    loaded = fasttext.load_model(str(tmp_path / "ours.bin"))
    assert loaded.words == vectors.words
    words = [*model.words, *UNKNOWN]
    np.testing.assert_allclose(vectors_of(loaded, words), vectors_of(model, words), rtol=1e-5, atol=1e-7)
    assert describe(tmp_path / "ours.bin").facts["words"] == len(model.words)


def test_gensim_reads_ours_and_says_the_same_of_unknown_words(model, tmp_path):
    facebook = pytest.importorskip("gensim.models.fasttext")
    vectors = WordVectors.load(tmp_path / "model.bin")
    export_model(vectors, "fasttext", tmp_path / "ours.bin")
    keyed = facebook.load_facebook_vectors(str(tmp_path / "ours.bin"))
    words = [word for word in model.words if word != "</s>"]  # to gensim that is made of n-grams, too
    expected = vectors_of(model, words)
    np.testing.assert_allclose(np.array([keyed[word] for word in words]), expected, rtol=1e-4, atol=1e-6)
    if vectors.ngrams is not None:
        np.testing.assert_allclose(keyed["filmic"], vectors["filmic"], rtol=1e-4, atol=1e-6)


def test_a_compressed_model(model, tmp_path):
    (tmp_path / "model.bin.gz").write_bytes(gzip.compress((tmp_path / "model.bin").read_bytes()))
    vectors, plain = WordVectors.load(tmp_path / "model.bin.gz"), WordVectors.load(tmp_path / "model.bin")
    assert vectors.matrix.tobytes() == plain.matrix.tobytes()


def test_a_supervised_model_has_words_but_no_labels(tmp_path):
    (tmp_path / "labelled.txt").write_text("__label__a good film\n__label__b bad film\n" * 20)
    model = fasttext.train_supervised(str(tmp_path / "labelled.txt"), dim=5, minCount=1, verbose=0, thread=1)
    model.save_model(str(tmp_path / "model.bin"))
    vectors = WordVectors.load(tmp_path / "model.bin")
    assert vectors.words == model.words
    np.testing.assert_allclose(vectors.matrix, vectors_of(model, model.words), rtol=1e-5)
    assert describe(tmp_path / "model.bin").facts["labels"] == 2


def test_training_on_says_that_ngrams_are_lost(model, tmp_path):
    vectors = WordVectors.load(tmp_path / "model.bin")
    corpus = bundled_corpora("en") / "unlabeled.txt"
    for train in (
        lambda: update_vectors(vectors, corpus, epochs=1, n_jobs=1),
        lambda: pretrain_vectors(corpus, init_from=tmp_path / "model.bin", epochs=1, n_jobs=1),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            train()
        messages = [str(warning.message) for warning in caught]
        assert any("n-grams are left out" in message for message in messages) == (vectors.ngrams is not None)


QUANTISED = {
    "words": ({}, {}),
    "lengths apart": ({}, {"qnorm": True}),
    "labels too": ({}, {"qout": True, "qnorm": True, "dsub": 3}),
    "n-grams": ({"minn": 2, "maxn": 4, "bucket": 700}, {"dsub": 4}),
    "pairs of words": ({"wordNgrams": 2, "bucket": 700}, {"dsub": 2}),
    "pruned": ({"minn": 2, "maxn": 4, "bucket": 700}, {"cutoff": 400, "retrain": True, "qnorm": True}),
    "pruned words": ({"wordNgrams": 2, "bucket": 700}, {"cutoff": 300}),
}


@pytest.mark.parametrize("kind", QUANTISED)
def test_quantised_models_give_its_vectors(kind, tmp_path):
    lines = (bundled_corpora("en") / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    text = "".join(f"__label__{row} {lines[row % len(lines)]}\n" for row in range(300))
    (tmp_path / "labelled.txt").write_text(text, encoding="utf-8")
    trained, quantised = QUANTISED[kind]
    model = fasttext.train_supervised(
        str(tmp_path / "labelled.txt"), dim=7, minCount=1, epoch=2, verbose=0, thread=1, **trained
    )
    model.quantize(input=str(tmp_path / "labelled.txt"), thread=1, **quantised)
    model.save_model(str(tmp_path / "model.ftz"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        vectors = WordVectors.load(tmp_path / "model.ftz")
    is_pruned = kind == "pruned"
    assert any("n-grams were pruned" in str(warning.message) for warning in caught) == is_pruned
    assert vectors.words == model.words
    np.testing.assert_allclose(vectors.matrix, vectors_of(model, model.words), rtol=1e-5, atol=1e-7)
    assert (vectors.ngrams is not None) == (kind == "n-grams")
    if kind == "n-grams":
        for word in UNKNOWN:
            np.testing.assert_allclose(vectors[word], model.get_word_vector(word), rtol=1e-5, atol=1e-7)
    assert describe(tmp_path / "model.ftz").facts["words"] == len(model.words)
    for n_bytes in (-1, -100, -2000):
        (tmp_path / "cut.ftz").write_bytes((tmp_path / "model.ftz").read_bytes()[:n_bytes])
        with pytest.raises(FormatError, match="truncated"):
            WordVectors.load(tmp_path / "cut.ftz")


def test_vec_files_both_ways(model, tmp_path):
    vectors = WordVectors.load(tmp_path / "model.bin")
    export_model(vectors, "fasttext-vec", tmp_path / "ours.vec")
    (tmp_path / "labelled.txt").write_text("__label__a a warm film\n__label__b a dull film\n" * 20)
    trained = fasttext.train_supervised(
        str(tmp_path / "labelled.txt"),
        pretrainedVectors=str(tmp_path / "ours.vec"),
        dim=11,
        epoch=0,
        lr=0.0,
        minCount=1,
        verbose=0,
    )
    np.testing.assert_allclose(trained.get_word_vector("film"), vectors["film"], rtol=1e-5, atol=1e-7)
