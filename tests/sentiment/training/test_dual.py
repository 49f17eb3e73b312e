import numpy as np
import pytest
import torch

from textransfer.sentiment.sentences.averaging import Finish
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.random_vectors import random_table
from textransfer.sentiment.training.dual import DualTables
from textransfer.sentiment.training.dual_table import DualTable
from textransfer.sentiment.training.inputs import WordTables, stacked_table
from textransfer.sentiment.training.loop import train
from textransfer.sentiment.training.network import OneHiddenLayer

D, C = 4, 2
INDEX = {word: row for row, word in enumerate("abcdefg")}
TEXTS = [["a", "b"], ["c"], [], ["a", "d"], ["e", "c"], ["b", "a"], ["zzz"], ["a", "e"]]
OTHERS = [["b", "f"], [], ["e"]]
CODES = np.arange(len(TEXTS)) % C
FINISHES = [Finish(scale=0.5), Finish(np.full(D, 0.1, np.float32), is_unit_length=True)]


def bags(texts):
    return Bags.from_words(texts, INDEX, np.array([1.0, 2, 3, 1, 1, 2, 1]), is_distinct=True)


@pytest.mark.parametrize("finish", FINISHES)
def test_training_in_the_space_of_the_texts_moves_the_table_as_training_it_does(finish):
    starts = np.stack([random_table(seed, len(INDEX), D) for seed in (1, 2)])
    table = stacked_table(starts)
    plain = WordTables(bags(TEXTS), table, 2, finish)
    dual = DualTables([DualTable.of(bags(TEXTS), start, finish) for start in starts])
    losses = []
    for inputs in (plain, dual):
        network = OneHiddenLayer.random([3, 4], D, 5, C)
        epochs = train(
            network,
            inputs,
            CODES,
            seeds=[3, 4],
            epochs=40,
            learning_rate=0.05,
            vector_learning_rate=0.03,
            penalty=0.01,
        )
        losses.append([epoch.losses for epoch in epochs])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    tables = table.detach().numpy().reshape(2, len(INDEX), D)
    np.testing.assert_allclose(np.stack(dual.after_training()), tables, rtol=1e-3, atol=1e-5)
    assert np.abs(tables - starts)[:, :5].max(axis=(0, 2)).min() > 0.01  # the words that occur have moved
    np.testing.assert_array_equal(np.stack(dual.after_training())[:, 5:], starts[:, 5:])

    others = dual.of_other_texts([DualTable.of(bags(OTHERS), start, finish) for start in starts])
    expected = WordTables(bags(OTHERS), table, 2, finish).read(None)
    torch.testing.assert_close(others.read(None), expected, rtol=1e-3, atol=1e-5)


def test_what_it_cannot_do_is_refused():
    dual = DualTables([DualTable.of(bags(TEXTS), random_table(0, len(INDEX), D), Finish())])
    with pytest.raises(ValueError, match="full batches"):
        dual.read(np.array([[0, 1]]))
    with pytest.raises(ValueError, match="sgd"):
        dual.solver_of("sgd", 0.1)
