import sys

import numpy as np
import pytest

from textransfer.embeddings import sparse_rows
from textransfer.embeddings.sparse_rows import SparseRows


def example(lengths: list[int], kind: type) -> tuple[SparseRows, np.ndarray]:
    random = np.random.default_rng(3)
    offsets = np.cumsum([0, *lengths])
    values = random.normal(size=offsets[-1]).astype(kind)
    return SparseRows(values, random.integers(0, 7, offsets[-1]), offsets, 7), random.normal(size=(7, 5))


def by_hand(rows: SparseRows, matrix: np.ndarray) -> np.ndarray:
    product = np.zeros((len(rows), matrix.shape[1]))
    for row in range(len(rows)):
        for place in range(rows.offsets[row], rows.offsets[row + 1]):
            product[row] += rows.values[place] * matrix[rows.columns[place]].astype(np.float64)
    return product


@pytest.mark.parametrize("lengths", [[], [0], [0, 3, 1, 0, 0, 9, 2], [1] * 63, [40]])
@pytest.mark.parametrize(
    "kinds", [(np.float32, np.float32), (np.float64, np.float64), (np.float32, np.float16)]
)
def test_scipy_and_numpy_alone_give_the_product(
    lengths: list[int], kinds: tuple[type, type], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, matrix = example(lengths, kinds[0])
    matrix = matrix.astype(kinds[1])
    expected = by_hand(rows, matrix)
    plain = rows.times(matrix)
    monkeypatch.setattr(sparse_rows, "MANY", 0)
    fast = rows @ matrix
    monkeypatch.setitem(sys.modules, "scipy", None)  # as if it were not installed
    without = rows @ matrix
    for product in (plain, fast, without):
        assert product.dtype == np.result_type(*kinds)
        np.testing.assert_allclose(product, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(without, plain)
    # The same terms in the same order; only a processor that fuses product and sum may differ in a bit.
    np.testing.assert_allclose(fast, plain, rtol=1e-6)


def test_some_columns_are_those_of_the_whole() -> None:
    rows = SparseRows(np.arange(1.0, 5.0), np.array([0, 2, 1, 2]), np.array([0, 2, 2, 4]), 3)
    some = rows.of_columns(np.array([2, 0]))
    np.testing.assert_array_equal(some.scipy().toarray(), rows.scipy().toarray()[:, [2, 0]])
    assert rows.of_columns(np.zeros(0, np.int64)).scipy().shape == (3, 0)
