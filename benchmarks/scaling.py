"""Threads against processes: speed and quality on one machine, and what 64 machines would do on paper.

    python benchmarks/scaling.py reviews.txt.xz --repeats 3 > docs/benchmarks/scaling.jsonl
    python benchmarks/scaling.py --table docs/benchmarks/scaling.jsonl --into docs/clusters.md

The first command trains with one thread, two threads, and two processes of one thread under torchrun, in
turn, by the program itself; speed is that of training, without reading. Before that it checks that two
processes end with the same matrices, bit for bit. It prints JSON lines. The second command writes the tables.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from arguments import make_parser
from gensim.test.utils import datapath
from records import print_line, print_setting

from textransfer import WordVectors
from textransfer.config import Combining
from textransfer.pretrain.processes.combining import Combiner, rows_of
from textransfer.pretrain.trainer import FEWEST_ROUNDS

BEGIN, END = "<!-- table scaling -->", "<!-- end -->"
SYSTEMS = {"1 thread": (1, 1), "2 threads": (1, 2), "2 processes of 1 thread": (2, 1)}
N_THREADS = 2
"""Of a simulated machine: the measured ones."""
NODES = (1, 2, 4, 8, 16, 32, 64)
BANDWIDTHS = (10, 100)
LATENCY = 50e-6
"""Seconds from one machine to the next, over TCP in a data centre; an assumption."""
CORPORA = {
    "this text": None,
    "1 G words, 300 dimensions": (1_000_000_000, 1_000_000, 300, 5),
    "100 G words, 300 dimensions": (100_000_000_000, 3_000_000, 300, 1),
}
"""Words, vocabulary, dimensions and epochs of the simulated runs."""
READING = Path(__file__).resolve().parent.parent / "docs/benchmarks/text.jsonl"
"""Where reading was measured, with as many threads."""
TABLES_HELD = 4
"""Input and output vectors, and both as they were last combined."""
BYTES_ON_DISK = 2 * 4
"""Of a word: the encoded text, twice while it is read."""


def main() -> None:
    """Measure, or write the tables."""
    parser = make_parser(__doc__, "--repeats", "--epochs", "--vector-size", "--window", "--sample")
    parser.add_argument("corpus", nargs="*")
    parser.add_argument("--table", type=Path, help="JSON lines of an earlier measurement")
    parser.add_argument("--into", type=Path, help="document to write the tables into")
    arguments = parser.parse_args()
    if arguments.table is not None:
        write_tables([json.loads(line) for line in arguments.table.open(encoding="utf-8")], arguments.into)
    else:
        measure(arguments)


def measure(arguments: argparse.Namespace) -> None:
    """Train with each system in turn and print a line a run."""
    options = [
        "--epochs",
        arguments.epochs,
        "--vector-size",
        arguments.vector_size,
        "--window",
        arguments.window,
    ]
    options += ["--sample", arguments.sample, "--min-count", 5]
    corpus = [str(Path(path).resolve()) for path in arguments.corpus]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_repeatable(folder, corpus)
        first = train(folder, "1 thread", [*corpus, *options, "--epochs", 1], seed=0)
        print_setting(
            n_words=first["n_words"],
            vocabulary=first["vocabulary"],
            combining=asdict(Combining()),
            **{name: getattr(arguments, name) for name in ("epochs", "vector_size", "window", "sample")},
            seconds_a_row=seconds_a_row(arguments.vector_size),
        )
        for repeat in range(arguments.repeats):
            for system in SYSTEMS:
                result = train(folder, system, [*corpus, *options], seed=repeat)
                print_line(kind="run", system=system, repeat=repeat, **result)


def check_repeatable(folder: Path, corpus: list[str]) -> None:
    """Stop unless two processes give the same vectors twice."""
    options = ["--epochs", 1, "--vector-size", 16, "--window", 2, "--combine-words", 20_000]
    found = []
    for _ in range(2):
        train(folder, "2 processes of 1 thread", [*corpus, *options], seed=0)
        found.append(WordVectors.load(folder / "embeddings").matrix)
    np.testing.assert_array_equal(*found)
    print_line(kind="gate", two_processes_repeat_bit_for_bit=True)


def train(folder: Path, system: str, arguments: list[object], seed: int) -> dict[str, Any]:
    """Run the program; return speed, loss and quality."""
    n_processes, n_threads = SYSTEMS[system]
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={n_processes}"]
    command = [sys.executable, *(launcher if n_processes > 1 else []), "-m", "textransfer", "pretrain"]
    command += [*arguments, "--n-jobs", n_threads, "--random-state", seed]
    command += ["--json", "--quiet", "--force", "--checkpoint-every", 0, "-o", folder / "embeddings"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(list(map(str, command)), env=environment, stdout=subprocess.PIPE, check=True)
    facts = json.loads(done.stdout)
    keyed = WordVectors.load(folder / "embeddings").to_gensim()
    scores = {}
    for name, file in (("wordsim353", "wordsim353.tsv"), ("simlex999", "simlex999.txt")):
        scores[name] = round(float(keyed.evaluate_word_pairs(datapath(file))[1][0]), 4)
    return {
        "words_per_second": round(facts["training"]["tokens_per_second"]),
        "seconds": round(facts["training"]["seconds"], 2),
        "n_words": facts["n_tokens"] - facts["n_dropped_tokens"],
        "vocabulary": facts["n_words"],
        "loss": round(facts["training"]["loss"], 4),
        **scores,
    }


def seconds_a_row(vector_size: int) -> float:
    """Measure what combining a row costs without the network: both matrices, best of ten."""
    torch.set_num_threads(1)
    tables = [torch.randn(20_000, vector_size) for _ in range(2)]
    shares = torch.full([20_000], 1 / 20_000, dtype=torch.float64)
    combiner = Combiner(tables, lambda _: lambda: None, 2, shares, Combining())
    times = []
    for _ in range(10):
        started = time.thread_time()
        combiner.combine(1.0, is_last=True)
        times.append(time.thread_time() - started)
    return min(times) / 20_000


def simulate(
    setting: dict[str, Any], speed: float, corpus: tuple[int, int, int, int], n_nodes: int, gigabits: float
) -> dict[str, Any]:
    """Return what a run on so many machines would do.

    Parameters
    ----------
    setting : dict
        Of the measurement.
    speed : float
        Words/s of one machine at the measured dimensions; time a word is taken to grow with them.
    corpus : tuple of int
        Words, vocabulary, dimensions, epochs.
    n_nodes : int
        Machines, a process each.
    gigabits : float
        Of each machine's network, per second.
    """
    n_words, vocabulary, vector_size, epochs = corpus
    combining = Combining(**setting["combining"])
    share = vector_size / setting["vector_size"]
    words = min(combining.words * N_THREADS, n_words * epochs / FEWEST_ROUNDS / n_nodes)
    rows = mean_rows(combining, vocabulary)
    compute = words / speed * share
    local = rows * setting["seconds_a_row"] * share
    volume = rows * 2 * vector_size * 4
    ring = 2 * (n_nodes - 1)
    network = ring / n_nodes * volume / (gigabits * 1e9 / 8) + ring * LATENCY
    if n_nodes == 1:
        local = network = 0.0
    total = compute + local + network
    parts = {"the kernel": compute, "combining in memory": local, "the network": network}
    return {
        "words_per_second": n_nodes * words / total,
        "efficiency": compute / total,
        "binds": max(parts, key=parts.__getitem__),
        "words_a_round": words,
        "bytes_sent": ring / n_nodes * volume * n_words * epochs / (n_nodes * words),
    }


def mean_rows(combining: Combining, vocabulary: int) -> float:
    """Return the rows of a matrix that are combined in a round, on average."""
    rounds = itertools.count(1)
    whole = next(number for number in rounds if rows_of(combining, number, vocabulary) == vocabulary)
    rounds = range(1, whole + 1)
    return statistics.mean(rows_of(combining, number, vocabulary) for number in rounds)


def write_tables(lines: list[dict[str, Any]], document: Path) -> None:
    """Write both tables between the marks of a document."""
    setting = next(line for line in lines if line["kind"] == "setting")
    runs = [line for line in lines if line["kind"] == "run"]
    text = "\n".join([*measured_table(setting, runs), "", *simulated_table(setting, runs)])
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def measured_table(setting: dict[str, Any], runs: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table of runs."""
    yield (
        f"{setting['date']}, {setting['machine']}; {setting['n_words']:,} words, "
        f"vocabulary {setting['vocabulary']:,}; {setting['vector_size']} dimensions, window "
        f"{setting['window']}, sample {setting['sample']:g}, {setting['epochs']} epochs; textransfer "
        f"{setting['versions']['textransfer']}, torch {setting['versions']['torch']}. Medians of "
        f"{len(runs) // len(SYSTEMS)} runs in turn, lowest and highest in brackets."
    )
    yield ""
    yield "| system | words/s | WordSim-353 | SimLex-999 |"
    yield "| --- | --- | --- | --- |"
    for system in SYSTEMS:
        own = [run for run in runs if run["system"] == system]
        speed, wordsim, simlex = (
            spread([run[name] for run in own]) for name in ("words_per_second", "wordsim353", "simlex999")
        )
        low, middle, high = (value / 1e6 for value in speed)
        yield (
            f"| {system} | {middle:.2f} M ({low:.2f} to {high:.2f}) | {wordsim[1]:.3f} ({wordsim[0]:.3f} to "
            f"{wordsim[2]:.3f}) | {simlex[1]:.3f} ({simlex[0]:.3f} to {simlex[2]:.3f}) |"
        )
    ratios = [
        two["words_per_second"] / threads["words_per_second"]
        for threads in runs
        for two in runs
        if (threads["system"], two["system"]) == ("2 threads", "2 processes of 1 thread")
        and threads["repeat"] == two["repeat"]
    ]
    low, middle, high = spread(ratios)
    yield ""
    yield (
        f"Two processes reach {middle:.2f} of the speed of two threads (pair by pair, median; {low:.2f} to "
        f"{high:.2f})."
    )


