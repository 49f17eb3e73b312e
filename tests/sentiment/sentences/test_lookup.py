import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.embeddings.ngrams import fit_ngrams
from textransfer.embeddings.vectors import WordVectors
from textransfer.sentiment.sentences import lookup
from textransfer.sentiment.sentences.averaging import Bags
from textransfer.sentiment.sentences.encoders import plain_averaging, sif_averaging
from textransfer.text.tokenizers.words import WordsTokenizer

VECTORS = word_vectors()
SPELLED = WordVectors(
    VECTORS.words,
    VECTORS.matrix,
    counts=VECTORS.counts,
    ngrams=fit_ngrams(VECTORS.words, np.ones(len(VECTORS)), VECTORS.matrix),
)
ODD = [
    "",
    "zzz unknown",
    "GOOD good Good bad",
    "the the the awful\tplot",
    "bad\U0001f600good e\u0301 ﬁne ΣΑΣ",
    "\ud800 good",
    " ",
]


AVERAGINGS = {
    "sif": sif_averaging(VECTORS),
    "mean": plain_averaging(VECTORS),
    "sif, n-grams": sif_averaging(SPELLED),
    "mean, n-grams": plain_averaging(SPELLED),
}


@pytest.mark.parametrize("averaging", AVERAGINGS.values(), ids=AVERAGINGS)
@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("marks_negation", [True, False])
def test_numbered_words_make_the_same_bags(averaging, lowercase, marks_negation):
    texts = [*ODD, *labelled(20)[0], *ODD, "not good, never a bad plot"]
    tokenizer = WordsTokenizer(lowercase=lowercase, stop_words=["was"], marks_negation=marks_negation)
    got = lookup.numbered_bags(averaging, tokenizer, texts)
    expected = averaging.bags(tokenizer.tokenize_many(texts))
    np.testing.assert_array_equal(got.ids, expected.ids)
    np.testing.assert_array_equal(got.offsets, expected.offsets)
    np.testing.assert_array_equal(got.weights, expected.weights)
    np.testing.assert_array_equal(got.known_shares, expected.known_shares)
    np.testing.assert_array_equal(got.known_shares > 0, got.has_words)
    assert (got.unknown is None) == (averaging.unknown is None)
    if got.unknown is not None:
        np.testing.assert_allclose(got.unknown, expected.unknown, atol=1e-6)
    assert expected.n_empty >= 4


def test_much_text_is_numbered_block_by_block(monkeypatch):
    texts = [*labelled(25)[0], *ODD]
    averaging, tokenizer = sif_averaging(VECTORS), WordsTokenizer()
    expected = lookup.bags_of(averaging, tokenizer, texts)
    blocks = []
    whole = lookup.numbered_bags
    monkeypatch.setattr(lookup, "numbered_bags", lambda *given: blocks.append(len(given[2])) or whole(*given))
    monkeypatch.setattr(lookup, "FEWEST_CHARACTERS", 100)
    monkeypatch.setattr(lookup, "TEXTS_A_BLOCK", 10)
    got = lookup.bags_of(averaging, tokenizer, texts)
    assert blocks == [10, 10, 10, 2]
    for name in ("ids", "offsets", "weights", "known_shares"):
        np.testing.assert_array_equal(getattr(got, name), getattr(expected, name))
    assert isinstance(got, Bags)


def test_vectors_without_words_know_nothing():
    empty = WordVectors(["x"], [[1.0]])
    bags = lookup.numbered_bags(sif_averaging(empty), WordsTokenizer(), ["good", ""])
    assert bags.n_empty == 2
