import numpy as np
import pytest
import torch

from textransfer.sentiment.sentences.averaging import Averaging, Finish
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.lookup import LookedUpWords
from textransfer.sentiment.sentences.random_vectors import random_table, random_vectors
from textransfer.sentiment.training.inputs import FixedVectors, WordTables, stacked_table

INDEX = {"a": 0, "b": 1, "c": 2, "d": 3}
TEXTS = [["a", "b", "b"], [], ["unknown"], ["c", "a", "d"], ["d"]]
FINISHES = [Finish(), Finish(np.array([0.1, 0.2, 0.3], np.float32), is_unit_length=True, scale=2.0)]
ROWS = [None, np.array([[0], [3]]), np.array([[1, 4, 3], [2, 0, 1]])]


def example():
    rng = np.random.default_rng(2)
    bags = Bags.from_words(TEXTS, INDEX, np.array([1.0, 2.0, 0.5, 1.0]), is_distinct=True)
    return bags, rng.normal(size=(2, 4, 3))


@pytest.mark.parametrize("finish", FINISHES)
@pytest.mark.parametrize("is_gradient_sparse", [False, True])
@pytest.mark.parametrize("rows", ROWS)
def test_trained_and_frozen_words_are_averaged_alike(finish, is_gradient_sparse, rows):
    bags, tables = example()
    tables = tables.astype(np.float32)
    trained = WordTables(bags, stacked_table(tables), 2, finish, is_gradient_sparse=is_gradient_sparse)
    frozen = FixedVectors(
        np.stack(
            [
                Averaging(INDEX, table, np.ones(4), is_distinct=True, finish=finish).vectors(bags)
                for table in tables
            ]
        )
    )
    got = trained.read(rows).detach()
    np.testing.assert_allclose(got, frozen.read(rows), rtol=1e-5, atol=1e-7)
    if rows is None:
        assert not got[:, 1:3].any()  # empty and unknown text
        assert got[:, 0].any()


@pytest.mark.parametrize("finish", FINISHES)
@pytest.mark.parametrize("rows", ROWS)
def test_dense_and_sparse_gradients_in_the_word_vectors_are_the_same(finish, rows):
    bags, tables = example()
    found = []
    for is_sparse in (False, True):
        table = stacked_table(tables)
        vectors = WordTables(bags, table, 2, finish, is_gradient_sparse=is_sparse).read(rows)
        upstream = torch.tensor(np.random.default_rng(4).normal(size=vectors.shape))
        (vectors * upstream).sum().backward()
        assert table.grad.is_sparse == is_sparse
        found.append(table.grad.to_dense())
    np.testing.assert_allclose(found[0], found[1], atol=1e-12)
    assert found[0].any()


def test_random_vectors_know_the_words_of_their_texts_and_the_counts():
    vectors = random_vectors([["b", "a", "b"], [], ["b"]], 5, seed=3)
    assert vectors.words == ["b", "a"]
    assert vectors.counts.tolist() == [3, 1]
    assert vectors.document_counts.tolist() == [2, 1]
    assert (vectors.n_tokens, vectors.n_documents) == (4, 3)
    np.testing.assert_array_equal(vectors.matrix, random_table(3, 2, 5))


def test_random_tables():
    table = random_table(0, 2000, 10)
    assert (table**2).sum(axis=1).mean() == pytest.approx(1, rel=0.02)
    assert not np.array_equal(table, random_table(1, 2000, 10))


def test_random_vectors_of_texts_that_are_looked_up_with_others_are_their_own():
    texts = [["b", "a", "b"], ["z", "z"], ["c", "a", "c", "b"]]
    some = LookedUpWords.of(texts).take(np.array([2, 0]))
    got, expected = (random_vectors(words, 5, seed=3) for words in (some, [texts[2], texts[0]]))
    assert got.words == expected.words == ["b", "a", "c"]
    for name in ("matrix", "counts", "document_counts"):
        np.testing.assert_array_equal(getattr(got, name), getattr(expected, name))
    assert (got.n_tokens, got.n_documents) == (7, 2)
    assert got.document_counts.tolist() == [2, 2, 1]
