import numpy as np
import pytest

from textransfer.transfer.augmenting.variants import (
    MAX_TRIES,
    FreshVariants,
    crop,
    drop_words,
    mix,
    replace_words,
)

WORDS = [f"w{i}" for i in range(63)]


@pytest.fixture
def random():
    return np.random.default_rng(0)


def is_part(variant, words):
    return any(words[i : i + len(variant)] == variant for i in range(len(words) - len(variant) + 1))


def test_dropped_words_leave_the_rest_in_order(random):
    lengths = []
    for _ in range(400):
        variant = drop_words(WORDS, random, probability=0.2)
        assert variant == [word for word in WORDS if word in set(variant)]
        lengths.append(len(variant))
    # 400 x 63 draws: the mean share that stays has a deviation of 0.0025
    assert np.mean(lengths) / 63 == pytest.approx(0.8, abs=0.01)


def test_never_all_words_are_dropped_and_never_a_negation(random):
    assert drop_words(["one"], random, probability=1.0) == ["one"]
    assert len(drop_words(WORDS, random, probability=1.0)) == 1
    assert drop_words(["this", "is", "not", "a", "good", "film"], random, probability=1.0) == ["not"]
    assert drop_words([], random) == []


def test_a_crop_is_contiguous_and_long_enough(random):
    starts, lengths = set(), set()
    for _ in range(600):
        variant = crop(WORDS, random)
        assert is_part(variant, WORDS)
        starts.add(variant[0])
        lengths.add(len(variant))
    assert (min(lengths), max(lengths)) == (32, 63)
    assert len(starts) > 20
    assert crop(["one"], random) == ["one"]
    assert crop([], random) == []


def test_replaced_words_come_from_their_own_neighbours(random):
    near = {"good": ["great", "fine"], "film": ["movie"]}
    seen = set()
    for _ in range(200):
        variant = replace_words(["a", "good", "film"], random, near, probability=0.5)
        assert variant[0] == "a"
        seen.add(tuple(variant))
    assert seen == {("a", x, y) for x in ("good", "great", "fine") for y in ("film", "movie")}
    assert replace_words(["good"], random, near, probability=0.0) == ["good"]


def test_a_mix_is_a_half_of_each(random):
    other = [f"v{i}" for i in range(10)]
    for _ in range(50):
        variant = mix(WORDS, other, random)
        assert is_part(variant[:32], WORDS)
        assert is_part(variant[32:], other)
        assert len(variant) == 32 + 5
    assert mix(["a"], ["b"], random) == ["a", "b"]


def test_nothing_is_given_twice(random):
    fresh = FreshVariants([["a", "b", "c"]])

    def vary(random):
        return drop_words(["c", "b", "a"], random, probability=0.5)

    variants = [tuple(sorted(words)) for _ in range(20) if (words := fresh.draw(vary, random)) is not None]
    # all but the document itself, in whatever order
    assert set(variants) == {("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c")}
    assert len(variants) == len(set(variants))


def test_a_hopeless_variant_is_given_up(random):
    calls = []

    def vary(random):
        calls.append(1)
        return []

    assert FreshVariants([]).draw(vary, random) is None
    assert len(calls) == MAX_TRIES
