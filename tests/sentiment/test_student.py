"""A student of unlabelled texts: what it learns, when it is of use, and that it is saved."""

import numpy as np
import pytest
from reviews import labelled, word_vectors
from safetensors.numpy import load_file
from scipy import sparse

from textransfer import CombinedClassifier
from textransfer.config import ClassifierConfig
from textransfer.sentiment import student as module
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.least_squares import ScaledFeatures
from textransfer.sentiment.log_count_ratios import count_ratios, unit_weights
from textransfer.sentiment.probabilities import softmax
from textransfer.sentiment.sentences.texts import WordLists
from textransfer.sentiment.student import Student, UnlabelledTexts

VECTORS = word_vectors()
CONFIG = ClassifierConfig(epochs=20)


def documents(n: int, seed: int = 0) -> tuple[WordLists, np.ndarray]:
    """Return reviews in which a word that the vectors lack stands beside each praise or blame."""
    texts, labels = labelled(n, seed=seed)
    is_good = np.array(labels) == "good"
    words = [[*text.split(), "zyx" if good else "xyz"] for text, good in zip(texts, is_good, strict=True)]
    return WordLists(words), is_good


@pytest.fixture
def unlabelled(monkeypatch: pytest.MonkeyPatch) -> UnlabelledTexts:
    monkeypatch.setattr(module, "FEWEST_DOCUMENTS", 100)
    return UnlabelledTexts.of(CountedTexts.of(documents(300)[0]), "pile.txt")


def test_it_says_what_the_teacher_says(unlabelled):
    is_good = documents(300)[1]
    answers = np.where(is_good[:, None], [0.1, 0.9], [0.8, 0.2])
    student = Student().fit(unlabelled, answers, np.array([0.5, 0.5]))
    p = student.probabilities(CountedTexts.of([["zyx"], ["xyz"], ["zyx", "a", "film"]]))
    assert p.argmax(axis=1).tolist() == [1, 0, 1]
    said = student.probabilities(unlabelled.counted)
    np.testing.assert_allclose(said[is_good].mean(axis=0), [0.1, 0.9], atol=0.05)
    np.testing.assert_allclose(said[~is_good].mean(axis=0), [0.8, 0.2], atol=0.05)
    unknown = student.probabilities(CountedTexts.of([["unheard"], []]))
    np.testing.assert_array_equal(unknown, [[0.5, 0.5]] * 2)


def test_three_classes():
    texts = UnlabelledTexts.of(CountedTexts.of([[f"word{i % 3}", f"more{i % 5}"] for i in range(300)]))
    answers = np.full((300, 3), 0.1)
    answers[np.arange(300), np.arange(300) % 3] = 0.8
    student = Student().fit(texts, answers, np.full(3, 1 / 3))
    p = student.probabilities(CountedTexts.of([["word0"], ["word1"], ["word2"]]))
    assert p.argmax(axis=1).tolist() == [0, 1, 2]


def test_without_each_word_is_the_text_without_it(unlabelled):
    student = Student().fit(unlabelled, np.tile([0.3, 0.7], (300, 1)), np.array([0.5, 0.5]))
    words = ["a", "film", "zyx", "a"]
    names, p = student.without_each(words)
    assert names == ["a", "film", "zyx"]
    expected = student.probabilities(CountedTexts.of([["film", "zyx"]]))
    np.testing.assert_allclose(p[0], expected[0])


def test_pruned_keeps_what_tells_most(unlabelled):
    is_good = documents(300)[1]
    whole = Student().fit(unlabelled, np.where(is_good[:, None], [0.1, 0.9], [0.9, 0.1]), np.ones(2) / 2)
    small = whole.pruned(5)
    assert 5 <= len(small.terms_) < len(whole.terms_)
    assert {"xyz", "zyx"} <= set(small.terms_.words)
    for word in ("xyz", "zyx"):
        old, new = whole.terms_.index[word], small.terms_.index[word]
        np.testing.assert_array_equal(small.weights_[new], whole.weights_[old])
    texts = CountedTexts.of(documents(50, seed=1)[0])
    alike = small.probabilities(texts).argmax(1) == whole.probabilities(texts).argmax(1)
    assert alike.mean() > 0.9
    assert whole.pruned(10**6) is whole


