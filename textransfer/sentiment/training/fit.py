"""A classifier of labelled texts that is ready to be trained, and how it will be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.training.heads import Heads

MAX_TEXTS_AT_ONCE = 1000
AUTO_BATCH_SIZE = 64
"""Texts an update, if nothing is said, once word vectors are trained on more texts than that."""
MAX_NUMBERS_SIDE_BY_SIDE = 1 << 25
"""Numbers that fits side by side may hold together, about."""


@dataclass(frozen=True)
class Split:
    """Positions of the labelled texts that are trained on, and of those held out to stop by."""

    trained: npt.NDArray[np.int64]
    held_out: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Fit:
    """A classifier of n labelled texts that is ready to be trained."""

    network: Heads
    """One member, with its initial weights; is trained in place."""
    averaging: Averaging
    """How words become vectors; its table is changed in place if word vectors are trained."""
    bags: Bags
    """The known words of the texts."""
    codes: npt.NDArray[np.int64]
    """The class of each text, shape (n,)."""
    split: Split
    config: ClassifierConfig
    seed: int
    """Of the order of the texts."""
    vector_learning_rate: float | None = None
    """Step of the word vectors; None leaves them as they are."""
    weights: npt.NDArray[np.float32] | None = None
    """How much each text counts, shape (n,); None if all count the same."""
    words: Sequence[Sequence[str]] = ()
    """The words of each text, for fits on parts of them."""
    vectors: WordVectors | None = None
    """The pretrained ones, for the same."""

    @property
    def n_trained(self) -> int:
        """Texts that are trained on."""
        return len(self.split.trained)

    @property
    def batch_size(self) -> int:
        """Texts an update; all of them is 0."""
        size = self.config.batch_size
        if self.vector_learning_rate is not None and size == 0 and self.n_trained > MAX_TEXTS_AT_ONCE:
            size = AUTO_BATCH_SIZE
        return size if size < self.n_trained else 0

    @property
    def is_dual(self) -> bool:
        """Whether word vectors are trained in the space of their texts."""
        return self.vector_learning_rate is not None and self.batch_size == 0 and self.config.solver == "adam"

    @property
    def needs_torch(self) -> bool:
        """Whether word vectors are trained by batches, or training stops early."""
        is_table_trained = self.vector_learning_rate is not None
        return is_table_trained and (not self.is_dual or len(self.split.held_out) > 0)

    @property
    def kind(self) -> tuple[Any, ...]:
        """What fits must have in common to be made side by side."""
        prior = self.network.prior
        finish = self.averaging.finish
        return (
            self.config,
            self.n_trained,
            self.network.w1.shape,
            self.network.n_classes,
            None if prior is None else prior.tobytes(),
            (finish.center is None, finish.is_unit_length),
            self.weights is None,
        )

    @property
    def n_side_by_side(self) -> int:
        """How many fits of this kind may be made side by side, at least 1."""
        if self.needs_torch:
            return 1
        n_texts, n_dimensions = self.n_trained, int(self.network.w1.shape[1])
        size = n_texts * n_dimensions
        if self.is_dual:
            size = n_texts * (n_texts + 3 * n_dimensions) + self.averaging.table.size
        return max(1, MAX_NUMBERS_SIDE_BY_SIDE // max(size, 1))
