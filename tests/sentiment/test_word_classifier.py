"""The classifier over words, pairs and pieces: its fast ways against plain ones."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from scipy.special import softmax

from textransfer.sentiment import least_squares, word_classifier
from textransfer.sentiment.counted import CountedTexts, pieces_of
from textransfer.sentiment.terms import Terms
from textransfer.sentiment.word_classifier import WordClassifier
from textransfer.text.tokenizers.words import WordsTokenizer

TEXTS = [line.split() for line in ["a fine film", "a dull film", "fine fine acting", "dull", "a fine plot"]]
LABELS = ["pos", "neg", "pos", "neg", "pos"]
UNSEEN = [[], ["unheard"], ["finest", "film"], ["a", "fine", "film", "a", "fine"], ["plot", "dull"]]


def plain_row(terms: Terms, words: list[str]) -> np.ndarray:
    """Return a text by its terms, word by word."""
    row, rarest = np.zeros(len(terms)), terms.rarest
    pairs = {
        (terms.words[left], terms.words[right]): place for place, (left, right) in enumerate(terms.pairs)
    }
    square = 0.0
    for word in set(words):
        size = 1 + np.log(words.count(word))
        size *= terms.idf[terms.index[word]] if word in terms.index else rarest
        square += size**2
        if word in terms.index:
            row[terms.index[word]] = size
        own = pieces_of(word) if terms.pieces else []
        idf = [terms.idf[terms.piece_index[piece]] if piece in terms.piece_index else rarest for piece in own]
        for piece, value in zip(own, idf, strict=True):
            if piece in terms.piece_index:
                row[terms.piece_index[piece]] += size * 2 * value / np.linalg.norm(idf)
    for pair in set(pairwise(words)):
        if pair in pairs:
            row[len(terms.words) + pairs[pair]] = terms.idf[len(terms.words) + pairs[pair]]
        lost = rarest**2 if rarest >= np.log(1001) + 1 else 0.0
        square += row[len(terms.words) + pairs[pair]] ** 2 if pair in pairs else lost
    return row / np.sqrt(square) if words else row


@pytest.mark.parametrize("n_times", [1, 200])
def test_texts_side_by_side_are_texts_word_by_word(n_times):
    terms = Terms.of(CountedTexts.of(TEXTS * n_times))
    for texts in (TEXTS, UNSEEN, []):
        whole = terms.encode(CountedTexts.of(texts)).toarray()
        plain = np.array([plain_row(terms, words) for words in texts]).reshape(whole.shape)
        np.testing.assert_allclose(whole, plain, atol=1e-12)


@pytest.mark.parametrize("n_texts", [998, 1000])
def test_a_pair_that_is_none_counts_with_many_labels_alone(n_texts):
    texts = [["a", "b"], ["b", "a"]] * (n_texts // 2)
    terms = Terms.of(CountedTexts.of(texts), has_pieces=False)
    assert terms.rarest == pytest.approx(np.log(1 + n_texts) + 1)
    assert terms.rarest_pair == (terms.rarest if n_texts == 1000 else 0)
    [[length]] = terms.encode(CountedTexts.of([["a", "a"]])).toarray()[:, :1]  # "a a" is no pair of theirs
    size = terms.idf[0] * (1 + np.log(2))
    assert length == pytest.approx(size / np.sqrt(size**2 + terms.rarest_pair**2))


def test_pairs_that_a_few_texts_look_up_are_those_that_many_are_asked_for():
    random = np.random.default_rng(2)
    words = [f"w{number}" for number in range(9)]
    terms = Terms.of(CountedTexts.of([list(random.choice(words, 6)) for _ in range(6)]))
    many = [list(random.choice([*words, "new", "newer"], 7)) for _ in range(200)]
    weights = random.normal(size=(len(terms), 2))
    together = CountedTexts.of(many)
    assert len(together.pairs[0]) > len(terms.pairs) > len(CountedTexts.of(many[:1]).pairs[0])
    for add in (terms.scores, terms.sums):
        alone = np.concatenate([add(CountedTexts.of([text]), weights)[0] for text in many])
        np.testing.assert_allclose(alone, add(together, weights)[0], rtol=1e-12)


@pytest.mark.parametrize("texts", [TEXTS, UNSEEN, [], [[]]])
@pytest.mark.parametrize("has_pieces", [True, False])
def test_what_terms_add_up_to_needs_no_matrix_of_terms(texts, has_pieces):
    terms = Terms.of(CountedTexts.of(TEXTS), has_pieces=has_pieces)
    counted, weights = CountedTexts.of(texts), np.random.default_rng(0).normal(size=(len(terms), 3))
    for whole, (sums, is_known) in (
        (terms.encode(counted), terms.scores(counted, weights)),
        (terms.held(counted), terms.sums(counted, weights)),
    ):
        has_term = np.diff(whole.indptr) > 0
        np.testing.assert_allclose(sums[has_term], (whole @ weights)[has_term], atol=1e-12)
        np.testing.assert_array_equal(is_known, has_term)
    assert terms.knows_each(counted).tolist() == [terms.knows(word) for word in counted.words]


def plain_held(terms: Terms, words: list[str]) -> np.ndarray:
    """Return which terms a text holds, asked one by one."""
    pairs = [[terms.words[place] for place in pair] for pair in terms.pairs]
    triples = [[*pairs[pair], terms.words[last]] for pair, last in terms.triples]
    own = [words[i : i + n] for n in (1, 2, 3) for i in range(len(words) - n + 1)]
    return np.array([term in own for term in ([[word] for word in terms.words] + pairs + triples)], float)


@pytest.mark.parametrize("fewest", [1, 3])
def test_triples_are_found_as_if_asked_one_by_one(fewest):
    random = np.random.default_rng(4)
    texts = [list(random.choice(list("abcde"), size)) for size in (0, 1, 2, *range(3, 40))]
    terms = Terms.of(CountedTexts.of(texts), fewest, has_pieces=False, has_triples=True)
    distinct = {tuple(text[i : i + 3]) for text in texts for i in range(len(text) - 2)}
    frequent = {t for t in distinct if sum(t in zip(s, s[1:], s[2:], strict=False) for s in texts) >= fewest}
    pairs = [[terms.words[place] for place in pair] for pair in terms.pairs]
    assert {(*pairs[pair], terms.words[last]) for pair, last in terms.triples} == frequent
    weights = random.normal(size=(len(terms), 2))
    for unseen in (texts, [*texts[5:9], ["x", "a", "b", "c", "y"]], [[]], []):
        counted = CountedTexts.of(unseen)
        plain = np.array([plain_held(terms, words) for words in unseen]).reshape(len(unseen), len(terms))
        np.testing.assert_array_equal(terms.held(counted).toarray(), plain)
        np.testing.assert_allclose(terms.sums(counted, weights)[0], plain @ weights, atol=1e-12)


@pytest.mark.parametrize("triples", [[[0, 2]], [[1, 0]], [[-1, 0]], [[0, 1], [0, 0]], [[0, 1], [0, 1]]])
def test_triples_that_contradict_the_words_are_refused(triples):
    with pytest.raises(ValueError, match="a triple of words occurs twice, is out of order"):
        Terms(["a", "b"], np.array([[0, 1]]), [], np.ones(3 + len(triples)), 2.0, np.array(triples))


def test_long_texts_with_many_labels_have_triples(monkeypatch):
    texts = [[f"w{(i * step) % 101}" for i in range(70)] for step in range(1, 31)]
    labels = [step % 2 for step in range(1, 31)]
    few = WordClassifier(WordsTokenizer()).fit(texts, labels)
    assert not len(few.terms_.triples)
    monkeypatch.setattr(word_classifier, "MANY_LABELS", 29)
    many = WordClassifier(WordsTokenizer()).fit(texts, labels)
    assert len(many.terms_.triples) > 1000
    assert not len(WordClassifier(WordsTokenizer()).fit([text[:9] for text in texts], labels).terms_.triples)
    np.testing.assert_array_equal(many.terms_.pairs, few.terms_.pairs)
    names, p = many.without_each(texts[0][:20])
    rest = [[word for word in texts[0][:20] if word != name] for name in names]
    np.testing.assert_allclose(p, many.predict_proba(rest), atol=1e-12)


def test_without_terms_nothing_adds_up():
    terms = Terms.of(CountedTexts.of([[], []]))
    for sums, is_known in (
        terms.scores(CountedTexts.of(TEXTS), np.zeros((0, 2))),
        terms.sums(CountedTexts.of(TEXTS), np.zeros((0, 2))),
    ):
        assert not sums.any()
        assert not is_known.any()


def test_counted_texts_by_hand():
    counted = CountedTexts.of([["b", "a", "b", "a", "b"], [], ["a", "a"]])
    assert counted.words == ["b", "a"]
    assert counted.counts.scipy().toarray().tolist() == [[3, 2], [0, 0], [0, 2]]
    keys, held = counted.pairs
    assert [divmod(key, 2) for key in keys.tolist()] == [(0, 1), (1, 0), (1, 1)]
    assert held.scipy().toarray().tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 1]]
    some = counted.take(np.array([2, 0, 2]))
    assert some.counts.scipy().toarray().tolist() == [[0, 2], [3, 2], [0, 2]]
    assert some.pairs[0].tolist() == keys.tolist()


def test_terms_by_hand():
    terms = Terms.of(CountedTexts.of([["ab", "c"], ["ab"]]))
    assert terms.words == ["ab", "c"]
    assert terms.pairs.tolist() == [[0, 1]]
    assert terms.pieces == ["<a", "<ab", "<ab>", "<c", "<c>", "ab", "ab>", "b>", "c>"]
    rare = np.log(3 / 2) + 1
    np.testing.assert_allclose(terms.idf[:3], [1.0, rare, rare])
    assert terms.rarest == pytest.approx(np.log(3) + 1)
    row = terms.encode(CountedTexts.of([["ab", "ab"]])).toarray()[0]
    np.testing.assert_allclose(row[:3], [1.0, 0, 0])
    assert np.linalg.norm(row[3:]) == pytest.approx(2.0)  # the pieces of a known word
    unknown = terms.encode(CountedTexts.of([["zz", "abx"]])).toarray()[0]
    assert unknown[:3].tolist() == [0, 0, 0]
    assert set(np.flatnonzero(unknown)) == {3, 4, 8}  # of abx: <a, <ab and ab
    assert terms.knows("abx") is False
    assert terms.knows("ab") is True


def test_pieces_of_a_word():
    assert pieces_of("ab") == ["<a", "ab", "b>", "<ab", "ab>", "<ab>"]


def test_long_texts_go_without_pieces():
    long = [[f"word{i}" for i in range(65)], [f"word{i}" for i in range(65, 130)]]
    assert Terms.of(CountedTexts.of(long)).pieces == []


def random_features(n: int, n_classes: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    random = np.random.default_rng(3)
    codes = np.arange(n) % n_classes
    features = sparse.random(n, 40, 0.2, format="csr", random_state=random)
    return sparse.csr_matrix(features + sparse.csr_matrix(np.eye(40)[codes] * 0.3)), codes


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("n_folds", [4, 31])
def test_folds_left_out_at_once_are_fits_without_each(n_classes, n_folds):
    features, codes = random_features(31, n_classes)
    folds = [np.arange(31)[start::n_folds] for start in range(n_folds)]
    fitted = least_squares.fit(features, codes, n_classes, folds)
    scores = {penalty: plain_scores(features, codes, folds, penalty) for penalty in least_squares.PENALTIES}
    truth = codes[np.concatenate(folds)]
    losses = {penalty: least_squares.sharpened(each, truth) for penalty, each in scores.items()}
    assert fitted.penalty == min(losses, key=losses.__getitem__)
    sharpness = losses[fitted.penalty][1]
    expected = softmax(sharpness * scores[fitted.penalty], axis=1)
    np.testing.assert_allclose(fitted.held_out, expected, atol=1e-6)


def plain_scores(
    features: sparse.csr_matrix, codes: np.ndarray, folds: list[np.ndarray], penalty: float
) -> np.ndarray:
    """Return scores of each fold by the textbook's solution for the other texts."""
    dense, targets = features.toarray(), np.eye(codes.max() + 1)[codes]
    means, scores = targets.mean(axis=0), []
    for fold in folds:
        kept = np.setdiff1d(np.arange(len(codes)), fold)
        own = dense[kept]
        inverse = np.linalg.inv(own.T @ own + penalty * np.eye(own.shape[1]))
        scores.append(dense[fold] @ inverse @ own.T @ (targets[kept] - means) + means)
    return np.concatenate(scores)


