from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.errors import ConfigError, CorpusError
from textransfer.sentiment.baselines import MajorityBaseline, TfidfBaseline
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.ratios import LogCountRatios
from textransfer.sentiment.sentences.encoders import MeanEncoder
from textransfer.sentiment.sentences.texts import check_texts
from textransfer.text.tokenizers.words import WordsTokenizer

VECTORS = word_vectors()
WORDS = WordsTokenizer()
MAKERS = {
    "frozen": lambda tokenizer: SentimentClassifier(VECTORS, tokenizer=tokenizer),
    "fine-tuned": lambda tokenizer: SentimentClassifier(
        VECTORS, tokenizer=tokenizer, fine_tune=True, epochs=5
    ),
    "random vectors": lambda tokenizer: SentimentClassifier(tokenizer=tokenizer, vector_size=4, epochs=5),
    "combined": lambda tokenizer: CombinedClassifier(VECTORS, tokenizer=tokenizer),
    "TF-IDF": lambda tokenizer: TfidfBaseline(tokenizer),
    "ratios": lambda tokenizer: LogCountRatios(tokenizer),
    "majority": lambda tokenizer: MajorityBaseline(),
}


class Counting(WordsTokenizer):
    """Counts how often each text is cut."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def tokenize(self, text: str) -> list[str]:
        self.counts[text] += 1
        return super().tokenize(text)

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        return map(self.tokenize, texts)


def distinct(n: int, seed: int = 0) -> tuple[list[str], list[str]]:
    texts, labels = labelled(n, seed)
    return [f"{text} number{position}" for position, text in enumerate(texts)], labels


@pytest.mark.parametrize("kind", MAKERS)
def test_lists_of_words_give_what_texts_give(kind):
    texts, labels = labelled(120)
    tests, _ = labelled(12, seed=1)
    by_texts = MAKERS[kind](WORDS).fit(texts, labels)
    by_words = MAKERS[kind](WORDS).fit([WORDS.tokenize(text) for text in texts], labels)
    expected = by_texts.predict_proba(tests)
    np.testing.assert_array_equal(by_words.predict_proba(tests), expected)
    np.testing.assert_array_equal(by_words.predict_proba([WORDS.tokenize(text) for text in tests]), expected)


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "majority"])
def test_a_fit_cuts_each_text_once(kind):
    tokenizer = Counting()
    texts, labels = distinct(120)
    MAKERS[kind](tokenizer).fit(texts, labels)
    assert tokenizer.counts == Counter(texts)


@pytest.mark.parametrize("kind", ["frozen", "combined", "TF-IDF", "ratios"])
def test_a_prediction_cuts_each_text_once(kind):
    tokenizer = Counting()
    classifier = MAKERS[kind](tokenizer).fit(*distinct(120))
    tokenizer.counts.clear()
    texts, _ = distinct(10, seed=1)
    classifier.predict(texts)
    assert tokenizer.counts == Counter(texts)


@pytest.mark.parametrize("make", [SentimentClassifier, TfidfBaseline])
def test_fitted_on_words_without_a_tokenizer_it_takes_words_only(make, tmp_path):
    texts, labels = labelled(40)
    words = [text.split() for text in texts]
    classifier = make().fit(words, labels)
    assert (classifier.predict(words) == labels).mean() > 0.9
    with pytest.raises(ConfigError, match="the texts of fit were lists of words"):
        classifier.predict(texts)
    if make is SentimentClassifier:
        with pytest.raises(ConfigError, match="cannot be saved"):
            classifier.save(tmp_path / "classifier")
        assert not (tmp_path / "classifier").exists()


def test_an_encoder_takes_lists_of_words():
    texts, _ = labelled(5)
    encoder = MeanEncoder(VECTORS)
    np.testing.assert_array_equal(
        encoder.transform([text.split() for text in texts]), encoder.transform(texts)
    )


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        ("good film", "a single text"),
        (7, "got int"),
        (["good", 7], "text 1 is 7, of type int; expected a string"),
        (["good", ["bad"]], r"text 1 is \['bad'\], of type list; expected a string"),
        ([["good"], "bad"], "text 1 is 'bad', of type str; expected a list of words"),
        ([["good"], ["bad", 7]], r"text 1 is \['bad', 7\]"),
        (np.array([["good", "film"], ["bad", "film"]]), "an array of shape"),
    ],
)
def test_what_is_neither_is_refused(texts, complaint):
    with pytest.raises(CorpusError, match=complaint):
        check_texts(texts)
