"""The rule by which several processes' matrices come together, with the processes played by threads."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from textransfer.config import Combining
from textransfer.errors import ConfigError
from textransfer.pretrain.processes import combining
from textransfer.pretrain.processes.combining import Combiner, curvature

SHARES = np.array([0.7, 0.2, 0.1, 0.0])


PATIENCE = 30
"""Seconds that a thread waits for the others: if one of them failed, all end instead of waiting for ever."""


class PlayedProcesses:
    """Sums tensors over threads that stand for processes, in order of rank."""

    def __init__(self, size: int) -> None:
        self._barrier = threading.Barrier(size, timeout=PATIENCE)
        self._tensors: list[torch.Tensor | None] = [None] * size

    def abort(self) -> None:
        """Let no thread wait for one that failed."""
        self._barrier.abort()

    def all_reduce_of(self, rank: int) -> Callable[[torch.Tensor], Callable[[], object]]:
        def start(tensor: torch.Tensor) -> Callable[[], object]:
            self._tensors[rank] = tensor
            self._barrier.wait()
            total = torch.stack([tensor.clone() for tensor in self._tensors]).sum(0)
            self._barrier.wait()
            return lambda: tensor.copy_(total)

        return start


def combined(
    rounds: list[np.ndarray], strength: float, shares: np.ndarray = SHARES, how: Combining | None = None
) -> np.ndarray:
    """Let process r add ``rounds[k][r]`` to a table of ones in round k; return what each has in the end."""
    n_processes = len(rounds[0])
    processes = PlayedProcesses(n_processes)
    tables = [torch.ones(rounds[0].shape[1:], dtype=torch.float64) for _ in range(n_processes)]

    def work(rank: int) -> None:
        try:
            combiner = Combiner(
                [tables[rank]],
                processes.all_reduce_of(rank),
                n_processes,
                torch.from_numpy(shares),
                how or Combining(),
            )
            for changes in rounds:
                tables[rank] += torch.from_numpy(changes[rank])
                combiner.combine(strength)
        except BaseException:
            processes.abort()
            raise

    with ThreadPoolExecutor(n_processes) as pool:
        futures = [pool.submit(work, rank) for rank in range(n_processes)]
    failures = [error for future in futures if (error := future.exception()) is not None]
    for error in sorted(failures, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
        raise error
    return torch.stack(tables).numpy()


def test_a_failure_of_one_process_reaches_the_test() -> None:
    with pytest.raises(RuntimeError, match="size of tensor"):
        combined([np.ones((2, 4, 5)), np.ones((2, 3, 5))], strength=1.0)


def changes_of(n_processes: int, n_rows: int = 4, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n_processes, n_rows, 5))


def test_few_steps_add_up_and_many_are_averaged() -> None:
    changes = changes_of(3)
    for results in combined([changes], strength=1e-9):
        np.testing.assert_allclose(results - 1, changes.sum(0), rtol=1e-6)
    for results in combined([changes], strength=1e9):
        np.testing.assert_allclose(results[:3] - 1, changes.mean(0)[:3], rtol=1e-6)
        np.testing.assert_allclose(results[3] - 1, changes.sum(0)[3], rtol=1e-6)  # a row without pairs


@pytest.mark.parametrize("n_processes", [2, 5])
@pytest.mark.parametrize("n_steps", [1, 10, 1000])
def test_gradient_descent_on_a_quadratic_loss_is_repeated_exactly(n_processes: int, n_steps: int) -> None:
    # Each process goes n steps from 1 towards 0; together that must be R n steps.
    rate = 1e-3
    apart = np.full((n_processes, 1, 5), np.exp(-rate * n_steps) - 1)
    (results, *_) = combined([apart], rate * n_steps / curvature(n_processes), np.ones(1))
    np.testing.assert_allclose(results, np.exp(-rate * n_steps * n_processes), rtol=1e-9)


def test_rows_come_as_often_as_they_are_frequent() -> None:
    how = Combining(frequent=1)
    rounds = [changes_of(2, seed=seed) for seed in range(4)]
    for n_rounds, n_combined in [(1, 1), (2, 2), (3, 1), (4, 4)]:
        results = combined(rounds[:n_rounds], 1e-9, how=how)
        total = np.sum(rounds[:n_rounds], axis=(0, 1)) + 1
        np.testing.assert_allclose(results[:, :n_combined], [total[:n_combined]] * 2, rtol=1e-6)
        if n_combined < 4:
            assert (results[0, n_combined:] != results[1, n_combined:]).all()


def test_the_time_since_a_row_was_combined_counts() -> None:
    rounds = [changes_of(2, seed=seed) for seed in range(2)]
    results = combined(rounds, 0.5, how=Combining(frequent=1))
    a = curvature(2) * 2 * 0.5 * SHARES[1]  # the second row was left out of the first round
    factor = (1 - np.exp(-2 * a)) / (2 * (1 - np.exp(-a)))
    np.testing.assert_allclose(results[0, 1] - 1, factor * np.sum(rounds, axis=(0, 1))[1])


@pytest.mark.parametrize("chunk_bytes", [1, 100])
def test_the_pieces_make_no_difference(monkeypatch: pytest.MonkeyPatch, chunk_bytes: int) -> None:
    shares = np.full(63, 1 / 63)
    expected = combined([changes_of(3, 63)], 1.0, shares)
    monkeypatch.setattr(combining, "CHUNK_BYTES", chunk_bytes)
    np.testing.assert_array_equal(combined([changes_of(3, 63)], 1.0, shares), expected)


def test_after_all_rows_the_count_starts_anew() -> None:
    tables = [torch.zeros(8, 3), torch.zeros(8)]
    shares = torch.full([8], 1 / 8, dtype=torch.float64)
    combiner = Combiner(tables, lambda _: lambda: None, 2, shares, Combining(frequent=2))
    results = [combiner.combine(0.1) for _ in range(8)]
    assert results == [False, False, False, True] * 2
    assert combiner.combine(0.1, is_last=True)
    assert [combiner.combine(0.1) for _ in range(4)] == results[:4]


def test_intervals_are_numbers_from_one() -> None:
    with pytest.raises(
        ConfigError, match=r"combine_words is 0.*combine_frequent is -1.*combine_rounds is 0\.5"
    ):
        Combining(words=0, frequent=-1, rounds=0.5)
