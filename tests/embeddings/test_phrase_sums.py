"""The compiled loops over phrases, and the plain ones that they agree with to the bit."""

import numpy as np
import pytest
from numba import njit

from textransfer.embeddings.kernels import halves
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.phrase_sums import PhraseTable, weighted_sums
from textransfer.embeddings.phrases import PhraseIndex, PhraseVectors
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
    np.testing.assert_array_equal(np.flatnonzero(~np.isfinite(sums[:, 4])), holding)
    assert np.isfinite(np.delete(sums, holding, axis=0)).all()


@pytest.mark.parametrize("way", ["converted", "computed", "as_float"])
def test_every_number_of_half_precision_is_itself(way):
    if way == "converted" and not halves.converts_halves():
        pytest.skip("this processor has no instruction for it")
    convert = getattr(halves, way)

    @njit
    def floats(bits, out):
        for i in range(bits.size):
            out[i] = convert(bits[i])

    bits = np.arange(1 << 16).astype(np.uint16)
    out, expected = np.zeros(len(bits), np.float32), bits.view(np.float16).astype(np.float32)
    floats(bits, out)
    is_finite = np.isfinite(expected)
    np.testing.assert_array_equal(out[is_finite], expected[is_finite])
    np.testing.assert_array_equal(np.signbit(out[is_finite]), np.signbit(expected[is_finite]))
    assert not np.isfinite(out[~is_finite]).any()


def test_a_word_that_is_none_parts_its_neighbours():
    index, matrix, ids, offsets = drawn(900, 400)
    matrix = matrix.astype(np.float64)
    is_none = np.arange(len(ids)) % 7 == 3
    sums, n_held = PhraseTable.of(index).sums(matrix, np.where(is_none, -1, ids), offsets)
    assert sums.dtype == np.float64
    for text, (start, end) in enumerate(zip(offsets[:-1], offsets[1:], strict=True)):
        breaks = [start, *(start + np.flatnonzero(is_none[start:end])), end]
        parts = [index.rows(ids[a:b][ids[a:b] >= 0], np.array([0, b - a]))[0] for a, b in _between(breaks)]
        held = np.unique(np.concatenate(parts)).astype(np.int64)
        assert n_held[text] == len(held)
        np.testing.assert_allclose(sums[text], matrix[held].sum(axis=0), rtol=1e-12, atol=1e-12)


def _between(breaks):
    starts = [breaks[0], *(place + 1 for place in breaks[1:-1])]
    return list(zip(starts, breaks[1:], strict=True))


def test_weighted_sums_are_those_of_plain_code():
    rng = np.random.default_rng(3)
    ends = np.array([0, 300, 300, 301, 1000])
    rows = rng.integers(0, 500, ends[-1])
    table = rng.normal(size=(500, 5)).astype(np.float32)
    shares = SparseRows(rng.random(len(rows)).astype(np.float32), rows, ends, len(table))
    np.testing.assert_array_equal(weighted_sums(shares, table), shares.times(table))


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
