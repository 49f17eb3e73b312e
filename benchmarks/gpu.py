"""The GPU engine: gate, variants, share of the memory's speed, quality. JSON lines on standard output.

    python benchmarks/gpu.py --prepare reviews.txt.xz imdb.npz     # once, anywhere: words to numbers
    python benchmarks/gpu.py imdb.npz                              # on a machine with a GPU
    python benchmarks/gpu.py --interpret                           # a tiny text in Triton's interpreter
    python benchmarks/gpu.py --compile                             # what the compiler makes of it; no GPU
    python benchmarks/gpu.py imdb.npz --concurrency 1 64 1024      # quality by windows in flight; no GPU

Nothing is timed before the kernel has taken the same steps as the specification. Words are raw words, before
subsampling. The memory's speed is that of a large copy in the same run, bytes read and written.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from arguments import make_parser
from gpu_corpus import prepare, read_corpus, scores, small_corpus
from records import print_line
from update_rows import rows_of_updates

from textransfer import __version__
from textransfer.config import PretrainConfig
from textransfer.pretrain.engines.base import Engine
from textransfer.pretrain.objectives import apply_step
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.tables import Tables, initial_tables
from textransfer.pretrain.trainer import Trainer
from textransfer.text.encoding.encoded import EncodedCorpus

if TYPE_CHECKING:
    from textransfer.pretrain.engines.triton import TritonEngine

PER_PROCESSOR = {1: (1, 2, 4, 8, 16), 2: (2, 4, 5), 4: (2, 3)}
"""Programs a multiprocessor to try, by warps a program; `--compile` says how many fit."""
PROCESSORS = 132
"""Of an H100 or H200."""


def main() -> None:
    """Run what the options ask for."""
    arguments = read_arguments()
    if arguments.interpret:
        os.environ["TRITON_INTERPRET"] = "1"  # before anything imports triton
    if arguments.prepare:
        prepare(arguments.prepare[:-1], Path(arguments.prepare[-1]))
        return
    config = PretrainConfig(
        objective=arguments.objective,
        vector_size=arguments.vector_size,
        window=arguments.window,
        negative=arguments.negative,
        epochs=arguments.epochs,
        sample=1e-3,
        noise_sharing="neighbours",  # the default for a text of this size
    )
    if arguments.compile:
        from gpu_compiled import describe

        describe(config, print_line)
        return
    corpus, pairs = read_corpus(arguments.corpus) if arguments.corpus else small_corpus()
    print_line(
        kind="setting",
        date=date.today().isoformat(),
        machine=platform.machine(),
        python=platform.python_version(),
        versions={"textransfer": __version__, "numpy": np.__version__},
        n_words=corpus.n_tokens,
        vocabulary=len(corpus.vocabulary.words),
        **{k: v for k, v in config.to_dict().items() if k in vars(arguments)},
    )
    if arguments.concurrency:
        for batch_size in arguments.concurrency:
            simulate(corpus, pairs, config, batch_size, arguments)
    else:
        measure(corpus, pairs, config, arguments)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(
        __doc__, "--vector-size", "--window", "--epochs", "--repeats", "--states", vector_size=128, repeats=7
    )
    parser.add_argument("corpus", nargs="?", type=Path, help="from --prepare; a tiny text without it")
    parser.add_argument("--prepare", nargs="+", metavar="FILE", help="texts, and last the .npz to write")
    parser.add_argument("--interpret", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--concurrency", nargs="+", type=int, metavar="WINDOWS")
    parser.add_argument("--most-changes", type=float, help="damp frequent words so; default: not at all")
    parser.add_argument("--negative", type=int, default=5)
    parser.add_argument("--objective", choices=["sgns", "nce"], default="sgns")
    parser.add_argument("--block", type=int, default=1_000_000, help="words a launch when variants are timed")
    return parser.parse_args()


def measure(
    corpus: EncodedCorpus, pairs: dict[str, np.ndarray], config: PretrainConfig, arguments: argparse.Namespace
) -> None:
    """Gate, speed of the variants, and quality of the default."""
    import torch
    import triton

    device = "cpu" if arguments.interpret else "cuda"
    print_line(
        kind="machine",
        torch=torch.__version__,
        triton=triton.__version__,
        device="interpreter" if arguments.interpret else torch.cuda.get_device_name(),
    )
    gate(corpus, config, device, n_tokens=60 if arguments.interpret else 2_000)
    copied = copy_speed(device, n_bytes=2**20 if arguments.interpret else 2**32)
    print_line(kind="memory", copy_gigabytes_per_second=round(copied / 1e9, 1))
    all_variants = list(variants())
    chosen = [all_variants[0], {"n_programs": 4}, all_variants[-1]] if arguments.interpret else all_variants
    n_block = 60 if arguments.interpret else arguments.block
    for variant in chosen:
        speed(
            corpus, config, device, variant, n_block, 1 if arguments.interpret else arguments.repeats, copied
        )
    epochs = 1 if arguments.interpret else arguments.epochs
    for state in range(arguments.states):
        engine = gpu_engine(corpus, config, device, state)
        train_and_judge(engine, corpus, pairs, replace(config, epochs=epochs), state, system="triton")


def variants() -> Iterator[dict[str, Any]]:
    """Yield what to try, the default first."""
    yield {}
    for n_warps, numbers in PER_PROCESSOR.items():
        for number in numbers:
            yield {"n_programs": number * PROCESSORS, "n_warps": n_warps}
    for precision in ("tf32x3", "ieee"):
        yield {"n_programs": 4 * PROCESSORS, "n_warps": 2, "precision": precision}
    for most_changes in (100.0, 1e9):
        yield {"n_programs": 8 * PROCESSORS, "most_changes": most_changes}


def gpu_engine(
    corpus: EncodedCorpus,
    config: PretrainConfig,
    device: str,
    state: int,
    start: str = "word2vec",
    **variant: Any,  # noqa: ANN401  # what the engine takes
) -> "TritonEngine":
    """Make the engine."""
    from textransfer.pretrain.engines.triton import TritonEngine

    plan = TrainingPlan.from_config(config, corpus.vocabulary.counts, state, batch_size=1)
    tables = initial_tables(plan.sampler.noise.probabilities, config.vector_size or 1, start, state)
    return TritonEngine(plan, tables, device=device, **variant)


def gate(corpus: EncodedCorpus, config: PretrainConfig, device: str, n_tokens: int) -> None:
    """Stop unless the kernel, one program in flight, takes the same steps as NumPy in float64."""
    tokens, offsets = head(corpus, n_tokens)
    for objective in ("sgns", "nce"):
        changed = replace(config, objective=objective)
        engine = gpu_engine(corpus, changed, device, 1, "article", n_programs=1, precision="ieee")
        plan = TrainingPlan.from_config(changed, corpus.vocabulary.counts, 1, batch_size=1)
        truth = Tables(*(table.astype(np.float64) for table in vars(engine.tables()).values()))
        stats = engine.train_block(tokens, offsets, 0, 0.025)
        steps = plan.sampler.draw(tokens, offsets, 0)
        loss = 0.0
        for low, high in zip(steps.offsets[:-1], steps.offsets[1:], strict=True):
            parts = {name: values[low:high] for name, values in vars(steps).items() if name != "offsets"}
            step = replace(steps, **parts, offsets=np.array([0, high - low]))
            loss += apply_step(truth, step, 0.025, objective, config.reduction)
        for name, table in vars(engine.tables()).items():
            np.testing.assert_allclose(table, getattr(truth, name), rtol=1e-4, atol=1e-5, err_msg=name)
        np.testing.assert_allclose(stats.loss, loss, rtol=1e-5)
        print_line(
            kind="gate",
            objective=objective,
            steps_equal_to_the_specification=steps.n_steps,
        )


def head(corpus: EncodedCorpus, n_tokens: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first documents of about so many tokens."""
    n_documents = max(1, int(np.searchsorted(corpus.offsets, n_tokens, side="right")) - 1)
    return corpus.take(np.arange(n_documents))