def simulated_table(setting: dict[str, Any], runs: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table on paper."""
    speed = spread([run["words_per_second"] for run in runs if run["system"] == "2 threads"])[1]
    combining = Combining(**setting["combining"])
    yield (
        f"On paper, from the speed of two threads above ({speed / 1e6:.2f} M words/s a machine), "
        f"{setting['seconds_a_row'] * 1e9:.0f} ns to combine a row in memory, and "
        f"{combining.words * N_THREADS:,} words a machine between two combinations (fewer where the run "
        f"would have less than {FEWEST_ROUNDS} of them). A combination of B bytes over N machines takes "
        "2 (N-1)/N B / bandwidth + 2 (N-1) latency "
        f"(ring all-reduce; latency {LATENCY * 1e6:.0f} us); nothing of it is hidden behind training, all "
        "machines are equally fast, and time a word grows with the dimensions. Share of N times one "
        "machine's speed, and what takes the largest part of the time:"
    )
    for name, size in CORPORA.items():
        own = (setting["n_words"], setting["vocabulary"], setting["vector_size"], setting["epochs"])
        corpus = size or own
        yield ""
        yield f"**{name}**: {corpus[0]:,} words, vocabulary {corpus[1]:,}, {corpus[2]} dimensions"
        yield ""
        yield (
            "| machines | words between combinations | "
            + " | ".join(f"{gigabits} Gbit/s | binds" for gigabits in BANDWIDTHS)
            + " |"
        )
        yield "| --- " * (2 + 2 * len(BANDWIDTHS)) + "|"
        for n_nodes in NODES:
            found = [simulate(setting, speed, corpus, n_nodes, gigabits) for gigabits in BANDWIDTHS]
            cells = [
                f"{one['efficiency']:.0%} ({one['words_per_second'] / 1e6:.1f} M/s) | {one['binds']}"
                for one in found
            ]
            yield f"| {n_nodes} | {found[0]['words_a_round']:,.0f} | " + " | ".join(cells) + " |"
    yield ""
    yield from needs_table(setting, speed)


def needs_table(setting: dict[str, Any], speed: float) -> Iterator[str]:
    """Yield the lines of the table of what the largest run needs."""
    name, (n_words, vocabulary, vector_size, epochs) = list(CORPORA.items())[-1]
    lines = [json.loads(line) for line in READING.open(encoding="utf-8")]
    (reading,) = [line["median"] for line in lines if line.get("threads") == N_THREADS and "median" in line]
    matrix = 4 * vocabulary * vector_size
    yield (
        f"**What {name} need**, {epochs} epoch, on each machine of {N_THREADS} cores. Every machine reads "
        f"the whole text ({reading / 1e6:.1f} M words/s, [measured](benchmarks.md#from-text-to-numbers) on a "
        "file of 2 GB) and holds input and output vectors; of several machines, each holds them as they were "
        "last combined, too, and the first one copies them while it saves. The disk has 8 bytes a word while "
        "the text is read, then 4."
    )
    yield ""
    yield "| machines | network | reading | training | memory for tables | while saving | disk | sent |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for n_nodes in (1, NODES[-1]):
        for gigabits in BANDWIDTHS if n_nodes > 1 else BANDWIDTHS[:1]:
            run = simulate(setting, speed, (n_words, vocabulary, vector_size, epochs), n_nodes, gigabits)
            network = f"{gigabits} Gbit/s" if n_nodes > 1 else ""
            held = matrix * (TABLES_HELD if n_nodes > 1 else TABLES_HELD // 2)
            yield (
                f"| {n_nodes} | {network} | {n_words / reading / 3600:.1f} h | "
                f"{n_words * epochs / run['words_per_second'] / 3600:.1f} h | {held / 1e9:.1f} GB | "
                f"{(held + 2 * matrix) / 1e9:.1f} GB | {BYTES_ON_DISK * n_words / 1e9:,.0f} GB | "
                f"{run['bytes_sent'] / 1e9:,.0f} GB |"
            )


def spread(values: list[float]) -> tuple[float, float, float]:
    """Return lowest, median and highest."""
    return min(values), statistics.median(values), max(values)


if __name__ == "__main__":
    main()
