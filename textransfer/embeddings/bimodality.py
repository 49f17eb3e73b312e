"""Directions along which the documents of a corpus fall into two groups, found without any label."""

import warnings

import numpy as np
import numpy.typing as npt

MIN_DOCUMENTS = 2_000
"""With fewer, chance alone finds directions that look divided."""
N_COMPONENTS = 20
"""Principal components that directions are sought in; among many, noise is divided somewhere."""
TWO_HUMPS = -0.5
"""Excess kurtosis of two equal normal groups two deviations apart: nearer ones make a single hump."""
N_SEARCHES = 2
"""From different starts; each may miss a direction."""
MAX_STEPS = 500
SAME = 0.8
"""Directions whose scores correlate more than this are one."""

Doubles = npt.NDArray[np.float64]


def bimodal_directions(documents: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Return directions along which documents form two humps, the most divided first.

    Independent components of half of the documents whose excess kurtosis on the other half is below -0.5.

    Parameters
    ----------
    documents : ndarray, shape (N, D)
        Sentence vectors.

    Returns
    -------
    ndarray of float32, shape (J, D)
        ``documents @ direction`` has a deviation of 1. J is often 0, and always with fewer than 2,000
        documents.

    References
    ----------
    Friedman & Tukey (1974), A projection pursuit algorithm for exploratory data analysis. Hyvärinen (1999),
    Fast and robust fixed-point algorithms for independent component analysis. Peña & Prieto (2001), Cluster
    identification using projections, on low kurtosis as the mark of two groups.
    """
    none = np.zeros((0, documents.shape[1]), np.float32)
    if len(documents) < MIN_DOCUMENTS:
        return none
    centred = documents.astype(np.float64) - documents.mean(axis=0, dtype=np.float64)
    variances, components = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = [i for i in np.argsort(variances)[::-1][:N_COMPONENTS] if variances[i] > 1e-9 * variances.max()]
    if not kept:
        return none
    whitening = components[:, kept] / np.sqrt(variances[kept])
    shuffled = np.random.default_rng(0).permutation(centred @ whitening)  # documents may alternate in kind
    half = len(shuffled) // 2
    found = np.concatenate([_independent(shuffled[:half], state) for state in range(N_SEARCHES)])
    kurtosis = _kurtosis(shuffled[half:] @ found.T)
    chosen: list[int] = []
    for i in np.argsort(kurtosis, kind="stable"):
        if kurtosis[i] < TWO_HUMPS and (np.abs(found[chosen] @ found[i]) <= SAME).all():
            chosen.append(int(i))
    return np.asarray(found[chosen] @ whitening.T, np.float32) if chosen else none


def _independent(white: Doubles, random_state: int) -> Doubles:
    """Return independent components, of length 1, as rows (K, K)."""
    from sklearn.decomposition import FastICA
    from sklearn.exceptions import ConvergenceWarning

    search = FastICA(whiten="unit-variance", max_iter=MAX_STEPS, random_state=random_state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # what it found so far is judged all the same
        search.fit(white)
    return np.asarray(search.components_ / np.linalg.norm(search.components_, axis=1, keepdims=True))


def _kurtosis(along: Doubles) -> Doubles:
    """Return the excess kurtosis of each column."""
    centred = along - along.mean(axis=0)
    return np.asarray((centred**4).mean(axis=0) / (centred**2).mean(axis=0) ** 2 - 3)