def copy_speed(device: str, n_bytes: int) -> float:
    """Return the bytes that a large copy reads and writes a second."""
    import torch

    source = torch.rand(n_bytes // 4, device=device)
    target = torch.empty_like(source)
    seconds = []
    for _ in range(12):
        synchronize(device)
        started = time.perf_counter()
        target.copy_(source)
        synchronize(device)
        seconds.append(time.perf_counter() - started)
    return 2 * n_bytes / statistics.median(seconds[2:])


def synchronize(device: str) -> None:
    """Wait until the device has done all that it was asked."""
    import torch

    if device != "cpu":
        torch.cuda.synchronize()


def speed(
    corpus: EncodedCorpus,
    config: PretrainConfig,
    device: str,
    variant: dict[str, Any],
    n_block: int,
    repeats: int,
    copied: float,
) -> None:
    """Time one block again and again; say what share of the memory's speed its rows took.

    Bytes are those that the design asks for, rows read and rows changed, wherever in the caches they end:
    an update of W windows in m centres has m + W + K rows of D floats. The tables go on learning, so that no
    block is trained on zeros.
    """
    tokens, offsets = head(corpus, n_block)
    try:
        engine = gpu_engine(corpus, config, device, 0, "article", **variant)
        for _ in range(2 if repeats > 1 else 0):
            engine.train_block(tokens, offsets, 0, 0.01)
    except Exception as error:  # a variant that does not compile or fit must not end the run
        print_line(kind="speed", **variant, error=f"{type(error).__name__}: {error}"[:300])
        return
    seconds = []
    for i in range(repeats):
        started = time.perf_counter()
        stats = engine.train_block(tokens, offsets, i * tokens.size, 0.01)
        seconds.append(time.perf_counter() - started)
    rows = sum(rows_of_updates(engine._plan.sampler, tokens, offsets))  # read, and changed again
    n_bytes = 2 * 4 * rows * (config.vector_size or 1)
    print_line(
        kind="speed",
        **{"n_programs": engine._n_programs, **variant},
        words=tokens.size,
        steps=stats.n_steps,
        bytes_a_word=round(n_bytes / tokens.size),
        million_words_per_second=round(tokens.size / statistics.median(seconds) / 1e6, 3),
        lowest=round(tokens.size / max(seconds) / 1e6, 3),
        highest=round(tokens.size / min(seconds) / 1e6, 3),
        share_of_copy_speed=round(n_bytes / statistics.median(seconds) / copied, 3),
        loss=round(stats.loss / stats.n_pairs, 4),
    )


def simulate(
    corpus: EncodedCorpus,
    pairs: dict[str, np.ndarray],
    config: PretrainConfig,
    batch_size: int,
    arguments: argparse.Namespace,
) -> None:
    """Train on the CPU with so many windows computed from one copy of the tables, and then added.

    That is the worst that many programs in flight can do: in truth each sees what the others have added
    until it begins its window.
    """
    from gpu_simulation import Simulation

    for state in range(arguments.states):
        alone = replace(config, noise_sharing="window")
        plan = TrainingPlan.from_config(alone, corpus.vocabulary.counts, state, batch_size=batch_size)
        tables = initial_tables(plan.sampler.noise.probabilities, config.vector_size or 1, "word2vec", state)
        engine = Simulation(plan, tables, arguments.most_changes)
        facts = {"windows_in_flight": batch_size, "most_changes": arguments.most_changes}
        train_and_judge(engine, corpus, pairs, config, state, system="cpu", **facts)


def train_and_judge(
    engine: Engine,
    corpus: EncodedCorpus,
    pairs: dict[str, np.ndarray],
    config: PretrainConfig,
    state: int,
    **facts: object,
) -> None:
    """Train as `pretrain` does and compare cosines with human scores (Spearman's rank correlation)."""
    rate = LearningRate(config.learning_rate, config.min_learning_rate, config.schedule)
    started = time.perf_counter()
    try:
        records = list(Trainer(engine, corpus, config.epochs or 1, rate, shuffle_seed=state).run())
    except ArithmeticError as error:
        print_line(kind="quality", **facts, state=state, error=str(error))
        return
    seconds = time.perf_counter() - started
    last = records[-len(records) // 20 :]
    print_line(
        kind="quality",
        **facts,
        state=state,
        epochs=config.epochs,
        seconds=round(seconds, 2),
        million_words_per_second=round(records[-1].n_tokens / seconds / 1e6, 3),
        loss=round(float(np.nanmean([record.loss for record in last])), 4),
        **dict(scores(engine.tables().in_vectors, pairs)),
    )


if __name__ == "__main__":
    main()
