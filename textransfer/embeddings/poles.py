"""Directions along which the documents of a corpus spread towards two poles, found without any label."""

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.arrays import unit_rows
from textransfer.embeddings.independence import independent_components
from textransfer.randomness import Purpose, library_seed

MIN_DOCUMENTS = 2_000
"""With fewer, chance alone finds such directions."""
N_COMPONENTS = 20
"""Principal components that directions are sought in; among many, noise spreads somewhere."""
MOST_KURTOSIS = -0.5
"""Excess kurtosis of two equal normal groups two deviations apart; a normal distribution has 0."""
LEAST_GAP = 0.25
"""By so much the kurtosis must be lower than that of normal documents with the same covariance."""
N_SEARCHES = 2
"""From different starts; each may miss a direction."""
SAME = 0.8
"""Directions whose scores correlate more than this are one."""
NO_VARIANCE = 1e-9
"""Mean square, as a share of that of the documents, below which a component is rounding."""

Doubles = npt.NDArray[np.float64]


def polar_directions(documents: npt.NDArray[np.floating], seed: int = 0) -> npt.NDArray[np.float32]:
    """Return directions along which documents spread towards two ends, the most marked one first.

    Independent components of half of the documents whose excess kurtosis on the other half is below -0.5: few
    documents lie far out, no more in the middle than towards the ends. It must also be lower, by 0.25, than
    that of normal documents of the same covariance at unit length, which have a low kurtosis of their own.
    Each half must show the direction to the other: one that a single half has may be there by chance.

    Documents are sentence vectors of unit length, (N, D). The seed decides which of them are in which half,
    and where the searches start. Along each of the J directions, (J, D), they have a deviation of 1; J is
    often 0, and always with fewer than 2,000 documents.

    References
    ----------
    Friedman & Tukey (1974), A projection pursuit algorithm for exploratory data analysis. Hyvärinen (1999),
    Fast and robust fixed-point algorithms for independent component analysis. Peña & Prieto (2001), Cluster
    identification using projections, on low kurtosis as the mark of two groups.
    """
    none = np.zeros((0, documents.shape[1]), np.float32)
    if len(documents) < MIN_DOCUMENTS:
        return none
    random = np.random.default_rng(library_seed(seed, Purpose.POLES))
    centred = documents.astype(np.float64) - documents.mean(axis=0, dtype=np.float64)
    shuffled = random.permutation(centred)  # documents may alternate in kind
    halves = np.array_split(shuffled, 2)
    variances, components = np.linalg.eigh(centred.T @ centred / len(centred))
    floor = NO_VARIANCE * float((documents.astype(np.float64) ** 2).sum(axis=1).mean())
    order = np.argsort(variances)[::-1][:N_COMPONENTS]
    kept = [
        i
        for i in order
        if min(variances[i], *(_mean_square(half @ components[:, i]) for half in halves)) > floor
    ]
    if not kept:
        return none
    whitening = components[:, kept] / np.sqrt(variances[kept])
    states = [library_seed(seed, Purpose.POLES, number) for number in range(N_SEARCHES)]
    normal = unit_rows(random.standard_normal(halves[1].shape) * np.sqrt(np.maximum(variances, 0)))
    whitened = [half @ whitening for half in halves]
    normal_whitened = normal @ components.T @ whitening
    spread = [
        _spread_sources(learned, measured, normal_whitened, states)
        for learned, measured in (whitened, whitened[::-1])
    ]
    chosen: list[Doubles] = []
    for source in spread[0]:
        is_shown_by_both = (np.abs(spread[1] @ source) > SAME).any()
        if is_shown_by_both and all(abs(other @ source) <= SAME for other in chosen):
            chosen.append(source)
    return np.asarray(np.array(chosen) @ whitening.T, np.float32) if chosen else none


def _spread_sources(learned: Doubles, measured: Doubles, normal: Doubles, states: list[int]) -> Doubles:
    """Return the independent components of one half along which the other spreads, the most marked first."""
    sources = np.concatenate([_independent(learned, state) for state in states])
    kurtosis = _kurtosis(measured @ sources.T)
    bound = np.minimum(MOST_KURTOSIS, _kurtosis(normal @ sources.T) - LEAST_GAP)
    order = np.argsort(kurtosis, kind="stable")
    return sources[order[kurtosis[order] < bound[order]]]


def _independent(white: Doubles, seed: int) -> Doubles:
    """Return independent components, of length 1, as rows; none where the search fails."""
    try:
        with np.errstate(all="ignore"):
            components = independent_components(white, seed)
    except np.linalg.LinAlgError:  # a corpus without directions must not cost its vectors
        return np.zeros((0, white.shape[1]))
    return components[np.isfinite(components).all(axis=1)]


def _mean_square(along: Doubles) -> float:
    return float((along * along).mean())


def _kurtosis(along: Doubles) -> Doubles:
    """Return the excess kurtosis of each column; infinite where nothing varies."""
    centred = along - along.mean(axis=0)
    squares = (centred**2).mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        kurtosis = (centred**4).mean(axis=0) / squares**2 - 3
    return np.asarray(np.where(np.isfinite(kurtosis), kurtosis, np.inf))
