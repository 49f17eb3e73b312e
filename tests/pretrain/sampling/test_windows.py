import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from textransfer.pretrain.sampling.windows import Windows, WindowSampler, keep_thresholds
from textransfer.randomness import integers


def slow_windows(
    sampler: WindowSampler, tokens: np.ndarray, offsets: np.ndarray, position: int
) -> list[tuple[int, int, list[int], list[int]]]:
    """Draw windows in plain Python, a token at a time, as the docstring says."""
    windows = []
    for start, stop in zip(offsets[:-1], offsets[1:], strict=True):
        kept = [
            (int(tokens[i]), position + int(i))
            for i in range(start, stop)
            if (int(integers(sampler.subsample_key, position + i)) >> 32) < int(sampler.keep[tokens[i]])
        ]
        for middle, (word, place) in enumerate(kept):
            reach = sampler.window
            if sampler.is_shrinking:
                reach = 1 + ((int(integers(sampler.window_key, place)) >> 32) * sampler.window >> 32)
            near = [
                j for j in range(middle - reach, middle + reach + 1) if j != middle and 0 <= j < len(kept)
            ]
            slots = [j - middle + sampler.window - (j > middle) for j in near]
            if near:
                windows.append((word, place, [kept[j][0] for j in near], slots))
    return windows


def as_list(windows: Windows) -> list[tuple[int, int, list[int], list[int]]]:
    return [
        (
            int(windows.contexts[i]),
            int(windows.positions[i]),
            windows.centers[windows.offsets[i] : windows.offsets[i + 1]].tolist(),
            windows.slots[windows.offsets[i] : windows.offsets[i + 1]].tolist(),
        )
        for i in range(windows.contexts.size)
    ]


@given(
    documents=st.lists(st.lists(st.integers(0, 5), max_size=12), max_size=8),
    window=st.integers(1, 6),
    is_shrinking=st.booleans(),
    sample=st.sampled_from([0.0, 0.05, 1.0]),
    position=st.integers(0, 2**40),
)
def test_windows_equal_the_plain_definition(
    documents: list[list[int]], window: int, is_shrinking: bool, sample: float, position: int
) -> None:
    tokens = np.array([word for document in documents for word in document], dtype=np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(d) for d in documents])]).astype(np.int64)
    keep = keep_thresholds(np.array([90, 50, 30, 20, 10, 1]), sample)
    sampler = WindowSampler(keep, window, is_shrinking, subsample_key=11, window_key=12)
    assert as_list(sampler.draw(tokens, offsets, position)) == slow_windows(
        sampler, tokens, offsets, position
    )


def test_windows_do_not_depend_on_how_the_text_is_cut() -> None:
    tokens = np.arange(60, dtype=np.int32) % 7
    offsets = np.array([0, 20, 25, 60])
    keep = keep_thresholds(np.array([10, 9, 9, 8, 8, 8, 8]), 0.05)
    sampler = WindowSampler(keep, 4, True, subsample_key=1, window_key=2)
    whole = as_list(sampler.draw(tokens, offsets, 500))
    parts = as_list(sampler.draw(tokens[:25], offsets[:3], 500))
    parts += as_list(sampler.draw(tokens[25:], offsets[2:] - 25, 525))
    assert whole == parts


def test_reach_is_uniform() -> None:
    n = 40_000
    sampler = WindowSampler(keep_thresholds(np.array([1]), 0.0), 5, True, subsample_key=1, window_key=2)
    windows = sampler.draw(np.zeros(n, dtype=np.int32), np.array([0, n]), 0)
    reach = np.diff(windows.offsets)[10:-10] // 2
    assert chisquare(np.bincount(reach, minlength=6)[1:]).pvalue > 1e-3


def test_subsampling_keeps_the_share_that_the_rule_says() -> None:
    counts = np.array([90_000, 9_000, 1_000])
    keep = keep_thresholds(counts, 0.01)
    ratio = 0.01 / (counts / counts.sum())
    np.testing.assert_allclose(keep / 2**32, np.minimum(np.sqrt(ratio) + ratio, 1), rtol=1e-6)
    tokens = np.repeat(np.arange(3), counts).astype(np.int32)
    sampler = WindowSampler(keep, 1, False, subsample_key=5, window_key=6)
    windows = sampler.draw(tokens, np.array([0, tokens.size]), 0)
    kept = np.bincount(windows.contexts, minlength=3)
    expected = counts * keep / 2**32
    deviation = np.sqrt(expected * (1 - keep / 2**32)) + 2
    assert (np.abs(kept - expected) < 4 * deviation).all()


def test_sample_zero_keeps_everything() -> None:
    assert (keep_thresholds(np.array([10**9, 1]), 0.0) == 2**32).all()


@pytest.mark.parametrize("offsets", [[0], [0, 0, 0], [0, 1]])
def test_text_without_a_pair_gives_no_window(offsets: list[int]) -> None:
    sampler = WindowSampler(keep_thresholds(np.array([1]), 0.0), 3, True, subsample_key=1, window_key=2)
    windows = sampler.draw(np.zeros(offsets[-1], dtype=np.int32), np.array(offsets), 0)
    assert windows.contexts.size == windows.centers.size == 0
    assert windows.offsets.tolist() == [0]
