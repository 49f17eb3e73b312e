"""The compiled CPU engine: numba kernels on as many threads as wanted.

With one thread a seed repeats the result bit for bit. Several threads update the same matrices without
locks (Recht et al. 2011, Hogwild), so that the result varies a little from run to run.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from textransfer.pretrain.engines.base import BlockStats
from textransfer.pretrain.kernels.lanes import LANES
from textransfer.pretrain.kernels.steps import train_steps
from textransfer.pretrain.kernels.windows import new_scratch, train_windows
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.sampling.windows import STRETCH_BITS
from textransfer.pretrain.tables import Tables

if TYPE_CHECKING:
    import torch

CACHE_LINE = 64
PIECE_TOKENS = 1 << 14
"""Most tokens a thread takes at a time: some milliseconds of work, whatever the documents' lengths."""
PIECES_A_THREAD = 8
"""Pieces a block is cut into at least, so that all threads end at nearly the same time."""

Tokens = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


class Matrices(NamedTuple):
    """What a kernel trains, in place: float32 (V, S), (V, S), (V,); S is D padded to a multiple of LANES."""

    in_vectors: npt.NDArray[np.float32]
    out_vectors: npt.NDArray[np.float32]
    out_bias: npt.NDArray[np.float32]


class Draws(NamedTuple):
    """What a kernel draws samples from.

    keep : uint64 (V,), out of 2^32; noise : uint64 (V,), the alias table with the chance of a column's own
    word, out of 2^32, in the upper half and the other word in the lower, so that a draw reads one place;
    log_counts : float32 (V,), ln of the expected count of each word among K noise words; the keys : uint64,
    one a stream.
    """

    keep: npt.NDArray[np.uint64]
    noise: npt.NDArray[np.uint64]
    log_counts: npt.NDArray[np.float32]
    subsample_key: np.uint64
    window_key: np.uint64
    noise_key: np.uint64


class Options(NamedTuple):
    """How a kernel trains.

    window : furthest neighbour; n_noise : K; is_shrinking : draw the reach of each window; is_skipping :
    skip noise words equal to the context; has_bias : score with bias and expected counts; is_mean : follow
    the mean instead of the sum of a step's losses; group : windows in a row that are one step; stretch_bits :
    see `sampling.windows`.
    """

    window: int
    n_noise: int
    is_shrinking: bool
    is_skipping: bool
    has_bias: bool
    is_mean: bool
    group: int
    stretch_bits: int


