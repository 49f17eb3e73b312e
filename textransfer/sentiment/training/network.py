"""A network of one hidden layer, or of none, many of them side by side.

With x a sentence vector and f the activation, h = f(x W1 + b1), logits = h W2 + b2, p = softmax(logits).
Without hidden units h is x itself, which is logistic regression. A prior opinion adds a x P to the logits: P
is given and stays, its strength a is learned with the weights. `textransfer.sentiment.training.heads` are the
same numbers in numpy.

Axes: M members, B texts, D dimensions, H hidden units, C classes. A member is a network with weights of its
own. Members share nothing, so training them together is training each alone, only faster.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Self

import numpy as np
import numpy.typing as npt
import torch

from textransfer.forking import spare_children_the_threads_of_torch
from textransfer.sentiment.training.heads import PRIOR_STRENGTH, Heads

ACTIVATIONS: MappingProxyType[str, Callable[[torch.Tensor], torch.Tensor]] = MappingProxyType(
    {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}
)


class OneHiddenLayer(torch.nn.Module):
    """M networks of one hidden layer.

    Weights and biases w1, b1, w2, b2 have the shapes (M, D, H), (M, 1, H), (M, H, C), (M, 1, C); without
    hidden units H is 0, and w2 (M, D, C). The prior is P, (D, C), the same for all members; its strength is
    a, (M, 1, 1), by default `PRIOR_STRENGTH`.
    """

    prior: torch.Tensor | None

    def __init__(
        self,
        w1: torch.Tensor,
        b1: torch.Tensor,
        w2: torch.Tensor,
        b2: torch.Tensor,
        activation: str = "tanh",
        prior: torch.Tensor | None = None,
        prior_strength: torch.Tensor | None = None,
    ) -> None:
        super().__init__()
        spare_children_the_threads_of_torch()
        self.w1, self.b1 = torch.nn.Parameter(w1), torch.nn.Parameter(b1)
        self.w2, self.b2 = torch.nn.Parameter(w2), torch.nn.Parameter(b2)
        self.activation = activation
        self.register_buffer("prior", prior)
        if prior is not None:
            if prior_strength is None:
                prior_strength = torch.full((len(w1), 1, 1), PRIOR_STRENGTH, dtype=w1.dtype)
            self.prior_strength = torch.nn.Parameter(prior_strength)

    @classmethod
    def over(cls, heads: Heads) -> Self:
        """Return the network of these heads, which shares their numbers."""
        numbers = {name: torch.from_numpy(array) for name, array in heads.numbers().items()}
        prior = None if heads.prior is None else torch.tensor(heads.prior)
        return cls(**numbers, activation=heads.activation, prior=prior)

    @classmethod
    def random(
        cls,
        seeds: Sequence[int],
        n_features: int,
        hidden_size: int,
        n_classes: int,
        activation: str = "tanh",
        prior: npt.NDArray[np.floating] | None = None,
    ) -> Self:
        """Make a member for each seed, as `Heads.random` does, in single precision."""
        return cls.over(Heads.random(seeds, n_features, hidden_size, n_classes, activation, prior=prior))

    def heads(self) -> Heads:
        """Return the same heads, which share their numbers."""
        numbers = {name: array.detach().numpy() for name, array in self.named_parameters()}
        prior = None if self.prior is None else self.prior.numpy()
        return Heads(**numbers, activation=self.activation, prior=prior)

    @property
    def n_members(self) -> int:
        """Networks side by side (M)."""
        return len(self.w1)

    @property
    def hidden_size(self) -> int:
        """Units of the hidden layer (H); 0 if there is none."""
        return self.w1.shape[2]

    @property
    def n_classes(self) -> int:
        """Classes (C)."""
        return self.w2.shape[2]

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return logits, shape (M, B, C), for sentence vectors of shape (M, B, D), or (1, B, D) for all.

        It computes in the precision of the vectors.
        """
        shared, kind = vectors.expand(self.n_members, -1, -1), vectors.dtype
        hidden = shared
        if self.hidden_size:
            hidden = ACTIVATIONS[self.activation](torch.baddbmm(self.b1.to(kind), shared, self.w1.to(kind)))
        logits = torch.baddbmm(self.b2.to(kind), hidden, self.w2.to(kind))
        if self.prior is None:
            return logits
        return logits + self.prior_strength.to(kind) * (shared @ self.prior.to(kind))

    def probabilities(self, vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Return p, shape (M, B, C), for sentence vectors of shape (M, B, D), or (1, B, D) for all."""
        return self.heads().probabilities(vectors)
