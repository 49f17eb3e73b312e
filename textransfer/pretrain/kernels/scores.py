"""Scores to steps and loss, a register at a time.

All terms of the loss have one form, ln(1 + exp(t)): t = -x for the true word and t = x for noise. Its
derivative by t is sig(t). With e = exp(-|t|) and s = 1 / (1 + e), sig(t) is s or e s by the sign of t, which
keeps all digits of both ends, and ln(1 + exp(t)) = max(t, 0) + ln(1 + e). exp is split as 2^n 2^f, n whole
and |f| <= 1/2: 2^n is made from float bits, 2^f from its Taylor polynomial, and ln(1 + e) / e from the
polynomial through its values at Chebyshev's points (relative errors below 3e-7).
"""

import numpy as np

from textransfer.compiling import compiled, compiled_with, inlined
from textransfer.pretrain.kernels.lanes import (
    LANES,
    absolute,
    at_least,
    constant,
    load,
    multiply_add,
    nearest,
    power_of_two,
    start_of,
    store,
    where_negative,
)

_MINUS_LOG2_E = np.float32(-1.4426950408889634)
_LOWEST = np.float32(-127.0)  # whose power of two is made as an exact zero
_C1 = np.float32(0.6931471805599453)
_C2 = np.float32(0.2402265069591007)
_C3 = np.float32(0.05550410866482158)
_C4 = np.float32(0.009618129107628477)
_C5 = np.float32(0.0013333558146428443)
_C6 = np.float32(0.00015403530393381609)
_L0 = np.float32(0.9999997807585044)
_L1 = np.float32(-0.4999717452300584)
_L2 = np.float32(0.332719283833915)
_L3 = np.float32(-0.24474774178478675)
_L4 = np.float32(0.17687476700423233)
_L5 = np.float32(-0.1068500286374956)
_L6 = np.float32(0.04349389981533136)
_L7 = np.float32(-0.00837115254944365)
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)

MOST_SUMMED = 60
"""Registers of losses that are added up in float32, about, before float64 takes them."""


@inlined
def exp_of_minus_abs(t):
    """Return exp(-|t|) of a register."""
    exponent = at_least(absolute(t) * constant(_MINUS_LOG2_E), _LOWEST)
    n = nearest(exponent)
    f = exponent - n
    p = multiply_add(f, constant(_C6), constant(_C5))
    p = multiply_add(f, p, constant(_C4))
    p = multiply_add(f, p, constant(_C3))
    p = multiply_add(f, p, constant(_C2))
    p = multiply_add(f, p, constant(_C1))
    return power_of_two(n) * multiply_add(f, p, constant(_ONE))


@inlined
def log_of_one_plus(e):
    """Return ln(1 + e) of a register, 0 <= e <= 1."""
    p = multiply_add(e, constant(_L7), constant(_L6))
    p = multiply_add(e, p, constant(_L5))
    p = multiply_add(e, p, constant(_L4))
    p = multiply_add(e, p, constant(_L3))
    p = multiply_add(e, p, constant(_L2))
    p = multiply_add(e, p, constant(_L1))
    p = multiply_add(e, p, constant(_L0))
    return e * p


@inlined
def terms_to_steps(terms, weights, n, rates, tally, loss):
    """Replace terms t of weight w by rates * w * sig(t), and add w * ln(1 + exp(t)) to the loss.

    Parameters
    ----------
    terms, weights : pointer
        n registers each. A weight of 0 gives exactly 0 and adds nothing, if the term is finite.
    n : int
    rates : register
        Minus the learning rate, times the sign of x in t.
    tally : ndarray of float32, shape (>= LANES + 1,)
        Sums of losses by lane, and of how many; from `new_tally`, read by `take_loss`.
    loss : ndarray of float64, shape (>= 1,)
        Receives what becomes too much for the tally.
    """
    sums = start_of(tally)
    unit = constant(_ONE)
    for first in range(0, n, MOST_SUMMED):
        last = min(n, first + MOST_SUMMED)
        if tally[LANES] > MOST_SUMMED:
            loss[0] += take_loss(tally)
        tally[LANES] += last - first
        total = load(sums, 0)
        for j in range(first, last):
            t, w = load(terms, j * LANES), load(weights, j * LANES)
            e = exp_of_minus_abs(t)
            s = unit / (unit + e)
            store(terms, j * LANES, rates * w * where_negative(t, e * s, s))
            total = multiply_add(w, at_least(t, _ZERO) + log_of_one_plus(e), total)
        store(sums, 0, total)


@compiled
def take_loss(tally):
    """Return the loss of the tally, float64, and empty it."""
    loss = 0.0
    for lane in range(LANES):
        loss += tally[lane]
        tally[lane] = _ZERO
    tally[LANES] = _ZERO
    return loss


@compiled_with()
def new_tally():
    """Return an empty tally."""
    return np.zeros(LANES + 17, np.float32)
