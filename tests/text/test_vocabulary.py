import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.text.vocabulary import Vocabulary, frequency_order


def made(words, counts, document_counts, n_documents):
    return Vocabulary(
        list(words), np.array(counts, np.int64), np.array(document_counts, np.int64), sum(counts), n_documents
    )


@pytest.fixture
def vocabulary():
    return made(["most", "a", "b", "é", "rare"], [9, 3, 3, 3, 1], [4, 3, 2, 3, 1], 5)


def test_words_are_sorted_by_count_then_spelling():
    words = ["rare", "b", "a", "most", "é"]
    order = frequency_order(words, np.array([1, 3, 3, 9, 3]))
    assert [words[place] for place in order] == ["most", "a", "b", "é", "rare"]


def test_a_vocabulary_knows_its_words_and_their_ids(vocabulary):
    assert len(vocabulary) == 5
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
    assert made([], [], [], 0).truncated(5).words == []


def test_extended_keeps_ids_adds_counts_and_appends_by_count():
    old = made("abc", [5, 3, 1], [4, 2, 1], 6)
    new = made("cedaf", [9, 7, 2, 1, 1], [4, 3, 2, 1, 1], 5)
    both = old.extended(new, min_count=2)
    assert both.words == ["a", "b", "c", "e", "d"]
    assert both.counts.tolist() == [6, 3, 10, 7, 2]
    assert both.document_counts.tolist() == [5, 2, 5, 3, 2]
    assert (both.n_tokens, both.n_documents) == (9 + 20, 11)
    assert (both.n_dropped_words, both.n_dropped_tokens) == (1, 1)
    assert old.counts.tolist() == [5, 3, 1]


@pytest.mark.parametrize(("max_size", "n_words"), [(1, 3), (3, 3), (4, 4), (9, 5), (None, 5)])
def test_extended_lets_new_words_in_up_to_a_size(max_size, n_words):
    old = made("abc", [5, 3, 1], [4, 2, 1], 6)
    new = made("ed", [7, 2], [3, 2], 5)
    both = old.extended(new, max_size=max_size)
    assert both.words == ["a", "b", "c", "e", "d"][:n_words]
    assert both.n_dropped_words == 5 - n_words


def test_extended_by_nothing_known_or_new():
    old = made("a", [5], [4], 6)
    both = old.extended(made([], [], [], 2))
    assert (both.words, both.counts.tolist(), both.n_documents) == (["a"], [5], 8)
