"""Texts with their words: cut once, and no further time by the same tokenizer."""

from collections import Counter

import pytest

from textransfer.config import ClassifierConfig, TokenizerConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import CorpusError
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenize import build_tokenizer
from textransfer.transfer.advice import advise
from textransfer.transfer.augmenting.augmentation import AUGMENTATIONS
from textransfer.transfer.classification import classify
from textransfer.transfer.comparing.task import TokenizedTexts, tokenized
from textransfer.transfer.comparison import compare
from textransfer.transfer.experiment import experiment
from textransfer.transfer.learning_curve import learning_curve

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


class CountingTokenizer:
    """Cuts at spaces; counts how often it sees each text."""

    name = "counting"

    def __init__(self):
        self.seen = Counter()

    def tokenize(self, text):
        self.seen[text] += 1
        return text.split()

    def tokenize_many(self, texts):
        return map(self.tokenize, texts)

    def spec(self):
        return {"name": "counting"}


SETTINGS = {"config": ClassifierConfig(epochs=2), "n_draws": 2}
FEATURES = {"has_text_features": True, "is_fine_tuned_too": True}
BUDGETS = {"budgets": [4, 8, 60], **FEATURES}


@pytest.mark.parametrize(
    ("function", "is_tested", "options"),
    [
        (compare, True, {"n_labels": 8, **FEATURES}),
        (compare, True, FEATURES),
        (compare, False, FEATURES),
        (learning_curve, True, BUDGETS),
        (experiment, True, {"n_labels": 8, "augmentations": AUGMENTATIONS}),
        (experiment, False, {"n_labels": 8}),
        (advise, True, {}),
        (advise, False, {}),
    ],
)
def test_each_text_is_cut_once(vectors, pool, test_texts, function, is_tested, options):
    tokenizer = CountingTokenizer()
    test = [test_texts] if is_tested else []
    function(vectors, pool, *test, tokenizer=tokenizer, **SETTINGS, **options)
    texts = pool.texts + (test_texts.texts if is_tested else [])
    assert tokenizer.seen == Counter(texts)
    assert max(tokenizer.seen.values()) == 1


@pytest.mark.parametrize("is_tested", [True, False])
def test_classify_cuts_each_text_once_for_comparison_classifier_trust_and_report(
    vectors, pool, test_texts, is_tested
):
    tokenizer = CountingTokenizer()
    many = LabelledTexts([f"{text} {i}" for i in (0, 1) for text in pool.texts], pool.labels * 2, "pool.csv")
    test = [test_texts] if is_tested else []
    result = classify(vectors, many, *test, tokenizer=tokenizer, has_text_features=True, **SETTINGS)
    assert result.trust is not None
    assert result.inspection is not None
    mistakes = [mistake.text for mistake in result.inspection.mistakes]  # cut again, for the places of words
    assert tokenizer.seen == Counter(many.texts + (test_texts.texts if is_tested else []) + mistakes)


def test_what_is_cut_already_is_not_cut_again(vectors, pool, test_texts):
    tokenizer = CountingTokenizer()
    cut, cut_test = tokenized(pool, tokenizer), tokenized(test_texts, tokenizer)
    compare(vectors, cut, cut_test, **SETTINGS)
    compare(vectors, cut, cut_test, tokenizer=CountingTokenizer(), **SETTINGS)
    learning_curve(vectors, cut, cut_test, budgets=[4], further_arms={"again": vectors}, **SETTINGS)
    assert max(tokenizer.seen.values()) == 1


def test_vectors_of_one_tokenizer_share_their_words(vectors, pool, test_texts, monkeypatch):
    tokenizer = CountingTokenizer()
    monkeypatch.setattr(WordVectors, "tokenizer", lambda self: tokenizer)
    learning_curve(
        vectors, pool, test_texts, budgets=[4, 8], further_arms={"a": vectors, "b": vectors}, **SETTINGS
    )
    assert max(tokenizer.seen.values()) == 1
