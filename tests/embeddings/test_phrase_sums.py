"""The compiled loops over phrases, and the plain ones that they agree with to the bit."""

import numpy as np
import pytest

from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.phrase_sums import PhraseTable
from textransfer.embeddings.phrases import PhraseIndex, PhraseVectors, phrase_keys
from textransfer.embeddings.sparse_rows import SparseRows
from textransfer.sentiment.sentences import phrases as phrases_module
from textransfer.sentiment.sentences.phrases import PhraseAveraging

N_WORDS, D = 40, 12


def drawn(n_pairs, n_triples):
    rng = np.random.default_rng(n_pairs)
    pairs = np.sort(rng.choice(N_WORDS**2, n_pairs, replace=False))
    triples = np.sort(rng.choice(n_pairs * N_WORDS, n_triples, replace=False))
    prefixes = np.concatenate([pairs // N_WORDS, N_WORDS + triples // N_WORDS]).astype(np.int32)
    lasts = np.concatenate([pairs % N_WORDS, triples % N_WORDS]).astype(np.int32)
    index = PhraseIndex(N_WORDS, prefixes, lasts).checked()
    matrix = rng.normal(0, 0.3, (len(index), D)).astype(np.float16)
    matrix[0, :3] = 0.0, -0.0, 5e-8  # the last one has no leading 1
    lengths = np.concatenate([rng.integers(0, 90, 50), [0, 1, 2]])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return index, matrix, rng.integers(0, N_WORDS, offsets[-1]), offsets


@pytest.mark.parametrize(("n_pairs", "n_triples"), [(300, 400), (900, 0), (1, 1), (0, 0)])
def test_rows_and_sums_are_those_of_plain_code(n_pairs, n_triples):
    index, matrix, ids, offsets = drawn(n_pairs, n_triples)
    table = PhraseTable.of(index)
    np.testing.assert_array_equal(table.keys, phrase_keys(index.prefixes, index.lasts, N_WORDS))
    rows, ends = table.rows(ids, offsets)
    expected, bounds = index.rows(ids, offsets)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_array_equal(ends, bounds[1:])
    sums, n_held = table.sums(matrix, ids, offsets)
    held = SparseRows(np.ones(len(rows), np.float32), expected, bounds, len(index))
    np.testing.assert_array_equal(sums, held.times(matrix.astype(np.float32)))
    np.testing.assert_array_equal(n_held, np.diff(bounds))
    assert n_pairs < 300 or (expected >= N_WORDS).sum() > 100


@pytest.mark.parametrize("damage", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_comes_through(damage):
    index, matrix, ids, offsets = drawn(300, 0)
    matrix[ids[0], 4] = damage
    sums, _ = PhraseTable.of(index).sums(matrix, ids, offsets)
    texts = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    holding = np.unique(texts[ids == ids[0]])
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(sums).all(axis=1)), holding)
    assert np.isfinite(np.delete(sums, holding, axis=0)).all()


def test_much_text_has_the_means_of_little_text(monkeypatch):
    index, matrix, ids, offsets = drawn(300, 400)
    moments = DocumentMoments(np.full(D, 0.1, np.float32), np.eye(D, dtype=np.float32))
    words = {str(word): word for word in range(N_WORDS)}
    averaging = PhraseAveraging(PhraseVectors(index, matrix, moments), words, 0.5)
    plain = averaging.means_of_ids(ids, offsets)
    assert "_table" not in vars(averaging)
    monkeypatch.setattr(phrases_module, "FEWEST_WORDS", 10)
    monkeypatch.setattr(phrases_module, "WORDS_A_BLOCK", 100)
    compiled = averaging.means_of_ids(ids, offsets)
    assert "_table" in vars(averaging)
    np.testing.assert_array_equal(compiled, plain)
    np.testing.assert_array_equal(averaging.means_of_ids(ids[:0], np.zeros(1, np.int64)), plain[:0])
