"""Every engine is held to the same contract: same samples, same steps, same outcome.

The kernels of the GPU engine run in an interpreter here: on a short text, and their steps are compared with
the specification in tests/pretrain/test_triton_engine.py.
"""

from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest
from pretrain.planted import N_WORDS, counts_of, plan_and_tables, ragged_text

from textransfer.config import Objective
from textransfer.pretrain.engines.base import Engine
from textransfer.pretrain.engines.cpu import CpuEngine
from textransfer.pretrain.engines.reference import ReferenceEngine
from textransfer.pretrain.kernels.sampling import noise_word, random_bits
from textransfer.pretrain.objectives import apply_step
from textransfer.pretrain.sampling.noise import AliasTable, log_uniform_probabilities
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.sampling.steps import Steps
from textransfer.pretrain.tables import Tables, initial_tables
from textransfer.randomness import integers

TOKENS, OFFSETS = ragged_text()
SHORT_TOKENS, SHORT_OFFSETS = ragged_text(seed=163, n_documents=7)


def triton_engine(plan: TrainingPlan, tables: Tables) -> Engine:
    from textransfer.pretrain.engines.triton import TritonEngine

    return TritonEngine(plan, tables, device="cpu", n_programs=1)


ENGINES: dict[str, Callable[[TrainingPlan, Tables], Engine]] = {
    "cpu": lambda plan, tables: CpuEngine(plan, tables, n_jobs=1),
    "torch": lambda plan, tables: ReferenceEngine(plan, tables),
    "torch-cuda": lambda plan, tables: ReferenceEngine(plan, tables, device="cuda"),
    "triton": triton_engine,
}
PLANS = {
    "windows": {},
    "windows-of-40": {"window": 40, "sample": 0.0},
    "mean-no-skip": {"reduction": "mean", "skip_hits": False, "shrink_window": False},
    "7-noise-words": {"negative": 7},
    "1-noise-word": {"negative": 1},
    "neighbours-17-noise-words": {"noise_sharing": "neighbours", "negative": 17},
    "neighbours": {"noise_sharing": "neighbours"},
    "neighbours-of-40": {"noise_sharing": "neighbours", "window": 40, "sample": 0.0},
    "neighbours-mean-no-skip": {
        "noise_sharing": "neighbours",
        "reduction": "mean",
        "skip_hits": False,
        "shrink_window": False,
    },
    "minibatch": {"batch_size": 7},
    "minibatch-of-neighbours": {"batch_size": 3, "noise_sharing": "neighbours"},
    "noise-a-pair": {"noise_sharing": "pair"},
    "tensorflow": {
        "batch_size": 5,
        "noise_sharing": "batch",
        "noise_replacement": False,
        "noise": "log-uniform",
        "reduction": "mean",
        "skip_hits": False,
    },
}


@pytest.fixture(params=["cpu", "torch", pytest.param("torch-cuda", marks=pytest.mark.gpu)])
def make_engine(request: pytest.FixtureRequest) -> Callable[[TrainingPlan, Tables], Engine]:
    if request.param == "torch-cuda":
        torch = pytest.importorskip("torch")
        if not torch.cuda.is_available():
            pytest.skip("no CUDA device")
    return ENGINES[request.param]


@pytest.fixture(params=["cpu", "torch", "triton"])
def make_any_engine(request: pytest.FixtureRequest) -> Callable[[TrainingPlan, Tables], Engine]:
    if request.param == "triton":
        triton = pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")
        if not triton.knobs.runtime.interpret:
            pytest.skip("Triton compiles for the GPU here: its engine is tested alone")
    return ENGINES[request.param]


def one_step_each(steps: Steps) -> list[Steps]:
    return [
        Steps(
            steps.centers[a:b],
            steps.contexts[a:b],
            steps.negatives[a:b],
            steps.is_active[a:b],
            steps.context_log_counts[a:b],
            steps.noise_log_counts[a:b],
            np.array([0, b - a]),
        )
        for a, b in zip(steps.offsets[:-1], steps.offsets[1:], strict=True)
    ]


