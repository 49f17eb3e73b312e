"""What several processes learned apart, put together row by row.

Let d_r be what process r added to a row since the row was last combined, and n the pairs that the row took
part in at each of R processes, at learning rate t. Every process then gets

    row = base + f(h t n) sum_r d_r,    f(a) = (1 - exp(-R a)) / (R (1 - exp(-a))).

That is exact for a quadratic loss of curvature h: n steps go a share 1 - exp(-h t n) of the way to the
optimum, and R n of them, one after the other, 1 - exp(-R h t n). A row with few steps gets the sum, as if
they had been taken in turn; a row that came to rest at each process gets the mean, and is not thrown R times
as far as any of them meant. A rare row that only one process met keeps nearly its whole step.

Rows are sorted by frequency. Round k since the last time that all were combined takes the first F 2^z rows,
with z the zeros that end k in binary: a row half as frequent comes half as often, so that each is combined
after about as many of its own steps, and little is sent.

References
----------
Ji et al. (2016), Parallelizing word2vec in shared and distributed memory, arXiv 1604.04661: averages, of
frequent words more often.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from textransfer.config import Combining

CHUNK_BYTES = 1 << 20
"""Rows are combined in pieces of this size: one stays in the cache while the one before is on its way."""


def curvature(n_processes: int) -> float:
    """Return h for so many processes.

    The true one differs from row to row and is near 0.75 for frequent words. A smaller value lets more of
    the rare words' steps add up, but throws rows that came to rest too far, the more so the more processes
    there are; `experiments/combining.py` compares values.
    """
    return min(0.075 * n_processes, 0.75)


AllReduce = Callable[[torch.Tensor], Callable[[], object]]
"""Starts to sum a tensor over all processes, in place; what it returns waits for the end."""


class Combiner:
    """Combines tables that share memory with an engine's.

    Parameters
    ----------
    tables : sequence of tensor, shapes (V, D) or (V,)
        Changed in place by the engine and by `combine`; equal on all processes now.
    n_processes : int
        R.
    shares : tensor of float64, shape (V,)
        Share of all pairs that each row takes part in.
    combining : Combining
        How often.
    """

    def __init__(
        self,
        tables: Sequence[torch.Tensor],
        all_reduce: AllReduce,
        n_processes: int,
        shares: torch.Tensor,
        combining: Combining,
    ) -> None:
        self._tables = [table if table.ndim == 2 else table[:, None] for table in tables]
        self._bases = [table.clone() for table in self._tables]
        self._all_reduce = all_reduce
        self._n_processes = n_processes
        self._shares = shares
        self._combining = combining
        self._restart()
        widest = max(self._tables, key=lambda table: table.shape[1])
        self._rows = max(CHUNK_BYTES // (widest.element_size() * widest.shape[1]), 1)
        self._buffers = [widest.new_empty(self._rows * widest.shape[1]) for _ in range(2)]

    def combine(self, strength: float, *, is_last: bool = False) -> bool:
        """Combine what is due in this round.

        Parameters
        ----------
        strength : float
            Learning rate times the pairs of this round at one process, on average.
        is_last : bool
            Combine all rows.

        Returns
        -------
        bool
            Whether all rows were combined.
        """
        self._round += 1
        self._strength += strength
        n_words = self._shares.numel()
        n_rows = n_words if is_last else rows_of(self._combining, self._round, n_words)
        factors = self._factors(n_rows)
        waiting: _Piece | None = None
        for number, (table, base, factor) in enumerate(self._pieces(n_rows, factors)):
            buffer = self._buffers[number % 2][: table.numel()].view(table.shape)
            torch.sub(table, base, out=buffer)
            piece = _Piece(table, base, buffer, factor, self._all_reduce(buffer))
            if waiting is not None:
                waiting.finish()
            waiting = piece
        if waiting is not None:
            waiting.finish()
        self._last[:n_rows] = self._strength
        if n_rows == n_words:
            self._restart()
        return n_rows == n_words

    def _restart(self) -> None:
        """Count from here, so that a resumed run counts the same."""
        self._round, self._strength = 0, 0.0
        self._last = torch.zeros_like(self._shares)

    def _factors(self, n_rows: int) -> torch.Tensor:
        """Return f(a) of the first rows, shape (n_rows, 1)."""
        a = curvature(self._n_processes) * (self._strength - self._last[:n_rows]) * self._shares[:n_rows]
        together, apart = -torch.expm1(-self._n_processes * a), -torch.expm1(-a)
        factors = torch.where(a > 0, together / (self._n_processes * apart), 1.0)
        return factors.to(self._tables[0].dtype).to(self._tables[0].device)[:, None]

    def _pieces(
        self, n_rows: int, factors: torch.Tensor
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        for table, base in zip(self._tables, self._bases, strict=True):
            for start in range(0, n_rows, self._rows):
                end = min(start + self._rows, n_rows)
                yield table[start:end], base[start:end], factors[start:end]


@dataclass(frozen=True)
class _Piece:
    """Rows whose sums are on their way."""

    table: torch.Tensor
    base: torch.Tensor
    changes: torch.Tensor
    factor: torch.Tensor
    wait: Callable[[], object]

    def finish(self) -> None:
        """Wait for the sums and move the rows by them."""
        self.wait()
        self.base.addcmul_(self.changes, self.factor)
        self.table.copy_(self.base)


def rows_of(combining: Combining, number: int, n_words: int) -> int:
    """Return how many rows are combined in a round, counted from 1 since all were.

    Examples
    --------
    >>> [rows_of(Combining(frequent=10), number, 75) for number in range(1, 9)]
    [10, 20, 10, 40, 10, 20, 10, 75]
    """
    n_zeros = (number & -number).bit_length() - 1
    return n_words if number % combining.rounds == 0 else min(combining.frequent << n_zeros, n_words)
