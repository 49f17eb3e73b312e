"""A network of one hidden layer, many of them side by side: outputs, loss and gradients.

With x a sentence vector and f the activation, h = f(x W1 + b1), p = softmax(h W2 + b2), and the loss of a
text is -ln p of its class. Gradients are written out; the tests compare them with finite differences.

Axes: M members, B texts, D dimensions, H hidden units, C classes. A member is a network with weights of its
own. Members share nothing, so training them together is training each alone, only faster.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from textransfer.randomness import Stream, generator
from textransfer.sentiment.averaging import Floats

WEIGHT_DEVIATION = 0.1
"""Weights start normal with this deviation, biases at zero, as in the article."""


def _relu(x: Floats) -> Floats:
    return np.maximum(x, 0)


ACTIVATIONS: MappingProxyType[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = (
    MappingProxyType(
        {
            "tanh": (np.tanh, lambda h: 1 - h * h),
            "relu": (_relu, lambda h: (h > 0).astype(h.dtype)),
            "sigmoid": (expit, lambda h: h * (1 - h)),
        }
    )
)
"""Name -> the function, and its derivative as a function of its value."""


class OneHiddenLayer:
    """M networks of one hidden layer and a softmax.

    Parameters
    ----------
    parameters : ndarray, shape (M, P)
        All weights of a member in one row: W1 (D, H), b1 (H,), W2 (H, C), b2 (C,), so P = DH + H + HC + C.
        The network works on this array, not on a copy.
    n_features, hidden_size, n_classes : int
        D, H and C.
    activation : {"tanh", "relu", "sigmoid"}
        Of the hidden layer.

    Attributes
    ----------
    w1, b1, w2, b2 : ndarray
        Views of `parameters`, shapes (M, D, H), (M, 1, H), (M, H, C), (M, 1, C).
    is_weight : ndarray of bool, shape (P,)
        Where a parameter is a weight; only these are penalised.
    """

    def __init__(
        self,
        parameters: Floats,
        n_features: int,
        hidden_size: int,
        n_classes: int,
        activation: str = "tanh",
    ) -> None:
        self.n_features, self.hidden_size, self.n_classes = n_features, hidden_size, n_classes
        self.activation = activation
        self.parameters = parameters
        self.w1, self.b1, self.w2, self.b2 = self._split(parameters)
        sizes = (n_features * hidden_size, hidden_size, hidden_size * n_classes, n_classes)
        self.is_weight = np.repeat([True, False, True, False], sizes)

    @classmethod
    def random(
        cls,
        seeds: Sequence[int],
        n_features: int,
        hidden_size: int,
        n_classes: int,
        activation: str = "tanh",
        dtype: npt.DTypeLike = np.float32,
    ) -> Self:
        """Make a member for each seed; its weights depend on that seed alone."""
        n_parameters = (n_features + 1) * hidden_size + (hidden_size + 1) * n_classes
        network = cls(
            np.zeros((len(seeds), n_parameters), dtype), n_features, hidden_size, n_classes, activation
        )
        for member, seed in enumerate(seeds):
            draws = generator(seed, Stream.NETWORK).standard_normal(n_parameters)
            network.parameters[member] = WEIGHT_DEVIATION * draws * network.is_weight
        return network

    def probabilities(self, vectors: Floats) -> Floats:
        """Return p, float64 (M, B, C), for sentence vectors of shape (M, B, D) or (1, B, D)."""
        logits = (self._hidden(vectors) @ self.w2 + self.b2).astype(np.float64)
        return np.asarray(softmax(logits, axis=2))

    def losses(self, vectors: Floats, targets: Floats) -> npt.NDArray[np.float64]:
        """Return each member's mean loss, shape (M,), against targets of shape (M, B, C) or (1, B, C)."""
        log_p = self._log_probabilities(self._hidden(vectors))
        return np.asarray(-(targets * log_p).sum(axis=(1, 2), dtype=np.float64) / log_p.shape[1])

    def gradients(
        self, vectors: Floats, targets: Floats, *, with_inputs: bool = False
    ) -> tuple[npt.NDArray[np.float64], Floats, Floats | None]:
        """Return the mean loss of each member over its texts, and its gradients.

        Parameters
        ----------
        vectors : ndarray, shape (M, B, D) or (1, B, D)
            Sentence vectors.
        targets : ndarray, shape (M, B, C) or (1, B, C)
            1 at the class of the text, else 0; or a distribution over the classes.
        with_inputs : bool, default=False
            Whether the gradient in `vectors` is wanted too.

        Returns
        -------
        losses : ndarray of float64, shape (M,)
        in_parameters : ndarray, shape (M, P)
        in_vectors : ndarray, shape (M, B, D), or None
        """
        _, slope = ACTIVATIONS[self.activation]
        hidden = self._hidden(vectors)
        log_p = self._log_probabilities(hidden)
        n_texts = log_p.shape[1]
        losses = -(targets * log_p).sum(axis=(1, 2), dtype=np.float64) / n_texts
        in_logits = (np.exp(log_p) - targets) / n_texts
        in_hidden = (in_logits @ self.w2.swapaxes(1, 2)) * slope(hidden)
        gradient = np.empty_like(self.parameters)
        in_w1, in_b1, in_w2, in_b2 = self._split(gradient)
        np.matmul(vectors.swapaxes(1, 2), in_hidden, out=in_w1)
        np.matmul(hidden.swapaxes(1, 2), in_logits, out=in_w2)
        in_hidden.sum(axis=1, keepdims=True, out=in_b1)
        in_logits.sum(axis=1, keepdims=True, out=in_b2)
        return losses, gradient, in_hidden @ self.w1.swapaxes(1, 2) if with_inputs else None

    def _hidden(self, vectors: Floats) -> Floats:
        activate, _ = ACTIVATIONS[self.activation]
        return activate(vectors @ self.w1 + self.b1)

    def _log_probabilities(self, hidden: Floats) -> Floats:
        logits = hidden @ self.w2 + self.b2
        logits -= logits.max(axis=2, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=2, keepdims=True)))

    def _split(self, flat: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return views of rows of parameters, one for each of W1, b1, W2, b2."""
        n_members, d, h, c = len(flat), self.n_features, self.hidden_size, self.n_classes
        w1, b1, w2, b2 = np.split(flat, np.cumsum([d * h, h, h * c]), axis=1)
        return (
            w1.reshape(n_members, d, h),
            b1.reshape(n_members, 1, h),
            w2.reshape(n_members, h, c),
            b2.reshape(n_members, 1, c),
        )
