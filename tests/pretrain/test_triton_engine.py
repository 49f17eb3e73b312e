"""The GPU engine against the specification: in Triton's interpreter, or on the GPU where there is one."""

from copy import deepcopy
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from conformance.test_engines import one_step_each
from pretrain.planted import counts_of, plan_and_tables, ragged_text

from textransfer.errors import ConfigError
from textransfer.pretrain.engines.damping import damping
from textransfer.pretrain.objectives import apply_step
from textransfer.pretrain.sampling.noise import AliasTable, log_uniform_probabilities
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.tables import Tables
from textransfer.randomness import integers

triton = pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")
tl = pytest.importorskip("triton.language")
torch = pytest.importorskip("torch")

IS_INTERPRETED = triton.knobs.runtime.interpret
DEVICE = "cpu" if IS_INTERPRETED else "cuda"
if not IS_INTERPRETED and not torch.cuda.is_available():
    pytest.skip("no CUDA device, and TRITON_INTERPRET is not set", allow_module_level=True)

from textransfer.pretrain.engines import triton as engine_module  # noqa: E402
from textransfer.pretrain.engines.triton import (  # noqa: E402
    TritonEngine,
    default_programs,
    power_of_two,
)
from textransfer.pretrain.triton_kernels.sampling import (  # noqa: E402
    noise_words,
    random_bits,
    row_offsets,
)

TOKENS, OFFSETS = ragged_text(seed=163, n_documents=7)
CASES = {
    "windows": (63, {}),
    "one-dimension": (1, {"sample": 0.0, "window": 2}),
    "windows-of-40": (4, {"window": 40, "sample": 0.0}),
    "mean-no-skip": (100, {"reduction": "mean", "skip_hits": False, "shrink_window": False}),
    "7-noise-words": (4, {"negative": 7}),
    "1-noise-word": (100, {"negative": 1}),
    "17-noise-words": (9, {"negative": 17}),
    "neighbours": (63, {"noise_sharing": "neighbours"}),
    "neighbours-of-40": (4, {"noise_sharing": "neighbours", "window": 40, "sample": 0.0}),
    "neighbours-mean-no-skip": (
        20,
        {"noise_sharing": "neighbours", "reduction": "mean", "skip_hits": False, "shrink_window": False},
    ),
}


def engine_of(plan: TrainingPlan, tables: Tables, n_programs: int = 1) -> TritonEngine:
    return TritonEngine(plan, tables, device=DEVICE, n_programs=n_programs, precision="ieee")


def specification(
    plan: TrainingPlan,
    start: Tables,
    position: int,
    rate: float,
    in_damping: np.ndarray | float = 1.0,
    out_damping: np.ndarray | float = 1.0,
) -> tuple[Tables, float, int, int]:
    truth = Tables(*(table.astype(np.float64) for table in vars(start).values()))
    steps = plan.sampler.draw(TOKENS, OFFSETS, position)
    factors = [np.broadcast_to(part, len(start.out_bias)) for part in (in_damping, out_damping, out_damping)]
    loss = 0.0
    for step in one_step_each(steps):
        before = deepcopy(truth)
        loss += apply_step(truth, step, rate, plan.objective, plan.reduction)
        for table, old, factor in zip(vars(truth).values(), vars(before).values(), factors, strict=True):
            table[:] = old + (factor[:, None] if table.ndim == 2 else factor) * (table - old)
    return truth, loss, steps.centers.size, steps.n_steps


def assert_close(tables: Tables, truth: Tables) -> None:
    for name, table in vars(tables).items():
        np.testing.assert_allclose(table, getattr(truth, name), rtol=1e-4, atol=1e-5, err_msg=name)


def test_the_text_has_what_the_tests_are_for() -> None:
    sizes = np.diff(OFFSETS)
    assert (sizes == 0).any()
    assert (sizes > 16).any(), "windows of more than one tile"


