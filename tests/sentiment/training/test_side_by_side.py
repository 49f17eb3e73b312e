import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.training.side_by_side import fit_side_by_side

VECTORS = word_vectors()
TEXTS, LABELS = labelled(8)
SETTINGS = {
    "frozen": {"vectors": VECTORS},
    "fine-tuned": {"vectors": VECTORS, "fine_tune": True, "vector_learning_rate": 0.01},
    "random": {"vectors": None, "vector_size": 5},
    "plain mean": {"vectors": VECTORS, "encoder": "mean", "fine_tune": True},
    "seeds": {"vectors": VECTORS, "seed_words": {"good": "great", "bad": "awful"}},
    "descent": {"vectors": VECTORS, "solver": "sgd", "fine_tune": True, "batch_size": 2, "epochs": 5},
}


def sets():
    """Three sets of equal size, a smaller one, and one that lacks a class."""
    rows = [np.arange(6), np.arange(2, 8), np.array([7, 6, 1, 0, 3, 2]), np.arange(4)]
    return [[TEXTS[i] for i in some] for some in rows], [[LABELS[i] for i in some] for some in rows]


@pytest.mark.parametrize("name", SETTINGS)
def test_classifiers_fitted_together_are_those_fitted_alone(name):
    texts, labels = sets()

    def make(position, **changes):
        return SentimentClassifier(
            random_state=position, calibrate=False, **{"epochs": 12, **SETTINGS[name], **changes}
        )

    found, stages = {}, {position: [] for position in range(len(texts))}
    for stage in fit_side_by_side(make, texts, labels, epochs=[1, 3]):
        for position, classifier in stage.members:
            stages[position].append((stage.epoch, classifier.predict_proba(TEXTS)))
            if stage.is_last:
                found[position] = classifier
    for position in range(len(texts)):
        n_epochs = make(position).epochs
        assert [epoch for epoch, _ in stages[position]] == [1, 3, n_epochs]
        for n, probabilities in stages[position]:
            alone = make(position, epochs=n).fit(texts[position], labels[position])
            np.testing.assert_allclose(probabilities, alone.predict_proba(TEXTS), atol=1e-5)
        np.testing.assert_allclose(
            found[position].averaging_.table, alone.averaging_.table, rtol=1e-4, atol=1e-6
        )
        assert found[position].n_epochs_ == n_epochs


def test_groups_are_no_larger_than_memory_allows(monkeypatch):
    texts, labels = sets()
    from textransfer.sentiment.training import fit as fits

    monkeypatch.setattr(fits, "MAX_NUMBERS_SIDE_BY_SIDE", 6 * VECTORS.vector_size * 2)
    sizes = [
        len(stage.members)
        for stage in fit_side_by_side(lambda seed: SentimentClassifier(VECTORS, epochs=2), texts, labels)
    ]
    assert sizes == [1, 2, 1]


def test_draws_of_different_classes_are_not_mixed():
    texts = [["good", "bad", "fine"], ["good", "bad", "awful"]]
    labels = [["a", "b", "a"], ["a", "b", "c"]]
    stages = list(fit_side_by_side(lambda seed: SentimentClassifier(VECTORS, epochs=2), texts, labels))
    assert sorted(len(classifier.classes_) for stage in stages for _, classifier in stage.members) == [2, 3]


def test_no_texts_are_refused():
    seeds = {"good": "great", "bad": "awful"}
    with pytest.raises(ValueError, match="no texts"):
        list(fit_side_by_side(lambda seed: SentimentClassifier(VECTORS, seed_words=seeds), [[]], [[]]))
