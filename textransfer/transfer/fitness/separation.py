"""How well classes lie apart in a space before a classifier is trained, and in which of two spaces better.

Everything is computed from the inner products of the texts, shape (n, n), of either space.

References
----------
Anderson (2001), A new method for non-parametric multivariate analysis of variance: the permutation test.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from textransfer.config import N_FOLDS
from textransfer.randomness import Purpose, generator
from textransfer.records import Record
from textransfer.transfer.comparing.splits import Indices, stratified_folds
from textransfer.transfer.statistics.intervals import (
    Floats,
    Interval,
    cross_validated_accuracy_interval,
    cross_validated_difference_interval,
)
from textransfer.transfer.statistics.macro_f1 import Codes

N_REPEATS = 4
PENALTY = 0.3
"""Of the ridge regression, for texts of unit length."""
N_PERMUTATIONS = 999
PERMUTATIONS_AT_ONCE = 100


@dataclass(frozen=True)
class Separation(Record):
    """How classes lie apart in a space, and whether another space does better."""

    accuracy: Interval
    """Of ridge regression on the classes in cross-validation, in the space of the pretrained vectors."""
    other: Interval
    """The same in the other space."""
    ahead: Interval
    """The paired difference: pretrained minus other."""
    p_value: float
    """Share of shuffled labels whose classes lie as far apart in the pretrained space."""
    chance: float
    """Accuracy where nothing tells the classes apart: 1 over their number."""
    n_texts: int
    """Labelled texts behind it."""


def separation_of(products: Floats, other_products: Floats, codes: Codes, random_state: int) -> Separation:
    """Measure how the classes of some texts lie apart.

    Parameters
    ----------
    products, other_products : ndarray of float64, shape (n, n)
        Inner products of the texts in the pretrained space, and in the other one; of unit length both.
    codes : ndarray of int64, shape (n,)
        Class number of each text, from 0; each class has two texts at least.
    """
    fold_of = stratified_folds(codes.tolist(), N_FOLDS, N_REPEATS, random_state)
    correct, other_correct = np.zeros((2, *fold_of.shape), bool)
    for repeat, fold in product(range(N_REPEATS), range(fold_of.max() + 1)):
        train, test = np.flatnonzero(fold_of[repeat] != fold), np.flatnonzero(fold_of[repeat] == fold)
        correct[repeat, test] = ridge_classes(products, codes, train, test) == codes[test]
        other_correct[repeat, test] = ridge_classes(other_products, codes, train, test) == codes[test]
    return Separation(
        cross_validated_accuracy_interval(correct, fold_of),
        cross_validated_accuracy_interval(other_correct, fold_of),
        cross_validated_difference_interval(correct, other_correct, fold_of),
        permutation_test(products, codes, generator(random_state, Purpose.SHUFFLED_LABELS)),
        1 / (int(codes.max()) + 1),
        len(codes),
    )


def ridge_classes(products: Floats, codes: Codes, train: Indices, test: Indices) -> Codes:
    """Return the class of each test text by ridge regression on the classes of the training texts.

    A linear classifier in closed form, from inner products alone. The origin lies midway between the means
    of the classes, so that one text more or less of a class does not tilt it.
    """
    member = (codes[train][:, None] == np.arange(codes.max() + 1)).astype(np.float64)
    n_classes = member.shape[1]
    share = (member / member.sum(axis=0)).sum(axis=1) / n_classes
    inner = products[np.ix_(train, train)]
    towards = inner @ share
    level = share @ towards
    centred = inner - towards - towards[:, None] + level
    weights = np.linalg.solve(centred + PENALTY * np.eye(len(train)), member - 1 / n_classes)
    across = products[np.ix_(test, train)]
    scores = (across - (across @ share)[:, None] - towards + level) @ weights
    return np.asarray(scores.argmax(axis=1), np.int64)


def permutation_test(
    products: Floats, codes: Codes, random: np.random.Generator, n_permutations: int = N_PERMUTATIONS
) -> float:
    """Return the share of shuffled labels whose classes lie as far apart; the labels themselves count."""
    observed = _between(products, codes[None])[0]
    shuffled = [random.permutation(codes) for _ in range(n_permutations)]
    n_as_far = 0
    for start in range(0, n_permutations, PERMUTATIONS_AT_ONCE):
        rivals = _between(products, np.array(shuffled[start : start + PERMUTATIONS_AT_ONCE]))
        n_as_far += int(np.count_nonzero(rivals >= observed - 1e-9 * abs(observed)))
    return (1 + n_as_far) / (1 + n_permutations)


def _between(products: Floats, codes: Codes) -> Floats:
    """Return, for each row of codes (P, n), how far its class means lie from the origin in all.

    Squares are weighted by the texts of a class. Their sum over classes is that about the mean of all
    texts, but for a number that does not depend on the labels.
    """
    n_permutations, n_texts = codes.shape
    n_classes = int(codes.max()) + 1
    member = (codes.T[:, :, None] == np.arange(n_classes)).astype(np.float64)
    flat = member.reshape(n_texts, -1)
    squares = np.einsum("np,np->p", flat, products @ flat).reshape(n_permutations, n_classes)
    return np.asarray((squares / member.sum(axis=0)).sum(axis=1))
