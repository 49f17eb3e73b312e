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
    _, texts, inspection = inspected
    assert inspection.confusion.sum() == len(texts)
    assert inspection.n_mistakes == len(texts) - inspection.confusion.trace()
    assert inspection.confusion[0, 1] >= 1


def test_the_wrong_label_is_among_the_surest_mistakes(inspected):
    swapped, texts, inspection = inspected
    mistake = next(entry for entry in inspection.mistakes if entry.text == texts[swapped])
    assert (mistake.label, mistake.predicted) == ("neg", "pos")
    assert mistake.probability > 0.5
    assert mistake.words[0][1] > 0  # its strongest word spoke for the class that was given
    sizes = [abs(size) for _, size in mistake.words]
    assert sizes == sorted(sizes, reverse=True)
    assert [entry.probability for entry in inspection.mistakes] == sorted(
        (entry.probability for entry in inspection.mistakes), reverse=True
    )


def test_deciding_words_speak_for_their_class(inspected):
    _, _, inspection = inspected
    for name, other in (("pos", "neg"), ("neg", "pos")):
        words = [entry.word for entry in inspection.words[name]]
        assert words
        assert not set(words) & {entry.word for entry in inspection.words[other]}
        assert all(entry.contribution > 0 and entry.n_texts >= 1 for entry in inspection.words[name])


def test_words_of_a_class_lie_together_on_the_map(inspected):
    _, _, inspection = inspected
    strong = [place for place in inspection.places if place.strength > 0.3]
    x = {name: np.mean([p.x for p in strong if p.label == name]) for name in ("neg", "pos")}
    spread = np.std([place.x for place in strong])
    assert abs(x["neg"] - x["pos"]) > spread
    assert max(place.strength for place in inspection.places) == pytest.approx(1)


def test_many_texts_are_sampled(inspected, vectors, pool, monkeypatch):
    monkeypatch.setattr(module, "MOST_EXPLAINED", 5)
    classifier = SentimentClassifier(vectors, epochs=3).fit(pool.texts, pool.labels)
    inspection = inspect(classifier, pool, classifier.predict_proba(pool.texts), "x")
    assert max(entry.n_texts for words in inspection.words.values() for entry in words) <= 5


def test_texts_without_known_words(vectors, pool):
    classifier = SentimentClassifier(vectors, epochs=3).fit(pool.texts, pool.labels)
    unknown = LabelledTexts(["zzz", "yyy"], ["neg", "pos"], "few.csv")
    inspection = inspect(classifier, unknown, classifier.predict_proba(unknown.texts), "nothing known")
    assert inspection.places == ()
    assert inspection.words == {"neg": (), "pos": ()}
