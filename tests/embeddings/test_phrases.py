"""Words, pairs and triples as rows; the plain twin makes them of tuples of words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from textransfer import WordVectors
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.phrases import PhraseIndex, PhraseVectors, places_in, sorted_counts
from textransfer.errors import ConfigError, FormatError

INDEX = PhraseIndex(4, np.array([0, 0, 2, 4, 6], np.int32), np.array([1, 3, 0, 2, 1], np.int32))
"""Of words 0 to 3 the pairs 0 1, 0 3, 2 0 and the triples 0 1 2, 2 0 1."""
SPELLED = [(0,), (1,), (2,), (3,), (0, 1), (0, 3), (2, 0), (0, 1, 2), (2, 0, 1)]


def rows_plainly(texts: list[list[int]]) -> list[list[int]]:
    held = []
    for text in texts:
        phrases = {tuple(text[i : i + n]) for n in (1, 2, 3) for i in range(len(text) - n + 1)}
        held.append([row for row, words in enumerate(SPELLED) if words in phrases])
    return held


def vectors(**changes: object) -> WordVectors:
    random = np.random.default_rng(0)
    matrix = random.standard_normal((len(INDEX), 3)).astype(np.float16).astype(np.float32)
    moments = DocumentMoments(matrix[0], np.eye(3, dtype=np.float32), matrix[1:2])
    phrases = replace(PhraseVectors(INDEX, matrix, moments), **changes)
    return WordVectors(list("abcd"), np.eye(4, 3), phrases=phrases)


def test_texts_hold_the_rows_that_their_words_spell() -> None:
    random = np.random.default_rng(1)
    texts = [random.integers(0, 4, n).tolist() for n in (0, 1, 2, 3, 7, 0, 30, 5, 0)]
    ids = np.array([word for text in texts for word in text], np.int64)
    offsets = np.cumsum([0, *map(len, texts)])

    rows, ends = INDEX.rows(ids, offsets)

    assert [rows[a:b].tolist() for a, b in zip(ends[:-1], ends[1:], strict=True)] == rows_plainly(texts)
    assert (INDEX.holdings(ids, offsets).scipy().toarray().sum(axis=1) == np.diff(ends)).all()


def test_no_text_and_no_phrase_hold_nothing() -> None:
    none = np.zeros(0, np.int64)
    assert INDEX.rows(none, np.array([0]))[1].tolist() == [0]
    words_only = PhraseIndex(4, np.zeros(0, np.int32), np.zeros(0, np.int32)).checked()
    assert words_only.rows(np.array([3, 3, 0]), np.array([0, 3]))[0].tolist() == [0, 3]


def test_rows_are_spelled_by_their_words() -> None:
    spelled = INDEX.words_of(np.arange(len(INDEX)))
    assert [tuple(word for word in words if word >= 0) for words in spelled.tolist()] == SPELLED


@pytest.mark.parametrize(
    ("prefixes", "lasts"),
    [([0, 0], [3, 1]), ([0, 0], [1, 1]), ([0], [4]), ([4], [0]), ([0, 4, 5], [1, 0, 0]), ([0], [1, 2])],
    ids=["falling", "twice", "no word", "of itself", "of a triple", "lengths"],
)
def test_an_index_that_contradicts_itself_is_refused(prefixes: list[int], lasts: list[int]) -> None:
    with pytest.raises(ConfigError, match="pairs and triples"):
        PhraseIndex(4, np.array(prefixes, np.int32), np.array(lasts, np.int32)).checked()


def test_vectors_that_do_not_suit_are_refused() -> None:
    with pytest.raises(ConfigError, match="shape"):
        vectors(matrix=np.zeros((3, 3), np.float32))
    with pytest.raises(ConfigError, match="finite"):
        vectors(matrix=np.full((9, 3), np.nan, np.float32))


def test_new_words_leave_old_phrases_as_they_are() -> None:
    phrases = vectors().phrases
    assert phrases is not None
    grown = phrases.with_words(6).checked(6)
    old = [row if row < 4 else row + 2 for row in range(9)]

    assert (grown.matrix[old] == phrases.matrix).all()
    assert not grown.matrix[4:6].any()
    assert (grown.index.words_of(np.array(old)) == phrases.index.words_of(np.arange(9))).all()


def test_a_folder_gives_the_same_phrases_to_the_bit(tmp_path: Path) -> None:
    saved = vectors()
    loaded = WordVectors.load(saved.save(tmp_path / "vectors")).phrases

    assert loaded is not None
    assert saved.phrases is not None
    assert (loaded.matrix == saved.phrases.matrix).all()
    assert (loaded.index.prefixes == INDEX.prefixes).all()
    assert (loaded.index.lasts == INDEX.lasts).all()
    assert (loaded.moments.covariance == saved.phrases.moments.covariance).all()
    assert loaded.moments.n_polar == 1
    WordVectors(list("abcd"), np.eye(4, 3)).save(tmp_path / "vectors", force=True)
    assert WordVectors.load(tmp_path / "vectors").phrases is None


def test_a_folder_that_has_lost_its_phrases_is_refused(tmp_path: Path) -> None:
    folder = vectors().save(tmp_path / "vectors")
    (folder / "phrases.safetensors").unlink()
    with pytest.raises(FormatError, match=r"phrases\.safetensors"):
        WordVectors.load(folder)


def test_sorting_counts_and_finds_as_numpy_does() -> None:
    values = np.random.default_rng(2).integers(-5, 9, 200)
    distinct, counts = sorted_counts(values)
    assert [distinct.tolist(), counts.tolist()] == [
        part.tolist() for part in np.unique(values, return_counts=True)
    ]
    assert places_in(np.array([2, 4]), np.array([4, 3, 9, 2])).tolist() == [1, -1, -1, 0]
    assert sorted_counts(values[:0])[0].size == 0
