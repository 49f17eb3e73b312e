import numpy as np
import pytest

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer import inspection as module
from textransfer.transfer.inspection import inspect


@pytest.fixture(scope="module")
def inspected(vectors, pool, test_texts):
    classifier = SentimentClassifier(vectors, epochs=40).fit(pool.texts, pool.labels)
    texts, labels = test_texts.texts, list(test_texts.labels)
    swapped = labels.index("pos")
    labels[swapped] = "neg"  # a label that is wrong: the classifier is right, and that is a "mistake"
    labelled = LabelledTexts(texts, labels, "test.csv")
    return swapped, texts, inspect(classifier, labelled, classifier.predict_proba(texts), "test texts")


def test_confusion_counts_every_text(inspected):
    _, texts, found = inspected
    assert found.confusion.sum() == len(texts)
    assert found.n_mistakes == len(texts) - found.confusion.trace()
    assert found.confusion[0, 1] >= 1


def test_the_wrong_label_is_among_the_surest_mistakes(inspected):
    swapped, texts, found = inspected
    mistake = next(one for one in found.mistakes if one.text == texts[swapped])
    assert (mistake.label, mistake.predicted) == ("neg", "pos")
    assert mistake.probability > 0.5
    assert mistake.words[0][1] > 0  # its strongest word spoke for the class that was given
    sizes = [abs(size) for _, size in mistake.words]
    assert sizes == sorted(sizes, reverse=True)
    assert [one.probability for one in found.mistakes] == sorted(
        (one.probability for one in found.mistakes), reverse=True
    )


def test_deciding_words_speak_for_their_class(inspected):
    _, _, found = inspected
    for name, other in (("pos", "neg"), ("neg", "pos")):
        words = [one.word for one in found.words[name]]
        assert words
        assert not set(words) & {one.word for one in found.words[other]}
        assert all(one.contribution > 0 and one.n_texts >= 1 for one in found.words[name])


def test_words_of_a_class_lie_together_on_the_map(inspected):
    _, _, found = inspected
    strong = [place for place in found.places if place.strength > 0.3]
    x = {name: np.mean([p.x for p in strong if p.label == name]) for name in ("neg", "pos")}
    spread = np.std([place.x for place in strong])
    assert abs(x["neg"] - x["pos"]) > spread
    assert max(place.strength for place in found.places) == pytest.approx(1)


def test_many_texts_are_sampled(inspected, vectors, pool, monkeypatch):
    monkeypatch.setattr(module, "MOST_EXPLAINED", 5)
    classifier = SentimentClassifier(vectors, epochs=3).fit(pool.texts, pool.labels)
    found = inspect(classifier, pool, classifier.predict_proba(pool.texts), "x")
    assert max(one.n_texts for words in found.words.values() for one in words) <= 5


def test_texts_without_known_words(vectors, pool):
    classifier = SentimentClassifier(vectors, epochs=3).fit(pool.texts, pool.labels)
    unknown = LabelledTexts(["zzz", "yyy"], ["neg", "pos"], "few.csv")
    found = inspect(classifier, unknown, classifier.predict_proba(unknown.texts), "nothing known")
    assert found.places == ()
    assert found.words == {"neg": (), "pos": ()}
