"""Word vectors trained by full batches, in the space that their texts span.

With S the shares of V words in the n texts of a member, shape (n, V), the means of the texts are S T. Every
gradient in the table T is S' G, with G the gradient in the means. A rule that moves T along sums of its
gradients therefore keeps T = T0 + S' A, and the means are S T0 + K A with K = S S'. So A, of shape (n, D),
is all that has to be trained: 26 rows instead of 1,330 for some thirty reviews.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.sentiment.sentences.averaging import Finish
from textransfer.sentiment.sentences.bags import Bags

if TYPE_CHECKING:
    from scipy import sparse


@dataclass(frozen=True, eq=False)
class DualTable:
    """The word vectors of one member before training, and the texts that train them."""

    shares: "sparse.csr_array[Any]"
    """Share of each word in the mean of each text (S), shape (n, V)."""
    start: npt.NDArray[np.float32]
    """Word vectors before training (T0), shape (V, D)."""
    finish: Finish
    """What is done to the means."""
    has_words: npt.NDArray[np.bool_]
    """Whether each text has a known word, shape (n,)."""

    @classmethod
    def of(cls, bags: Bags, start: npt.NDArray[np.float32], finish: Finish) -> "DualTable":
        """Take the texts of some bags, whose ids are rows of `start`."""
        return cls(bags.matrix(len(start)), start, finish, bags.has_words)

    def after(
        self, coefficients: npt.NDArray[np.float32], out: npt.NDArray[np.float32] | None = None
    ) -> npt.NDArray[np.float32]:
        """Return the word vectors T0 + S' A, shape (V, D), which are written to `out` if it is there."""
        moved = self._transposed @ coefficients
        return np.asarray(np.add(self.start, moved, out=out, dtype=np.float32))

    @cached_property
    def _transposed(self) -> "sparse.csr_array[Any]":
        return self.shares.T.tocsr()


def starts_and_grams(
    tables: Sequence[DualTable], read: Sequence[DualTable]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the means S T0 of the texts to be read, (M, n, D), and K with those that train, (M, n, n)."""
    starts = np.stack([member.shares @ member.start for member in read])
    grams = [member.shares @ trained.shares.T for member, trained in zip(read, tables, strict=True)]
    return starts, np.stack([gram.toarray() for gram in grams])
