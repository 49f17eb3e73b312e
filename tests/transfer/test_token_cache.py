from copy import deepcopy

from sklearn.base import clone

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.transfer.token_cache import TokenCache


class CountingTokenizer:
    name = "counting"

    def __init__(self):
        self.n_calls = 0

    def tokenize(self, text):
        self.n_calls += 1
        return text.split()

    def tokenize_many(self, texts):
        return map(self.tokenize, texts)

    def spec(self):
        return {"name": "counting"}


def test_a_text_is_tokenized_once():
    inner = CountingTokenizer()
    cache = TokenCache(inner)
    assert list(cache.tokenize_many(["a b", "c", "a b", ""])) == [["a", "b"], ["c"], ["a", "b"], []]
    assert cache.tokenize("c") == ["c"]
    assert inner.n_calls == 3
    assert (cache.name, cache.spec()) == ("counting", {"name": "counting"})


def test_a_cloned_estimator_keeps_the_cache():
    cache = TokenCache(CountingTokenizer())
    assert deepcopy(cache) is cache
    assert clone(SentimentClassifier(tokenizer=cache)).tokenizer is cache


def test_made_up_texts_keep_their_words():
    cache = TokenCache(CountingTokenizer())
    words = ["two words", "a", "", "映画"]
    text = cache.remember(words)
    assert cache.tokenize(text) == words
    assert cache.remember(["two", "words a", "", "映画"]) != text
    assert cache.tokenize("two words a  映画") == ["two", "words", "a", "映画"]
