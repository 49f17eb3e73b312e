"""Heads side by side, while they are learned: their numbers in numpy.

Axes: M members, B texts, D dimensions, H hidden units, C classes. A member is a
`textransfer.sentiment.head.Head` with numbers of its own. Members share nothing, so training them together is
training each alone, only faster.
"""

from collections.abc import Sequence
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.randomness import Stream, generator
from textransfer.sentiment.head import Head

Array = npt.NDArray[np.floating]

WEIGHT_DEVIATION = 0.1
"""Weights start normal with this deviation, biases at zero, as in the article."""

PRIOR_STRENGTH = 2.0
"""Where a starts, for scores of deviation 1 over the corpus."""


class Heads:
    """M heads, which are trained in place.

    Weights and biases w1, b1, w2, b2 have the shapes (M, D, H), (M, 1, H), (M, H, C), (M, 1, C); without
    hidden units H is 0, and w2 (M, D, C). The prior is P, (D, C), the same for all members; its strength is
    a, (M, 1, 1), by default `PRIOR_STRENGTH`.
    """

    def __init__(
        self,
        w1: Array,
        b1: Array,
        w2: Array,
        b2: Array,
        activation: str = "tanh",
        prior: Array | None = None,
        prior_strength: Array | None = None,
    ) -> None:
        self.w1, self.b1, self.w2, self.b2 = w1, b1, w2, b2
        self.activation, self.prior = activation, prior
        if prior is not None and prior_strength is None:
            prior_strength = np.full((len(w1), 1, 1), PRIOR_STRENGTH, dtype=w1.dtype)
        self.prior_strength = None if prior is None else prior_strength

    @classmethod
    def random(
        cls,
        seeds: Sequence[int],
        n_features: int,
        hidden_size: int,
        n_classes: int,
        activation: str = "tanh",
        dtype: npt.DTypeLike = np.float32,
        prior: Array | None = None,
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
            w1.astype(dtype),
            np.zeros((len(seeds), 1, hidden_size), dtype),
            w2.astype(dtype),
            np.zeros((len(seeds), 1, n_classes), dtype),
            activation,
            None if prior is None else np.asarray(prior, dtype),
        )

    @classmethod
    def stacked(cls, parts: Sequence["Heads"]) -> Self:
        """Put the members of alike heads side by side, in copies."""
        numbers = [part.numbers() for part in parts]
        joined = {name: np.concatenate([own[name] for own in numbers]) for name in numbers[0]}
        return cls(**joined, activation=parts[0].activation, prior=parts[0].prior)

    @classmethod
    def of(cls, head: Head) -> Self:
        """Return one member that a head is, with numbers of its own."""
        numbers = {name: array[None].copy() for name, array in head.tensors().items()}
        prior = numbers.pop("prior", None)
        return cls(**numbers, activation=head.activation, prior=None if prior is None else prior[0])

    def numbers(self) -> dict[str, Array]:
        """Return what is learned, by name; the arrays themselves."""
        names = ("w1", "b1", "w2", "b2", "prior_strength")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def heads(self) -> list[Head]:
        """Return each member as a head, which shares its numbers."""
        numbers = self.numbers()
        own = [{name: array[member] for name, array in numbers.items()} for member in range(self.n_members)]
        return [Head(**arrays, activation=self.activation, prior=self.prior) for arrays in own]

    def hand_out(self, parts: Sequence["Heads"]) -> None:
        """Copy each member's numbers into heads of one member."""
        numbers = self.numbers()
        for member, part in enumerate(parts):
            for name, array in part.numbers().items():
                array[...] = numbers[name][member]

    @property
    def n_members(self) -> int:
        """Heads side by side (M)."""
        return len(self.w1)

    @property
    def hidden_size(self) -> int:
        """Units of the hidden layer (H); 0 if there is none."""
        return int(self.w1.shape[2])

    @property
    def n_classes(self) -> int:
        """Classes (C)."""
        return int(self.w2.shape[2])

    @property
    def n_parameters(self) -> int:
        """Numbers that are learned, of all members."""
        return sum(array.size for array in self.numbers().values())

    def temper(self, temperature: float) -> None:
        """Divide the logits by a temperature, for good."""
        for name in ("w2", "b2", "prior_strength"):
            if (array := getattr(self, name)) is not None:
                array /= temperature

    def leave_to_prior(self) -> None:
        """Leave the decision to the prior, for want of labels."""
        self.w2[...] = 0

    def probabilities(self, vectors: Array) -> npt.NDArray[np.float64]:
        """Return p, shape (M, B, C), for sentence vectors of shape (M, B, D), or (1, B, D) for all."""
        shared = np.broadcast_to(np.asarray(vectors), (self.n_members, *vectors.shape[1:]))
        return np.stack([head.probabilities(own) for head, own in zip(self.heads(), shared, strict=True)])
