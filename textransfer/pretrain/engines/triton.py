"""The GPU engine: text, draws and tables on the device, one fused launch a block.

Many programs update the same matrices without locks (Recht et al. 2011, Hogwild): with more than one the
result varies a little from run to run. Without a GPU the same kernels run in Triton's interpreter, slowly:
set TRITON_INTERPRET=1 before anything imports triton, and ask for device "cpu".
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import triton

from textransfer.config import Objective
from textransfer.errors import ConfigError
from textransfer.pretrain.engines.base import BlockStats
from textransfer.pretrain.engines.damping import MOST_CHANGES, changes_a_window, damping
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.sampling.windows import STRETCH_BITS
from textransfer.pretrain.tables import Tables
from textransfer.pretrain.triton_kernels.text import lay_windows, mark_kept
from textransfer.pretrain.triton_kernels.windows import train_windows

SMALLEST_TILE = 16
"""Rows and columns that the matrix units want at least."""
TEXT_BLOCK = 512
"""Tokens that one program subsamples."""
SECTOR = 8
"""Floats that the memory moves at once (32 bytes); rows begin at such a border."""
TRAINED: tuple[Objective, ...] = ("sgns", "nce")
"""Objectives that the kernel has."""
MOST_NOISE_WORDS = 63
MOST_DIMENSIONS = 1024
"""One program holds all output vectors of a window: beyond these sizes they no longer fit."""
PROGRAMS_A_PROCESSOR = 8
"""As many of one warp as its registers hold at 128 dimensions."""
STRONGEST_DAMPING = 4.0
"""By what the most frequent word may be damped before fewer windows are worked on at once."""


class TritonEngine:
    """Trains a copy of the tables with fused Triton kernels.

    Parameters
    ----------
    device : str
        "cuda", "cuda:1", ...; "cpu" in Triton's interpreter.
    n_programs : int, optional
        Updates in flight: each program works through its own part of the block, one at a time,
        and does not see what the others add meanwhile. Open means by `default_programs`.
    precision : {"tf32", "tf32x3", "ieee"}
        How the matrix units multiply: 10-bit factors, three products that make up for it, or no matrix units.
    n_warps : int
        Groups of 32 threads a program.
    most_changes : float
        Changes to one vector that windows in flight may add up to; vectors of words too frequent for that
        take smaller steps (`textransfer.pretrain.engines.damping`). One program alone damps nothing.

    Raises
    ------
    ConfigError
        If the kernel lacks the objective, or the plan is not trained window by window or too large for it.
    """

    name = "triton"

    def __init__(
        self,
        plan: TrainingPlan,
        tables: Tables,
        *,
        device: str = "cuda",
        n_programs: int | None = None,
        precision: str = "tf32",
        n_warps: int = 1,
        most_changes: float = MOST_CHANGES,
    ) -> None:
        _check_size(plan, tables.in_vectors.shape[1])
        self._plan = plan
        self._device = torch.device(device)
        self._n_programs = n_programs or default_programs(plan, self._device)
        self._is_damped = self._n_programs > 1
        n_windows = self._n_programs * plan.sampler.group if self._is_damped else 1
        self._damping = [self._put(part) for part in damping(plan, n_windows, most_changes)]
        self._precision = precision
        self._n_warps = n_warps
        self.is_deterministic = self._n_programs == 1
        self._put_draws(plan)
        self.load(tables)

    def load(self, tables: Tables) -> None:
        """Go on from other tables of the same shapes."""
        self._size = tables.in_vectors.shape[1]
        self._in, self._out = (self._padded(table) for table in (tables.in_vectors, tables.out_vectors))
        self._bias = self._put(np.array(tables.out_bias, dtype=np.float32))

    def compile(self) -> None:
        """Do nothing: Triton compiles at the first block."""

    def tables(self) -> Tables:
        """Return a copy of the tables as they stand."""
        in_vectors, out_vectors = (
            matrix[:, : self._size].cpu().numpy().copy() for matrix in (self._in, self._out)
        )
        return Tables(in_vectors, out_vectors, self._bias.cpu().numpy().copy())

    def live(self) -> list[torch.Tensor]:
        """Return the tables themselves, rows filled up with zeros that stay so; see `Engine.live`."""
        return [self._in, self._out, *([self._bias] if self._plan.has_bias else [])]

    def train_block(
        self,
        tokens: npt.NDArray[np.int32],
        offsets: npt.NDArray[np.int64],
        position: int,
        rate: float,
        *,
        max_steps: int | None = None,
    ) -> BlockStats:
        """Train on some documents; see `Engine.train_block`.

        The host waits for the device once, for the sums at the end.
        """
        if not tokens.size:
            return BlockStats(0.0, 0, 0)
        self._numbers[3] = position
        words, places, lows, highs, n_windows = self._lay_windows(tokens, offsets)
        starts, n_groups = self._lay_groups(places, offsets, n_windows)
        n_before = torch.nn.functional.pad((highs - lows - 1).clamp_(min=0).cumsum(0), (1, 0))
        sizes = n_before[starts[1:].long()] - n_before[starts[:-1].long()]
        if max_steps is not None:
            n_steps = (sizes > 0).cumsum(0, dtype=torch.int32)
            n_groups = torch.minimum(n_groups, (n_steps < max_steps).sum(dtype=torch.int32) + 1)
            sizes[n_groups.long() :] = 0
        losses = self._train_windows(words, places, lows, highs, starts, n_groups, rate=rate)
        loss, n_pairs, n_steps = torch.stack(
            [losses.sum(), sizes.sum(dtype=torch.float64), (sizes > 0).sum(dtype=torch.float64)]
        ).tolist()
        return BlockStats(loss, int(n_pairs), int(n_steps))

    def _lay_windows(
        self, tokens: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64]
    ) -> tuple[torch.Tensor, ...]:
        """Subsample on the device; return words, places, lows, highs, and how many of them count."""
        n = tokens.size
        text, ends = self._put(tokens), self._put(offsets)
        n_before = torch.zeros(n + 1, dtype=torch.int32, device=self._device)
        grid = (triton.cdiv(n, TEXT_BLOCK),)
        mark_kept[grid](text, self._keep, self._numbers, n, n_before[1:], BLOCK=TEXT_BLOCK)
        n_before = n_before.cumsum(0, dtype=torch.int32)
        documents = torch.searchsorted(ends, torch.arange(n, device=self._device), right=True) - 1
        words, places, lows, highs = torch.zeros((4, n), dtype=torch.int32, device=self._device)
        windows = self._plan.sampler.windows
        lay_windows[grid](
            text,
            documents,
            ends,
            n_before,
            self._numbers,
            n,
            words,
            places,
            lows,
            highs,
            WINDOW=windows.window,
            IS_SHRINKING=windows.is_shrinking,
            BLOCK=TEXT_BLOCK,
        )
        return words, places, lows, highs, n_before[-1]

    def _lay_groups(
        self, places: torch.Tensor, offsets: npt.NDArray[np.int64], n_windows: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the first window of each update, then the number of windows; and how many updates there are.

        A word alone in its document counts as a window here; it has no pairs.
        """
        index = torch.arange(places.numel(), device=self._device)
        documents = torch.searchsorted(self._put(offsets), places, right=True)
        stretches = (self._numbers[3] + places) >> STRETCH_BITS
        begins = torch.ones_like(index, dtype=torch.bool)
        begins[1:] = (documents.diff() != 0) | (stretches.diff() != 0)
        ranks = index - torch.where(begins, index, 0).cummax(0).values
        is_first = (ranks % self._plan.sampler.group == 0) & (index < n_windows)
        starts = n_windows.expand(index.numel() + 2).clone()
        order = torch.where(is_first, is_first.cumsum(0) - 1, index.numel() + 1)
        starts[order] = torch.where(is_first, index, n_windows).to(torch.int32)
        return starts[:-1], is_first.sum(dtype=torch.int32)

    def _train_windows(self, *windows: torch.Tensor, rate: float) -> torch.Tensor:
        """Launch the kernel that takes a step a window; return the summed loss of each program."""
        constants = kernel_constants(self._plan, self._in.shape[1], self._precision)
        n_tiles = constants["MOST_TILES"]
        n_scratch = n_tiles * constants["ROWS"] * constants["COLUMNS"] if n_tiles > 1 else 1
        losses = torch.empty(self._n_programs, dtype=torch.float64, device=self._device)
        train_windows[(self._n_programs,)](
            *windows,
            self._numbers,
            self._alias_table,
            self._log_counts,
            self._in,
            self._out,
            self._bias,
            *self._damping,
            torch.empty((self._n_programs, n_scratch), dtype=torch.float32, device=self._device),
            losses,
            rate,
            self._bias.numel(),
            **constants,
            IS_DAMPED=self._is_damped,
            num_warps=self._n_warps,
        )
        return losses

    def _put_draws(self, plan: TrainingPlan) -> None:
        """Copy what samples are drawn from to the device."""
        sampler = plan.sampler
        n_words = sampler.noise.probabilities.size
        self._alias_table = self._put(sampler.noise.table.packed.view(np.int64))
        self._keep = self._put(sampler.windows.keep.view(np.int64))
        self._log_counts = self._put(
            sampler.noise.log_expected_counts(sampler.noise.n_noise, np.arange(n_words))
        )
        keys = [sampler.windows.subsample_key, sampler.windows.window_key, sampler.noise_key, 0]
        self._numbers = self._put(np.array(keys, dtype=np.uint64).view(np.int64))

    def _padded(self, table: npt.NDArray[np.float32]) -> torch.Tensor:
        """Copy a table to the device, its rows filled up with zeros to a whole number of sectors."""
        n_words, size = table.shape
        matrix = torch.zeros((n_words, padded(size)), dtype=torch.float32, device=self._device)
        matrix[:, :size] = torch.from_numpy(np.array(table, dtype=np.float32))
        return matrix

    def _put(self, array: npt.NDArray[np.generic]) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self._device)


