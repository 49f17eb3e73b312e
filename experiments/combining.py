"""How well vectors of several processes do, by how their matrices are combined: quality only, no speed.

    python -m experiments.combining reviews.txt.xz --processes 1 2 8 --rules ours mean sum

The processes are played by threads of one program, each with an engine of its own (one thread) and the very
code that torchrun's processes run but for the network, so that 64 of them can be tried on one machine. Rules:
"ours" (see `textransfer/pretrain/processes/combining.py`), "mean" and "sum" of the changes. Prints JSON
lines.
"""

import argparse
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from gensim.test.utils import datapath

from benchmarks.arguments import make_parser
from benchmarks.records import print_line, print_setting
from textransfer import Corpus, WordVectors
from textransfer.config import Combining, PretrainConfig, TokenizerConfig
from textransfer.pretrain.engines import BlockStats, EngineChoice, build_engine
from textransfer.pretrain.preparation import PreparedCorpus, prepare
from textransfer.pretrain.processes import combining
from textransfer.pretrain.processes.combining import Combiner
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.trainer import Trainer
from textransfer.text.tokenize import build_tokenizer

FACTORS: dict[str, Callable[[int], float]] = {"mean": lambda size: 1 / size, "sum": lambda size: 1.0}


def main() -> None:
    """Train with each number of processes and each rule; print a line a run."""
    parser = make_parser(
        __doc__, "corpus", "--documents", "--epochs", "--vector-size", "--window", "--states"
    )
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 8])
    parser.add_argument("--rules", nargs="+", choices=["ours", *FACTORS], default=["ours", "mean"])
    parser.add_argument("--curvatures", type=float, nargs="+", default=[None])
    parser.add_argument("--combine-words", type=int, default=Combining.words)
    parser.add_argument("--combine-frequent", type=int, default=Combining.frequent)
    parser.add_argument("--combine-rounds", type=int, default=Combining.rounds)
    arguments = parser.parse_args()
    config = PretrainConfig(
        vector_size=arguments.vector_size,
        window=arguments.window,
        epochs=arguments.epochs,
        min_count=5,
        sample=1e-3,
    )
    how = Combining(arguments.combine_words, arguments.combine_frequent, arguments.combine_rounds)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(arguments.corpus, rows=slice(arguments.documents))
        tokenizer = build_tokenizer(TokenizerConfig(tokenizer="words"), corpus)
        prepared = prepare(corpus, tokenizer, config, Path(folder))
        vocabulary = prepared.encoded.vocabulary
        print_setting(
            n_words=prepared.encoded.n_tokens,
            vocabulary=len(vocabulary),
            combining=asdict(how),
            **{name: getattr(config, name) for name in ("epochs", "vector_size", "window", "sample")},
        )
        for size, rule, curvature in cases(arguments):
            if curvature is not None:
                combining.curvature = lambda _, value=curvature: value
            for seed in range(arguments.states):
                result = train(prepared, how, size, rule, seed)
                print_line(kind="run", processes=size, rule=rule, curvature=curvature, seed=seed, **result)


def cases(arguments: argparse.Namespace) -> Iterator[tuple[int, str, float | None]]:
    """Yield the combinations that differ."""
    for size in arguments.processes:
        for rule in arguments.rules if size > 1 else ["alone"]:
            for curvature in arguments.curvatures if rule == "ours" else arguments.curvatures[:1]:
                yield size, rule, curvature


class Stage:
    """Where the played processes meet."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._barrier = threading.Barrier(size)
        self._given: list[torch.Tensor] = [torch.empty(0)] * size

    def sum_of(self, rank: int, tensor: torch.Tensor) -> torch.Tensor:
        """Return the sum of what all processes give, added in order of rank."""
        self._given[rank] = tensor
        self._barrier.wait()
        total = self._given[0].clone()
        for other in self._given[1:]:
            total += other
        self._barrier.wait()
        return total


class Player(Team):
    """One of several played processes."""

    def __init__(self, rank: int, stage: Stage, how: Combining, rule: str) -> None:
        super().__init__()
        self.rank, self.size, self.words_a_round = rank, stage.size, how.words * stage.size
        self._stage, self._how, self._rule = stage, how, rule

    def attach(self, engine: Any, choice: object, prepared: PreparedCorpus, tables: object) -> None:  # noqa: ANN401
        """From here on combine this engine's tables."""
        shares = prepared.pair_shares()
        kind = Combiner if self._rule == "ours" else constant(FACTORS[self._rule](self.size))
        self._combiner = kind(engine.live(), self._start_sum, self.size, torch.from_numpy(shares), self._how)

    def combine(self, stats: BlockStats, *, rate: float, is_last: bool) -> BlockStats:
        """Bring together what was learned."""
        counts = torch.tensor([stats.loss, stats.n_pairs, stats.n_steps], dtype=torch.float64)
        loss, n_pairs, n_steps = self._stage.sum_of(self.rank, counts).tolist()
        self.is_whole = self._combiner.combine(rate * n_pairs / self.size, is_last=is_last)
        return BlockStats(loss, int(n_pairs), int(n_steps))

    def _start_sum(self, tensor: torch.Tensor) -> Callable[[], object]:
        total = self._stage.sum_of(self.rank, tensor)
        return lambda: tensor.copy_(total)


def constant(factor: float) -> type[Combiner]:
    """Return a combiner that treats all rows alike."""

    class Constant(Combiner):
        def _factors(self, n_rows: int) -> torch.Tensor:
            return torch.full([n_rows, 1], factor)

    return Constant


def train(prepared: PreparedCorpus, how: Combining, size: int, rule: str, seed: int) -> dict[str, float]:
    """Train with so many processes; return loss and quality."""
    stage, encoded, config = Stage(size), prepared.encoded, prepared.config
    tables, losses = [], []

    def play(rank: int) -> None:
        choice = EngineChoice("cpu", "cpu", 1, 1)
        engine = build_engine(choice, config, encoded.vocabulary.counts, seed)
        team = Player(rank, stage, how, rule) if size > 1 else Team()
        team.attach(engine, choice, prepared, None)
        rate = LearningRate(config.learning_rate, config.min_learning_rate, "linear")
        trainer = Trainer(engine, encoded, config.epochs or 1, rate, shuffle_seed=seed, team=team)
        records = list(trainer.run())
        if rank == 0:
            tables.append(engine.tables())
            losses.extend(record.loss for record in records)

    threads = [threading.Thread(target=play, args=[rank]) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keyed = WordVectors(encoded.vocabulary.words, tables[0].in_vectors).to_gensim()
    scores = {}
    for name, file in (("wordsim353", "wordsim353.tsv"), ("simlex999", "simlex999.txt")):
        scores[name] = round(float(keyed.evaluate_word_pairs(datapath(file))[1][0]), 4)
    last = losses[-max(len(losses) // 10, 1) :]
    return {"rounds": len(losses), "loss_of_the_last_tenth": round(sum(last) / len(last), 4), **scores}


if __name__ == "__main__":
    main()
