"""A hidden layer over sentence vectors that come from elsewhere: the classifier without its words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.sentiment.head import Head

Floats = npt.NDArray[np.float32]

SMALLEST_LENGTH = 1e-12
"""Vectors that differ no more than that keep their size."""


@dataclass(frozen=True)
class Standard:
    """What is done to vectors before the head: the mean of the labelled ones off, their size to 1.

    Many encoders give all texts one large component in common, which says nothing and would take the
    penalty's whole attention.
    """

    center: Floats
    """Mean of the labelled vectors, shape (D,)."""
    scale: float
    """One over their root mean square distance from it."""

    @classmethod
    def of(cls, vectors: Floats) -> "Standard":
        """Measure labelled vectors, shape (n, D)."""
        center = vectors.mean(axis=0, dtype=np.float64)
        length = float(np.sqrt(((vectors - center) ** 2).sum(axis=1).mean()))
        return cls(center.astype(np.float32), 1 / length if length > SMALLEST_LENGTH else 1.0)

    def __call__(self, vectors: Floats) -> Floats:
        """Return vectors of any texts, shape (n, D), on the scale of the labelled ones."""
        return np.asarray((vectors - self.center) * np.float32(self.scale), np.float32)


@dataclass(frozen=True, eq=False)
class VectorHead:
    """A fitted head."""

    standard: Standard
    head: Head

    def predict_proba(self, vectors: Floats) -> npt.NDArray[np.float64]:
        """Return the probability of each class, shape (n, C), for vectors as they were fitted, (n, D)."""
        return self.head.probabilities(self.standard(vectors))

    @property
    def n_parameters(self) -> int:
        """Numbers that were learned."""
        return self.head.n_parameters


def fit_heads(
    vectors: Sequence[Floats],
    codes: Sequence[npt.NDArray[np.int64]],
    n_classes: int,
    config: ClassifierConfig,
    seeds: Sequence[int],
) -> list[VectorHead]:
    """Fit a head to each of some sets of labelled vectors, all of one size, side by side.

    Parameters
    ----------
    vectors : sequence of ndarray of float32, shape (n, D)
        Those of each set.
    codes : sequence of ndarray of int64, shape (n,)
        The class of each text, below `n_classes`.
    config : ClassifierConfig
        Hidden units, solver, epochs, penalty and class weights; what is about word vectors does not matter.
    seeds : sequence of int
        Of the initial weights and the order of the texts, one for each set.
    """
    # Imported here because predicting does without them.
    from textransfer.sentiment.training.array_inputs import FixedArrays
    from textransfer.sentiment.training.descent import descend
    from textransfer.sentiment.training.fitting import hidden_size_for, rate_and_penalties, text_weights
    from textransfer.sentiment.training.heads import Heads

    standards = [Standard.of(own) for own in vectors]
    hidden = hidden_size_for(config, n_classes)
    dimensions = vectors[0].shape[1]
    network = Heads.random(seeds, dimensions, hidden, n_classes, config.activation)
    weighted = [text_weights(config, own, None) for own in codes]
    stacked = [own / own.mean() for own in weighted if own is not None]
    weights = np.stack(stacked) if stacked else None
    learning_rate, penalties = rate_and_penalties(config, network, codes, weights)
    epochs = descend(
        network,
        FixedArrays(np.stack([standard(own) for standard, own in zip(standards, vectors, strict=True)])),
        np.stack(codes),
        weights=weights,
        seeds=seeds,
        epochs=config.epochs,
        learning_rate=learning_rate,
        solver=config.solver,
        penalty=penalties,
        batch_size=config.batch_size if config.batch_size < len(codes[0]) else 0,
    )
    for _ in epochs:
        pass
    return [VectorHead(standard, head) for standard, head in zip(standards, network.heads(), strict=True)]
