"""The head of a fitted classifier: one hidden layer over sentence vectors, or none. It needs numpy alone.

`textransfer.sentiment.training` finds its numbers with torch; what they say of a text is computed here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from textransfer.errors import NumericalError
from textransfer.sentiment.probabilities import softmax

Doubles = npt.NDArray[np.float64]

ACTIVATIONS: MappingProxyType[str, Callable[[Doubles], Doubles]] = MappingProxyType(
    {
        "tanh": np.tanh,
        "relu": lambda x: np.maximum(x, 0),
        "sigmoid": lambda x: (1 + np.tanh(x / 2)) / 2,  # 1 / (1 + exp(-x)), which overflows
    }
)


@dataclass(frozen=True, eq=False)
class Head:
    """p = softmax(h W2 + b2 + a x P) with h = f(x W1 + b1), of sentence vectors x.

    Without hidden units (H is 0) h is x itself, which is logistic regression. P is a prior opinion, if there
    is one, and a its strength.
    """

    w1: npt.NDArray[np.float32]
    """Shape (D, H)."""
    b1: npt.NDArray[np.float32]
    """Shape (1, H)."""
    w2: npt.NDArray[np.float32]
    """Shape (H, C), or (D, C) without hidden units."""
    b2: npt.NDArray[np.float32]
    """Shape (1, C)."""
    activation: str = "tanh"
    """Name of f."""
    prior: npt.NDArray[np.float32] | None = None
    """P, shape (D, C)."""
    prior_strength: npt.NDArray[np.float32] | None = None
    """a, shape (1, 1); there if P is."""

    def probabilities(self, vectors: npt.NDArray[np.floating]) -> Doubles:
        """Return p, shape (B, C), of sentence vectors, (B, D).

        In double precision, so that a text gets the same answer whatever others are beside it.

        Raises
        ------
        NumericalError
            If a vector is not finite: loading does not look at all numbers of a large file.
        """
        hidden = x = np.asarray(vectors, np.float64)
        if self.w1.shape[1]:
            with np.errstate(invalid="ignore"):  # an infinite number times 0
                hidden = x @ self.w1.astype(np.float64) + self.b1
        if not np.isfinite(hidden).all():  # as one of x is not
            raise NumericalError(
                "a text has a vector that is not finite, so that the word vectors are damaged; make them anew"
            )
        if self.w1.shape[1]:
            hidden = ACTIVATIONS[self.activation](hidden)
        logits = hidden @ self.w2.astype(np.float64) + self.b2
        if self.prior is not None and self.prior_strength is not None:
            logits += self.prior_strength * (x @ self.prior.astype(np.float64))
        return softmax(logits)

    def tempered(self, temperature: float) -> "Head":
        """Return the head whose logits are these, divided by a temperature."""
        kind = self.w2.dtype.type(temperature)
        strength = None if self.prior_strength is None else self.prior_strength / kind
        return replace(self, w2=self.w2 / kind, b2=self.b2 / kind, prior_strength=strength)

    def tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return its numbers, by name."""
        names = ("w1", "b1", "w2", "b2", "prior", "prior_strength")
        values = {name: getattr(self, name) for name in names}
        return {name: array for name, array in values.items() if array is not None}

    @property
    def n_parameters(self) -> int:
        """Numbers that were learned: all but those of the prior opinion itself."""
        return sum(array.size for name, array in self.tensors().items() if name != "prior")
