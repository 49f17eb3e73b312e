"""Vectors of character n-grams: the definition of the fit, and what rare words get of it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from textransfer.embeddings.ngrams import (
    LONGEST,
    PENALTY,
    NgramVectors,
    blended,
    fit_ngrams,
    ngrams_of,
)
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferWarning, UnknownWordError
from textransfer.text.tokenizers.words import WordsTokenizer

STEMS, ENDINGS = ("film", "play", "song", "book", "scene"), ("", "s", "ish", "like", "ful")
WORDS = [stem + ending for stem in STEMS for ending in ENDINGS]


def by_least_squares(words: list[str], weights: np.ndarray, matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Solve the normal equations: the slow way of `fit_ngrams`."""
    holders: dict[str, set[str]] = {}
    for word in words:
        for ngram in ngrams_of(word):
            holders.setdefault(ngram, set()).add(word)
    shared = [ngram for ngram, holding in holders.items() if len(holding) > 1]
    features = np.array(
        [[ngrams_of(word).count(n) / len(ngrams_of(word)) ** 0.5 for n in shared] for word in words]
    )
    left = features.T @ (weights[:, None] * features) + PENALTY * np.eye(len(shared))
    return dict(zip(shared, np.linalg.solve(left, features.T @ (weights[:, None] * matrix)), strict=True))


def test_ngrams_mark_where_a_word_begins_and_ends() -> None:
    assert ngrams_of("ab") == ["a", "b", "<a", "ab", "b>", "<ab", "ab>", "<ab>"]
    assert max(map(len, ngrams_of("recommendation"))) == LONGEST


def test_conjugate_gradients_find_what_the_normal_equations_say() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(len(WORDS), 6)).astype(np.float32)
    weights = rng.uniform(0.2, 1, len(WORDS))
    fitted = fit_ngrams(WORDS, weights, matrix)
    exact = by_least_squares(WORDS, weights, matrix)
    assert set(fitted.ngrams) == set(exact)
    wanted = np.array([exact[ngram] for ngram in fitted.ngrams])
    assert np.abs(fitted.matrix - wanted).max() < 0.05 * np.abs(wanted).max()


def test_a_word_has_the_vector_of_its_known_ngrams() -> None:
    ngrams = NgramVectors(["a", "<a", "b"], np.array([[1, 0], [0, 1], [5, 5]], dtype=np.float32))
    n = len(ngrams_of("aa"))
    np.testing.assert_allclose(ngrams.vectors(["aa", "xyz"]), [[2 / n**0.5, 1 / n**0.5], [0, 0]])


def test_what_words_share_is_carried_over_to_a_word_that_was_not_fitted() -> None:
    of_stem = dict(zip(STEMS, np.eye(len(STEMS)), strict=True))
    words = [word for word in WORDS if word != "playlike"]
    matrix = np.array([of_stem[next(s for s in STEMS if word.startswith(s))] for word in words])
    fitted = fit_ngrams(words, np.ones(len(words)), matrix.astype(np.float32))
    vector = fitted.vectors(["playlike"])[0]
    assert max(STEMS, key=lambda stem: float(of_stem[stem] @ vector)) == "play"


def test_rare_words_are_drawn_and_those_without_known_ngrams_stay() -> None:
    matrix, by_ngrams = np.ones((3, 2), np.float32), np.full((3, 2), 3, np.float32)
    by_ngrams[2] = 0
    drawn = blended(matrix, np.array([30, 1_000_000, 1]), by_ngrams)
    np.testing.assert_allclose(drawn, [[2, 2], [1, 1], [1, 1]], rtol=1e-3)


def with_ngrams() -> WordVectors:
    matrix = np.repeat(np.eye(len(STEMS)), len(ENDINGS), axis=0).astype(np.float32)
    kept = [row for row, word in enumerate(WORDS) if word != "playlike"]
    words = [WORDS[row] for row in kept]
    ngrams = fit_ngrams(words, np.ones(len(words)), matrix[kept])
    return WordVectors(words, matrix[kept], ngrams=ngrams, tokenizer_spec=WordsTokenizer().spec())


def test_vectors_look_unknown_words_up_by_their_ngrams(tmp_path: Path) -> None:
    vectors = with_ngrams()
    assert "playlike" not in vectors
    np.testing.assert_allclose(vectors["Playlike"], vectors.ngrams.vectors(["playlike"])[0], rtol=1e-6)
    assert {word for word, _ in vectors.most_similar("playlike", n=4)} <= {
        "play",
        "plays",
        "playish",
        "playful",
    }
    assert vectors.similarity("playlike", "play") > vectors.similarity("playlike", "book")
    assert vectors.most_similar(["playlike", "film"], n=1)[0][0] != "film"
    with pytest.raises(UnknownWordError, match="qqzzxx"):
        vectors["qqzzxx"]
    with pytest.warns(TextransferWarning, match="no place for vectors of n-grams"):
        vectors.save_word2vec(tmp_path / "vectors.txt", binary=False)


def test_no_shared_ngram_leaves_words_as_they_are() -> None:
    fitted = fit_ngrams(["a", "b"], np.ones(2), np.ones((2, 4), np.float32))
    assert len(fitted) == 0
    assert not fitted.vectors(["a"]).any()


def test_another_process_finds_the_same_ngrams_in_the_same_order() -> None:
    code = (
        "import numpy as np; from textransfer.embeddings.ngrams import fit_ngrams; "
        "words = ['filming', 'filmed', 'films', 'acting', 'acted', 'acts']; "
        "print(fit_ngrams(words, np.ones(6), np.eye(6, dtype=np.float32)).ngrams)"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert "ing" in printed[0]
    assert printed[0] == printed[1]
