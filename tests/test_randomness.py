"""Randomness by position: the published generator, uniform, with unrelated streams."""

import numpy as np
import pytest
from scipy.stats import chisquare

from textransfer.errors import ConfigError
from textransfer.randomness import (
    WEYL,
    Purpose,
    Stream,
    generator,
    integers,
    library_seed,
    mix,
    seed_of,
    stream_key,
    uniforms,
)

SEED_1234567 = [
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
]
"""First outputs of SplitMix64 from the seed 1234567, as published (Rosetta Code, "Pseudo-random
numbers/Splitmix64")."""


def test_integers_are_the_published_splitmix64():
    assert integers(1234567, np.arange(5)).tolist() == SEED_1234567


def test_the_scalar_twin_says_the_same():
    state = [(1234567 + WEYL * (position + 1)) % 2**64 for position in range(5)]
    assert [mix(value) for value in state] == SEED_1234567


def test_a_draw_depends_on_its_position_alone():
    positions = np.array([[7, 3], [10**15, 7]])
    drawn = integers(99, positions)
    assert drawn.shape == (2, 2)
    assert drawn.dtype == np.uint64
    assert drawn[0, 0] == drawn[1, 1] == integers(99, 7)
    assert len(set(drawn.ravel().tolist())) == 3


def test_keys_broadcast_with_positions():
    keys = integers(5, np.arange(3))[:, np.newaxis]
    drawn = integers(keys, np.arange(4))
    for row, key in enumerate(keys.ravel().tolist()):
        assert drawn[row].tolist() == integers(key, np.arange(4)).tolist()


def test_no_numpy_warning_comes_from_the_wrapping_arithmetic():
    with np.errstate(all="raise"):
        integers(2**64 - 1, 2**62)


@pytest.mark.parametrize("stream", [Stream.WINDOW, Stream.NOISE])
def test_draws_are_uniform(stream):
    drawn = integers(stream_key(0, stream), np.arange(100_000)) % np.uint64(97)
    assert chisquare(np.bincount(drawn.astype(int), minlength=97)).pvalue > 0.001


def test_every_bit_is_as_often_set_as_not():
    drawn = integers(stream_key(3, Stream.NOISE), np.arange(20_000))
    for bit in range(64):
        share = ((drawn >> np.uint64(bit)) & np.uint64(1)).mean()
        assert abs(share - 0.5) < 0.018  # five deviations of 0.5 / sqrt(20,000)


def test_uniforms_are_uniform_in_the_half_open_interval():
    drawn = uniforms(stream_key(1, Stream.SUBSAMPLE), np.arange(50_000))
    assert drawn.dtype == np.float64
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert chisquare(np.histogram(drawn, bins=50, range=(0, 1))[0]).pvalue > 0.001
    # All 53 bits are used: the finest grid is 2**-53.
    assert ((drawn * 2**53) % 2 == 1).mean() == pytest.approx(0.5, abs=0.02)


def test_neighbouring_positions_are_unrelated():
    drawn = uniforms(stream_key(1, Stream.NOISE), np.arange(50_000))
    pairs = (drawn[::2] * 10).astype(int) * 10 + (drawn[1::2] * 10).astype(int)
    assert chisquare(np.bincount(pairs, minlength=100)).pvalue > 0.001


def test_streams_and_seeds_differ():
    keys = {stream_key(seed, stream) for seed in range(50) for stream in Stream}
    assert len(keys) == 50 * len(Stream)
    one = uniforms(stream_key(0, Stream.WINDOW), np.arange(20_000))
    for key in (stream_key(0, Stream.NOISE), stream_key(1, Stream.WINDOW)):
        other = uniforms(key, np.arange(20_000))
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.036  # five deviations of 1 / sqrt(20,000)


def test_stream_numbers_are_fixed_for_ever():
    expected = {"SUBSAMPLE": 1, "WINDOW": 2, "NOISE": 3, "IN_VECTORS": 4, "OUT_VECTORS": 5}
    assert {name: int(Stream[name]) for name in expected} == expected
    assert len({int(stream) for stream in Stream}) == len(Stream)
    assert stream_key(0, Stream.WINDOW) == mix((mix(0) + WEYL * 2) % 2**64)


def test_generator_repeats_and_tells_paths_apart():
    def draw(seed, *path, stream=Stream.SPLITS):
        return generator(seed, stream, *path).integers(2**63)

    assert draw(0, 1, 2) == draw(0, 1, 2)
    assert len({draw(0), draw(1), draw(0, 1), draw(0, 2), draw(0, 1, 2), draw(0, 2, 1)}) == 6
    assert draw(0, stream=Stream.NETWORK) != draw(0)


def test_seed_of_keeps_integers():
    for seed in (0, 42, 2**64 - 1, np.int32(42), np.uint64(2**64 - 1)):
        found = seed_of(seed)
        assert found == int(seed)
        assert type(found) is int


def test_seed_of_none_is_fresh():
    assert seed_of(None) != seed_of(None)


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_seed_of_a_generator_is_drawn_from_it(make):
    source = make(0)
    first, second = seed_of(source), seed_of(source)
    assert first != second
    assert first == seed_of(make(0))


@pytest.mark.parametrize("value", [-1, 2**64, 1.0, True, "7", [1]])
def test_seed_of_refuses_the_rest(value):
    with pytest.raises(ConfigError, match="random_state is"):
        seed_of(value)


def test_purposes_are_fixed_for_ever_and_tell_their_draws_apart():
    expected = {
        "FEW_SHOT_DRAWS": [6, 0],
        "FOLDS": [6, 1],
        "WATCHED_TEXTS": [6, 2],
        "CURVE_RESAMPLES": [6, 3],
        "SUGGESTED_TEXTS": [6, 4],
        "FORECAST_RESAMPLES": [6, 5],
        "VARIANTS": [6, 6, 1],
        "CORPUS_SAMPLES": [6, 7, 0],
        "SHUFFLED_LABELS": [6, 7, 1],
        "UNLABELLED_TEXTS": [6, 7, 2],
        "HALVES": [6, 8],
    }
    for name, path in expected.items():
        same = np.random.default_rng([5, *path, 9]).integers(2**63)
        assert generator(5, Purpose[name], 9).integers(2**63) == same
    assert len({generator(0, purpose).integers(2**63) for purpose in Purpose}) == len(Purpose)


def test_seeds_of_libraries_obey_the_seed_and_keep_the_draws_of_seed_0():
    folds = Purpose.CALIBRATION_FOLDS
    assert [library_seed(0, folds, repeat) for repeat in range(2)] == [0, 1]
    assert library_seed(0, Purpose.POLES) == 0
    drawn = {library_seed(seed, use, i) for seed in (1, 2) for use in (folds, Purpose.POLES) for i in (0, 1)}
    assert len(drawn) == 8
    assert all(0 <= seed < 2**32 for seed in drawn)