class CpuEngine:
    """Trains a copy of the tables with compiled kernels, on `n_jobs` threads.

    One window a step, or neighbours that share noise words, run in the fused kernel, which draws its samples
    itself; every other plan has its samples drawn in NumPy and runs in the minibatch kernel.
    """

    name = "cpu"

    def __init__(self, plan: TrainingPlan, tables: Tables, *, n_jobs: int) -> None:
        self._plan = plan
        self._n_jobs = n_jobs
        self._options = Options(
            window=plan.sampler.windows.window,
            n_noise=plan.sampler.noise.n_noise,
            is_shrinking=plan.sampler.windows.is_shrinking,
            is_skipping=plan.sampler.is_skipping,
            has_bias=plan.has_bias,
            is_mean=plan.reduction == "mean",
            group=plan.sampler.group,
            stretch_bits=STRETCH_BITS,
        )
        self._is_fused = plan.is_window_wise
        if self._is_fused:
            self._draws = _draws(plan)
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(n_jobs)  # which starts no thread before it gets work
        self.is_deterministic = n_jobs == 1
        self.load(tables)

    def load(self, tables: Tables) -> None:
        """Go on from other tables of the same shapes."""
        self._vector_size = tables.in_vectors.shape[1]
        self._matrices = Matrices(
            _padded(tables.in_vectors), _padded(tables.out_vectors), tables.out_bias.astype(np.float32)
        )

    def compile(self) -> None:
        """Run the fused kernel on no text; the other one, which few plans need, compiles later."""
        if self._is_fused:
            self._train_piece(np.zeros(0, np.int32), np.zeros(1, np.int64), 0, 0, 0, 0.0)

    def tables(self) -> Tables:
        """Return a copy of the tables as they stand."""
        in_vectors, out_vectors, out_bias = self._matrices
        size = self._vector_size
        return Tables(in_vectors[:, :size].copy(), out_vectors[:, :size].copy(), out_bias.copy())

    def live(self) -> "Sequence[torch.Tensor]":
        """Return the tables themselves as tensors; see `Engine.live`."""
        import torch

        matrices = self._matrices if self._options.has_bias else self._matrices[:2]
        return [torch.from_numpy(matrix) for matrix in matrices]

    def train_block(
        self, tokens: Tokens, offsets: Offsets, position: int, rate: float, *, max_steps: int | None = None
    ) -> BlockStats:
        """Train on some documents; see `Engine.train_block`."""
        tokens, offsets = np.ascontiguousarray(tokens), np.ascontiguousarray(offsets)
        if max_steps is not None:
            return self._train_steps(tokens, offsets, position, rate, max_steps)
        if self._is_fused:
            piece = min(max(tokens.size // (PIECES_A_THREAD * self._n_jobs), 1), PIECE_TOKENS)
            stretch = 1 << STRETCH_BITS
            piece = -(-piece // stretch) * stretch  # so that each begins where an update does
            cuts = [0, *range(piece - position % stretch, tokens.size, piece), tokens.size]

            def work(first: int, last: int) -> BlockStats:
                return self._train_piece(tokens, offsets, first, last, position, rate)

        else:
            shares = np.linspace(0, tokens.size, self._n_jobs + 1)
            cuts = offsets[np.unique(np.searchsorted(offsets, shares))].tolist()

            def work(first: int, last: int) -> BlockStats:
                low, high = np.searchsorted(offsets, [first, last])
                return self._train_steps(
                    tokens[first:last], offsets[low : high + 1] - first, position + first, rate, None
                )

        results = self._map(work, list(pairwise(cuts)))
        return BlockStats(
            loss=sum(result.loss for result in results),
            n_pairs=sum(result.n_pairs for result in results),
            n_steps=sum(result.n_steps for result in results),
        )

    def _map(self, work: "Work", pieces: list[tuple[int, int]]) -> list[BlockStats]:
        """Work on pieces of the text, each thread on the next one as it becomes free."""
        if self._n_jobs == 1:
            return [work(*piece) for piece in pieces]
        futures = [self._pool.submit(work, *piece) for piece in pieces]
        try:
            wait(futures)
        except BaseException:
            for future in futures:
                future.cancel()
            wait(futures)  # the matrices may be read only when no thread writes them
            raise
        return [future.result() for future in futures]

    def _train_piece(
        self, tokens: Tokens, offsets: Offsets, first: int, last: int, position: int, rate: float
    ) -> BlockStats:
        """Run the fused kernel over the windows around ``tokens[first:last]``."""
        if not hasattr(self._local, "scratch"):
            options, width = self._options, self._matrices.in_vectors.shape[1]
            self._local.scratch = new_scratch(PIECE_TOKENS, options, width)
        loss, n_pairs, n_windows = train_windows(
            tokens,
            offsets,
            first,
            last,
            position,
            rate,
            self._matrices,
            self._draws,
            self._options,
            self._local.scratch,
        )
        return BlockStats(loss, n_pairs, n_windows)

    def _train_steps(
        self, tokens: Tokens, offsets: Offsets, position: int, rate: float, max_steps: int | None
    ) -> BlockStats:
        steps = self._plan.sampler.draw(tokens, offsets, position)
        if max_steps is not None:
            steps = steps.first(max_steps)
        loss = train_steps(
            steps.centers,
            steps.contexts,
            steps.negatives,
            steps.is_active,
            steps.context_log_counts,
            steps.noise_log_counts,
            steps.offsets,
            rate,
            self._matrices,
            self._options,
        )
        return BlockStats(loss, steps.centers.size, steps.n_steps)


Work = Callable[[int, int], BlockStats]


def _draws(plan: TrainingPlan) -> Draws:
    """Gather what the fused kernel draws from."""
    sampler = plan.sampler
    n_words = sampler.noise.probabilities.size
    return Draws(
        keep=sampler.windows.keep,
        noise=sampler.noise.table.packed,
        log_counts=sampler.noise.log_expected_counts(sampler.noise.n_noise, np.arange(n_words)),
        subsample_key=np.uint64(sampler.windows.subsample_key),
        window_key=np.uint64(sampler.windows.window_key),
        noise_key=np.uint64(sampler.noise_key),
    )


def _padded(matrix: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Copy a matrix (V, D) to one of rows that are whole registers, none of which lies in two cache lines."""
    n_rows, size = matrix.shape
    width = -(-size // LANES) * LANES
    n_bytes = 4 * n_rows * width
    room = np.zeros(n_bytes + CACHE_LINE, dtype=np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    padded = room[start : start + n_bytes].view(np.float32).reshape(n_rows, width)
    padded[:, :size] = matrix
    return padded
