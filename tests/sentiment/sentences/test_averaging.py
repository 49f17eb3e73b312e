from dataclasses import replace

import numpy as np
import pytest
import torch

from textransfer.sentiment.sentences.averaging import Finish
from textransfer.sentiment.sentences.bags import Bags

INDEX = {"a": 0, "b": 1, "c": 2}
WEIGHTS = np.array([1.0, 3.0, 4.0])
TEXTS = [["a", "b", "b"], [], ["x", "y"], ["c", "x", "a"]]


@pytest.mark.parametrize(
    ("is_distinct", "expected"),
    [
        (True, [[1 / 4, 3 / 4, 0], [0, 0, 0], [0, 0, 0], [1 / 5, 0, 4 / 5]]),
        (False, [[1 / 7, 6 / 7, 0], [0, 0, 0], [0, 0, 0], [1 / 5, 0, 4 / 5]]),
    ],
)
def test_shares_are_the_weights_among_the_known_words(is_distinct, expected):
    bags = Bags.from_words(TEXTS, INDEX, WEIGHTS, is_distinct=is_distinct)
    np.testing.assert_allclose(bags.matrix(3).toarray(), expected, rtol=1e-6)
    assert bags.n_empty == 2
    assert bags.has_words.tolist() == [True, False, False, True]


def test_no_texts():
    bags = Bags.from_words([], INDEX, WEIGHTS, is_distinct=True)
    assert len(bags) == 0
    assert bags.n_empty == 0


def test_taking_texts_is_taking_rows():
    bags = Bags.from_words(TEXTS, INDEX, WEIGHTS, is_distinct=True)
    rows = np.array([3, 1, 0, 3])
    np.testing.assert_array_equal(bags.take(rows).matrix(3).toarray(), bags.matrix(3).toarray()[rows])
    assert len(bags.take(np.arange(0))) == 0
    for start, end in ((0, len(bags)), (1, len(bags)), (0, 1), (1, 1)):
        same, part = bags.take(np.arange(start, end)), bags.between(start, end)
        np.testing.assert_array_equal(part.matrix(3).toarray(), same.matrix(3).toarray())
        np.testing.assert_array_equal(part.known_shares, same.known_shares)


def test_restricting_keeps_only_columns_in_use():
    bags = Bags.from_words([["c"], ["a", "c"]], INDEX, WEIGHTS, is_distinct=True)
    used, local = bags.restricted()
    assert used.tolist() == [0, 2]
    np.testing.assert_array_equal(local.matrix(2).toarray(), bags.matrix(3).toarray()[:, used])


FINISHES = [
    Finish(),
    Finish(scale=2.5),
    Finish(np.array([0.3, -0.2, 0.1], np.float32)),
    Finish(np.array([0.3, -0.2, 0.1], np.float32), is_unit_length=True, scale=1.5),
]


def of_tensors(finish):
    return replace(finish, center=None if finish.center is None else torch.tensor(finish.center).double())


@pytest.mark.parametrize("finish", FINISHES)
def test_arrays_and_tensors_are_finished_alike(finish):
    means = np.random.default_rng(3).normal(size=(5, 3))
    has_words = np.array([True, True, False, True, True])
    vectors = finish(means, has_words)
    tensors = of_tensors(finish)(torch.tensor(means), torch.tensor(has_words))
    np.testing.assert_allclose(tensors.numpy(), vectors, rtol=1e-7)
    assert not vectors[2].any()
    if finish.is_unit_length:
        np.testing.assert_allclose(np.linalg.norm(vectors[has_words], axis=1), 1.5)


@pytest.mark.parametrize("finish", FINISHES)
def test_gradient_of_the_finish_agrees_with_finite_differences(finish):
    means = torch.tensor(np.random.default_rng(3).normal(size=(5, 3)), requires_grad=True)
    has_words = torch.tensor([True, True, False, True, True])
    assert torch.autograd.gradcheck(lambda x: of_tensors(finish)(x, has_words), (means,))


def test_a_mean_that_is_the_center_stays_finite():
    center = np.array([1.0, 2.0], np.float32)
    finish = Finish(center, is_unit_length=True)
    assert not finish(center[None], np.array([True])).any()
    means = torch.tensor(center[None], requires_grad=True)
    finish_tensors = replace(finish, center=torch.tensor(center))
    finish_tensors(means, torch.tensor([True])).sum().backward()
    assert means.grad.isfinite().all()
