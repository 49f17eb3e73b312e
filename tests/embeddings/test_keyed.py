"""Rows of gensim's KeyedVectors that cannot be used cost no more than themselves, as in a file."""

from types import SimpleNamespace

import numpy as np
import pytest

from textransfer import WordVectors
from textransfer.errors import ConfigError, TextransferWarning


def keyed(words: list[object], matrix: list[list[float]], **expandos: object) -> SimpleNamespace:
    return SimpleNamespace(index_to_key=words, vectors=np.array(matrix, np.float64), expandos=expandos)


def test_odd_rows_are_left_out_with_their_counts() -> None:
    matrix = [[1, 2], [3, 4], [np.nan, 0], [5, 6], [1e300, 0]]
    given = keyed(["good", "", "bad", "new york", "far"], matrix, count=np.array([9, 8, 7, 6, 5]))
    with pytest.warns(TextransferWarning, match=r"3 of 5 rows .* 1 without a word, 2 with numbers"):
        taken = WordVectors.from_gensim(given)
    assert taken.words == ["good", "new york"]
    assert taken.matrix.tolist() == [[1, 2], [5, 6]]
    assert taken.counts is not None
    assert taken.counts.tolist() == [9, 6]
    assert np.isnan(given.vectors[2, 0]), "gensim's own stay as they are"


def test_nothing_usable_and_words_that_are_none_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"no row that can be used \(1 with numbers"):
        WordVectors.from_gensim(keyed(["a"], [[np.inf]]))
    with pytest.raises(ConfigError, match="word 1 is 7"):
        WordVectors.from_gensim(keyed(["a", 7], [[1], [2]]))
