"""An update's step as small matrix products, with whatever is used more than once kept in registers."""

import numpy as np

from textransfer.compiling import inlined
from textransfer.pretrain.kernels.lanes import (
    LANES,
    constant,
    eight_sums,
    load,
    multiply_add,
    row,
    sixteen_sums,
    spread,
    store,
)

BLOCK = 8
"""Output vectors worked on together. Their scores with two centres fill a register of 16, with one a register
of 8; they and their changes take sixteen registers."""
ROWS = LANES // BLOCK
"""Centres whose scores fill a register."""


@inlined
def _write_scores_of_two(in_vectors, centers, m, out_vectors, targets, sign, shift, steps, scratch):
    """Write scores, two centres at a time, so that each number of V is read once for both."""
    a, b = row(out_vectors, targets[0]), row(out_vectors, targets[1])
    c, d = row(out_vectors, targets[2]), row(out_vectors, targets[3])
    e, f = row(out_vectors, targets[4]), row(out_vectors, targets[5])
    g, h = row(out_vectors, targets[6]), row(out_vectors, targets[7])
    for j in range(0, m, 2):
        first, second = row(in_vectors, centers[j]), row(in_vectors, centers[j + 1])
        copy_1, copy_2 = row(scratch.copies, j), row(scratch.copies, j + 1)
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = constant(np.float32(0.0))
        t0 = t1 = t2 = t3 = t4 = t5 = t6 = t7 = constant(np.float32(0.0))
        for i in range(0, in_vectors.shape[1], LANES):
            x, y = load(first, i), load(second, i)
            store(copy_1, i, x)
            store(copy_2, i, y)
            v = load(a, i)
            s0, t0 = multiply_add(x, v, s0), multiply_add(y, v, t0)
            v = load(b, i)
            s1, t1 = multiply_add(x, v, s1), multiply_add(y, v, t1)
            v = load(c, i)
            s2, t2 = multiply_add(x, v, s2), multiply_add(y, v, t2)
            v = load(d, i)
            s3, t3 = multiply_add(x, v, s3), multiply_add(y, v, t3)
            v = load(e, i)
            s4, t4 = multiply_add(x, v, s4), multiply_add(y, v, t4)
            v = load(f, i)
            s5, t5 = multiply_add(x, v, s5), multiply_add(y, v, t5)
            v = load(g, i)
            s6, t6 = multiply_add(x, v, s6), multiply_add(y, v, t6)
            v = load(h, i)
            s7, t7 = multiply_add(x, v, s7), multiply_add(y, v, t7)
        sums = sixteen_sums(s0, s1, s2, s3, s4, s5, s6, s7, t0, t1, t2, t3, t4, t5, t6, t7)
        store(steps, j * BLOCK, multiply_add(sign, sums, shift))


@inlined
def _write_scores_of_one(in_vectors, centers, m, out_vectors, targets, sign, shift, steps, scratch):
    """Write scores, one centre at a time: eight sums are as many as the sixteen registers of AVX2 bear."""
    a, b = row(out_vectors, targets[0]), row(out_vectors, targets[1])
    c, d = row(out_vectors, targets[2]), row(out_vectors, targets[3])
    e, f = row(out_vectors, targets[4]), row(out_vectors, targets[5])
    g, h = row(out_vectors, targets[6]), row(out_vectors, targets[7])
    for j in range(m):
        center, copy = row(in_vectors, centers[j]), row(scratch.copies, j)
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = constant(np.float32(0.0))
        for i in range(0, in_vectors.shape[1], LANES):
            x = load(center, i)
            store(copy, i, x)
            s0, s1 = multiply_add(x, load(a, i), s0), multiply_add(x, load(b, i), s1)
            s2, s3 = multiply_add(x, load(c, i), s2), multiply_add(x, load(d, i), s3)
            s4, s5 = multiply_add(x, load(e, i), s4), multiply_add(x, load(f, i), s5)
            s6, s7 = multiply_add(x, load(g, i), s6), multiply_add(x, load(h, i), s7)
        sums = eight_sums(s0, s1, s2, s3, s4, s5, s6, s7)
        store(steps, j * BLOCK, multiply_add(sign, sums, shift))


write_scores = _write_scores_of_two if LANES == 16 else _write_scores_of_one  # noqa: PLR2004
"""Write the scores x = U V' of eight output vectors as sign * x + shift, and copy U.

Parameters
----------
in_vectors, out_vectors : ndarray of float32, shape (vocabulary, S)
    S is a multiple of LANES.
centers, targets : ndarray of int32
    U is the first m rows that `centers` names, V the first eight that `targets` names. Where centres go by
    twos, the word after the last one is read too, and may be any.
m : int
sign, shift : register
steps : pointer
    Receives the scores, eight a centre.
scratch : Scratch
    ``copies`` receives U.
"""


@inlined
def _add(start, place, change):
    store(start, place, load(start, place) + change)


@inlined
def add_gradients(in_vectors, centers, m, out_vectors, targets, steps, scratch):
    """Add U += G V and V += G' U for eight output vectors, both from the values before the step.

    A register's width of columns at a time: eight stretches of V and their changes stay in registers while
    all centres pass by. Words may stand twice among the centres or the eight: what is added is never based on
    what was added before, since U is read from its copy and V before its first change.

    Parameters
    ----------
    in_vectors, centers, m, targets, scratch
        As `write_scores` has them, and after it.
    out_vectors : ndarray of float32, shape (any, S)
    steps : pointer
        G, eight a centre.
    """
    a, b = row(out_vectors, targets[0]), row(out_vectors, targets[1])
    c, d = row(out_vectors, targets[2]), row(out_vectors, targets[3])
    e, f = row(out_vectors, targets[4]), row(out_vectors, targets[5])
    g, h = row(out_vectors, targets[6]), row(out_vectors, targets[7])
    copies, size = row(scratch.copies, 0), scratch.copies.shape[1]
    for i in range(0, size, LANES):
        v0, v1, v2, v3 = load(a, i), load(b, i), load(c, i), load(d, i)
        v4, v5, v6, v7 = load(e, i), load(f, i), load(g, i), load(h, i)
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = constant(np.float32(0.0))
        for j in range(m):
            center, at = row(in_vectors, centers[j]), j * BLOCK
            x, u = load(copies, j * size + i), load(center, i)
            r = spread(steps, at)
            u, s0 = multiply_add(r, v0, u), multiply_add(r, x, s0)
            r = spread(steps, at + 1)
            u, s1 = multiply_add(r, v1, u), multiply_add(r, x, s1)
            r = spread(steps, at + 2)
            u, s2 = multiply_add(r, v2, u), multiply_add(r, x, s2)
            r = spread(steps, at + 3)
            u, s3 = multiply_add(r, v3, u), multiply_add(r, x, s3)
            r = spread(steps, at + 4)
            u, s4 = multiply_add(r, v4, u), multiply_add(r, x, s4)
            r = spread(steps, at + 5)
            u, s5 = multiply_add(r, v5, u), multiply_add(r, x, s5)
            r = spread(steps, at + 6)
            u, s6 = multiply_add(r, v6, u), multiply_add(r, x, s6)
            r = spread(steps, at + 7)
            u, s7 = multiply_add(r, v7, u), multiply_add(r, x, s7)
            store(center, i, u)
        _add(a, i, s0)
        _add(b, i, s1)
        _add(c, i, s2)
        _add(d, i, s3)
        _add(e, i, s4)
        _add(f, i, s5)
        _add(g, i, s6)
        _add(h, i, s7)