@pytest.mark.parametrize(("vector_size", "settings"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("objective", ["sgns", "nce"])
def test_steps_equal_the_specification(objective: str, vector_size: int, settings: dict) -> None:
    """With one program in flight the steps follow each other as in NumPy; float32 rounding may differ."""
    plan, start = plan_and_tables(TOKENS, vector_size, objective=objective, **settings)
    engine = engine_of(plan, start)
    stats = engine.train_block(TOKENS, OFFSETS, 2**40, 0.05)
    truth, loss, n_pairs, n_steps = specification(plan, start, 2**40, 0.05)
    assert engine.is_deterministic
    assert stats.loss == pytest.approx(loss, rel=1e-5)
    assert (stats.n_pairs, stats.n_steps) == (n_pairs, n_steps)
    assert_close(engine.tables(), truth)


@pytest.mark.parametrize("n_programs", [2, 5, 90])
@pytest.mark.parametrize(
    ("window", "noise_sharing", "group"), [(4, "window", 1), (20, "window", 1), (4, "neighbours", 3)]
)
def test_programs_share_the_text_and_damp_what_is_frequent(
    n_programs: int, window: int, noise_sharing: str, group: int
) -> None:
    """The interpreter runs the programs in turn, so that even there no window may be lost or done twice."""
    settings = {"window": window, "noise_sharing": noise_sharing}
    plan, start = plan_and_tables(TOKENS, 8, objective="nce", sample=0.1, **settings)
    engine = TritonEngine(plan, start, device=DEVICE, n_programs=n_programs, precision="ieee", most_changes=1)
    stats = engine.train_block(TOKENS, OFFSETS, 5, 0.01)
    in_damping, out_damping = damping(plan, n_programs * group, 1)
    assert out_damping.min() < 0.9
    truth, loss, n_pairs, n_steps = specification(plan, start, 5, 0.01, in_damping, out_damping)
    assert not engine.is_deterministic
    assert stats.loss == pytest.approx(loss, rel=1e-5 if IS_INTERPRETED else 0.05)
    assert (stats.n_pairs, stats.n_steps) == (n_pairs, n_steps)
    if IS_INTERPRETED:
        assert_close(engine.tables(), truth)


@pytest.mark.parametrize("max_steps", [1, 4, 10_000])
@pytest.mark.parametrize("noise_sharing", ["window", "neighbours"])
def test_max_steps_ends_a_block(max_steps: int, noise_sharing: str) -> None:
    plan, start = plan_and_tables(TOKENS, 4, noise_sharing=noise_sharing)
    steps = plan.sampler.draw(TOKENS, OFFSETS, 0).first(max_steps)
    stats = engine_of(plan, start).train_block(TOKENS, OFFSETS, 0, 0.1, max_steps=max_steps)
    assert (stats.n_pairs, stats.n_steps) == (steps.centers.size, steps.n_steps)


def test_windows_on_the_device_are_those_of_numpy() -> None:
    for position in (0, 2**33 + 7):
        for settings in ({"window": 3}, {"window": 3, "sample": 0.0, "shrink_window": False}):
            plan, start = plan_and_tables(TOKENS, 4, **settings)
            engine = engine_of(plan, start)
            engine._numbers[3] = position
            words, places, lows, highs, n_kept = (
                part.cpu().numpy() for part in engine._lay_windows(TOKENS, OFFSETS)
            )
            windows = plan.sampler.windows.draw(TOKENS, OFFSETS, position)
            j = np.flatnonzero(highs[:n_kept] - lows[:n_kept] > 1)
            np.testing.assert_array_equal(words[j], windows.contexts)
            np.testing.assert_array_equal(position + places[j].astype(np.int64), windows.positions)
            centers = [word for i in j for word in (*words[lows[i] : i], *words[i + 1 : highs[i]])]
            np.testing.assert_array_equal(centers, windows.centers)
            assert not highs[n_kept:].any()


@triton.jit
def draw_some(key, positions, alias_table, n_words, bits, words, SIZE: tl.constexpr):
    i = tl.arange(0, SIZE)
    drawn = random_bits(tl.load(key).to(tl.uint64), tl.load(positions + i))
    tl.store(bits + i, drawn.to(tl.int64))
    tl.store(words + i, noise_words(alias_table, n_words, drawn, i >= 0))


@pytest.mark.parametrize("key", [0, 1, 2**64 - 1, 0x123456789ABCDEF0])
def test_draws_equal_numpy_integer_by_integer(key: int) -> None:
    positions = np.concatenate([np.arange(252), [2**31, 2**33, 2**62, 2**63 - 1]])
    table = AliasTable.build(log_uniform_probabilities(123))
    assert (table.accept == 2**32 - 1).any(), "a word that is always accepted"
    on_device = [
        torch.tensor(array, device=DEVICE)
        for array in (np.array([key], dtype=np.uint64).view(np.int64), positions, table.packed.view(np.int64))
    ]
    bits = torch.empty(256, dtype=torch.int64, device=DEVICE)
    words = torch.empty(256, dtype=torch.int32, device=DEVICE)
    draw_some[(1,)](*on_device, 123, bits, words, SIZE=256)
    expected = integers(key, positions)
    np.testing.assert_array_equal(bits.cpu().numpy().view(np.uint64), expected)
    np.testing.assert_array_equal(words.cpu().numpy(), table.words(expected))


@triton.jit
def find_rows(words, offsets, PITCH: tl.constexpr, SIZE: tl.constexpr):
    i = tl.arange(0, SIZE)
    tl.store(offsets + i, row_offsets(tl.load(words + i), PITCH))


@pytest.mark.parametrize("pitch", [104, 1024])
def test_rows_of_a_vocabulary_of_millions_are_addressed_in_64_bits(pitch: int) -> None:
    words = np.array([0, 1, 2**31 // pitch, 2**31 // pitch + 1, 5_000_000, 100_000_000, 2**31 - 1, 7])
    offsets = torch.empty(8, dtype=torch.int64, device=DEVICE)
    find_rows[(1,)](torch.tensor(words.astype(np.int32), device=DEVICE), offsets, PITCH=pitch, SIZE=8)
    np.testing.assert_array_equal(offsets.cpu().numpy(), words * pitch)


@pytest.mark.parametrize(
    ("settings", "vector_size", "message"),
    [
        ({"batch_size": 7}, 4, "one window or group of neighbours a step"),
        ({"noise_sharing": "pair"}, 4, "one window or group of neighbours a step"),
        ({"negative": 64}, 4, "at most 63 noise words, not 64"),
        ({}, 1025, "at most 1024 dimensions, not 1025"),
    ],
)
def test_what_the_kernel_cannot_do_is_refused(settings: dict, vector_size: int, message: str) -> None:
    plan, start = plan_and_tables(TOKENS, vector_size, **settings)
    with pytest.raises(ConfigError, match=message):
        engine_of(plan, start)


def test_an_objective_that_the_kernel_lacks_is_refused() -> None:
    plan, start = plan_and_tables(TOKENS, 8)
    with pytest.raises(ConfigError, match="cannot train objective 'hinge', only sgns and nce"):
        engine_of(replace(plan, objective="hinge"), start)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, 88),
        ({"window": 40}, 17),
        ({"window": 40, "reduction": "mean"}, 88),
        ({"noise_sharing": "neighbours", "window": 40}, 5),
    ],
)
def test_a_small_vocabulary_bounds_the_windows_in_flight(
    settings: dict, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 40 words equally likely as noise, all kept: 41 pairs make 41 (1 + 5)/40 changes to each or so."""
    device = SimpleNamespace(multi_processor_count=11)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: device)
    monkeypatch.setattr(engine_module, "MOST_CHANGES", 41 * 6 / 40 * 17.5 / 4)
    plan, _ = plan_and_tables(np.arange(40, dtype=np.int32), 4, ns_exponent=0.0, sample=0.0, **settings)
    assert default_programs(plan, torch.device("cuda")) == expected
    assert default_programs(plan, torch.device("cpu")) == 1


def test_live_tables_are_those_that_train() -> None:
    plan, start = plan_and_tables(TOKENS, 5)
    engine = engine_of(plan, start)
    in_vectors, out_vectors = engine.live()
    in_vectors.mul_(2.0)
    np.testing.assert_array_equal(engine.tables().in_vectors, 2.0 * start.in_vectors)
    engine.train_block(TOKENS, OFFSETS, 0, 0.05)
    for matrix, trained in (
        (in_vectors, engine.tables().in_vectors),
        (out_vectors, engine.tables().out_vectors),
    ):
        np.testing.assert_array_equal(matrix[:, :5].cpu().numpy(), trained)
        assert not matrix[:, 5:].any(), "the filling stays zero, so that sums over processes leave it alone"


def test_not_a_number_is_reported_not_hidden() -> None:
    plan, start = plan_and_tables(TOKENS, 8)
    start.in_vectors[counts_of(TOKENS).argmax()] = np.nan
    assert np.isnan(engine_of(plan, start).train_block(TOKENS, OFFSETS, 0, 0.05).loss)


def test_sizes_are_rounded_up_to_powers_of_two_that_the_matrix_units_take() -> None:
    assert [power_of_two(size) for size in (1, 16, 17, 64, 300)] == [16, 16, 32, 64, 512]
