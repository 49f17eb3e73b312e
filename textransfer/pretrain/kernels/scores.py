"""Scores to derivatives and loss, as a loop that the compiler turns into vector instructions.

With e = exp(-|x|): sig(x) is 1/(1+e) or e/(1+e) by the sign of x, and ln(1 + exp(x)) = max(x, 0) + ln(1+e).
exp is split as 2^n 2^f, n whole and |f| <= 1/2: 2^n is made from float bits, 2^f from its Taylor polynomial
(relative error below 2e-7). The logarithms are saved up: the product of many 1+e, each at most 2, takes one.
"""

import numpy as np
from numba import njit

from textransfer.pretrain.kernels.compiling import COMPILED, FAST

_LOG2_E = np.float32(1.4426950408889634)
_LOWEST = np.float32(-126.0)
_C1 = np.float32(0.6931471805599453)
_C2 = np.float32(0.2402265069591007)
_C3 = np.float32(0.05550410866482158)
_C4 = np.float32(0.009618129107628477)
_C5 = np.float32(0.0013333558146428443)
_C6 = np.float32(0.00015403530393381609)
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)
_HALF = np.float32(0.5)
_LOG_EVERY = 512


@njit(**COMPILED, fastmath=FAST)
def scores_to_gradients(scores, labels, bits, powers, n):
    """Replace scores by derivatives of the loss; return the summed loss.

    Parameters
    ----------
    scores : ndarray of float32, shape (>= n,)
        x of each word; on return sig(x) - label.
    labels : ndarray of float32, shape (>= n,)
        1 for the true word, 0 for noise, -1 for a word to be left out (its derivative becomes 0).
    bits, powers : ndarray of int32 and of float32, shape (>= n,)
        The same memory seen as both, to work in.
    n : int
        How many.

    Returns
    -------
    float
        Sum of ln(1 + exp(-x)) over true words and ln(1 + exp(x)) over noise, in float64.
    """
    for i in range(n):
        t = max(-abs(scores[i]) * _LOG2_E, _LOWEST)
        bits[i] = (np.int32(np.floor(t + _HALF)) + np.int32(127)) << np.int32(23)
    loss = 0.0
    for i in range(n):
        x = scores[i]
        t = max(-abs(x) * _LOG2_E, _LOWEST)
        f = t - np.floor(t + _HALF)
        e = powers[i] * (_ONE + f * (_C1 + f * (_C2 + f * (_C3 + f * (_C4 + f * (_C5 + f * _C6))))))
        is_used = labels[i] >= _ZERO
        is_true = labels[i] > _ZERO
        falling = e / (_ONE + e)
        sigmoid = _ONE - falling if x >= _ZERO else falling
        upper = max(-x, _ZERO) if is_true else max(x, _ZERO)
        loss += upper if is_used else _ZERO
        # For the true word sig(x) - 1 = -sig(-x), which keeps its digits where sig(x) is nearly 1.
        below = -falling if x >= _ZERO else falling - _ONE
        gradient = below if is_true else sigmoid
        scores[i] = gradient if is_used else _ZERO
        powers[i] = _ONE + e if is_used else _ONE
    for start in range(0, n, _LOG_EVERY):
        product = 1.0
        for i in range(start, min(start + _LOG_EVERY, n)):
            product *= powers[i]
        loss += np.log(product)
    return loss
