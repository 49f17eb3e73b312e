"""Phrases of a corpus and their vectors, beside what plain counting and averaging give."""

from collections import Counter

import numpy as np
import pytest

from textransfer import WordVectors, update_vectors
from textransfer.embeddings.moments import moments_of, sif_weights
from textransfer.pretrain import phrases as module
from textransfer.pretrain.phrases import frequent_phrases, phrases_of
from textransfer.pretrain.pretraining import pretrain_vectors
from textransfer.text.encoding.encoded import EncodedCorpus
from textransfer.text.vocabulary import Vocabulary

N_WORDS = 7


def random_texts(n: int, seed: int = 0) -> list[list[int]]:
    random = np.random.default_rng(seed)
    shares = np.arange(N_WORDS, 0, -1) ** 2.0
    return [
        random.choice(N_WORDS, length, p=shares / shares.sum()).tolist()
        for length in random.integers(0, 9, n)
    ]


def encoded(texts: list[list[int]]) -> EncodedCorpus:
    tokens = np.array([word for text in texts for word in text], np.int32)
    document_counts = np.bincount([word for text in texts for word in set(text)], minlength=N_WORDS)
    vocabulary = Vocabulary(
        list("abcdefg"), np.bincount(tokens, minlength=N_WORDS), document_counts, len(tokens), len(texts)
    )
    return EncodedCorpus(tokens, np.cumsum([0, *map(len, texts)]), vocabulary)


def phrases_in(text: list[int]) -> set[tuple[int, ...]]:
    return {tuple(text[i : i + n]) for n in (1, 2, 3) for i in range(len(text) - n + 1)}


@pytest.mark.parametrize("most", [1000, 30, 3, 0])
def test_phrases_are_those_that_most_documents_hold(most: int) -> None:
    texts = random_texts(63)
    holders = Counter(phrase for text in texts for phrase in phrases_in(text) if len(phrase) > 1)
    expected = {phrase: n for phrase, n in holders.items() if n >= 4}
    if len(expected) > most:
        bound = sorted(expected.values(), reverse=True)[most] + 1
        expected = {phrase: n for phrase, n in expected.items() if n >= bound}

    corpus = encoded(texts)
    index = frequent_phrases(corpus.tokens.astype(np.int64), corpus.offsets, N_WORDS, 4, most).checked()

    spelled = index.words_of(np.arange(N_WORDS, len(index)))
    assert {tuple(word for word in words if word >= 0) for words in spelled.tolist()} == set(expected)


def test_vectors_are_shrunk_means_of_whitened_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIN_DOCUMENTS", 50)
    texts = random_texts(150)
    corpus, matrix = encoded(texts), np.random.default_rng(3).standard_normal((N_WORDS, 3)).astype(np.float32)
    moments = moments_of(matrix, corpus, 0)
    assert moments is not None
    made = phrases_of(matrix, corpus, moments)
    assert made is not None

    unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    weights = sif_weights(corpus.vocabulary.counts, N_WORDS, corpus.n_tokens)
    variances, axes = np.linalg.eigh(moments.covariance)
    documents = []
    for text in filter(None, texts):
        words = sorted(set(text))
        left = weights[words] @ unit[words] / weights[words].sum() - moments.mean
        whitened = (left / np.linalg.norm(left)) @ axes @ np.diag(variances**-0.5) @ axes.T
        documents.append((phrases_in(text), whitened / np.linalg.norm(whitened)))
    for row, words in enumerate(made.index.words_of(np.arange(len(made.index))).tolist()):
        phrase = tuple(word for word in words if word >= 0)
        holding = [vector for phrases, vector in documents if phrase in phrases]
        np.testing.assert_allclose(made.matrix[row], sum(holding) / (len(holding) + 20), atol=2e-3)

    again = phrases_of(matrix, corpus, moments)
    assert again is not None
    assert (again.matrix == made.matrix).all()


def test_few_documents_have_no_phrases() -> None:
    vectors = pretrain_vectors(["a fine film", "a dull film"] * 20, vector_size=4, epochs=1, min_count=1)
    assert vectors.phrases is None


def test_a_run_has_a_stage_for_phrases_and_an_update_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIN_DOCUMENTS", 10)
    texts = ["a fine film", "a dull film", "no fine film at all"] * 20
    stages: list[str] = []
    old = pretrain_vectors(texts, vector_size=4, epochs=1, min_count=1, on_stage=stages.append)
    assert stages.index("phrases") > stages.index("poles")
    assert old.phrases is not None
    assert len(old.phrases.index) > len(old)

    new = update_vectors(old, ["a rare gem of a film"] * 12, min_count=1)
    assert len(new) > len(old)
    assert _vectors_by_phrase(old) == _vectors_by_phrase(new)
    larger = update_vectors(old, ["a rare gem of a film", "a dull film"] * 60, min_count=1)
    assert _vectors_by_phrase(old) != _vectors_by_phrase(larger)


def _vectors_by_phrase(vectors: WordVectors) -> dict[str, list[float]]:
    assert vectors.phrases is not None
    spelled = vectors.phrases.index.words_of(np.arange(len(vectors.phrases.index)))
    return {
        " ".join(vectors.words[word] for word in words if word >= 0): row.tolist()
        for words, row in zip(spelled, vectors.phrases.matrix, strict=True)
        if row.any()
    }
