"""The rule by which several processes' matrices come together, with the processes played by threads."""

import threading
from collections.abc import Callable

import numpy as np
import pytest
import torch

from textransfer.pretrain import combining
from textransfer.pretrain.combining import Combiner


class Played:
    """Sums tensors over threads that stand for processes, in order of rank."""

    def __init__(self, size: int) -> None:
        self._barrier = threading.Barrier(size)
        self._given: list[torch.Tensor | None] = [None] * size

    def all_reduce_of(self, rank: int) -> Callable[[torch.Tensor], Callable[[], object]]:
        def start(tensor: torch.Tensor) -> Callable[[], object]:
            self._given[rank] = tensor
            self._barrier.wait()
            total = torch.stack([one.clone() for one in self._given]).sum(0)
            self._barrier.wait()

            def wait() -> None:
                tensor.copy_(total)

            return wait

        return start


def combined(changes: np.ndarray, n_rows: int | None = None) -> np.ndarray:
    """Let process r add ``changes[r]`` to a table of ones; return what each has in the end."""
    played = Played(len(changes))
    tables = [torch.ones(changes.shape[1:]) for _ in changes]

    def work(rank: int) -> None:
        combiner = Combiner([tables[rank]], played.all_reduce_of(rank))
        tables[rank] += torch.from_numpy(changes[rank])
        combiner.combine(n_rows)

    threads = [threading.Thread(target=work, args=[rank]) for rank in range(len(changes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return torch.stack(tables).numpy()


def rows(*of_processes: list[float]) -> np.ndarray:
    return np.array(of_processes, dtype=np.float32)[:, None, :]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (rows([1, 2], [0, 0], [0, 0]), [1, 2]),  # one met the word: its whole step
        (rows([1, 2], [1, 2], [1, 2]), [1, 2]),  # all learned the same: the mean
        (rows([3, 0], [0, 4]), [3, 4]),  # different things: the sum
        (rows([1, 0], [-1, 0]), [0, 0]),  # the contrary: nothing
        (rows([0, 0], [0, 0]), [0, 0]),
        (rows([1, 0], [1, 2]), [2 * 6 / 8, 2 * 6 / 8]),  # Q = 1 + 5, |D|^2 = 4 + 4
    ],
)
def test_rows_move_by_the_sum_as_far_as_the_processes_differ(changes: np.ndarray, expected: list) -> None:
    for found in combined(changes):
        np.testing.assert_allclose(found, [np.array(expected) + 1], rtol=1e-6)


@pytest.mark.parametrize("chunk_bytes", [1, 100, 1 << 20])
@pytest.mark.parametrize("n_rows", [None, 0, 7, 63])
def test_the_pieces_make_no_difference(
    monkeypatch: pytest.MonkeyPatch, chunk_bytes: int, n_rows: int | None
) -> None:
    monkeypatch.setattr(combining, "CHUNK_BYTES", chunk_bytes)
    changes = np.random.default_rng(0).normal(size=(3, 63, 5)).astype(np.float32)
    found = combined(changes, n_rows)
    total, squares = changes.sum(0), (changes**2).sum((0, 2))
    scale = np.minimum(1, squares / (total**2).sum(1))
    stop = 63 if n_rows is None else n_rows
    for rank in range(3):
        np.testing.assert_allclose(found[rank, :stop] - 1, (total * scale[:, None])[:stop], atol=1e-5)
        np.testing.assert_allclose(found[rank, stop:] - 1, changes[rank, stop:], atol=1e-6)


def test_what_was_combined_is_where_the_next_one_starts() -> None:
    table = torch.zeros(2, 3)
    combiner = Combiner([table, torch.zeros(2)], lambda _: lambda: None)
    for n_times in (1, 2, 3):
        table += 1
        combiner.combine()
        np.testing.assert_allclose(table, np.full((2, 3), n_times))
