import numpy as np
import pytest

from textransfer.embeddings import poles
from textransfer.embeddings.poles import polar_directions
from textransfer.randomness import library_seed

SIZE = 12


def divided(n: int, *, gap: float = 2.5, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Documents with two groups along a hidden direction, where they differ less than along three others."""
    random = np.random.default_rng(seed)
    axes = np.linalg.qr(random.standard_normal((SIZE, SIZE)))[0]
    group = random.integers(0, 2, n)
    along = random.standard_normal((n, SIZE)) * np.array([6, 5, 4] + [1] * (SIZE - 3))
    along[:, 3] = 0.5 * random.standard_normal(n) + 0.5 * gap * (2 * group - 1)
    return along @ axes.T, group, axes[:, 3]


def test_two_groups_are_found_where_other_directions_vary_more():
    documents, group, hidden = divided(4000)
    found = polar_directions(documents)
    assert len(found) == 1
    assert abs(found[0] @ hidden) / np.linalg.norm(found[0]) > 0.98
    scores = documents @ found[0]
    assert abs(np.corrcoef(scores, group)[0, 1]) > 0.9
    assert scores.std() == pytest.approx(1, abs=0.02)


def test_the_mean_of_documents_makes_no_difference():
    documents, _, _ = divided(3000)
    one, other = (documents @ polar_directions(given)[0] for given in (documents, documents + 5))
    assert abs(np.corrcoef(one, other)[0, 1]) > 0.99


@pytest.mark.parametrize("seed", range(5))
def test_one_hump_is_none(seed):
    random = np.random.default_rng(seed)
    documents = random.standard_normal((4000, SIZE)) * np.arange(1, SIZE + 1)
    assert polar_directions(documents).shape == (0, SIZE)
    few_differ = documents.copy()
    few_differ[:, 4] = random.laplace(size=4000)  # heavy tails are the opposite of two humps
    assert not len(polar_directions(few_differ))


@pytest.mark.parametrize("n_axes", [3, 5, 8])
def test_unit_length_alone_makes_no_pole(n_axes):
    random = np.random.default_rng(n_axes)
    wide = random.standard_normal((6000, 40)) * np.array([5.0] * n_axes + [1.0] * (40 - n_axes))
    assert not len(polar_directions(wide / np.linalg.norm(wide, axis=1, keepdims=True)))
    low = random.standard_normal((6000, n_axes))
    assert not len(polar_directions(low / np.linalg.norm(low, axis=1, keepdims=True)))


@pytest.mark.parametrize("place", [100, 1500, 2900])
def test_one_odd_document_among_equal_ones_is_no_pole(place):
    documents = np.full((3000, SIZE), 0.1)
    documents[place, :3] = [0.5, -0.2, 0.3]
    assert polar_directions(documents).shape == (0, SIZE)


def test_groups_that_are_hardly_apart_are_none():
    assert len(polar_directions(divided(4000, gap=0.8)[0])) == 0


def test_few_documents_are_never_divided():
    documents, _, _ = divided(1999)
    assert polar_directions(documents).shape == (0, SIZE)


def test_two_divisions_are_both_found_the_deeper_first():
    documents, _, hidden = divided(6000)
    random = np.random.default_rng(9)
    other = np.linalg.qr(np.column_stack([hidden, random.standard_normal((SIZE, 2))]))[0][:, 1]
    second = 0.4 * random.standard_normal(6000) + 2 * random.choice([-1, 1], 6000)
    documents = documents - np.outer(documents @ other, other) + np.outer(second, other)
    found = polar_directions(documents)
    assert len(found) == 2
    assert abs(np.corrcoef(documents @ found[0], second)[0, 1]) > 0.95
    assert abs(np.corrcoef(documents @ found[1], documents @ hidden)[0, 1]) > 0.95


def test_documents_that_are_all_alike_are_not_divided():
    assert polar_directions(np.ones((3000, SIZE), np.float32)).shape == (0, SIZE)
    assert polar_directions(np.zeros((3000, SIZE), np.float32)).shape == (0, SIZE)
    assert polar_directions(np.full((3000, SIZE), 0.1)).shape == (0, SIZE)


def test_what_does_not_vary_does_no_harm():
    documents, _, _ = divided(3000)
    flat = np.column_stack([documents, np.zeros((3000, 3))])
    found = polar_directions(flat)
    assert len(found) == 1
    assert np.isfinite(found).all()


def test_the_seed_decides_how_documents_are_divided():
    documents, _, _ = divided(4000)
    first, again, other = (polar_directions(documents, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert abs(np.corrcoef(documents @ first[0], documents @ other[0])[0, 1]) > 0.99


def test_draws_of_seed_0_stay_and_those_of_others_differ(monkeypatch):
    draws = {}

    def recorded(seed, *use):
        state = library_seed(seed, *use)
        draws.setdefault(seed, []).append(state)
        return state

    monkeypatch.setattr(poles, "library_seed", recorded)
    documents, _, _ = divided(2000)
    np.testing.assert_array_equal(polar_directions(documents), polar_directions(documents, 0))
    polar_directions(documents, 1)
    polar_directions(documents, 2)
    assert draws[0] == [0, 0, 1] * 2  # halves, then a start for each search
    assert not set(draws[1]) & set(draws[2])


def test_a_direction_that_one_half_alone_shows_is_chance(monkeypatch):
    documents = divided(4000)[0]
    sources = iter([np.eye(SIZE)[:1], np.eye(SIZE)[1:2]])
    monkeypatch.setattr(poles, "_spread_sources", lambda *_: next(sources))
    assert not len(polar_directions(documents))
    sources = iter([np.eye(SIZE)[:2], -np.eye(SIZE)[1:2]])
    assert len(polar_directions(documents)) == 1
