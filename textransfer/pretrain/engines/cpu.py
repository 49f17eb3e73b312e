"""The compiled CPU engine: numba kernels on as many threads as wanted.

With one thread a seed repeats the result bit for bit. Several threads update the same matrices without
locks (Recht et al. 2011, Hogwild), so that the result varies a little from run to run.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import astuple

import numpy as np
import numpy.typing as npt

from textransfer.pretrain.engines.base import BlockStats
from textransfer.pretrain.kernels.arguments import Draws, Matrices, Options
from textransfer.pretrain.kernels.steps import train_steps
from textransfer.pretrain.kernels.windows import new_scratch, train_windows
from textransfer.pretrain.plan import Plan
from textransfer.pretrain.tables import Tables

Tokens = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


class CpuEngine:
    """Trains with compiled kernels.

    One window a step with noise shared by the window runs in the fused kernel, which draws its samples
    itself; every other plan has its samples drawn in NumPy and runs in the minibatch kernel.

    Parameters
    ----------
    plan : Plan
        What to train, and on which samples.
    tables : Tables
        Where to start; copied.
    n_jobs : int
        Threads.
    """

    name = "cpu"

    def __init__(self, plan: Plan, tables: Tables, *, n_jobs: int) -> None:
        self._plan = plan
        self._n_jobs = n_jobs
        self._options = Options(
            window=plan.sampler.windows.window,
            n_noise=plan.sampler.noise.n_noise,
            is_shrinking=plan.sampler.windows.is_shrinking,
            is_skipping=plan.sampler.is_skipping,
            is_nce=plan.objective == "nce",
            is_mean=plan.reduction == "mean",
        )
        self._is_fused = plan.is_window_wise
        if self._is_fused:
            self._draws = _draws(plan)
        self.is_deterministic = n_jobs == 1
        self.load(tables)

    def load(self, tables: Tables) -> None:
        """Go on from other tables of the same shapes."""
        self._matrices = Matrices(
            *(np.array(table, dtype=np.float32, order="C") for table in astuple(tables))
        )

    def tables(self) -> Tables:
        """Return a copy of the tables as they stand."""
        return Tables(*self._matrices).copy()

    def train_block(
        self, tokens: Tokens, offsets: Offsets, position: int, rate: float, *, max_steps: int | None = None
    ) -> BlockStats:
        """Train on some documents; see `Engine.train_block`."""
        work = self._train_fused if self._is_fused and max_steps is None else self._train_steps
        if self._n_jobs == 1 or max_steps is not None:
            return work(tokens, offsets, position, rate, max_steps)
        return self._train_parallel(work, tokens, offsets, position, rate)

    def _train_parallel(
        self, work: "Work", tokens: Tokens, offsets: Offsets, position: int, rate: float
    ) -> BlockStats:
        """Give each thread a stretch of whole documents of about the same length."""
        shares = np.linspace(0, tokens.size, self._n_jobs + 1)[1:-1]
        cuts = [0, *np.searchsorted(offsets, shares).tolist(), offsets.size - 1]
        with ThreadPoolExecutor(self._n_jobs) as pool:
            futures = [
                pool.submit(
                    work,
                    tokens[offsets[low] : offsets[high]],
                    offsets[low : high + 1] - offsets[low],
                    position + int(offsets[low]),
                    rate,
                    None,
                )
                for low, high in zip(cuts[:-1], cuts[1:], strict=True)
                if high > low
            ]
            try:
                wait(futures)
            finally:  # after Ctrl-C too: the matrices may be read only when no thread writes them
                results = [future.result() for future in futures]
        return BlockStats(
            loss=sum(result.loss for result in results),
            n_pairs=sum(result.n_pairs for result in results),
            n_steps=sum(result.n_steps for result in results),
        )

    def _train_fused(
        self, tokens: Tokens, offsets: Offsets, position: int, rate: float, _: int | None
    ) -> BlockStats:
        options = self._options
        longest = int(np.diff(offsets).max(initial=0))
        scratch = new_scratch(longest, options.window, options.n_noise, self._matrices.in_vectors.shape[1])
        loss, n_pairs, n_windows = train_windows(
            np.ascontiguousarray(tokens),
            offsets,
            position,
            rate,
            self._matrices,
            self._draws,
            options,
            scratch,
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


Work = Callable[[Tokens, Offsets, int, float, int | None], BlockStats]


def _draws(plan: Plan) -> Draws:
    """Gather what the fused kernel draws from."""
    sampler = plan.sampler
    n_words = sampler.noise.probabilities.size
    return Draws(
        keep=sampler.windows.keep,
        accept=sampler.noise.table.accept,
        alias=sampler.noise.table.alias,
        log_counts=sampler.noise.log_expected_counts(sampler.noise.n_noise, np.arange(n_words)),
        subsample_key=np.uint64(sampler.windows.subsample_key),
        window_key=np.uint64(sampler.windows.window_key),
        noise_key=np.uint64(sampler.noise_key),
    )
