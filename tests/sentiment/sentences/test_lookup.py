import pickle

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.embeddings.ngrams import fit_ngrams
from textransfer.embeddings.vectors import WordVectors
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.sentences import lookup
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.encoders import plain_averaging, sif_averaging
from textransfer.sentiment.sentences.transformers import SIFEncoder
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


def test_an_encoder_reads_much_text_in_compiled_loops_and_stays_small_as_a_pickle(monkeypatch):
    texts, encoder = [*ODD, *labelled(20)[0]], SIFEncoder(VECTORS, tokenizer="words")
    plainly, averaging = encoder.bags(texts), encoder.averaging()
    n_bytes = len(pickle.dumps(averaging))
    monkeypatch.setattr(lookup, "FEWEST_CHARACTERS", 1)
    compiled = encoder.bags(texts)
    for name in ("ids", "offsets", "weights", "known_shares"):
        np.testing.assert_array_equal(getattr(compiled, name), getattr(plainly, name))
    again = pickle.loads(pickle.dumps(averaging))
    assert "word_rows" in vars(averaging)
    assert len(pickle.dumps(averaging)) == n_bytes
    np.testing.assert_array_equal(lookup.bags_of(again, WordsTokenizer(), texts).weights, plainly.weights)


def test_much_text_is_read_without_a_compiler_too(monkeypatch):
    texts, averaging = [*ODD, *labelled(20)[0]], sif_averaging(VECTORS)
    expected = lookup.bags_of(averaging, WordsTokenizer(), texts)
    monkeypatch.setattr(lookup, "FEWEST_CHARACTERS", 1)
    monkeypatch.setattr(lookup, "is_installed", lambda name: False)
    monkeypatch.setattr(lookup, "numbered_bags", None)
    got = lookup.bags_of(averaging, WordsTokenizer(), texts)
    np.testing.assert_array_equal(got.weights, expected.weights)


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


@pytest.mark.parametrize("is_much", [True, False])
def test_words_of_texts_get_numbers(monkeypatch, is_much):
    texts, tokenizer = [*labelled(25)[0], *ODD], WordsTokenizer()
    monkeypatch.setattr(lookup, "FEWEST_CHARACTERS", 100 if is_much else 10**9)
    monkeypatch.setattr(lookup, "TEXTS_A_BLOCK", 10)
    counted = lookup.counted_of(tokenizer, texts)
    expected = CountedTexts.of(list(tokenizer.tokenize_many(texts)))
    assert counted.words == expected.words
    np.testing.assert_array_equal(counted.ids, expected.ids)
    np.testing.assert_array_equal(counted.documents, expected.documents)
    assert len(counted) == len(texts)


@pytest.mark.parametrize("averaging", AVERAGINGS.values(), ids=AVERAGINGS)
def test_some_of_the_texts_look_as_they_do_among_all(averaging):
    words = [text.split() for text in labelled(9)[0]]
    rows = np.array([4, 0, 8])
    whole = lookup.LookedUpTexts(CountedTexts.of(words))
    expected = averaging.vectors(averaging.bags([words[row] for row in rows]))
    np.testing.assert_allclose(whole.take(rows).vectors(averaging), expected, atol=1e-6)
    np.testing.assert_allclose(whole.vectors(averaging)[rows], expected, atol=1e-6)
    some = whole.take(rows)
    np.testing.assert_array_equal(some.bags(averaging).weights, whole.bags(averaging).take(rows).weights)
    assert some.is_known(averaging) is whole.is_known(averaging)


@pytest.mark.parametrize("averaging", AVERAGINGS.values(), ids=AVERAGINGS)
def test_parts_of_lists_of_words_are_looked_up_with_the_whole(averaging):
    words = [text.split() for text in labelled(9)[0]]
    rows = np.array([4, 0, 8])
    part = lookup.LookedUpWords.of(words).take(rows).take(np.array([2, 1]))
    assert part == [words[8], words[0]]
    expected = averaging.bags(list(part))
    got = lookup.bags_of(averaging, WordsTokenizer(), part)
    np.testing.assert_array_equal(got.offsets, expected.offsets)
    np.testing.assert_allclose(averaging.vectors(got), averaging.vectors(expected), atol=1e-6)
    counts = lookup.counted_of(WordsTokenizer(), part).counts.scipy().toarray().sum(axis=1)
    assert counts.tolist() == [len(words[8]), len(words[0])]


@pytest.mark.parametrize("spelled", [VECTORS, SPELLED])
def test_stretched_means_are_means_of_stretched_vectors(spelled):
    texts = lookup.LookedUpTexts(CountedTexts.of([text.split() for text in [*labelled(9)[0], "gooood bed"]]))
    for power in (0.25, 0.75):
        averaging = sif_averaging(spelled, component_power=power)
        expected = averaging.vectors(texts.bags(averaging))
        np.testing.assert_allclose(texts.vectors(averaging), expected, atol=1e-5)


def test_means_are_made_once_for_all_that_is_taken_of_texts():
    words = [text.split() for text in labelled(9)[0]]
    whole = lookup.LookedUpWords.of(words)
    averaging = sif_averaging(VECTORS, component_power=0.0)
    bags = whole.bags(averaging)
    table = averaging.table
    assert not table.flags.writeable
    expected = averaging.bags(words).product(table)
    np.testing.assert_array_equal(bags.product(table), expected)
    parts = [whole.take(np.array(rows)).bags(averaging) for rows in ([4, 0, 8], [1, 4])]
    assert all(part.among[0] is bags.among[0] for part in parts)
    np.testing.assert_array_equal(parts[1].take(np.array([1])).product(table), expected[[4]])


def test_means_of_a_table_that_is_trained_are_made_anew():
    averaging = sif_averaging(VECTORS, component_power=0.0).with_own_table()
    words = [text.split() for text in labelled(9)[0]]
    bags = lookup.LookedUpWords.of(words).bags(averaging)
    before = averaging.means(bags)
    averaging.table[...] *= 2
    np.testing.assert_allclose(averaging.means(bags), 2 * before, rtol=1e-6)
    assert not np.shares_memory(averaging.table, VECTORS.unit_matrix)


def test_places_in_an_index_are_kept_for_that_index_alone():
    texts = CountedTexts.of([["a", "b", "a"], ["c"]])
    indices = [{"b": 5}, {"a": 1, "c": 0}, {"b": 5}, {}, {"c": 9}, {"a": 3}]
    expected = [[-1, 5, -1], [1, -1, 0], [-1, 5, -1], [-1, -1, -1], [-1, -1, 9], [3, -1, -1]]
    for _ in range(2):  # more of them than are kept
        assert [texts.places_in(index).tolist() for index in indices] == expected
    assert texts.places_in(indices[-1]) is texts.places_in(indices[-1])
    with pytest.raises(ValueError, match="read-only"):
        texts.places_in(indices[0])[0] = 1