@pytest.mark.parametrize("vector_size", [1, 4, 63, 100])
@pytest.mark.parametrize("settings", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("objective", get_args(Objective))
def test_steps_equal_the_specification(
    make_engine: Callable[[TrainingPlan, Tables], Engine], objective: str, settings: dict, vector_size: int
) -> None:
    """All steps of a small text, against NumPy in float64; float32 rounding is all that may differ."""
    plan, start = plan_and_tables(TOKENS, vector_size, objective=objective, **settings)
    engine = make_engine(plan, start)
    stats = engine.train_block(TOKENS, OFFSETS, 1000, 0.05)

    truth = Tables(*(table.astype(np.float64) for table in vars(start).values()))
    steps = plan.sampler.draw(TOKENS, OFFSETS, 1000)
    loss = sum(apply_step(truth, step, 0.05, objective, plan.reduction) for step in one_step_each(steps))
    assert stats.loss == pytest.approx(loss, rel=1e-5)
    assert (stats.n_pairs, stats.n_steps) == (steps.centers.size, steps.n_steps)
    for name, table in vars(engine.tables()).items():
        np.testing.assert_allclose(table, getattr(truth, name), rtol=1e-4, atol=1e-5, err_msg=name)


def test_untouched_rows_stay_as_they_are_to_the_bit(
    make_any_engine: Callable[[TrainingPlan, Tables], Engine],
) -> None:
    plan, start = plan_and_tables(TOKENS, 10, objective="nce")
    steps = plan.sampler.draw(TOKENS, OFFSETS, 0).first(2)
    touched_out = np.union1d(steps.contexts, steps.negatives[steps.is_active])
    engine = make_any_engine(plan, start)
    engine.train_block(TOKENS, OFFSETS, 0, 0.1, max_steps=2)
    after = engine.tables()
    rest_in = np.setdiff1d(np.arange(N_WORDS), steps.centers)
    rest_out = np.setdiff1d(np.arange(N_WORDS), touched_out)
    assert rest_in.size
    assert rest_out.size
    np.testing.assert_array_equal(after.in_vectors[rest_in], start.in_vectors[rest_in])
    np.testing.assert_array_equal(after.out_vectors[rest_out], start.out_vectors[rest_out])
    np.testing.assert_array_equal(after.out_bias[rest_out], start.out_bias[rest_out])
    assert (after.in_vectors[steps.centers] != start.in_vectors[steps.centers]).any()


def test_text_in_two_blocks_equals_one(make_any_engine: Callable[[TrainingPlan, Tables], Engine]) -> None:
    tokens, offsets = SHORT_TOKENS, SHORT_OFFSETS
    plan, start = plan_and_tables(tokens, 8)
    one, two = make_any_engine(plan, start), make_any_engine(plan, start)
    one.train_block(tokens, offsets, 50, 0.05)
    cut = 4
    low = offsets[cut]
    two.train_block(tokens[:low], offsets[: cut + 1], 50, 0.05)
    two.train_block(tokens[low:], offsets[cut:] - low, 50 + int(low), 0.05)
    np.testing.assert_array_equal(one.tables().in_vectors, two.tables().in_vectors)


def test_tables_are_copies_and_can_be_loaded(
    make_any_engine: Callable[[TrainingPlan, Tables], Engine],
) -> None:
    plan, start = plan_and_tables(TOKENS, 8)
    engine = make_any_engine(plan, start)
    before = engine.tables()
    engine.train_block(SHORT_TOKENS, SHORT_OFFSETS, 0, 0.05)
    np.testing.assert_array_equal(before.in_vectors, start.in_vectors)
    engine.load(before)
    np.testing.assert_array_equal(engine.tables().in_vectors, start.in_vectors)


@pytest.mark.parametrize("objective", ["sgns", "nce"])
def test_text_without_pairs_changes_nothing(
    make_any_engine: Callable[[TrainingPlan, Tables], Engine], objective: str
) -> None:
    plan, start = plan_and_tables(TOKENS, 8, objective=objective)
    engine = make_any_engine(plan, start)
    stats = engine.train_block(TOKENS[:2], np.array([0, 1, 1, 2]), 0, 0.05)
    assert (stats.loss, stats.n_pairs, stats.n_steps) == (0.0, 0, 0)
    np.testing.assert_array_equal(engine.tables().out_bias, start.out_bias)


@pytest.mark.parametrize("objective", get_args(Objective))
def test_every_engine_finds_planted_topics(
    make_engine: Callable[[TrainingPlan, Tables], Engine], objective: str
) -> None:
    """Words 0..9 stand together, and so do 10..19: after training each is nearest to its own kind."""
    rng = np.random.default_rng(1)
    topics = np.repeat(rng.integers(0, 2, 120), 10)
    tokens = (10 * topics + rng.integers(0, 10, topics.size)).astype(np.int32)
    offsets = np.arange(0, tokens.size + 1, 10)
    plan, _ = plan_and_tables(tokens, 8, objective=objective, n_words=20, sample=0.0)
    engine = make_engine(plan, initial_tables(plan.sampler.noise.probabilities, 8, "word2vec", 3))
    for epoch in range(6):
        engine.train_block(tokens, offsets, epoch * tokens.size, 0.1)
    u = engine.tables().in_vectors
    u = u / np.linalg.norm(u, axis=1, keepdims=True)
    cosine = u @ u.T
    within = (cosine[:10, :10].mean() + cosine[10:, 10:].mean()) / 2
    assert within - cosine[:10, 10:].mean() > 0.5


def test_threads_reach_the_same_loss() -> None:
    """Racing threads cannot agree to the bit; over a few passes their loss must."""
    losses = []
    for n_jobs in (1, 3):
        plan, start = plan_and_tables(TOKENS, 16)
        engine = CpuEngine(plan, start, n_jobs=n_jobs)
        assert engine.is_deterministic == (n_jobs == 1)
        stats = [engine.train_block(TOKENS, OFFSETS, e * TOKENS.size, 0.05) for e in range(4)]
        assert stats[0].n_pairs == plan.sampler.draw(TOKENS, OFFSETS, 0).centers.size
        losses.append(stats[-1].loss / stats[-1].n_pairs)
    assert losses[0] == pytest.approx(losses[1], rel=0.05)


def test_one_long_document_with_many_noise_words_and_centers() -> None:
    """More centres and noise words than fit the registers and the tally of the loss at once."""
    rng = np.random.default_rng(3)
    tokens, offsets = rng.integers(0, N_WORDS, 300).astype(np.int32), np.array([0, 300])
    plan, start = plan_and_tables(tokens, 20, window=100, negative=13, sample=0.0)
    stats = CpuEngine(plan, start, n_jobs=1).train_block(tokens, offsets, 0, 1e-3)
    truth = Tables(*(table.astype(np.float64) for table in vars(start).values()))
    steps = plan.sampler.draw(tokens, offsets, 0)
    loss = sum(apply_step(truth, step, 1e-3, "sgns", plan.reduction) for step in one_step_each(steps))
    assert stats.loss == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("piece", [1, 7, 64])
def test_pieces_of_any_length_make_no_difference(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows at the edge of a piece see the words beyond it, also past dropped ones."""
    plan, start = plan_and_tables(TOKENS, 8)
    whole, cut = CpuEngine(plan, start, n_jobs=1), CpuEngine(plan, start, n_jobs=1)
    stats = whole.train_block(TOKENS, OFFSETS, 50, 0.05)
    monkeypatch.setattr("textransfer.pretrain.engines.cpu.PIECE_TOKENS", piece)
    in_pieces = cut.train_block(TOKENS, OFFSETS, 50, 0.05)
    assert in_pieces.loss == pytest.approx(stats.loss, rel=1e-6)
    assert (in_pieces.n_pairs, in_pieces.n_steps) == (stats.n_pairs, stats.n_steps)
    np.testing.assert_array_equal(whole.tables().in_vectors, cut.tables().in_vectors)
    np.testing.assert_array_equal(whole.tables().out_vectors, cut.tables().out_vectors)


def test_more_threads_than_documents() -> None:
    plan, start = plan_and_tables(TOKENS, 4)
    engine = CpuEngine(plan, start, n_jobs=8)
    stats = engine.train_block(TOKENS[: OFFSETS[2]], OFFSETS[:3], 0, 0.05)
    assert stats.n_pairs == plan.sampler.draw(TOKENS[: OFFSETS[2]], OFFSETS[:3], 0).centers.size


def test_compiled_draws_equal_numpy_integer_by_integer() -> None:
    positions = np.concatenate([np.arange(500), 2**33 + np.arange(500), [2**62]])
    for key in (0, 1, 2**64 - 1, 0x123456789ABCDEF0):
        compiled = [random_bits(np.uint64(key), int(p)) for p in positions]
        np.testing.assert_array_equal(np.array(compiled, dtype=np.uint64), integers(key, positions))
    table = AliasTable.build(log_uniform_probabilities(123))
    bits = integers(99, positions)
    compiled = [noise_word(table.packed, b) for b in bits]
    np.testing.assert_array_equal(compiled, table.words(bits))


def test_not_a_number_is_reported_not_hidden() -> None:
    plan, start = plan_and_tables(TOKENS, 8)
    start.in_vectors[counts_of(TOKENS).argmax()] = np.nan
    for name in ("cpu", "torch"):
        stats = ENGINES[name](plan, start).train_block(TOKENS, OFFSETS, 0, 0.05)
        assert np.isnan(stats.loss), name
