"""Tiles: what they sample, and the GPU kernel's steps against it."""

import numpy as np
import pytest
from conformance.test_engines import one_step_each
from pretrain.planted import plan_and_tables, ragged_text

from textransfer.errors import ConfigError
from textransfer.pretrain.damping import damping
from textransfer.pretrain.objectives import apply_step, loss_and_gradients
from textransfer.pretrain.tables import Tables
from textransfer.pretrain.tiles import Tiling

TOKENS, OFFSETS = ragged_text(seed=163, n_documents=7)


def test_tiles_have_the_pairs_of_the_windows() -> None:
    plan, _ = plan_and_tables(TOKENS, 4)
    tiled, plain = Tiling(5, 12).draw(plan, TOKENS, OFFSETS, 9), plan.sampler.draw(TOKENS, OFFSETS, 9)
    np.testing.assert_array_equal(tiled.centers, plain.centers)
    np.testing.assert_array_equal(tiled.contexts, plain.contexts)
    np.testing.assert_array_equal(tiled.context_log_counts, plain.context_log_counts)
    for low, high in zip(tiled.offsets[:-1], tiled.offsets[1:], strict=True):
        assert (tiled.negatives[low:high] == tiled.negatives[low]).all()
    np.testing.assert_array_equal(tiled.is_active, tiled.negatives != tiled.contexts[:, None])


def test_tiles_of_one_word_and_k_noise_words_are_windows() -> None:
    plan, _ = plan_and_tables(TOKENS, 4)
    tiled, plain = Tiling(1, 5).draw(plan, TOKENS, OFFSETS, 9), plan.sampler.draw(TOKENS, OFFSETS, 9)
    for name, values in vars(plain).items():
        np.testing.assert_array_equal(getattr(tiled, name), values, err_msg=name)
    assert Tiling(1, 5).noise_weight(plan) == 1.0


def test_more_noise_words_of_less_weight_have_the_same_expectation() -> None:
    plan, tables = plan_and_tables(TOKENS, 4)
    losses = []
    for n_noise in (5, 500):
        tiling = Tiling(8, n_noise)
        draws = [tiling.draw(plan, TOKENS, OFFSETS, start) for start in range(0, 10_000, 100)]
        weight = tiling.noise_weight(plan)
        losses.append(
            sum(loss_and_gradients(tables, steps, "sgns", weight)[0] for steps in draws)
            / sum(steps.centers.size for steps in draws)
        )
    assert losses[0] == pytest.approx(losses[1], rel=0.03)


@pytest.mark.parametrize(
    ("settings", "tiling"),
    [
        ({"window": 4}, Tiling(8, 12)),
        ({"window": 3, "sample": 0.0, "skip_hits": False}, Tiling(26, 5)),
        ({"window": 5, "shrink_window": False}, Tiling(6, 40)),
    ],
    ids=["small", "no-skip", "more-noise-than-words"],
)
@pytest.mark.parametrize(("objective", "n_programs"), [("sgns", 1), ("nce", 1), ("nce", 3)])
def test_steps_of_the_kernel_equal_the_specification(
    objective: str, n_programs: int, settings: dict, tiling: Tiling
) -> None:
    """With several programs, which the interpreter runs in turn, the changes of frequent words are damped."""
    triton = pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")
    torch = pytest.importorskip("torch")
    device = "cpu" if triton.knobs.runtime.interpret else "cuda"
    if device == "cuda" and (n_programs > 1 or not torch.cuda.is_available()):
        pytest.skip("no CUDA device, or programs that race on it")
    from textransfer.pretrain.engines.triton import TritonEngine

    plan, start = plan_and_tables(TOKENS, 9, objective=objective, **settings)
    choices = {"n_programs": n_programs, "precision": "ieee", "tiling": tiling, "most_changes": 1.0}
    engine = TritonEngine(plan, start, device=device, **choices)
    stats = engine.train_block(TOKENS, OFFSETS, 1000, 0.05)
    truth = Tables(*(table.astype(np.float64) for table in vars(start).values()))
    steps = tiling.draw(plan, TOKENS, OFFSETS, 1000)
    weight = tiling.noise_weight(plan)
    in_damping, out_damping = damping(plan, n_programs * tiling.size if n_programs > 1 else 1, 1.0)
    loss = 0.0
    for step in one_step_each(steps):
        before = truth.copy()
        loss += apply_step(truth, step, 0.05, objective, "sum", weight)
        for table, old, factor in (
            (truth.in_vectors, before.in_vectors, in_damping[:, None]),
            (truth.out_vectors, before.out_vectors, out_damping[:, None]),
            (truth.out_bias, before.out_bias, out_damping),
        ):
            table[:] = old + factor * (table - old)
    assert stats.loss == pytest.approx(loss, rel=1e-5)
    assert (stats.n_pairs, stats.n_steps) == (steps.centers.size, steps.n_steps)
    for name, table in vars(engine.tables()).items():
        np.testing.assert_allclose(table, getattr(truth, name), rtol=1e-4, atol=1e-5, err_msg=name)


def test_the_mean_of_a_window_is_no_setting_of_tiles() -> None:
    plan, _ = plan_and_tables(TOKENS, 4, reduction="mean")
    with pytest.raises(ConfigError, match="sum"):
        Tiling(8, 5).draw(plan, TOKENS, OFFSETS, 0)
