"""Numbers beyond 32 bits: places in a run, tokens of a text, places in tables, pairs of a run."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pretrain.planted import plan_and_tables, ragged_text

from textransfer.embeddings.sparse_rows import ends_of_rows
from textransfer.pretrain.engines.base import BlockStats
from textransfer.pretrain.engines.cpu import CpuEngine, Draws, Matrices, Options
from textransfer.pretrain.engines.reference import ReferenceEngine
from textransfer.pretrain.kernels.lanes import LANES
from textransfer.pretrain.kernels.steps import train_steps
from textransfer.pretrain.kernels.windows import new_scratch, train_windows
from textransfer.pretrain.sampling.windows import STRETCH_BITS
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.trainer import Trainer
from textransfer.text.encoding import encoded as encoding
from textransfer.text.encoding.encoded import EncodedCorpus
from textransfer.text.vocabulary import Vocabulary

TOKENS, OFFSETS = ragged_text()
FAR = 2**31
MANY_WORDS = FAR // LANES + 100
"""Rows of a table with more numbers than 32 bits count."""


@pytest.mark.parametrize("position", [FAR - 100, 2**40, 2**62])
@pytest.mark.parametrize("settings", [{}, {"batch_size": 7}, {"noise_sharing": "pair"}])
def test_far_along_in_a_run_engines_take_the_same_steps(settings: dict[str, Any], position: int) -> None:
    plan, start = plan_and_tables(TOKENS, 8, **settings)
    compiled, reference = CpuEngine(plan, start, n_jobs=1), ReferenceEngine(plan, start)
    stats = compiled.train_block(TOKENS, OFFSETS, position, 0.05)
    assert stats.n_pairs == reference.train_block(TOKENS, OFFSETS, position, 0.05).n_pairs
    for own, expected in zip(
        vars(compiled.tables()).values(), vars(reference.tables()).values(), strict=True
    ):
        np.testing.assert_allclose(own, expected, rtol=1e-4, atol=1e-6)
    elsewhere = CpuEngine(plan, start, n_jobs=1)
    elsewhere.train_block(TOKENS, OFFSETS, position + 2**32, 0.05)
    assert not np.array_equal(elsewhere.tables().in_vectors, compiled.tables().in_vectors)


def lazily(n_words: int) -> Matrices:
    """Return tables that take no memory where nothing is written."""
    rows = np.zeros((2, n_words, LANES), np.float32)
    return Matrices(rows[0], rows[1], np.zeros(n_words, np.float32))


def trained(n_words: int, first: int, group: int) -> tuple[Matrices, int]:
    """Train words from row `first` on, with word 0 as all noise; a group of 0 takes explicit steps."""
    matrices = lazily(n_words)
    ids = first + np.arange(20, dtype=np.int32)
    matrices.in_vectors[ids] = np.linspace(-1, 1, 20 * LANES).reshape(20, LANES)
    matrices.out_vectors[ids] = np.linspace(1, -1, 20 * LANES).reshape(20, LANES)
    tokens = ids[np.arange(300) % 20]
    offsets = np.array([0, 100, 300])
    options = Options(
        2,
        5,
        is_shrinking=False,
        is_skipping=True,
        has_bias=False,
        is_mean=False,
        group=group or 1,
        stretch_bits=STRETCH_BITS,
    )
    if group:
        keep = np.zeros(n_words, np.uint64)
        keep[ids] = 2**32
        keys = (np.uint64(1), np.uint64(2), np.uint64(3))
        draws = Draws(keep, np.zeros(n_words, np.uint64), np.zeros(n_words, np.float32), *keys)
        scratch = new_scratch(300, options, LANES)
        n_pairs = train_windows(tokens, offsets, 0, 300, 0, 0.05, matrices, draws, options, scratch)[1]
        return matrices, n_pairs
    noise = np.zeros((299, 5), np.int32)
    train_steps(
        tokens[:-1],
        tokens[1:],
        noise,
        np.ones(noise.shape, np.bool_),
        np.zeros(299, np.float32),
        np.zeros(noise.shape, np.float32),
        np.arange(300),
        0.05,
        matrices,
        options,
    )
    return matrices, 299


@pytest.mark.parametrize("group", [0, 1, 3])
def test_tables_may_have_more_numbers_than_32_bits_count(group: int) -> None:
    first = MANY_WORDS - 20
    try:
        large, n_pairs = trained(MANY_WORDS, first, group)
    except MemoryError:
        pytest.skip("the system promises no memory that is not there")
    small, n_expected = trained(30, 10, group)
    assert n_pairs == n_expected > 200
    for name in ("in_vectors", "out_vectors"):
        np.testing.assert_array_equal(getattr(large, name)[first:], getattr(small, name)[10:])
        np.testing.assert_array_equal(getattr(large, name)[0], getattr(small, name)[0])
        assert np.abs(getattr(large, name)[first:]).sum() > 0
    assert small.out_vectors[0].any()


@pytest.fixture
def long_text(tmp_path: Path) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """A file of more than 2^31 tokens, zeros but for the last thousand; it takes next to no space."""
    path = tmp_path / "tokens.bin"
    try:
        with path.open("wb") as file:
            file.truncate(4 * (FAR + 1000))
            file.seek(4 * FAR)
            file.write(np.arange(1000, dtype=np.int32).tobytes())
        if path.stat().st_blocks * 512 > 2**24:
            pytest.skip("the file system has no files with gaps")
        tokens = np.memmap(path, np.int32, "r", shape=(FAR + 1000,))
    except (OSError, AttributeError):
        pytest.skip("no file of so many bytes can be made or mapped")
    return tokens, np.array([0, FAR - 10, FAR - 5, FAR + 300, FAR + 1000])


@pytest.mark.parametrize("limit", [2**20, 2**40], ids=["read", "mapped"])
@pytest.mark.parametrize("compiled_from", [0, 2**40], ids=["compiled", "plain"])
def test_a_text_may_have_more_tokens_than_32_bits_count(
    long_text: tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]],
    limit: int,
    compiled_from: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoding, "MAPPED_BYTES", limit)
    monkeypatch.setattr(encoding, "COMPILED_FROM", compiled_from)
    ones = np.ones(1000, np.int64)
    corpus = EncodedCorpus(*long_text, Vocabulary([f"w{i}" for i in range(1000)], ones, ones, 1000, 4))
    tokens, offsets = corpus.take(np.array([3, 1, 2]))
    assert offsets.tolist() == [0, 700, 705, 1010]
    np.testing.assert_array_equal(tokens[:700], np.arange(300, 1000))
    np.testing.assert_array_equal(tokens[700:710], 0)
    np.testing.assert_array_equal(tokens[710:], np.arange(300))


class Counting:
    """An engine that does nothing but count, and much of it."""

    def train_block(self, tokens: Any, offsets: Any, position: int, rate: float, **_: Any) -> BlockStats:
        return BlockStats(1.0, 2**40, 2**33)


def test_pairs_and_steps_are_counted_beyond_32_bits() -> None:
    tokens = np.zeros(10, np.int32)
    corpus: Any = EncodedCorpus(tokens, np.arange(11), SimpleNamespace())  # type: ignore[arg-type]
    engine: Any = Counting()
    *_, last = Trainer(engine, corpus, epochs=400, learning_rate=LearningRate(1, 1, "constant")).run()
    assert (last.n_pairs, last.n_steps, last.n_tokens) == (400 * 2**40, 400 * 2**33, 4000)


def test_ends_of_rows_take_64_bits_where_they_must() -> None:
    assert ends_of_rows(np.array([0, 5])).dtype == np.int32
    far = ends_of_rows(np.array([0, FAR]))
    assert far.dtype == np.int64
    assert far[-1] == FAR
