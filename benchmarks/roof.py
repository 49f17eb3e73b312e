"""What bounds the training kernel: its arithmetic and its rows, beside what the machine does at most.

    python benchmarks/roof.py reviews.txt.xz > docs/benchmarks/roof.jsonl

One thread. A window's time on the text, and on words that all fit the nearest caches; the operations and
rows that it has; and, in the same run, how many multiplications and additions a loop in registers does, how
fast rows at random places of tables of that size are read and changed, and how long one such place takes to
arrive.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from arguments import make_parser
from records import print_line, print_setting
from systems import prepare
from update_rows import rows_of_updates

from textransfer.compiling import compiled
from textransfer.config import PretrainConfig
from textransfer.pretrain.engines.cpu import CpuEngine, _padded
from textransfer.pretrain.kernels.lanes import LANES, constant, load, multiply_add, prefetch, row, store
from textransfer.pretrain.kernels.products import BLOCK
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.tables import initial_tables

SIZES = (100, 300)
N_TOKENS = 1_000_000
FEW_WORDS = 200
"""Rows of so many words fit the second cache at both sizes."""
N_ROWS = 2_000_000
AHEAD = 8
"""Rows that are fetched before they are needed."""
LINE = 16


@compiled
def multiply(matrix: np.ndarray, n: int) -> None:
    """Do sixteen multiplications and additions of registers n times, none of which waits for another."""
    rows = row(matrix, 0)
    x, y = load(rows, 0), load(rows, LANES)
    a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = constant(np.float32(0.0))
    b0 = b1 = b2 = b3 = b4 = b5 = b6 = b7 = x
    for _ in range(n):
        a0, a1, a2 = multiply_add(x, y, a0), multiply_add(x, y, a1), multiply_add(x, y, a2)
        a3, a4, a5 = multiply_add(x, y, a3), multiply_add(x, y, a4), multiply_add(x, y, a5)
        a6, a7, b0 = multiply_add(x, y, a6), multiply_add(x, y, a7), multiply_add(y, x, b0)
        b1, b2, b3 = multiply_add(y, x, b1), multiply_add(y, x, b2), multiply_add(y, x, b3)
        b4, b5, b6 = multiply_add(y, x, b4), multiply_add(y, x, b5), multiply_add(y, x, b6)
        b7 = multiply_add(y, x, b7)
    total = ((a0 + a1) + (a2 + a3)) + ((a4 + a5) + (a6 + a7))
    store(rows, 0, total + (((b0 + b1) + (b2 + b3)) + ((b4 + b5) + (b6 + b7))))


@compiled
def change_rows(matrix: np.ndarray, places: np.ndarray) -> None:
    """Read and write back each of some rows, fetched ahead as the kernel does."""
    one = constant(np.float32(1.0))
    for i in range(places.size - AHEAD):
        ahead, here = row(matrix, places[i + AHEAD]), row(matrix, places[i])
        for j in range(0, matrix.shape[1], LINE):
            prefetch(ahead, j)
        for j in range(0, matrix.shape[1], LANES):
            store(here, j, load(here, j) * one)


@compiled
def follow(chain: np.ndarray, n: int) -> int:
    """Go from place to place, each of which names the next."""
    place = np.int64(0)
    for _ in range(n):
        place = chain[place]
    return place


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "corpus", "--repeats", repeats=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        encoded = prepare(arguments.corpus, Path(folder)).encoded
        n_documents = min(int(np.searchsorted(encoded.offsets, N_TOKENS)), len(encoded.offsets) - 1)
        offsets = encoded.offsets[: n_documents + 1]
        tokens = np.array(encoded.tokens[: offsets[-1]])
        counts = encoded.vocabulary.counts
    print_setting(n_words=tokens.size, vocabulary=counts.size, window=5, negative=5, sample=1e-3)
    measure_processor(arguments.repeats)
    for size in SIZES:
        measure(tokens, offsets, counts, size, arguments.repeats)


def measure_processor(repeats: int) -> None:
    """Time arithmetic in registers, and copying."""
    block, n = np.ones((1, 2 * LANES), np.float32), 20_000_000
    seconds = best(lambda: multiply(block, n), repeats)
    source = np.ones(64 << 20, np.float32)
    target = np.empty_like(source)
    copying = best(lambda: np.copyto(target, source), repeats)
    print_line(
        kind="processor",
        gflops=round(16 * n * 2 * LANES / seconds / 1e9, 1),
        copied_gb_per_second=round(2 * source.nbytes / copying / 1e9, 1),
    )


def measure(tokens: np.ndarray, offsets: np.ndarray, counts: np.ndarray, size: int, repeats: int) -> None:
    """Time the kernel and its rows at one size, and count."""
    config = PretrainConfig(vector_size=size, window=5, negative=5, sample=1e-3, noise_sharing="neighbours")
    plan = TrainingPlan.from_config(config, counts, 1, batch_size=1)
    n_in, n_out = rows_of_updates(plan.sampler, tokens, offsets)
    n_windows = plan.sampler.windows.draw(tokens, offsets, 0).positions.size
    seconds = time_kernel(plan, tokens, offsets, size, repeats)

    few = (tokens % FEW_WORDS).astype(np.int32)
    few_plan = TrainingPlan.from_config(config, np.bincount(few), 1, batch_size=1)
    few_plan.sampler.windows.keep[:] = np.uint64(n_windows / tokens.size * 2**32)
    few_windows = few_plan.sampler.windows.draw(few, offsets, 0).positions.size
    in_cache = time_kernel(few_plan, few, offsets, size, repeats)

    matrix = _padded(np.ones((2 * counts.size, size), np.float32))
    places = np.random.default_rng(0).integers(0, len(matrix), N_ROWS)
    rows = best(lambda: change_rows(matrix, places), repeats)
    chain = np.zeros(matrix.size // 2, np.int64)  # as large as the tables
    order = np.random.default_rng(0).permutation(chain.size // 8) * 8  # one in each cache line
    chain[order] = np.roll(order, -1)
    latency = best(lambda: follow(chain, N_ROWS), repeats)
    width = matrix.shape[1]
    print_line(
        kind="kernel",
        vector_size=size,
        windows=n_windows,
        ns_a_window=round(seconds / n_windows * 1e9, 1),
        ns_a_window_in_cache=round(in_cache / few_windows * 1e9, 1),
        in_rows_a_window=round(n_in / n_windows, 2),
        out_rows_a_window=round(n_out / n_windows, 2),
        bytes_a_window=round(2 * 4 * (n_in + n_out) * width / n_windows),
        flop_a_window=round(3 * 2 * n_in * BLOCK * width / n_windows),
        ns_a_random_row=round(rows / N_ROWS * 1e9, 1),
        bytes_a_row=2 * 4 * width,
        ns_a_random_place=round(latency / N_ROWS * 1e9, 1),
    )


def time_kernel(
    plan: TrainingPlan, tokens: np.ndarray, offsets: np.ndarray, size: int, repeats: int
) -> float:
    """Return the seconds of one thread over the text, best of some."""
    engine = CpuEngine(plan, initial_tables(plan.sampler.noise.probabilities, size, "word2vec", 1), n_jobs=1)
    return best(lambda: engine.train_block(tokens, offsets, 0, 0.025), repeats)


def best(work: Callable[[], object], repeats: int) -> float:
    """Return the seconds of the processor of the quickest of some repeats, after one that compiles."""
    work()
    seconds = []
    for _ in range(repeats):
        started = time.thread_time()
        work()
        seconds.append(time.thread_time() - started)
    return min(seconds)


if __name__ == "__main__":
    main()
