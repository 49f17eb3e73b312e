"""Scores to steps and loss, a register at a time.

All terms of the loss have one form, ln(1 + exp(t)): t = -x for the true word and t = x for noise. Its
derivative by t is sig(t). With e = exp(-|t|) and s = 1 / (1 + e), sig(t) is s or e s by the sign of t, which
keeps all digits of both ends, and ln(1 + exp(t)) = max(t, 0) + ln(1 + e). exp is split as 2^n 2^f, n whole
and |f| <= 1/2: 2^n is made from float bits, 2^f from its Taylor polynomial (relative error below 2e-7). The
logarithms are saved up: the product of many 1 + e, each at most 2, takes one.
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
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)

NEVER = np.float32(-1e4)
"""A shift that makes a term of the loss vanish."""
MOST_FACTORS = 60
"""Registers of factors that are multiplied up before the logarithm is taken, about; twice as many still fit:
2^120 is a float32, and that to the power of 8 a float64."""


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
def terms_to_steps(terms, m, rates, tally, loss):
    """Replace the terms t of m centres by rates * sig(t), and add ln(1 + exp(t)) to the loss.

    Parameters
    ----------
    terms : pointer
        One register a centre. NEVER (or less) gives exactly 0 and adds nothing.
    m : int
        Centres.
    rates : register
        Minus the learning rate, times the sign of x in t.
    tally : ndarray of float32, shape (>= 2 * LANES + 1,)
        Sums of max(t, 0) by lane, products of 1 + e by lane, how many; from `new_tally`, read by `take_loss`.
    loss : ndarray of float64, shape (>= 1,)
        Receives what becomes too much for the tally.
    """
    sums = start_of(tally)
    unit = constant(_ONE)
    for first in range(0, m, MOST_FACTORS):
        last = min(m, first + MOST_FACTORS)
        if tally[2 * LANES] > MOST_FACTORS:
            loss[0] += take_loss(tally)
        tally[2 * LANES] += last - first
        positive, product = load(sums, 0), load(sums, LANES)
        for j in range(first, last):
            t = load(terms, j * LANES)
            e = exp_of_minus_abs(t)
            s = unit / (unit + e)
            store(terms, j * LANES, rates * where_negative(t, e * s, s))
            positive = positive + at_least(t, _ZERO)
            product = product * (unit + e)
        store(sums, 0, positive)
        store(sums, LANES, product)


@compiled
def take_loss(tally):
    """Return the loss of the tally, float64, and empty it."""
    loss = 0.0
    for start in range(0, LANES, 8):
        product = 1.0
        for lane in range(start, start + 8):
            loss += tally[lane]
            product *= tally[LANES + lane]
            tally[lane], tally[LANES + lane] = _ZERO, _ONE
        loss += np.log(product)
    tally[2 * LANES] = _ZERO
    return loss


@compiled_with()
def new_tally():
    """Return an empty tally."""
    tally = np.zeros(2 * LANES + 17, np.float32)
    tally[LANES : 2 * LANES] = 1.0
    return tally
