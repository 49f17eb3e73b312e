"""A network of one hidden layer, or of none, many of them side by side.

With x a sentence vector and f the activation, h = f(x W1 + b1), logits = h W2 + b2, p = softmax(logits).
Without hidden units h is x itself, which is logistic regression. A prior opinion adds a x P to the logits: P
is given and stays, its strength a is learned with the weights. A `textransfer.sentiment.head.Head` is one of
them in numpy, which predicts.

Axes: M members, B texts, D dimensions, H hidden units, C classes. A member is a network with weights of its
own. Members share nothing, so training them together is training each alone, only faster.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch

from textransfer.forking import spare_children_the_threads_of_torch
from textransfer.randomness import Stream, generator
from textransfer.sentiment.head import Head

WEIGHT_DEVIATION = 0.1
"""Weights start normal with this deviation, biases at zero, as in the article."""

PRIOR_STRENGTH = 2.0
"""Where a starts, for scores of deviation 1 over the corpus."""

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

    def __getstate__(self) -> dict[str, Any]:
        """Return plain arrays, which any library can write that writes scikit-learn's estimators."""
        numbers = {name: array.detach().numpy() for name, array in self.named_parameters()}
        prior = None if self.prior is None else self.prior.numpy()
        return {"numbers": numbers, "activation": self.activation, "prior": prior}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what `__getstate__` returned, in copies."""
        prior = None if state["prior"] is None else torch.tensor(state["prior"])
        numbers = {name: torch.tensor(array) for name, array in state["numbers"].items()}
        OneHiddenLayer.__init__(self, **numbers, activation=state["activation"], prior=prior)

    @classmethod
    def random(
        cls,
        seeds: Sequence[int],
        n_features: int,
        hidden_size: int,
        n_classes: int,
        activation: str = "tanh",
        dtype: torch.dtype = torch.float32,
        prior: npt.NDArray[np.float32] | None = None,
    ) -> Self:
        """Make a member for each seed; its weights depend on that seed alone.

        Without hidden units there is no symmetry to be broken, and weights start at zero.
        """
        w1 = np.empty((len(seeds), n_features, hidden_size))
        w2 = np.zeros((len(seeds), hidden_size or n_features, n_classes))
        for member, seed in enumerate(seeds if hidden_size else ()):
            draws = generator(seed, Stream.NETWORK)
            w1[member] = WEIGHT_DEVIATION * draws.standard_normal(w1.shape[1:])
            w2[member] = WEIGHT_DEVIATION * draws.standard_normal(w2.shape[1:])
        return cls(
            torch.tensor(w1, dtype=dtype),
            torch.zeros((len(seeds), 1, hidden_size), dtype=dtype),
            torch.tensor(w2, dtype=dtype),
            torch.zeros((len(seeds), 1, n_classes), dtype=dtype),
            activation,
            None if prior is None else torch.tensor(prior, dtype=dtype),
        )

    @classmethod
    def stacked(cls, networks: Sequence["OneHiddenLayer"]) -> Self:
        """Put the members of alike networks side by side, in copies."""
        first = networks[0]

        def joined(name: str) -> torch.Tensor:
            return torch.cat([network.get_parameter(name).detach() for network in networks])

        return cls(
            joined("w1"),
            joined("b1"),
            joined("w2"),
            joined("b2"),
            activation=first.activation,
            prior=first.prior,
            prior_strength=None if first.prior is None else joined("prior_strength"),
        )

    @classmethod
    def of(cls, head: Head) -> Self:
        """Return the network of one member that a head is, with numbers of its own."""
        numbers = {name: torch.tensor(array)[None] for name, array in head.tensors().items()}
        prior = numbers.pop("prior", None)
        return cls(**numbers, activation=head.activation, prior=None if prior is None else prior[0])

    def heads(self) -> list[Head]:
        """Return each member as a head, which shares its numbers."""
        numbers = {name: array.detach().numpy() for name, array in self.named_parameters()}
        prior = None if self.prior is None else self.prior.numpy()
        own = [{name: array[member] for name, array in numbers.items()} for member in range(self.n_members)]
        return [Head(**arrays, activation=self.activation, prior=prior) for arrays in own]

    def hand_out(self, networks: Sequence["OneHiddenLayer"]) -> None:
        """Copy each member's numbers into a network of one member."""
        with torch.no_grad():
            for name, numbers in self.named_parameters():
                for member, network in zip(numbers, networks, strict=True):
                    network.get_parameter(name).copy_(member[None])

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

    def temper(self, temperature: float) -> None:
        """Divide the logits by a temperature, for good."""
        with torch.no_grad():
            for numbers in (self.w2, self.b2, *([] if self.prior is None else [self.prior_strength])):
                numbers.div_(temperature)

    def leave_to_prior(self) -> None:
        """Leave the decision to the prior, for want of labels."""
        with torch.no_grad():
            self.w2.zero_()

    def probabilities(self, vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Return p, shape (M, B, C), for sentence vectors of shape (M, B, D), or (1, B, D) for all."""
        shared = np.broadcast_to(np.asarray(vectors), (self.n_members, *vectors.shape[1:]))
        return np.stack([head.probabilities(own) for head, own in zip(self.heads(), shared, strict=True)])
