"""The training loop: epochs over blocks of documents, one progress record a block."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from textransfer.errors import CheckpointError, NumericalError
from textransfer.pretrain.engines.base import BlockStats, Engine
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.progress import Progress
from textransfer.pretrain.schedule import LearningRate
from textransfer.randomness import Stream, generator
from textransfer.text.encoding.encoded import EncodedCorpus

LARGEST_BLOCK = 1_000_000
"""Tokens that are handed to an engine at once at most: about half a second of work."""
FEWEST_BLOCKS = 400
"""Blocks a run is cut into at least, if it has the documents, so that the learning rate falls smoothly."""
FEWEST_ROUNDS = 200
"""The same for several processes, which pay for each block by waiting for the slowest of them."""
MOST_RUNS = 1_000_000
"""Documents are shuffled one by one up to this number; of more, neighbours stay together on the disk."""


@dataclass(frozen=True)
class Trainer:
    """Runs an engine over a corpus."""

    engine: Engine
    corpus: EncodedCorpus
    epochs: int
    learning_rate: LearningRate
    max_steps: int | None = None
    """Stop after so many updates even if epochs are left."""
    shuffle_seed: int | None = None
    """Read the documents in a random order that depends on it and on the epoch; None keeps their order."""
    team: Team = field(default_factory=Team)
    """The processes that share the work: each trains its part of every block. The default is one alone."""

    def run(self, start: Progress | None = None) -> Iterator[Progress]:
        """Train; yield a record after each block.

        The engine's tables are whole whenever a record is yielded, and also after a KeyboardInterrupt. An
        earlier run, whose last record is `start` and whose tables the engine has, is gone on with.

        Raises
        ------
        NumericalError
            If the loss of a block is not finite.
        CheckpointError
            If the earlier run's blocks were cut in another way.
        """
        n_corpus = self.corpus.tokens.size
        total = n_corpus * self.epochs
        n_tokens, n_steps, n_pairs = (start.n_tokens, start.n_steps, start.n_pairs) if start else (0, 0, 0)
        started = time.perf_counter() - (start.seconds if start else 0.0)
        for epoch in range(n_tokens // max(n_corpus, 1), self.epochs):
            for documents in self._blocks_after(epoch, n_tokens - epoch * n_corpus):
                if self.max_steps is not None and n_steps >= self.max_steps:
                    return
                rate = self.learning_rate.at(self._share(n_tokens, total, n_steps))
                n_left = None if self.max_steps is None else self.max_steps - n_steps
                n_block, stats = self._train_block(documents, n_tokens, rate, n_left)
                self._check_finite(stats, epoch, n_tokens, rate)
                n_tokens += n_block
                n_steps += stats.n_steps
                n_pairs += stats.n_pairs
                seconds = time.perf_counter() - started
                yield Progress(
                    epoch=epoch + 1,
                    share=self._share(n_tokens, total, n_steps),
                    n_tokens=n_tokens,
                    n_steps=n_steps,
                    n_pairs=n_pairs,
                    seconds=seconds,
                    tokens_per_second=n_tokens / max(seconds, 1e-9),
                    learning_rate=rate,
                    loss=stats.loss / stats.n_pairs if stats.n_pairs else math.nan,
                )

    def _train_block(
        self, documents: npt.NDArray[np.int64], position: int, rate: float, max_steps: int | None
    ) -> tuple[int, BlockStats]:
        """Train this process's part of a block; return the tokens and the statistics of the whole block."""
        ends = np.cumsum(np.diff(self.corpus.offsets)[documents])
        n_block = int(ends[-1])
        rank, size = self.team.rank, self.team.size
        first, last = np.searchsorted(ends, [rank * n_block / size, (rank + 1) * n_block / size])
        last = documents.size if rank == size - 1 else last
        stats = BlockStats(0.0, 0, 0)
        if last > first:
            tokens, offsets = self.corpus.take(documents[first:last])
            before = int(ends[first - 1]) if first else 0
            stats = self.engine.train_block(tokens, offsets, position + before, rate, max_steps=max_steps)
        is_last = position + n_block == self.corpus.tokens.size * self.epochs
        return n_block, self.team.combine(stats, rate=rate, is_last=is_last)

    def _blocks_after(self, epoch: int, n_done: int) -> list[npt.NDArray[np.int64]]:
        """Return the blocks of an epoch of which so many tokens are done already."""
        blocks = self._blocks(epoch)
        if not n_done:
            return blocks
        sizes = np.diff(self.corpus.offsets)
        done = np.cumsum([int(sizes[block].sum()) for block in blocks])
        n_blocks = int(np.searchsorted(done, n_done, side="right"))
        if n_blocks == 0 or done[n_blocks - 1] != n_done:
            raise CheckpointError(
                f"the earlier run stopped after {n_done:,} tokens of epoch {epoch + 1}, where no block of "
                "this release ends; go on with the release of textransfer that began it, or start over"
            )
        return blocks[n_blocks:]

    def _blocks(self, epoch: int) -> list[npt.NDArray[np.int64]]:
        """Return the documents of each block of an epoch, in the order they are read; each has tokens."""
        order = self._order(epoch)
        ends = np.cumsum(np.diff(self.corpus.offsets)[order])
        n_tokens, size = int(ends[-1]), self._block_size()
        cuts = np.unique(np.searchsorted(ends, np.arange(size, n_tokens, size)) + 1)
        return np.split(order, cuts[ends[cuts - 1] < n_tokens])

    def _block_size(self) -> int:
        """Return the tokens of a block, short of the end of a document."""
        total = self.corpus.tokens.size * self.epochs
        if self.team.words_a_round:
            return int(np.clip(total / FEWEST_ROUNDS, 1, self.team.words_a_round))
        return int(np.clip(total / FEWEST_BLOCKS, 1, LARGEST_BLOCK))

    def _order(self, epoch: int) -> npt.NDArray[np.int64]:
        """Return the order of the documents: shuffled in runs, short enough to mix, long enough to read."""
        n_documents = self.corpus.offsets.size - 1
        documents = np.arange(n_documents)
        if self.shuffle_seed is None:
            return documents
        run = -(-n_documents // MOST_RUNS)
        runs = generator(self.shuffle_seed, Stream.DOCUMENTS, epoch).permutation(-(-n_documents // run))
        order = (runs[:, None] * run + np.arange(run)).ravel()
        return order[order < n_documents]

    def _share(self, n_tokens: int, total: int, n_steps: int) -> float:
        by_tokens = n_tokens / total if total else 1.0
        return by_tokens if self.max_steps is None else max(by_tokens, n_steps / self.max_steps)

    @staticmethod
    def _check_finite(stats: BlockStats, epoch: int, position: int, rate: float) -> None:
        if not math.isfinite(stats.loss):
            raise NumericalError(
                f"the loss became {stats.loss} in epoch {epoch + 1} after {position:,} tokens "
                f"with learning rate {rate:g}; expected a finite number: give a smaller learning_rate "
                "(or batch_size)"
            )
