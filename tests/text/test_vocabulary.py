import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.text.vocabulary import Vocabulary


@pytest.fixture
def vocabulary():
    words = ["rare", "b", "a", "most", "é"]
    return Vocabulary.from_counts(words, [1, 3, 3, 9, 3], [1, 2, 3, 4, 3], n_documents=5)


def test_words_are_sorted_by_count_then_spelling(vocabulary):
    assert vocabulary.words == ["most", "a", "b", "é", "rare"]
    np.testing.assert_array_equal(vocabulary.counts, [9, 3, 3, 3, 1])
    np.testing.assert_array_equal(vocabulary.document_counts, [4, 3, 2, 3, 1])
    assert (vocabulary.n_tokens, vocabulary.n_documents, len(vocabulary)) == (19, 5, 5)
    assert vocabulary.index["b"] == 2
    assert "b" in vocabulary
    assert "c" not in vocabulary


@pytest.mark.parametrize(
    ("min_count", "max_size", "kept", "n_dropped_tokens"),
    [(1, None, 5, 0), (2, None, 4, 1), (3, 2, 2, 7), (4, None, 1, 10), (10, None, 0, 19), (1, 99, 5, 0)],
)
def test_truncated_keeps_the_frequent_words_and_counts_the_others(
    vocabulary, min_count, max_size, kept, n_dropped_tokens
):
    short = vocabulary.truncated(min_count, max_size)
    assert short.words == vocabulary.words[:kept]
    assert (short.n_dropped_words, short.n_dropped_tokens) == (5 - kept, n_dropped_tokens)
    assert (short.n_tokens, short.n_documents) == (19, 5)
    assert short.counts.sum() + short.n_dropped_tokens == 19


def test_truncated_twice_counts_all_that_was_dropped(vocabulary):
    short = vocabulary.truncated(2).truncated(1, 1)
    assert (short.words, short.n_dropped_words, short.n_dropped_tokens) == (["most"], 4, 10)


@pytest.mark.parametrize("limits", [(0, None), (1, 0)])
def test_limits_below_one_are_refused(vocabulary, limits):
    with pytest.raises(ConfigError, match="at least 1"):
        vocabulary.truncated(*limits)


def test_no_words_at_all():
    assert Vocabulary.from_counts([], [], [], n_documents=0).truncated(5).words == []


def test_extended_keeps_ids_adds_counts_and_appends_by_count():
    old = Vocabulary.from_counts(["b", "a", "c"], [3, 5, 1], [2, 4, 1], n_documents=6)
    found = Vocabulary.from_counts(["d", "e", "c", "f", "a"], [2, 7, 9, 1, 1], [2, 3, 4, 1, 1], n_documents=5)
    both = old.extended(found, min_count=2)
    assert both.words == ["a", "b", "c", "e", "d"]
    assert both.counts.tolist() == [6, 3, 10, 7, 2]
    assert both.document_counts.tolist() == [5, 2, 5, 3, 2]
    assert (both.n_tokens, both.n_documents) == (9 + 20, 11)
    assert (both.n_dropped_words, both.n_dropped_tokens) == (1, 1)
    assert old.counts.tolist() == [5, 3, 1]


@pytest.mark.parametrize(("max_size", "n_words"), [(1, 3), (3, 3), (4, 4), (9, 5), (None, 5)])
def test_extended_lets_new_words_in_up_to_a_size(max_size, n_words):
    old = Vocabulary.from_counts(["b", "a", "c"], [3, 5, 1], [2, 4, 1], n_documents=6)
    found = Vocabulary.from_counts(["d", "e"], [2, 7], [2, 3], n_documents=5)
    both = old.extended(found, max_size=max_size)
    assert both.words == ["a", "b", "c", "e", "d"][:n_words]
    assert both.n_dropped_words == 5 - n_words


def test_extended_by_nothing_known_or_new():
    old = Vocabulary.from_counts(["a"], [5], [4], n_documents=6)
    both = old.extended(Vocabulary.from_counts([], [], [], n_documents=2))
    assert (both.words, both.counts.tolist(), both.n_documents) == (["a"], [5], 8)
