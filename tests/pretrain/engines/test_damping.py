"""What many windows at once do to frequent words is bounded; all other words are left alone."""

import numpy as np
import pytest
from pretrain.planted import plan_and_tables, ragged_text

from textransfer.pretrain.engines.damping import changes_a_window, damping

TOKENS, OFFSETS = ragged_text(n_documents=400)


@pytest.mark.parametrize("settings", [{}, {"shrink_window": False}, {"sample": 0.0, "negative": 2}])
def test_changes_are_as_many_as_are_drawn(settings: dict) -> None:
    """Documents end windows early, so that the expectation lies above; never far above, never below."""
    plan, _ = plan_and_tables(TOKENS, 4, skip_hits=False, **settings)
    steps = plan.sampler.draw(TOKENS, OFFSETS, 0)
    as_center, as_output = changes_a_window(plan)
    share = (steps.centers == 0).sum() * (1 + steps.negatives.shape[1]) / steps.n_steps / as_center[0]
    assert 0.7 < share < 1.05
    drawn = (steps.contexts == 0).sum() + (steps.negatives == 0).sum()
    assert 0.7 < drawn / steps.n_steps / as_output[0] < 1.05


def test_frequent_words_are_bounded_and_rare_ones_left_alone() -> None:
    plan, _ = plan_and_tables(TOKENS, 4)
    for changes, factor in zip(changes_a_window(plan), damping(plan, 40, 15.0), strict=True):
        assert (factor * 40 * changes <= 15.0 * (1 + 1e-6)).all()
        np.testing.assert_array_equal(factor[40 * changes <= 15.0], 1.0)
        assert factor.min() < 0.9
        assert factor.max() == 1.0


def test_one_window_at_a_time_is_not_damped() -> None:
    plan, _ = plan_and_tables(TOKENS, 4)
    assert all((factor == 1.0).all() for factor in damping(plan, 1, 0.001))


def test_the_mean_of_a_window_counts_as_one_pair() -> None:
    plan, _ = plan_and_tables(TOKENS, 4, reduction="mean")
    as_center, _ = changes_a_window(plan)
    np.testing.assert_allclose(as_center.sum(), 1.0 + 5)
