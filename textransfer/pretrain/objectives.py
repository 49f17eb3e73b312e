r"""SGNS and NCE in NumPy: loss and gradients as the papers write them; the specification of all engines.

With s = u.v for a pair (u the centre's input vector, v the context's output vector) and K noise words:

SGNS  x = s              loss = -ln sig(x) - sum_k ln sig(-x_k)
NCE   x = s + b - ln E   loss = the same, where b is the word's bias and E the expected count of the word
                         among the noise words: K q(w) if they are drawn with replacement

so that the derivative by any score is sig(x) - 1 for the true pair and sig(x_k) for a noise word.

References
----------
Mikolov et al. (2013), Distributed representations of words and phrases, equation 4.
Gutmann, Hyvarinen (2010), Noise-contrastive estimation; Mnih, Teh (2012), A fast and simple algorithm for
training neural probabilistic language models, equation 8 (ln Z fixed at 0).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from textransfer.config import BIASED, Objective, Reduction
from textransfer.pretrain.sampling.steps import Steps
from textransfer.pretrain.tables import Tables

FloatArray = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Gradients:
    """Derivatives of the summed loss by the rows that a step touches."""

    centers: FloatArray
    """By the input vector of each pair, shape (B, D)."""
    contexts: FloatArray
    """By the output vector of each pair, shape (B, D)."""
    negatives: FloatArray
    """By the output vectors of its noise words, shape (B, K, D)."""
    context_bias: FloatArray
    """By the bias of each context; zero for SGNS, shape (B,)."""
    noise_bias: FloatArray
    """By the biases of the noise words; zero for SGNS, shape (B, K)."""


def loss_and_gradients(tables: Tables, steps: Steps, objective: Objective) -> tuple[float, Gradients]:
    """Return the loss summed over all pairs, and its gradients; tables are of any float type.

    The steps are taken as one update: their offsets are ignored.
    """
    u = tables.in_vectors[steps.centers]
    v = tables.out_vectors[steps.contexts]
    n = tables.out_vectors[steps.negatives]
    x_true = np.einsum("bd,bd->b", u, v)
    x_noise = np.einsum("bd,bkd->bk", u, n)
    has_bias = objective in BIASED
    if has_bias:
        x_true = x_true + tables.out_bias[steps.contexts] - steps.context_log_counts
        x_noise = x_noise + tables.out_bias[steps.negatives] - steps.noise_log_counts

    losses_noise = steps.is_active * np.logaddexp(0.0, x_noise)
    loss = float(np.logaddexp(0.0, -x_true).sum(dtype=np.float64) + losses_noise.sum(dtype=np.float64))

    g_true = expit(x_true) - 1.0
    g_noise = steps.is_active * expit(x_noise)
    return loss, Gradients(
        centers=g_true[:, None] * v + np.einsum("bk,bkd->bd", g_noise, n),
        contexts=g_true[:, None] * u,
        negatives=g_noise[:, :, None] * u[:, None, :],
        context_bias=has_bias * g_true,
        noise_bias=has_bias * g_noise,
    )


def apply_step(tables: Tables, step: Steps, rate: float, objective: Objective, reduction: Reduction) -> float:
    """Take one step of gradient descent in place; return the summed loss before it.

    Rows that occur more than once in the step receive the sum of their gradients, all taken at the same
    point.
    """
    loss, gradients = loss_and_gradients(tables, step, objective)
    scale = rate / step.centers.size if reduction == "mean" else rate
    np.add.at(tables.in_vectors, step.centers, -scale * gradients.centers)
    np.add.at(tables.out_vectors, step.contexts, -scale * gradients.contexts)
    np.add.at(tables.out_vectors, step.negatives, -scale * gradients.negatives)
    np.add.at(tables.out_bias, step.contexts, -scale * gradients.context_bias)
    np.add.at(tables.out_bias, step.negatives, -scale * gradients.noise_bias)
    return loss
