"""Words without a row, but with a vector from their n-grams: their part in sentence vectors and answers."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.ngrams import NgramVectors, fit_ngrams
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import FormatError
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.encoders import centered_averaging, plain_averaging, sif_averaging

KNOWN = word_vectors()
SIZE = KNOWN.vector_size
MOMENTS = DocumentMoments(
    np.full(SIZE, 0.1, np.float32), np.diag(np.linspace(0.02, 0.2, SIZE)).astype(np.float32)
)
VECTORS = WordVectors(
    KNOWN.words,
    KNOWN.matrix,
    counts=KNOWN.counts,
    moments=MOMENTS,
    ngrams=fit_ngrams(KNOWN.words, np.ones(len(KNOWN)), KNOWN.matrix),
    tokenizer_spec=KNOWN.tokenizer_spec,
)
MISSPELT = ["goood film", "awfull plot and awfull film", "goood", "###", "good"]


def vector_by_hand(averaging: Averaging, words: list[str]) -> np.ndarray:
    """Return the sentence vector of a text, word by word."""
    unknown = averaging.unknown
    assert unknown is not None
    listed = list(dict.fromkeys(words)) if averaging.is_distinct else words
    rows, weights = [], []
    for word in listed:
        if word in averaging.index:
            rows.append(averaging.table[averaging.index[word]])
            weights.append(averaging.word_weights[averaging.index[word]])
            continue
        (vector,), (weight,) = unknown.ngrams.weighted([word])
        if weight:
            vector = vector / np.linalg.norm(vector) if averaging.is_distinct else vector  # "sif" alone
            rows.append(vector if unknown.stretch is None else vector @ unknown.stretch)
            weights.append(weight if averaging.is_distinct else 1)
    if not rows:
        return np.zeros(averaging.table.shape[1])
    mean = np.average(rows, axis=0, weights=weights)
    return averaging.finish(mean[None], np.array([True]))[0]


@pytest.mark.parametrize("make", [sif_averaging, centered_averaging, plain_averaging])
def test_the_mean_is_over_known_and_unknown_words(make) -> None:
    averaging = make(VECTORS)
    lists = [text.split() for text in MISSPELT]
    bags = averaging.bags(lists)
    assert bags.known_shares.tolist() == [1, 1, 1, 0, 1]
    assert bags.has_words.tolist() == [True, True, True, False, True]
    by_hand = [vector_by_hand(averaging, words) for words in lists]
    np.testing.assert_allclose(averaging.vectors(bags), by_hand, atol=1e-5)
    order = np.array([4, 0, 2])
    np.testing.assert_allclose(averaging.vectors(bags.take(order)), np.array(by_hand)[order], atol=1e-5)
    twice = Bags.joined([bags, bags.take(order)])
    np.testing.assert_allclose(averaging.vectors(twice)[5:], np.array(by_hand)[order], atol=1e-5)
    rows = averaging.with_rows(word for words in lists for word in words)
    np.testing.assert_allclose(rows.vectors(rows.bags(lists)), by_hand, atol=1e-5)


def test_a_word_of_which_too_little_is_known_stays_unknown() -> None:
    ngrams = NgramVectors(["g", "<g"], np.ones((2, 4), np.float32), 0.5)
    _, weights = ngrams.weighted(["g", "gqqq", "zz"])
    assert weights[0] > 0
    assert weights[1:].tolist() == [0, 0]


MAKERS = {
    **{
        encoder: partial(SentimentClassifier, VECTORS, encoder=encoder)
        for encoder in ("auto", "sif", "centered", "mean")
    },
    "combined": partial(CombinedClassifier, VECTORS),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_classifiers_read_save_and_explain_them(make, tmp_path: Path) -> None:
    texts, labels = labelled(20)
    fitted = make().fit(texts, labels)
    p = fitted.predict_proba(MISSPELT)
    assert np.abs(p[0] - p[3]).max() > 0.01, "a misspelt word speaks"
    assert (fitted.known_shares(MISSPELT) <= 1).all()
    loaded = make.func.load(fitted.save(tmp_path / "classifier"))
    np.testing.assert_array_equal(loaded.predict_proba(MISSPELT), p)
    for text, answer, (added, whole) in zip(
        MISSPELT, p, fitted.contributions([text.split() for text in MISSPELT]), strict=True
    ):
        np.testing.assert_allclose(whole, answer, atol=1e-6)
        for word, change in added.items():
            rest = " ".join(other for other in text.split() if other != word)
            without = fitted.predict_proba([rest])[0]
            np.testing.assert_allclose(np.log(answer) - np.log(without), change, atol=1e-4)
    assert "awfull" in fitted.contributions([MISSPELT[1].split()])[0][0]


def test_trained_word_vectors_leave_them_out(tmp_path: Path) -> None:
    texts, labels = labelled(20)
    fitted = SentimentClassifier(VECTORS, fine_tune=True, epochs=3).fit(texts, labels)
    assert fitted.known_shares(["goood"]).tolist() == [0]


def test_a_classifier_folder_whose_ngrams_do_not_fit_is_refused(tmp_path: Path) -> None:
    folder = SentimentClassifier(VECTORS).fit(*labelled(20)).save(tmp_path / "classifier")
    record = json.loads((folder / "ngrams.json").read_text())
    for damage in ({"ngrams": record["ngrams"][1:]}, {"ngrams": None}, {"length": 0.0}):
        (folder / "ngrams.json").write_text(json.dumps({**record, **damage}))
        with pytest.raises(FormatError):
            SentimentClassifier.load(folder)
    (folder / "ngrams.json").unlink()
    with pytest.raises(FormatError, match=r"ngrams\.json"):
        SentimentClassifier.load(folder)


def test_an_embeddings_folder_holds_them(tmp_path: Path) -> None:
    again = WordVectors.load(VECTORS.save(tmp_path / "vectors"))
    assert again.ngrams is not None
    assert VECTORS.ngrams is not None
    assert list(again.ngrams.ngrams) == list(VECTORS.ngrams.ngrams)
    assert again.ngrams.length == VECTORS.ngrams.length
    np.testing.assert_array_equal(again.ngrams.matrix, VECTORS.ngrams.matrix)
    (tmp_path / "vectors" / "ngrams.json").unlink()
    with pytest.raises(FormatError, match=r"ngrams\.json"):
        WordVectors.load(tmp_path / "vectors")
