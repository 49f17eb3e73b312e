"""What a word adds is the same for every classifier: ln p with it less ln p of the text without it."""

import numpy as np
import pytest
from reviews import labelled, telling, word_vectors

from textransfer.config import ClassifierConfig
from textransfer.sentiment.baselines import no_pretraining
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.text.tokenizers.words import WordsTokenizer

CONFIG = ClassifierConfig(epochs=5)
TOKENIZER = WordsTokenizer()
MAKERS = {
    "vectors": lambda: SentimentClassifier(word_vectors(), epochs=5),
    "no pretraining": lambda: no_pretraining(CONFIG, tokenizer=TOKENIZER, vector_size=5),
    "TF-IDF": lambda: TfidfBaseline(TOKENIZER),
    "text features": lambda: CombinedClassifier.from_config(CONFIG, word_vectors()),
}
TEXTS, CODES = telling(120, 0)
DATA = {
    "two classes": (TEXTS, CODES),
    "three classes": (TEXTS, np.where(np.arange(120) % 3, CODES, 2)),
}


@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_it_is_exact(make, data):
    texts, labels = data
    classifier = make().fit(texts, labels)
    known = texts[0].split()
    tried = [
        *texts[:8],
        " ".join([known[0], *known, known[0], known[0], known[1], known[0]]),  # again, and side by side
        f"{known[0]} zzz {known[1]}",
        known[0],
        f"{known[0]} {known[0]}",
        "zzz",
        "",
    ]
    for text, explained in zip(tried, classifier.explain(tried), strict=True):
        words = classifier.tokenizer_.tokenize(text)
        np.testing.assert_allclose(explained.probabilities, classifier.predict_proba([text])[0], rtol=1e-6)
        for word, added in zip(explained.words, explained.contributions, strict=True):
            rest = [[other for other in words if other != word], ["x"]]
            without = classifier.predict_proba(rest)[0]
            np.testing.assert_allclose(
                added, np.log(explained.probabilities) - np.log(without), rtol=1e-3, atol=2e-5
            )
        # What is not explained makes no difference at all.
        for word in set(words) - set(explained.words):
            rest = [[other for other in words if other != word], ["x"]]
            if isinstance(classifier, CombinedClassifier):
                continue  # its neighbours become a pair
            np.testing.assert_allclose(classifier.predict_proba(rest)[0], explained.probabilities, rtol=1e-5)


def test_pairs_count_with_their_words():
    # Neither word tells the class, only the two of them next to each other.
    texts = [f"plot {('xa xb', 'xb xa')[i % 2]} seen n{i}" for i in range(120)]
    classifier = CombinedClassifier.from_config(CONFIG, word_vectors()).fit(texts, [1, 0] * 60)
    explained = classifier.explain(["plot xa xb seen"])[0]
    assert dict(explained.strongest(4, code=1))["xa"] > 0.5
    assert [piece.surface for piece in explained.pieces][1:3] == ["xa", "xb"]


def test_word_lists_are_explained_too():
    texts, labels = labelled(120)
    for make in MAKERS.values():
        classifier = make().fit(texts, labels)
        by_text, by_words = (classifier.explain([form])[0] for form in (texts[0], texts[0].split()))
        np.testing.assert_allclose(by_text.contributions, by_words.contributions)
