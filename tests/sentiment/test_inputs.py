import numpy as np
import pytest

from textransfer.sentiment.averaging import Averaging, Bags, Finish
from textransfer.sentiment.inputs import FixedVectors, WordTables
from textransfer.sentiment.random_vectors import random_table, random_vectors

INDEX = {"a": 0, "b": 1, "c": 2, "d": 3}
TEXTS = [["a", "b", "b"], [], ["unknown"], ["c", "a", "d"], ["d"]]
FINISHES = [Finish(), Finish(np.array([0.1, 0.2, 0.3], np.float32), is_unit_length=True, scale=2.0)]
ROWS = [None, np.array([[0], [3]]), np.array([[1, 4, 3], [2, 0, 1]])]


def example():
    rng = np.random.default_rng(2)
    bags = Bags.from_words(TEXTS, INDEX, np.array([1.0, 2.0, 0.5, 1.0]), is_distinct=True)
    return bags, rng.normal(size=(2, 4, 3))


@pytest.mark.parametrize("finish", FINISHES)
@pytest.mark.parametrize("is_dense", [False, True])
@pytest.mark.parametrize("rows", ROWS)
def test_trained_and_frozen_words_are_averaged_alike(finish, is_dense, rows):
    bags, tables = example()
    tables = tables.astype(np.float32)
    trained = WordTables(bags, tables, finish, is_dense=is_dense)
    frozen = FixedVectors(
        np.stack(
            [
                Averaging(INDEX, table, np.ones(4), is_distinct=True, finish=finish).vectors(bags)
                for table in tables
            ]
        )
    )
    got = trained.read(rows)[0]
    np.testing.assert_allclose(got, frozen.read(rows)[0], rtol=1e-5, atol=1e-7)
    if rows is None:
        assert not got[:, 1:3].any()  # empty and unknown text
        assert got[:, 0].any()


@pytest.mark.parametrize("finish", FINISHES)
@pytest.mark.parametrize("is_dense", [False, True])
@pytest.mark.parametrize("rows", ROWS)
def test_gradient_in_the_word_vectors_agrees_with_finite_differences(finish, is_dense, rows):
    bags, tables = example()
    inputs = WordTables(bags, tables, finish, is_dense=is_dense)
    vectors, batch = inputs.read(rows)
    upstream = np.random.default_rng(4).normal(size=vectors.shape)
    used, in_rows = inputs.pull_back(batch, upstream)
    gradient = np.zeros_like(inputs.table)
    gradient[slice(None) if used is None else used] = in_rows
    for place in np.ndindex(inputs.table.shape):
        kept, step = inputs.table[place], 1e-6
        inputs.table[place] = kept + step
        above = (inputs.read(rows)[0] * upstream).sum()
        inputs.table[place] = kept - step
        below = (inputs.read(rows)[0] * upstream).sum()
        inputs.table[place] = kept
        assert gradient[place] == pytest.approx((above - below) / (2 * step), abs=1e-6)


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
    assert np.abs(random_table(0, 2000, 10, reach=0.2)).max() == pytest.approx(0.2, rel=0.01)
    assert not np.array_equal(table, random_table(1, 2000, 10))
