import numpy as np
import pytest
from pretrain.planted import plan_and_tables, ragged_text

TOKENS, OFFSETS = ragged_text()


def test_a_window_shares_its_noise_words() -> None:
    plan, _ = plan_and_tables(TOKENS, 4)
    steps = plan.sampler.draw(TOKENS, OFFSETS, 0)
    for start, stop in zip(steps.offsets[:-1], steps.offsets[1:], strict=True):
        assert (steps.negatives[start:stop] == steps.negatives[start]).all()
        assert (steps.contexts[start:stop] == steps.contexts[start]).all()
    assert len(np.unique(steps.negatives[steps.offsets[:-1]], axis=0)) > steps.n_steps / 2


def test_neighbours_are_three_windows_of_a_document_that_share_their_noise_words() -> None:
    """Counted anew where a document begins, and at every 256th position."""
    plan, _ = plan_and_tables(TOKENS, 4, noise_sharing="neighbours")
    alone, _ = plan_and_tables(TOKENS, 4)
    position = 1000
    steps, windows = (one.sampler.draw(TOKENS, OFFSETS, position) for one in (plan, alone))
    np.testing.assert_array_equal(steps.centers, windows.centers)
    drawn = plan.sampler.windows.draw(TOKENS, OFFSETS, position)
    document = np.searchsorted(OFFSETS, drawn.positions - position, side="right")
    groups: list[list[int]] = []
    before = None
    for i, stretch in enumerate(zip(document, drawn.positions // 256, strict=True)):
        if stretch != before or len(groups[-1]) == 3:
            groups.append([])
        groups[-1].append(i)
        before = stretch
    assert {len(group) for group in groups} == {1, 2, 3}
    assert len(set(drawn.positions // 256)) > 1
    ends = [drawn.offsets[group[-1] + 1] for group in groups]
    np.testing.assert_array_equal(steps.offsets, [0, *ends])
    first = windows.negatives[drawn.offsets[[group[0] for group in groups]]]
    np.testing.assert_array_equal(steps.negatives, np.repeat(first, np.diff(steps.offsets), axis=0))


def test_each_pair_can_have_its_own_noise_words() -> None:
    plan, _ = plan_and_tables(TOKENS, 4, noise_sharing="pair")
    steps = plan.sampler.draw(TOKENS, OFFSETS, 0)
    assert len(np.unique(steps.negatives, axis=0)) > 0.9 * steps.centers.size


def test_a_batch_shares_distinct_noise_words() -> None:
    plan, _ = plan_and_tables(
        TOKENS, 4, noise_sharing="batch", batch_size=6, noise_replacement=False, noise="log-uniform"
    )
    steps = plan.sampler.draw(TOKENS, OFFSETS, 0)
    for start, stop in zip(steps.offsets[:-1], steps.offsets[1:], strict=True):
        assert (steps.negatives[start:stop] == steps.negatives[start]).all()
        assert len(set(steps.negatives[start].tolist())) == 5


@pytest.mark.parametrize("is_skipping", [True, False])
def test_noise_equal_to_the_context_is_skipped_on_demand(is_skipping: bool) -> None:
    plan, _ = plan_and_tables(TOKENS, 4, skip_hits=is_skipping)
    steps = plan.sampler.draw(TOKENS, OFFSETS, 0)
    hits = steps.negatives == steps.contexts[:, None]
    assert hits.any()
    assert (steps.is_active == ~hits).all() if is_skipping else steps.is_active.all()


@pytest.mark.parametrize("batch_size", [1, 7, 10_000])
def test_batches_cover_the_same_pairs(batch_size: int) -> None:
    single, _ = plan_and_tables(TOKENS, 4)
    batched, _ = plan_and_tables(TOKENS, 4, batch_size=batch_size)
    one, many = single.sampler.draw(TOKENS, OFFSETS, 9), batched.sampler.draw(TOKENS, OFFSETS, 9)
    np.testing.assert_array_equal(one.centers, many.centers)
    np.testing.assert_array_equal(one.negatives, many.negatives)
    assert many.n_steps == -(-one.n_steps // batch_size)
    assert many.offsets[-1] == many.centers.size


def test_first_steps() -> None:
    plan, _ = plan_and_tables(TOKENS, 4)
    steps = plan.sampler.draw(TOKENS, OFFSETS, 0)
    cut = steps.first(3)
    assert cut.n_steps == 3
    assert cut.centers.size == steps.offsets[3]
    assert steps.first(10**6) is steps