def test_iterations_solve_what_the_inverse_does():
    features, codes = random_features(50, 3)
    targets = np.eye(3)[codes]
    weights, means = least_squares.solve(least_squares.ScaledFeatures.of(features), targets, 0.3)
    dense = features.toarray()
    exact = np.linalg.solve(dense.T @ dense + 0.3 * np.eye(40), dense.T @ (targets - means))
    np.testing.assert_allclose(weights, exact, atol=1e-6)
    scales = np.linspace(0.1, 2, 40)[:, None]
    scaled = least_squares.ScaledFeatures(features, features.T.tocsr(), scales)
    expected = least_squares.solve(
        least_squares.ScaledFeatures.of(features @ sparse.diags_array(scales[:, 0])), targets, 0.3
    )[0]
    np.testing.assert_allclose(least_squares.solve(scaled, targets, 0.3)[0], expected, atol=1e-6)


def test_many_texts_hold_one_fold_out(monkeypatch):
    features, codes = random_features(60, 2)
    monkeypatch.setattr(least_squares, "MOST_TEXTS_SOLVED_WHOLE", 50)
    held_out = np.arange(0, 60, 5)
    fitted = least_squares.fit(features, codes, 2, [held_out, np.arange(3)])
    assert fitted.held_out.shape == (12, 2)
    monkeypatch.setattr(least_squares, "MOST_TEXTS_SOLVED_WHOLE", 60)
    whole = least_squares.fit(features, codes, 2, [held_out])
    alike = np.corrcoef(fitted.weights[:, 1], whole.weights[:, 1])[0, 1]
    assert alike > 0.95


@pytest.mark.parametrize("labels", [LABELS, ["a", "b", "c", "a", "b"]])
def test_without_each_word_is_the_text_without_it(labels):
    classifier = WordClassifier(WordsTokenizer()).fit(TEXTS, labels)
    for words in (*TEXTS, *UNSEEN[1:]):
        names, p = classifier.without_each(words)
        assert names == list(dict.fromkeys(words))
        rest = [[word for word in words if word != name] for name in names]
        np.testing.assert_allclose(p, classifier.predict_proba(rest), atol=1e-12)


def test_what_nothing_is_known_of_has_the_shares():
    classifier = WordClassifier(WordsTokenizer()).fit(TEXTS, LABELS)
    np.testing.assert_allclose(classifier.predict_proba([["qq"], []]), [[0.4, 0.6]] * 2)
    assert classifier.predict([["fine"], ["dull"], ["dullest"]]).tolist() == ["pos", "neg", "neg"]
