"""Train many random states of the same small experiment side by side, and follow their accuracy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError
from textransfer.sentiment.averaging import Bags, Finish, Floats
from textransfer.sentiment.curves import log_spaced
from textransfer.sentiment.fitting import hidden_size_for
from textransfer.sentiment.inputs import FixedVectors, Inputs, WordTables
from textransfer.sentiment.network import OneHiddenLayer
from textransfer.sentiment.random_vectors import random_table
from textransfer.sentiment.training import penalty_rate, train

ARTICLE_REACH = 1.0
"""Word vectors of the article start uniform in +-1."""


@dataclass(frozen=True)
class MemberCurves:
    """How M random states fared on the same test texts.

    Parameters
    ----------
    epochs : ndarray of int64, shape (E,)
        The epochs looked at.
    seconds : ndarray of float64, shape (E,)
        Training time up to them, of all members together.
    losses : ndarray of float64, shape (E, M)
        Mean training loss of the epoch.
    accuracies : ndarray of float64, shape (E, M)
        Share of the test texts classified correctly.
    probabilities : ndarray of float64, shape (M, n_test, C)
        For the test texts after the last epoch.
    """

    epochs: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    accuracies: npt.NDArray[np.float64]
    probabilities: npt.NDArray[np.float64]


def train_members_on_vectors(
    vectors: Floats,
    codes: Sequence[int],
    test_vectors: Floats,
    test_codes: Sequence[int],
    *,
    seeds: Sequence[int],
    config: ClassifierConfig,
    epochs: Sequence[int] | None = None,
) -> MemberCurves:
    """Train a head for each member on its own frozen sentence vectors.

    Parameters
    ----------
    vectors, test_vectors : ndarray, shapes (M, n, D) and (M, n_test, D), or (1, ...) for the same to all
        Sentence vectors, as they shall enter the network.
    codes, test_codes : sequences of int, lengths n and n_test
        The class of each text, 0..C-1.
    seeds : sequence of int, length M
        Initial weights and order of the texts; each member depends on its own alone.
    config : ClassifierConfig
        `encoder`, `fine_tune`, `standardize` and `early_stopping` do not matter here.
    epochs : sequence of int, optional
        Epochs to look at; by default `log_spaced`.
    """
    inputs = FixedVectors(np.asarray(vectors, dtype=np.float32))
    test_inputs = FixedVectors(np.asarray(test_vectors, dtype=np.float32))
    return _train(inputs, codes, test_inputs, test_codes, np.shape(vectors)[2], seeds, config, epochs)


def train_members_end_to_end(
    words: Sequence[Sequence[str]],
    codes: Sequence[int],
    test_words: Sequence[Sequence[str]],
    test_codes: Sequence[int],
    *,
    vector_size: int,
    seeds: Sequence[int],
    config: ClassifierConfig,
    reach: float | None = ARTICLE_REACH,
    epochs: Sequence[int] | None = None,
) -> MemberCurves:
    """Train word vectors and head of each member from scratch: plain means, no pretraining.

    Only words of the training texts have vectors; a test word that is in none of them is unknown, and a
    test text without a known word is a zero vector.

    Parameters
    ----------
    words, test_words : sequences of sequences of str
        The words of each text.
    codes, test_codes, seeds, config, epochs
        As in `train_members_on_vectors`; word vectors learn at `config.vector_learning_rate`, or at
        `config.learning_rate` if that is open.
    vector_size : int
        Dimensions (D).
    reach : float, optional, default=1.0
        Word vectors start uniform in +-reach; None as in `random_table`.
    """
    index = {word: row for row, word in enumerate(dict.fromkeys(_flat(words)))}
    tables = np.stack([random_table(seed, len(index), vector_size, reach=reach) for seed in seeds])
    equal = np.ones(len(index))
    inputs, test_inputs = (
        WordTables(Bags.from_words(lists, index, equal, is_distinct=False), tables, Finish())
        for lists in (words, test_words)
    )
    return _train(inputs, codes, test_inputs, test_codes, vector_size, seeds, config, epochs)


def _train(
    inputs: Inputs,
    codes: Sequence[int],
    test_inputs: Inputs,
    test_codes: Sequence[int],
    n_features: int,
    seeds: Sequence[int],
    config: ClassifierConfig,
    wanted: Sequence[int] | None,
) -> MemberCurves:
    n_texts = inputs.n_texts
    if len(codes) != n_texts or len(test_codes) != test_inputs.n_texts:
        raise ConfigError(
            f"got {n_texts} texts with {len(codes)} classes and {test_inputs.n_texts} test texts with "
            f"{len(test_codes)}; expected a class for each text"
        )
    n_classes = max(*codes, *test_codes) + 1
    network = OneHiddenLayer.random(
        seeds, n_features, hidden_size_for(config, n_classes), n_classes, config.activation
    )
    steps = train(
        network,
        inputs,
        np.eye(n_classes, dtype=np.float32)[np.asarray(codes)][None],
        seeds=seeds,
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        vector_learning_rate=config.vector_learning_rate or config.learning_rate,
        solver=config.solver,
        penalty=penalty_rate(config.l2, n_texts, n_classes),
        batch_size=config.batch_size,
    )
    looked_at = {config.epochs, *(log_spaced(config.epochs) if wanted is None else wanted)}
    seen, accuracies = [], []
    probabilities = np.empty((len(seeds), len(test_codes), n_classes))
    for step in steps:
        if step.number in looked_at:
            probabilities[:] = network.probabilities(test_inputs.read(None)[0])
            accuracies.append((probabilities.argmax(axis=2) == np.asarray(test_codes)).mean(axis=1))
            seen.append(step)
    return MemberCurves(
        np.array([step.number for step in seen]),
        np.array([step.seconds for step in seen]),
        np.stack([step.losses for step in seen]),
        np.stack(accuracies),
        probabilities,
    )


def _flat(words: Iterable[Sequence[str]]) -> Iterable[str]:
    return (word for text in words for word in text)
