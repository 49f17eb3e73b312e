import math
from collections.abc import Iterator

import numpy as np
import pytest
from pretrain.planted import plan_and_tables, ragged_text

from corpora import encoded_corpus
from textransfer.errors import NumericalError
from textransfer.pretrain.engines.base import BlockStats
from textransfer.pretrain.engines.cpu import CpuEngine
from textransfer.pretrain.progress import Progress
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.tables import Tables
from textransfer.pretrain.trainer import Trainer
from textransfer.text.encoding.encoded import EncodedCorpus

TOKENS, OFFSETS = ragged_text()
RATE = LearningRate(0.1, 0.02, "linear")


class RecordingEngine:
    """Stands in for an engine and notes what it is asked to do."""

    name = "recording"
    is_deterministic = True

    def __init__(self, loss: float = 1.0) -> None:
        self.calls: list[tuple[np.ndarray, np.ndarray, int, float, int | None]] = []
        self.loss = loss

    def train_block(
        self,
        tokens: np.ndarray,
        offsets: np.ndarray,
        position: int,
        rate: float,
        *,
        max_steps: int | None = None,
    ) -> BlockStats:
        self.calls.append((tokens, offsets, position, rate, max_steps))
        n_steps = tokens.size if max_steps is None else min(max_steps, tokens.size)
        return BlockStats(self.loss * n_steps, n_steps, n_steps)

    def tables(self) -> Tables:
        raise AssertionError("the trainer reads no tables")

    def load(self, tables: Tables) -> None:
        raise AssertionError("the trainer loads no tables")


def corpus() -> EncodedCorpus:
    return encoded_corpus(TOKENS, OFFSETS, [f"w{i}" for i in range(40)])


def run(engine: object, epochs: int = 3, **options: object) -> Iterator[Progress]:
    return Trainer(engine, corpus(), epochs, RATE, **options).run()


def test_every_token_comes_once_an_epoch_in_order() -> None:
    engine = RecordingEngine()
    records = list(run(engine))
    seen = np.concatenate([call[0] for call in engine.calls])
    np.testing.assert_array_equal(seen, np.tile(TOKENS, 3))
    positions = np.concatenate([call[2] + np.arange(call[0].size) for call in engine.calls])
    np.testing.assert_array_equal(positions, np.arange(3 * TOKENS.size))
    for tokens, offsets, *_ in engine.calls:
        assert offsets[0] == 0
        assert offsets[-1] == tokens.size
    assert records[-1].share == 1.0
    assert records[-1].n_tokens == 3 * TOKENS.size
    assert [r.epoch for r in records] == sorted(r.epoch for r in records)


def test_shuffled_epochs_hold_every_document_once_in_an_order_of_their_own() -> None:
    seen = {}
    for seed in (1, 1, 2):
        engine = RecordingEngine()
        list(run(engine, shuffle_seed=seed))
        tokens = np.concatenate([call[0] for call in engine.calls]).reshape(3, -1)
        for epoch in tokens:
            np.testing.assert_array_equal(np.sort(epoch), np.sort(TOKENS))
        assert (tokens[0] != tokens[1]).any()
        assert (tokens[0] != TOKENS).any()
        if seed in seen:
            np.testing.assert_array_equal(tokens, seen[seed])
        seen[seed] = tokens
    assert (seen[1] != seen[2]).any()


def test_runs_of_neighbours_stay_together_in_a_huge_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textransfer.pretrain.trainer.MOST_RUNS", 8)
    trainer = Trainer(RecordingEngine(), corpus(), 1, RATE, shuffle_seed=3)
    order = trainer._order(0)
    assert sorted(order) == list(range(30))
    starts = np.flatnonzero(np.diff(order) != 1)
    assert 3 <= starts.size <= 7  # eight runs of four; two may follow each other by chance


def test_learning_rate_falls_with_the_tokens() -> None:
    engine = RecordingEngine()
    list(run(engine))
    rates = [call[3] for call in engine.calls]
    done = [call[2] / (3 * TOKENS.size) for call in engine.calls]
    np.testing.assert_allclose(rates, [0.1 - 0.08 * share for share in done])


@pytest.mark.parametrize(("progress", "rate"), [(0, 0.1), (0.5, 0.06), (1, 0.02), (2, 0.02)])
def test_linear_schedule(progress: float, rate: float) -> None:
    assert RATE.at(progress) == pytest.approx(rate)
    assert LearningRate(0.1, 0.02, "constant").at(progress) == 0.1


def test_max_steps_is_met_exactly() -> None:
    plan, tables = plan_and_tables(TOKENS, 4, batch_size=3)
    records = list(run(CpuEngine(plan, tables, n_jobs=1), epochs=1000, max_steps=101))
    assert records[-1].n_steps == 101
    assert records[-1].share == 1.0


def test_loss_is_the_mean_a_pair_of_the_block() -> None:
    assert [r.loss for r in run(RecordingEngine(loss=0.25))] == pytest.approx(
        [0.25] * len(list(run(RecordingEngine())))
    )


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_the_run(loss: float) -> None:
    with pytest.raises(NumericalError, match=r"epoch 1 after 0 tokens with learning rate 0\.1"):
        next(run(RecordingEngine(loss=loss)))


def test_training_lowers_the_loss() -> None:
    plan, tables = plan_and_tables(TOKENS, 16)
    records = list(run(CpuEngine(plan, tables, n_jobs=1), epochs=20))
    tenth = len(records) // 10
    first, last = (np.mean([r.loss for r in part]) for part in (records[:tenth], records[-tenth:]))
    assert last < 0.9 * first
