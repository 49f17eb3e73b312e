"""The second half of sentence vectors: beside plain means of phrases, in a classifier and in its folder."""

from pathlib import Path

import numpy as np
import pytest

from textransfer import SentimentClassifier, WordVectors
from textransfer.errors import TextransferWarning
from textransfer.pretrain import phrases as module
from textransfer.pretrain.pretraining import pretrain_vectors
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.sentences import lookup
from textransfer.sentiment.sentences import phrases as averaging_module
from textransfer.sentiment.sentences.encoders import sif_averaging, with_phrases
from textransfer.sentiment.sentences.encoding import Encoding
from textransfer.sentiment.sentences.lookup import LookedUpTexts
from textransfer.sentiment.sentences.stretching import COMPONENT_POWER, stretching_matrix

DEFAULT = Encoding("sif", COMPONENT_POWER)
PRAISE = ["fine", "warm", "not dull", "a delight", "very good"]
BLAME = ["dull", "cold", "not fine", "a bore", "very bad"]


def texts_of(praise: list[str], seed: int, n: int) -> list[str]:
    random = np.random.default_rng(seed)
    return [
        " ".join(
            ["the film is", *random.choice(praise, 2), "and so on", str(random.choice(["today", "then"]))]
        )
        for _ in range(n)
    ]


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MIN_DOCUMENTS", 10)
        corpus = texts_of(PRAISE, 0, 60) + texts_of(BLAME, 1, 60)
        return pretrain_vectors(corpus, vector_size=5, epochs=3, min_count=1, n_jobs=1, negation="none")


@pytest.fixture(scope="module")
def classifier(vectors: WordVectors) -> SentimentClassifier:
    texts = texts_of(PRAISE, 2, 8) + texts_of(BLAME, 3, 8)
    return SentimentClassifier(vectors, epochs=30).fit(texts, ["good"] * 8 + ["bad"] * 8)


def plain_vector(vectors: WordVectors, words: list[str]) -> np.ndarray:
    """The second half for a text whose words are all known."""
    phrases = vectors.phrases
    assert phrases is not None
    held = {tuple(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    spelled = phrases.index.words_of(np.arange(len(phrases.index)))
    rows = [i for i, ids in enumerate(spelled) if tuple(vectors.words[k] for k in ids if k >= 0) in held]
    left = (phrases.matrix[rows].mean(axis=0) - phrases.moments.mean) @ stretching_matrix(
        phrases.moments, COMPONENT_POWER
    )
    return np.asarray(left / np.linalg.norm(left))


def test_both_halves_count_alike(vectors: WordVectors) -> None:
    texts = [["the", "film", "is", "not", "dull"], ["a", "delight"], ["unheard", "of"]]
    averaging = with_phrases(sif_averaging(vectors), vectors, DEFAULT)
    joined = averaging.vectors(averaging.bags(texts))

    first = sif_averaging(vectors)
    assert joined.shape == (3, averaging.size) == (3, 10)
    np.testing.assert_allclose(joined[:, :5] * 2**0.5, first.vectors(first.bags(texts)), atol=1e-6)
    for row, words in enumerate(texts[:2]):
        np.testing.assert_allclose(joined[row, 5:] * 2**0.5, plain_vector(vectors, words), atol=1e-4)
    assert not joined[2].any()


def test_order_of_words_counts(vectors: WordVectors) -> None:
    averaging = with_phrases(sif_averaging(vectors), vectors, DEFAULT)
    one, other = averaging.vectors(averaging.bags([["not", "dull", "film"], ["film", "dull", "not"]]))
    np.testing.assert_allclose(one[:5], other[:5], atol=1e-6)
    assert np.abs(one[5:] - other[5:]).max() > 0.01


def test_phrases_are_left_out_on_request_and_where_vectors_are_trained(vectors: WordVectors) -> None:
    texts, labels = texts_of(PRAISE, 2, 4) + texts_of(BLAME, 3, 4), ["good"] * 4 + ["bad"] * 4
    for settings in ({"phrases": False}, {"fine_tune": True}, {"encoder": "mean"}):
        fitted = SentimentClassifier(vectors, epochs=2, **settings).fit(texts, labels)
        assert fitted.averaging_.phrases is None
        assert fitted.predict_proba(texts).shape == (8, 2)


def test_a_folder_gives_the_same_probabilities_to_the_bit(
    classifier: SentimentClassifier, tmp_path: Path
) -> None:
    texts = texts_of(PRAISE, 4, 5) + texts_of(BLAME, 5, 5)
    assert classifier.averaging_.phrases is not None
    loaded = SentimentClassifier.load(classifier.save(tmp_path / "classifier"))
    assert (loaded.predict_proba(texts) == classifier.predict_proba(texts)).all()
    classifier.save(tmp_path / "classifier", force=True)


def test_what_a_word_adds_is_what_the_text_without_it_lacks(classifier: SentimentClassifier) -> None:
    words = ["the", "film", "is", "not", "dull", "film", "unheard", "and", "so", "on"]
    added, p = classifier.contributions([words])[0]
    assert added.keys() == set(words) - {"unheard"}
    for word, row in added.items():
        rest = [other for other in words if other != word]
        without = classifier.predict_proba([rest])[0]
        np.testing.assert_allclose(row, np.log(p) - np.log(without), atol=1e-4)
    assert classifier.contributions([["film"]])[0][0].keys() == {"film"}


def test_blocks_of_texts_and_of_words_change_nothing(
    classifier: SentimentClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [[], *(text.split() for text in texts_of(PRAISE, 4, 5)), ["unheard"], ["film"], []]
    phrases = classifier.averaging_.phrases
    assert phrases is not None
    whole, without = phrases.means(texts), phrases.without_each(texts[1], texts[1])
    monkeypatch.setattr(averaging_module, "WORDS_A_BLOCK", 12)
    np.testing.assert_array_equal(phrases.means(texts), whole)
    np.testing.assert_array_equal(phrases.without_each(texts[1], texts[1]), without)
    assert phrases.means([]).shape == phrases.without_each(texts[1], []).shape == (0, 5)


def test_much_text_is_looked_up_in_the_same_way(
    classifier: SentimentClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [*texts_of(PRAISE, 4, 5), "", "Unheard of.", *texts_of(BLAME, 5, 5)]
    expected = classifier.predict_proba(texts)
    monkeypatch.setattr(lookup, "FEWEST_CHARACTERS", 1)
    monkeypatch.setattr(lookup, "TEXTS_A_BLOCK", 3)
    np.testing.assert_allclose(classifier.predict_proba(texts), expected, atol=1e-6)


def test_texts_are_looked_up_once_for_all_fits(vectors: WordVectors) -> None:
    texts = LookedUpTexts(CountedTexts.of([text.split() for text in texts_of(PRAISE, 6, 5)]))
    first, second, other = (
        with_phrases(sif_averaging(vectors, component_power=power), vectors, Encoding("sif", power))
        for power in (0.25, 0.5, 0.75)
    )
    assert texts.bags(first).ids is texts.bags(second).ids
    assert texts.bags(first).phrases is texts.bags(second).phrases
    assert texts.bags(sif_averaging(vectors)).phrases is None
    assert texts.bags(other).phrases is not None


def test_seed_words_join(vectors: WordVectors) -> None:
    seeds = {"good": ["fine", "warm"], "bad": ["dull", "cold"]}
    with pytest.warns(TextransferWarning, match="separate"):
        fitted = SentimentClassifier(vectors, seed_words=seeds, epochs=5).fit([], [])
    assert fitted.averaging_.phrases is not None
    assert fitted.predict_proba(["a warm film"]).shape == (1, 2)