def _check_size(plan: TrainingPlan, vector_size: int) -> None:
    """Refuse what the kernel cannot train."""
    if plan.objective not in TRAINED:
        raise ConfigError(
            f"engine 'triton' cannot train objective {plan.objective!r}, only {' and '.join(TRAINED)}; "
            "use engine 'torch'"
        )
    if not plan.is_window_wise:
        raise ConfigError(
            "engine 'triton' trains one window or group of neighbours a step, with noise words that it "
            "shares, drawn with replacement; leave batch_size, noise_sharing and noise_replacement as they "
            "are, or use engine 'torch'"
        )
    for number, most, name in (
        (plan.sampler.noise.n_noise, MOST_NOISE_WORDS, "noise words"),
        (vector_size, MOST_DIMENSIONS, "dimensions"),
    ):
        if number > most:
            raise ConfigError(
                f"engine 'triton' takes at most {most} {name}, not {number}; use engine 'torch'"
            )


def kernel_constants(plan: TrainingPlan, pitch: int, precision: str) -> dict[str, Any]:
    """Return what `train_windows` is compiled for; `pitch` floats lie from row to row of the matrices."""
    sampler = plan.sampler
    return {
        "GROUP": sampler.group,
        "N_NOISE": sampler.noise.n_noise,
        "HAS_BIAS": plan.has_bias,
        "IS_MEAN": plan.reduction == "mean",
        "IS_SKIPPING": sampler.is_skipping,
        "PITCH": pitch,
        "ROWS": SMALLEST_TILE,
        "COLUMNS": power_of_two(sampler.group + sampler.noise.n_noise),
        "WIDTH": power_of_two(pitch),
        "MOST_TILES": triton.cdiv(2 * sampler.windows.window + sampler.group, SMALLEST_TILE),
        "PRECISION": precision,
    }


def default_programs(plan: TrainingPlan, device: torch.device) -> int:
    """Return how many programs run at once: as many as the device holds, fewer for a small vocabulary.

    A small vocabulary has words so frequent that many windows at once all change them: see `damping`.
    """
    if device.type == "cpu":
        return 1
    n_processors = torch.cuda.get_device_properties(device).multi_processor_count
    hottest = max(float(changes.max()) for changes in changes_a_window(plan))
    bound = int(STRONGEST_DAMPING * MOST_CHANGES / hottest / plan.sampler.group)
    return max(1, min(n_processors * PROGRAMS_A_PROCESSOR, bound))


def padded(size: int) -> int:
    """Return the floats of a row that holds a vector in whole sectors."""
    return -(-size // SECTOR) * SECTOR


def power_of_two(size: int) -> int:
    """Return the power of two, 16 or more, that holds a size."""
    return max(SMALLEST_TILE, 1 << (size - 1).bit_length())
