import numpy as np
import pytest

from textransfer.text.encoding.numbered import WordList
from textransfer.text.encoding.word_rows import WordRows, known_words


@pytest.mark.parametrize("n_words", [0, 1, 2, 3, 1000])
def test_words_have_the_rows_of_their_order(n_words):
    words = [f"w{i}é\0" for i in range(n_words)]
    asked = [*words[::-1], "", "w", "w0", "\ud800"]
    index = {word: row for row, word in enumerate(words)}
    rows = WordRows(words).of(WordList.of(asked))
    assert rows.tolist() == [index.get(word, -1) for word in asked]
    assert WordRows(words).of(WordList.of([])).tolist() == []


@pytest.mark.parametrize("is_distinct", [True, False])
@pytest.mark.parametrize("n_rows", [40, 2**31])
def test_known_words_of_documents(is_distinct, n_rows):
    random = np.random.default_rng(0)
    lengths = np.array([0, 30, 1, 0, 200, 3, 0])
    ends = np.cumsum(lengths)
    ids = random.integers(0, 50, ends[-1]).astype(np.int32)
    rows = np.full(50, -1)
    rows[random.permutation(50)[:40]] = random.permutation(40)
    known = known_words(ids, ends, rows, n_rows, is_distinct=is_distinct)
    for document, end in enumerate(ends):
        own = rows[ids[end - lengths[document] : end]]
        kept = own[own >= 0]
        expected = np.unique(kept) if is_distinct else kept
        start, stop = known.offsets[document : document + 2]
        np.testing.assert_array_equal(known.rows[start:stop], expected)
        assert known.shares[document] == len(kept) / max(len(own), 1)
    assert known.offsets[-1] == len(known.rows)