def test_beside_many_labels_texts_have_triples_and_unit_length():
    random = np.random.default_rng(0)
    token_lists = [list(random.choice(list("abcdef"), 12)) for _ in range(200)]
    pile = CountedTexts.of(token_lists)
    is_good = np.array(["a b c" in " ".join(words) for words in token_lists])
    texts = UnlabelledTexts.of(pile, many=pile).beside(module.MANY_LABELS + 1)
    answers = np.where(is_good[:, None], [0.1, 0.9], [0.9, 0.1])
    student = Student().fit(texts, answers, np.ones(2) / 2)
    terms = student.terms_
    assert len(terms.triples)
    assert student.pruned(5) is student
    p = student.probabilities(pile)
    assert p[is_good, 1].mean() > p[~is_good, 1].mean() + 0.5
    held = terms.held(pile).toarray()
    sums = held @ student.weights_ / np.sqrt(held @ student.squares_)[:, None]
    np.testing.assert_allclose(p, softmax(sums + student.intercepts_), atol=1e-12)
    names, without = student.without_each(token_lists[0])
    rest = [[word for word in token_lists[0] if word != name] for name in names]
    np.testing.assert_allclose(without, student.probabilities(CountedTexts.of(rest)), atol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_unit_length_is_that_of_scaled_rows(n_classes):
    random = np.random.default_rng(1)
    held = (random.random((40, 15)) < 0.3).astype(float)
    held[0] = 0
    answers = softmax(random.normal(size=(40, n_classes)))
    features = ScaledFeatures.of(sparse.csr_matrix(held))
    ratios = count_ratios([features], [answers])
    squares = (ratios**2).mean(axis=1)
    weights = unit_weights(features, answers, squares, 1.0)
    size = np.sqrt(held @ squares)
    rows = held / np.where(size > 0, size, 1)[:, None]
    for column in range(n_classes):
        scaled = rows * ratios[:, column]
        centred = answers[:, column] - answers[:, column].mean()
        exact = np.linalg.solve(scaled.T @ scaled + np.eye(15), scaled.T @ centred)
        np.testing.assert_allclose(weights[:, column], ratios[:, column] * exact, atol=1e-4)
    half = ScaledFeatures.of(sparse.csr_matrix(held[:20])), ScaledFeatures.of(sparse.csr_matrix(held[20:]))
    np.testing.assert_allclose(count_ratios(half, [answers[:20], answers[20:]]), ratios)


def test_thousands_of_labels_have_more_texts(unlabelled, monkeypatch, tmp_path):
    many = CountedTexts.of(documents(400)[0])
    texts = UnlabelledTexts.of(unlabelled.counted, many=many)
    assert len(texts.beside(2000)) == 300
    assert len(texts.beside(2001)) == 400
    assert len(unlabelled.beside(2001)) == 300
    monkeypatch.setattr(module, "MANY_LABELS", 15)
    monkeypatch.setattr(module, "FEWEST_WITH_TERM", 1)
    reviews, labels = labelled(16)
    combined = CombinedClassifier.from_config(CONFIG, VECTORS, unlabelled=texts).fit(reviews, labels)
    assert len(combined.members_["student"].terms_.triples)
    combined.save(tmp_path / "classifier")
    loaded = CombinedClassifier.load(tmp_path / "classifier")
    np.testing.assert_array_equal(loaded.predict_proba(reviews), combined.predict_proba(reviews))
    explained, again = combined.explain(reviews[:1])[0], loaded.explain(reviews[:1])[0]
    np.testing.assert_array_equal(explained.contributions, again.contributions)
    plain = CombinedClassifier.from_config(CONFIG, VECTORS, unlabelled=unlabelled).fit(reviews, labels)
    plain.save(tmp_path / "plain")
    assert not {"triples", "squares"} & set(load_file(tmp_path / "plain" / "student.safetensors"))


@pytest.mark.parametrize(
    ("counts", "suits"), [((4, 4), True), ((4, 6), True), ((4, 7), False), ((2,) * 21, False)]
)
def test_where_it_is_of_use(unlabelled, counts, suits):
    assert unlabelled.suit(np.repeat(np.arange(len(counts)), counts)) is suits
    few = UnlabelledTexts.of(CountedTexts.of(documents(99)[0]))
    assert few.suit(np.array([0, 1])) is False


def test_it_joins_and_is_saved(unlabelled, tmp_path):
    texts, labels = labelled(16)
    combined = CombinedClassifier.from_config(CONFIG, VECTORS, unlabelled=unlabelled).fit(texts, labels)
    without = CombinedClassifier.from_config(CONFIG, VECTORS).fit(texts, labels)
    halves = {name: weight / 2 for name, weight in without.weights_.items()}
    assert combined.weights_ == pytest.approx({**halves, "student": 0.5})
    new = [" ".join(words) for words in documents(40, seed=2)[0]]
    assert combined.predict(["zyx", "xyz"]).tolist() == ["good", "bad"]
    combined.save(tmp_path / "classifier")
    loaded = CombinedClassifier.load(tmp_path / "classifier")
    np.testing.assert_array_equal(loaded.predict_proba(new), combined.predict_proba(new))
    explained, again = combined.explain(new[:1])[0], loaded.explain(new[:1])[0]
    assert "zyx" in explained.words or "xyz" in explained.words
    np.testing.assert_array_equal(explained.contributions, again.contributions)
    uneven = [*labels[:2], *["good"] * 14]
    assert "student" not in CombinedClassifier.over(combined, unlabelled).fit(texts, uneven).members_
