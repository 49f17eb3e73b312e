"""Texts with their words: cut once, and no further time by the same tokenizer."""

import pytest

from textransfer.config import TokenizerConfig
from textransfer.errors import CorpusError
from textransfer.text.corpus import LabelledTexts
from textransfer.text.tokenize import build_tokenizer
from textransfer.transfer.texts import TokenizedTexts, tokenized

POOL = LabelledTexts(["A fine film", "", "Not fine"], ["pos", "neg", "neg"], "pool.csv")


def words_tokenizer(**settings):
    return build_tokenizer(TokenizerConfig(tokenizer="words", negation="none", **settings), ["word"])


def test_words_are_those_of_the_tokenizer():
    pool = tokenized(POOL, words_tokenizer())
    assert pool.words == [["a", "fine", "film"], [], ["not", "fine"]]
    assert (pool.texts, pool.labels, pool.source) == (POOL.texts, POOL.labels, "pool.csv")
    assert len(pool) == 3
    assert pool.words[0][1] is pool.words[2][1]  # each word is held once


def test_the_same_tokenizer_cuts_no_second_time():
    pool = tokenized(POOL, words_tokenizer())
    assert tokenized(pool, words_tokenizer()) is pool
    other = tokenized(pool, words_tokenizer(lowercase=False))
    assert other.words[0] == ["A", "fine", "film"]


def test_some_of_the_texts():
    part = tokenized(POOL, words_tokenizer()).take([2, 0])
    assert part.texts == ["Not fine", "A fine film"]
    assert part.labels == ["neg", "pos"]
    assert part.words == [["not", "fine"], ["a", "fine", "film"]]


def test_words_are_needed_for_each_text():
    with pytest.raises(CorpusError, match=r"pool\.csv has 1 texts and 0 lists of words"):
        TokenizedTexts(["a"], ["pos"], "pool.csv", [], words_tokenizer())
