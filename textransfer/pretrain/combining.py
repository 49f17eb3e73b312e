"""What several processes learned apart, put together row by row.

Let d_r be what process r added to a row since the last combination, D = sum_r d_r, and Q = sum_r |d_r|^2.
Every process then gets

    row = base + D min(1, Q / |D|^2).

Where the processes learned different things (d_r orthogonal), |D|^2 = Q and the row gets their sum; where
all learned the same, |D|^2 = R Q and it gets their mean. So a rare word that one process met keeps its whole
step, while a frequent one is not moved R times as far as any process meant. D and Q are sums, which is all
that an all-reduce can give.

References
----------
Maleki et al. (2018), Semantics-preserving parallelization of stochastic gradient descent, IPDPS: adding what
is orthogonal and averaging what is parallel, there by projections of pairs.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

CHUNK_BYTES = 1 << 20
"""Rows are combined in pieces of this size: one stays in the cache while the one before is on its way."""

_SMALLEST = 1e-30

AllReduce = Callable[[torch.Tensor], Callable[[], object]]
"""Starts to sum a tensor over all processes, in place; what it returns waits for the end."""


class Combiner:
    """Combines tables that share memory with an engine's.

    Parameters
    ----------
    tables : sequence of tensor, shapes (V, D) or (V,)
        Changed in place by the engine and by `combine`; equal on all processes now.
    all_reduce : callable
    """

    def __init__(self, tables: Sequence[torch.Tensor], all_reduce: AllReduce) -> None:
        self._tables = [table if table.ndim == 2 else table[:, None] for table in tables]
        self._bases = [table.clone() for table in self._tables]
        self._all_reduce = all_reduce
        widest = max(self._tables, key=lambda table: table.shape[1])
        self._rows = max(CHUNK_BYTES // (widest.element_size() * (widest.shape[1] + 1)), 1)
        size = self._rows * (widest.shape[1] + 1)
        self._buffers = [widest.new_empty(size) for _ in range(2)]

    def combine(self, n_rows: int | None = None) -> None:
        """Combine the first rows, or all."""
        waiting: Callable[[], None] | None = None
        for number, (table, base) in enumerate(self._pieces(n_rows)):
            n_piece, width = table.shape
            buffer = self._buffers[number % 2][: n_piece * (width + 1)].view(n_piece, width + 1)
            torch.sub(table, base, out=buffer[:, :width])
            torch.linalg.vector_norm(buffer[:, :width], dim=1, out=buffer[:, width])
            buffer[:, width].square_()
            wait = self._all_reduce(buffer)
            if waiting is not None:
                waiting()
            waiting = _Piece(table, base, buffer, wait)
        if waiting is not None:
            waiting()

    def _pieces(self, n_rows: int | None) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for table, base in zip(self._tables, self._bases, strict=True):
            stop = table.shape[0] if n_rows is None else min(n_rows, table.shape[0])
            for start in range(0, stop, self._rows):
                end = min(start + self._rows, stop)
                yield table[start:end], base[start:end]


class _Piece:
    """Rows whose sums are on their way."""

    def __init__(
        self, table: torch.Tensor, base: torch.Tensor, buffer: torch.Tensor, wait: Callable[[], Any]
    ) -> None:
        self._table, self._base, self._buffer, self._wait = table, base, buffer, wait

    def __call__(self) -> None:
        """Wait for the sums and move the rows by them."""
        self._wait()
        total, squares = self._buffer[:, :-1], self._buffer[:, -1]
        scale = squares / torch.linalg.vector_norm(total, dim=1).square_().clamp_(min=_SMALLEST)
        self._base.addcmul_(total, scale.clamp_(max=1.0)[:, None])
        self._table.copy_(self._base)
